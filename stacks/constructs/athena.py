"""SQL over the sales tables: a Glue database, an Athena workgroup, and the statements that declare a table."""

from typing import Final

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey

_GB: Final = 10**9

DECLARE: Final = """\
CREATE EXTERNAL TABLE IF NOT EXISTS {database}.{table}_claims
LOCATION 's3://{bucket}/{prefix}'
TBLPROPERTIES ('table_type' = 'DELTA')
"""
"""Athena reads columns, partitions and versions from Delta's own log."""

VIEW: Final = """\
CREATE OR REPLACE VIEW {database}.{table} AS
SELECT * FROM {database}.{table}_claims WHERE "_live"
"""
"""The table holds every claim of every file; the newest for each (date, store, item) is live."""


def queries(stack: EnvironmentStack, *, lake: str, key: SecureKey) -> athena.CfnWorkGroup:
    """Database ``mlops_{env}_lake`` and workgroup ``mlops-{env}-lake`` with two saved statements for each dataset.

    Columns come with the data, so the tables are declared by Athena from Delta's log, not here.
    """
    database = glue.CfnDatabase(
        stack,
        "Database",
        catalog_id=stack.account,
        database_input=glue.CfnDatabase.DatabaseInputProperty(
            name=names.database(stack.config.environment), description="Sales tables of the lake"
        ),
    )
    group = _workgroup(stack, lake, key)
    for dataset in stack.config.queries.datasets:
        for number, (title, statement) in enumerate((("table", DECLARE), ("live rows", VIEW)), start=1):
            saved = athena.CfnNamedQuery(
                stack,
                f"Query-{dataset}-{number}",
                database=names.database(stack.config.environment),
                name=f"{dataset}: {number}. {title}",
                description=f"Run once, in this order, before the first question about {dataset}",
                query_string=statement.format(
                    database=names.database(stack.config.environment),
                    table=f"sales_{dataset.replace('-', '_')}",
                    bucket=lake,
                    prefix=f"{keys.table(dataset, 'sales')}/",
                ),
                work_group=group.name,
            )
            saved.add_resource_dependency(group)
            saved.add_resource_dependency(database)
    return group


def _workgroup(stack: EnvironmentStack, lake: str, key: SecureKey) -> athena.CfnWorkGroup:
    return athena.CfnWorkGroup(
        stack,
        "Workgroup",
        name=stack.physical("lake"),
        description="Questions about sales: where answers go, how they are encrypted and how much is read is set here",
        recursive_delete_option=True,  # what it holds is a history of questions, which would keep the stack from going
        state="ENABLED",
        work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
            enforce_work_group_configuration=True,
            publish_cloud_watch_metrics_enabled=True,
            bytes_scanned_cutoff_per_query=stack.config.queries.max_scanned_gb * _GB,
            engine_version=athena.CfnWorkGroup.EngineVersionProperty(selected_engine_version="Athena engine version 3"),
            result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                output_location=f"s3://{lake}/{keys.ATHENA}",
                expected_bucket_owner=stack.account,
                encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                    encryption_option="SSE_KMS", kms_key=key.key_arn
                ),
            ),
        ),
    )
