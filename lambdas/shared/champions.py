"""The champion pointer: one object per dataset, moved by compare-and-set only."""

from collections.abc import Callable
from typing import Final, Protocol

from core.contracts import keys
from core.contracts.errors import RetryableError
from core.contracts.models import ChampionPointer
from lambdas.shared.objects import Bucket

_ROUNDS: Final = 8

Move = Callable[[ChampionPointer | None], ChampionPointer | None]
"""From the pointer that stands to the one that should; None leaves it where it is."""


class Champions(Protocol):
    """Store of champion pointers."""

    def read(self, dataset: str) -> ChampionPointer | None:
        """The pointer; None before the first promotion."""
        ...

    def move(self, dataset: str, step: Move) -> ChampionPointer | None:
        """Apply a step to the pointer that stands, again when it changed meanwhile; return what stands after."""
        ...


class ChampionObjects:
    """``Champions`` in the artifacts bucket."""

    def __init__(self, artifacts: Bucket) -> None:
        self._artifacts = artifacts

    def read(self, dataset: str) -> ChampionPointer | None:
        """The pointer; None before the first promotion."""
        return self._read(dataset)[0]

    def move(self, dataset: str, step: Move) -> ChampionPointer | None:
        """Apply a step to the pointer that stands, again when it changed meanwhile; return what stands after.

        Raises:
            RetryableError: others kept changing it.
        """
        for _ in range(_ROUNDS):
            pointer, etag = self._read(dataset)
            moved = step(pointer)
            if moved is None:
                return pointer
            content = moved.model_dump_json(indent=1).encode()
            key = keys.champion(dataset)
            if self._artifacts.replace(key, content, etag) if etag else self._artifacts.create(key, content):
                return moved
        raise RetryableError(f"the champion pointer of {dataset!r} kept changing in {_ROUNDS} attempts to move it")

    def _read(self, dataset: str) -> tuple[ChampionPointer | None, str | None]:
        found = self._artifacts.read(keys.champion(dataset))
        return (ChampionPointer.model_validate_json(found[0]), found[1]) if found else (None, None)
