"""Whether an account has Cost Explorer, on which its unusual costs rest: AWS turns it on for nobody but a person."""

from typing import Final

from botocore.exceptions import ClientError

from stacks.account import Client

_OFF: Final = "not enabled for cost explorer"
"""Part of what AWS says where nobody has opened it yet; one who lacks the right to ask hears something else."""


def is_off(client: Client) -> bool:
    """Whether it was never opened."""
    try:
        client("ce").get_anomaly_monitors(MaxResults=1)
    except ClientError as error:
        if _OFF not in error.response["Error"]["Message"].lower():
            raise
        return True
    return False
