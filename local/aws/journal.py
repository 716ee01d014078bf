"""The journal of DynamoDB writes that the emulator replays after a crash."""

import json
from pathlib import Path
from typing import Final, TextIO

Entry = dict[str, str]
LONGEST: Final = 1_000
"""Writes after which a snapshot is due whatever the time: a start replays them all before it answers, and who is
killed more often than snapshots are made would start more slowly each time."""


class Journal:
    """Writes accepted since a snapshot, one JSON line each.

    Attributes:
        entries: those that were there at start.
        length: how many there are now.
    """

    def __init__(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole, _, cut = text.rpartition("\n")
        self.entries: list[Entry] = [json.loads(line) for line in whole.splitlines()]
        if cut:  # by a kill: never acknowledged, and the next line must not be glued to it
            rest = path.with_suffix(".new")
            rest.write_text(f"{whole}\n" if whole else "", encoding="utf-8")
            rest.replace(path)
        self.length = len(self.entries)
        self._file: TextIO = path.open("a", encoding="utf-8")

    def append(self, entry: Entry) -> None:
        """Record one accepted write; in the page cache when this returns, so it outlives the process."""
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        self.length += 1

    def close(self) -> None:
        """Nothing more is written."""
        self._file.close()
