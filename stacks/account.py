"""An account whose stacks come and go: clients by boto3's standard variables, and how to wait."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotReachedError

from core.contracts.errors import ConfigError, RetailForecastError
from stacks.config import Config

Client = Callable[[str], Any]
"""A service's name -> its client."""
GONE: Final = {"NoSuchBucket", "404"}
VALIDATION: Final = {"ValidationError", "ValidationException"}
"""What CloudFormation and SageMaker say of a name that nothing has, and of much else: the message tells."""


class StuckError(RetailForecastError):
    """Something does not go, or not back; the sentence says what and what to do."""


@dataclass(frozen=True)
class Account:
    """Clients of one region, and how to wait."""

    region: str
    say: Callable[[str], None]
    patience: float = 3600
    """Seconds one thing may take to go; a cluster takes about a quarter of an hour."""
    pause: float = 10
    settling: float = 600
    """Seconds within which the index of tags forgets what has gone."""
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A client, made once."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, region_name=self.region)  # type: ignore[call-overload]
        return self._clients[service]

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait until something is so.

        Raises:
            StuckError: it takes longer than patience lasts.
        """
        end = time.monotonic() + self.patience
        while not done():
            if time.monotonic() > end:
                raise StuckError(f"{what} after {self.patience:.0f} s; look at it in the console, then start again")
            time.sleep(self.pause)


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    return code in GONE or "NotFound" in code or (code in VALIDATION and "not exist" in message.lower())


def identity(client: Client, config: Config) -> dict[str, str]:
    """``Account`` and ``Arn`` of whoever the credentials are of.

    Raises:
        ConfigError: of nobody that AWS knows, or of an account that the environment is not in.
    """
    try:
        who: dict[str, str] = client("sts").get_caller_identity()
    except (NotReachedError, HTTPClientError) as error:
        raise ConfigError(
            f"AWS is not reached: {error}. Is there such a region as {config.region}, and a way to it from here?"
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise ConfigError(f"AWS does not know you: {error}. Run aws configure sso, or set AWS_PROFILE") from error
    if config.account and who["Account"] != config.account:
        raise ConfigError(
            f"you are in account {who['Account']}, but environments/{config.environment}.toml says {config.account}: "
            "take its profile, or correct the file"
        )
    return who


def stack_status(client: Client, stack: str) -> str | None:
    """Status of a stack, None where there is none."""
    try:
        (found,) = client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    status: str = found["StackStatus"]
    return None if status == "DELETE_COMPLETE" else status
