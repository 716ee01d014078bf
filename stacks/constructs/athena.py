"""SQL over the sales tables: a Glue database with an entry for each table, an Athena workgroup, a saved question."""

from typing import Final

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey

_GB: Final = 10**9
UNREAD: Final = glue.CfnTable.ColumnProperty(name="col", type="array<string>")
"""Stands where Glue wants a column: Athena and Spark read columns and types from the table's own log."""

LIVE_ROWS: Final = """\
SELECT * FROM {database}.{table} WHERE "_live" LIMIT 100
"""
"""The table holds every claim of every file; the newest for each (date, store, item) is live."""


def queries(stack: EnvironmentStack, *, lake: str, key: SecureKey) -> athena.CfnWorkGroup:
    """Database ``mlops_{env}_lake``, in it a table for each dataset, and workgroup ``mlops-{env}-lake``.

    A table answers as soon as its dataset's first upload is ingested. There is no view of live rows: AWS supports one
    only over columns that stand in Glue as they do in the log, and those come with the data.
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
        table = _table(stack, dataset, lake)
        table.add_resource_dependency(database)
        saved = _live_rows(stack, dataset, group)
        saved.add_resource_dependency(group)
        saved.add_resource_dependency(table)
    return group


def _table(stack: EnvironmentStack, dataset: str, lake: str) -> glue.CfnTable:
    """A Delta table as AWS documents it for Glue's own API, which is what CloudFormation calls.

    ``table_type`` is what Athena writes for a table that it declares itself, with columns that grow old here.
    """
    where = f"s3://{lake}/{keys.table(dataset, 'sales')}/"
    return glue.CfnTable(
        stack,
        f"Table-{dataset}",
        catalog_id=stack.account,
        database_name=names.database(stack.config.environment),
        table_input=glue.CfnTable.TableInputProperty(
            name=_named(dataset),
            description=f"Every claim of every file of {dataset}; those of today have _live",
            table_type="EXTERNAL_TABLE",
            parameters={"EXTERNAL": "TRUE", "spark.sql.sources.provider": "delta"},
            partition_keys=[],
            storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                columns=[UNREAD],
                location=where,
                serde_info=glue.CfnTable.SerdeInfoProperty(parameters={"serialization.format": "1", "path": where}),
            ),
        ),
    )


def _live_rows(stack: EnvironmentStack, dataset: str, group: athena.CfnWorkGroup) -> athena.CfnNamedQuery:
    database = names.database(stack.config.environment)
    return athena.CfnNamedQuery(
        stack,
        f"Query-{dataset}",
        database=database,
        name=f"{dataset}: live rows",
        description=f"What is true of {dataset} today; to begin with",
        query_string=LIVE_ROWS.format(database=database, table=_named(dataset)),
        work_group=group.name,
    )


def _named(dataset: str) -> str:
    """SQL takes no hyphens."""
    return f"sales_{dataset.replace('-', '_')}"


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
