"""Snapshots that are whole or not there: the emulator writes a file a service, one after the other.

It works in ``work``. When it has written everything, ``commit`` links that folder to a
new generation and repoints ``good`` to it in one step, with an empty journal inside. A
start takes ``good``, whatever a kill left in ``work``.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

JOURNAL: Final = "dynamodb.journal"
_ASKED_FOR: Final = "asked-for"
"""A file in the state: somebody has asked for a snapshot, so what is there is a whole deployment."""


class Generations:
    """The folder of one emulator's state."""

    def __init__(self, root: Path) -> None:
        self.root, self.work, self._good = root, root / "work", root / "good"

    @property
    def any(self) -> bool:
        """True when there is something to start from."""
        return self._good.exists()

    @property
    def journal(self) -> Path:
        """Journal of the generation that is good now."""
        return self._good / JOURNAL

    @property
    def asked_for(self) -> bool:
        """True when a snapshot was ever asked for: from then on they are made unasked, also after a crash."""
        return (self._good / _ASKED_FOR).exists()

    def ask_for(self) -> None:
        """The next commit remembers that it was asked for."""
        (self.work / _ASKED_FOR).touch()

    def restore(self) -> None:
        """At start: what is good becomes the folder to work in, everything else goes away."""
        self.root.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.work, ignore_errors=True)
        if self._good.exists():
            _link_tree(self._good.resolve(), self.work)
        else:
            self.work.mkdir()
            self.commit()
        for old in self._old():
            shutil.rmtree(old, ignore_errors=True)

    def commit(self) -> None:
        """What is in ``work`` becomes good, at once and as a whole."""
        number = max((int(path.name.partition("-")[2]) for path in self.root.glob("generation-*")), default=0) + 1
        new = self.root / f"generation-{number}"
        _link_tree(self.work, new)
        (new / JOURNAL).touch()
        pointer = self.root / "good.new"
        pointer.unlink(missing_ok=True)
        pointer.symlink_to(new.name)
        pointer.replace(self._good)
        for old in self._old():
            shutil.rmtree(old, ignore_errors=True)

    def _old(self) -> Iterator[Path]:
        good = self._good.resolve()
        return (path for path in self.root.glob("generation-*") if path.resolve() != good)


def _link_tree(source: Path, target: Path) -> None:
    """Copy a folder without its journal; files are replaced, never changed, so links do."""
    shutil.copytree(source, target, copy_function=_link, ignore=shutil.ignore_patterns(JOURNAL, "*.tmp"))


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
