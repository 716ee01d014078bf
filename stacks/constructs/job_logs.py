"""Log groups of SageMaker's jobs: AWS shares them among all of a region's jobs, and makes them without key and end."""

from core.contracts.names import JOB_LOG_GROUPS
from stacks.base import EnvironmentStack
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup


def job_logs(stack: EnvironmentStack, key: SecureKey) -> None:
    """Make the groups before the first job does; the key has to let CloudWatch Logs in for ``JOB_LOG_GROUPS``."""
    for name in JOB_LOG_GROUPS:
        days = stack.config.delivery.log_days
        SecureLogGroup(stack, f"Logs-{name.rpartition('/')[2]}", name=name, days=days, key=key)
