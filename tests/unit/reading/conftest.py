"""Writes a small file and reads it back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from core.contracts.dataset import DatasetConfig
from core.contracts.verdict import Note, Reason, Verdict
from training.reading import Limits, Reading, read_file
from training.reading.parsing import sums
from training.reading.streaming import encoded, passes, sources

TODAY = date(2026, 6, 1)
Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """``read(text or bytes, config=..., **reading entries)`` reads a file of that content."""

    def run(
        content: str | bytes, *, limits: Limits | None = None, encoding: str = "utf-8", **reading: object
    ) -> Reading:
        path = tmp_path / "sales.csv"
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        if "charset" in reading:  # the configuration's own word is taken by how the content is written
            reading["encoding"] = reading.pop("charset")
        config = DatasetConfig.model_validate({"reading": reading})
        return read_file(path, config=config, limits=limits, today=TODAY)

    return run


def rows(reading: Reading, *columns: str) -> list[tuple[object, ...]]:
    """Canonical rows as tuples, dates as ISO text."""
    assert reading.table is not None, reading.verdict.sentence
    names = columns or ("date", "store_id", "item_id", "units")
    return [tuple(str(v) if isinstance(v, date) else v for v in row) for row in reading.table.select(names).iter_rows()]


def note(verdict: Verdict, reason: Reason) -> Note:
    """The verdict's note of one reason."""
    found = [entry for entry in verdict.notes if entry.reason is reason]
    assert found, f"no {reason.value} among {[entry.reason.value for entry in verdict.notes]}"
    return found[0]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows are many: so many pieces of wide tables are read, and so many are put in order at a time."""
    monkeypatch.setattr(passes, "PIECE", 15 * 80)
    monkeypatch.setattr(encoded, "PIECE", 1000)
    monkeypatch.setattr(sources, "SHARE_OF_WIDE", 1)
    monkeypatch.setattr(sums, "MOST_CELLS", 100)
