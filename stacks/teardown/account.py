"""AWS as teardown needs it: typed by what is asked of it, found by boto3's standard variables."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import ClientError

from core.contracts.errors import RetailForecastError

GONE: Final = {"ValidationError", "NoSuchBucket", "ResourceNotFound", "ResourceNotFoundException", "404"}


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
    found = error.response["Error"]
    return found["Code"] in GONE and ("not exist" in found["Message"].lower() or found["Code"] != "ValidationError")
