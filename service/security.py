"""The optional API key, compared in constant time."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyHeader

from service.problems import ProblemError

HEADER: Final = "X-Api-Key"


class Keyring:
    """Keys that are accepted; without any, everybody is let in."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._digests = tuple(_digest(key) for key in keys)

    def check(self, given: str | None) -> None:
        """Let a request's key in.

        Raises:
            ProblemError: 401, saying no more than whether there was a key at all.
        """
        if not self._digests:
            return
        digest = _digest(given or "")
        if not any([hmac.compare_digest(digest, key) for key in self._digests]):  # noqa: C419 - all are compared, always
            sentence = f"header {HEADER} " + ("does not hold an accepted key" if given else "is required")
            raise ProblemError(401, "api_key", sentence, headers={"WWW-Authenticate": "ApiKey"})

    def guards(self) -> list[Dependency]:
        """Dependencies of the routes to be guarded; none where no key is set."""
        return [Depends(_dependency(self))] if self._digests else []


def _dependency(ring: Keyring) -> Callable[[str | None], Awaitable[None]]:
    header = APIKeyHeader(name=HEADER, auto_error=False, description="asked for where the operator has set one")

    async def check(given: Annotated[str | None, Depends(header)]) -> None:
        ring.check(given)

    return check


def _digest(key: str) -> bytes:
    """Equal length for every key, so that a comparison tells nothing about it."""
    return hashlib.sha256(key.encode()).digest()
