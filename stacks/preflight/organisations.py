"""Whether an account is one of several: a member of an organisation may not watch its costs by tag."""

from botocore.exceptions import ClientError

from stacks.account import Client


def other_manager(client: Client, account: str) -> str | None:
    """Account that manages the organisation which this one is a member of; None where it manages it, or is alone."""
    try:
        manager: str = client("organizations").describe_organization()["Organization"]["MasterAccountId"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "AWSOrganizationsNotInUseException":
            raise
        return None
    return None if manager == account else manager
