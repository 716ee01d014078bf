"""A change of a table, attempted until it stands: other writers win attempts, and answers get lost."""

import random
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Self, TypeVar

import polars as pl
from botocore.exceptions import BotoCoreError, ClientError
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from core.contracts.errors import RetryableError
from training.claims import Effect
from training.trouble import is_of_a_service

Result = TypeVar("Result")
ATTEMPTS: Final = 40
"""Of writers at once each attempt lets one through: more than there are writers of one table."""
_LONGEST_WAIT: Final = 2.0
_CHANGE, _CLAIMS_GONE = "change_id", "claims_gone"
"""What a commit's metadata call its change, and the claims that it took back."""


class LostCreationError(Exception):
    """Somebody else created the table first."""


@dataclass(frozen=True)
class Merged:
    """The version that holds what was merged, and what that did to the live rows."""

    version: int
    effect: Effect
    gone: int = 0
    """Claims that were withdrawn, live or covered."""


@dataclass(frozen=True)
class Change:
    """What the commits of one change say of it, whichever attempt makes it."""

    note: Mapping[str, str]
    """For the table's history."""
    change_id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def commit(self, effect: Effect, gone: int = 0) -> CommitProperties:
        """Of an attempt; it fails where another writer was quicker, for it was made for the version it has read."""
        told = {**self.note, **effect.metadata, _CHANGE: self.change_id, _CLAIMS_GONE: str(gone)}
        return CommitProperties(custom_metadata=told, max_commit_retries=0)

    def with_note(self, **note: str) -> Self:
        """The same change with more said of it."""
        return type(self)({**self.note, **note}, self.change_id)

    def stands(self, uri: str, options: Mapping[str, str]) -> Merged | None:
        """What it did, where an attempt went through whose answer was lost."""
        try:
            table = DeltaTable(uri, storage_options=dict(options))
        except TableNotFoundError:
            return None
        mine = next((entry for entry in table.history(ATTEMPTS) if entry.get(_CHANGE) == self.change_id), None)
        if mine is None:
            return None
        return Merged(mine["version"], Effect.of(mine), int(mine[_CLAIMS_GONE]))


def until_won(attempt: Callable[[], Result], stands: Callable[[], Result | None], what: str) -> Result:
    """The answer of the first attempt that goes through.

    Args:
        attempt: one try.
        stands: what an earlier attempt did, if it went through though nobody said so.
        what: is attempted, for the error.

    Raises:
        RetryableError: none did.
    """
    why, in_doubt = "", False
    for number in range(ATTEMPTS):
        try:
            if in_doubt and (done := stands()) is not None:
                return done
            return attempt()
        except (CommitFailedError, LostCreationError):
            why = "lost to other writers"
        except (OSError, DeltaError, pl.exceptions.PolarsError, BotoCoreError, ClientError) as error:
            if not is_of_a_service(error):
                raise
            why, in_doubt = f"failed: {error}", True
        time.sleep(random.uniform(0, min(_LONGEST_WAIT, 0.05 * 2**number)))
    raise RetryableError(f"{what}: {ATTEMPTS} attempts, the last of which {why}")
