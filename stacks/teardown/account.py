"""AWS as teardown needs it: typed by what is asked of it, found by boto3's standard variables."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from core.contracts.errors import RetailForecastError

GONE: Final = {"NoSuchBucket", "404"}
VALIDATION: Final = {"ValidationError", "ValidationException"}
"""What CloudFormation and SageMaker say of a name that nothing has, and of much else: the message tells."""


class TeardownError(RetailForecastError):
    """Something does not go; the sentence says what and what to do."""


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
            TeardownError: it takes longer than patience lasts.
        """
        end = time.monotonic() + self.patience
        while not done():
            if time.monotonic() > end:
                raise TeardownError(f"{what} after {self.patience:.0f} s; look at it in the console, then start again")
            time.sleep(self.pause)


def is_gone(error: ClientError) -> bool:
    """Whether AWS says that there is no such thing."""
    code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
    return code in GONE or "NotFound" in code or (code in VALIDATION and "not exist" in message.lower())
