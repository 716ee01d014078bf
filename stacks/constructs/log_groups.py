"""How long logs are kept, as the CDK calls it."""

from aws_cdk import aws_logs as logs


def retention(days: int) -> logs.RetentionDays:
    """One of the configuration's numbers of days."""
    shorter = {7: "ONE_WEEK", 14: "TWO_WEEKS", 30: "ONE_MONTH", 60: "TWO_MONTHS", 90: "THREE_MONTHS"}
    longer = {180: "SIX_MONTHS", 365: "ONE_YEAR", 731: "TWO_YEARS"}
    return logs.RetentionDays[(shorter | longer)[days]]
