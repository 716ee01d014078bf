"""The journal of DynamoDB writes that the emulator replays after a crash."""

import json
from pathlib import Path
from typing import TextIO

Entry = dict[str, str]


class Journal:
    """Writes accepted since the last snapshot, one JSON line each.

    The first line names the snapshot that the journal continues, by inode and time of
    change. A journal that continues another snapshot is older than the one on disk, so
    all it holds is in there already.
    """

    def __init__(self, path: Path, snapshot: Path) -> None:
        self._path, self._snapshot = path, snapshot
        self.entries = self._read()
        self._file = self._begin(self.entries)

    def identity(self) -> list[int] | None:
        """What tells the snapshot on disk from every other; None before the first."""
        if not self._snapshot.exists():
            return None
        stat = self._snapshot.stat()
        return [stat.st_ino, stat.st_mtime_ns]

    def _read(self) -> list[Entry]:
        """Entries to replay. What follows the last newline was cut short by a kill and never acknowledged."""
        lines = self._path.read_text(encoding="utf-8").split("\n")[:-1] if self._path.exists() else []
        if not lines or json.loads(lines[0]) != self.identity():
            return []
        return [json.loads(line) for line in lines[1:]]

    def _begin(self, entries: list[Entry]) -> TextIO:
        fresh = self._path.with_suffix(".new")
        lines = [json.dumps(self.identity()), *(json.dumps(entry) for entry in entries)]
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(self._path)
        return self._path.open("a", encoding="utf-8")

    def restart(self) -> None:
        """Begin anew on the snapshot that is on disk now."""
        self._file.close()
        self._file = self._begin([])

    def append(self, entry: Entry) -> None:
        """Record one accepted write; in the page cache when this returns, so it outlives the process."""
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
