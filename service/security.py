"""The optional API key, compared in constant time."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyHeader

from service.problems import ProblemError

HEADER = "X-Api-Key"


def guard(keys: tuple[str, ...]) -> list[Dependency]:
    """Dependencies of the routes to be guarded; none when no key is set."""
    return [Depends(_check(keys))] if keys else []


def _check(keys: tuple[str, ...]) -> Callable[[str | None], Awaitable[None]]:
    accepted = tuple(_digest(key) for key in keys)
    header = APIKeyHeader(name=HEADER, auto_error=False, description="asked for where the operator has set one")

    async def check(given: Annotated[str | None, Depends(header)]) -> None:
        digest = _digest(given or "")
        if not any([hmac.compare_digest(digest, key) for key in accepted]):  # noqa: C419 - all are compared, always
            sentence = f"header {HEADER} " + ("does not hold an accepted key" if given else "is required")
            raise ProblemError(401, "api_key", sentence, headers={"WWW-Authenticate": "ApiKey"})

    return check


def _digest(key: str) -> bytes:
    """Equal length for every key, so that a comparison tells nothing about it."""
    return hashlib.sha256(key.encode()).digest()
