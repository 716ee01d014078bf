"""Log groups of SageMaker's jobs: AWS shares them among all of a region's jobs, and makes them without key and end."""

import aws_cdk as cdk
from aws_cdk import aws_logs as logs

from core.contracts.names import JOB_LOG_GROUPS
from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey
from stacks.constructs.retention import retention


def job_logs(stack: EnvironmentStack, key: SecureKey) -> None:
    """Make the groups before the first job does; the key has to let CloudWatch Logs in for ``JOB_LOG_GROUPS``."""
    for name in JOB_LOG_GROUPS:
        logs.LogGroup(
            stack,
            f"Logs-{name.rpartition('/')[2]}",
            log_group_name=name,
            encryption_key=key,
            retention=retention(stack.config.delivery.log_days),
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
