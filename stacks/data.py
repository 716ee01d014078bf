"""Where everything lies: three buckets, the uploads table, SQL over the lake, the key that encrypts them."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs.athena import queries
from stacks.constructs.buckets import DataBucket, LogBucket
from stacks.constructs.keys import SecureKey


class DataStack(EnvironmentStack):
    """Holds data and nothing that works on it."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(
            scope, config, name="data", component="infra", description="Retail forecast: buckets, uploads table, key"
        )
        self.key = SecureKey(
            self, "Key", name="data", description="Sales, models, forecasts and jobs' volumes", lasting=True
        )
        logs = LogBucket(self, "LogBucket", days=config.data.access_log_days)
        raw = DataBucket(self, "RawBucket", purpose="raw", key=self.key, logs=logs)
        lake = DataBucket(self, "LakeBucket", purpose="lake", key=self.key, logs=logs, expiring={keys.ATHENA: 7})
        artifacts = DataBucket(
            self, "ArtifactsBucket", purpose="artifacts", key=self.key, logs=logs, expiring={"checkpoints/": 7}
        )
        uploads = self._uploads_table()
        queries(self, lake=self.bucket_name("lake"), key=self.key)

        self.tell("key-arn", self.key.key_arn)
        self.tell("raw-bucket", raw.bucket_name)
        self.tell("lake-bucket", lake.bucket_name)
        self.tell("artifacts-bucket", artifacts.bucket_name)
        self.tell("uploads-table", uploads.table_name)

    def _uploads_table(self) -> dynamodb.Table:
        return dynamodb.Table(
            self,
            "UploadsTable",
            table_name=names.uploads_table(self.config.environment),
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self.config.data.keep_on_delete,
            removal_policy=self.removal,
        )
