"""The same call for many things at once: each waits for its answer, not for the others."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AT_ONCE: Final = 10
"""As many connections as a boto3 client keeps."""


def at_once(call: Callable[[T], R], things: Iterable[T]) -> list[R]:
    """Answers in the order of the things; the first error that a call raises, once all have ended."""
    listed = list(things)
    if len(listed) < 2:  # noqa: PLR2004 - nothing to wait for side by side
        return [call(thing) for thing in listed]
    with ThreadPoolExecutor(min(_AT_ONCE, len(listed))) as pool:
        return list(pool.map(call, listed))
