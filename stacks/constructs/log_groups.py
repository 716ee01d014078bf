"""Log groups under our keys, each with an end."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

_DAYS: Final = {
    7: "ONE_WEEK",
    14: "TWO_WEEKS",
    30: "ONE_MONTH",
    60: "TWO_MONTHS",
    90: "THREE_MONTHS",
    180: "SIX_MONTHS",
    365: "ONE_YEAR",
    731: "TWO_YEARS",
}
"""The configuration's numbers of days, as the CDK calls them."""


class SecureLogGroup(logs.LogGroup):
    """A log group that AWS would make without key and end if it were not there before; it goes with its stack.

    The key has to let CloudWatch Logs in for its name: ``SecureKey.open_to_logs``.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, days: int, key: kms.IKey) -> None:
        super().__init__(
            scope,
            construct_id,
            log_group_name=name,
            retention=logs.RetentionDays[_DAYS[days]],
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
