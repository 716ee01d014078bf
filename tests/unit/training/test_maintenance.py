"""Upkeep makes tables smaller and changes nothing anybody may still ask for."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake

from core.contracts.uploads import Upload
from tests.unit.training.conftest import PlaceHere
from training import maintenance, table
from training.history import What, history
from training.maintenance import maintain, trained_versions

START = datetime(2024, 1, 1, tzinfo=UTC)


def day(number: int, units: float) -> pl.DataFrame:
    when = date(2024, 1, 1) + timedelta(number)
    return pl.DataFrame({"date": [when], "store_id": ["1"], "item_id": ["A"], "units": [units]})


def merge(uri: str, number: int, units: float = 1.0, *, key: str | None = None) -> int:
    upload = Upload(
        bucket="raw",
        key=key or f"shop/{number}.csv",
        version_id=str(units),
        size=1,
        uploaded_at=START + timedelta(hours=number, minutes=units),
    )
    return table.merge(uri, day(number, units), source=upload, storage_options={})


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """A table of eight days, the last of which was corrected four times."""
    path = str(tmp_path / "sales")
    for number in range(8):
        merge(path, number)
    for units in (2.0, 3.0, 4.0, 5.0):
        merge(path, 7, units)
    return path


def files(uri: str) -> int:
    return len(list(Path(uri).glob("*.parquet")))


def clean(uri: str, *keep: int) -> maintenance.Maintained:
    """All that only old versions need goes at once."""
    done = maintain(uri, keep=frozenset(keep), retention_hours=0, storage_options={})
    assert done is not None
    return done


def test_small_files_become_one_and_the_rows_stay(uri: str) -> None:
    before = table.read(uri)
    done = clean(uri)
    assert done.files_compacted >= 2
    assert files(uri) == 1
    assert table.read(uri).equals(before)


def test_every_version_a_model_was_trained_on_stays_readable(uri: str) -> None:
    before = {version: table.read(uri, version) for version in (3, 8, 10)}
    done = clean(uri, *before)
    assert (done.kept, done.lost) == ((3, 8, 10), ())
    assert done.files_deleted > 0
    for version, rows in before.items():
        assert table.read(uri, version).equals(rows)
    with pytest.raises(FileNotFoundError):
        table.read(uri, 9)
    clean(uri, *before)
    assert table.read(uri, 3).equals(before[3]), "and the next time, too"


def test_what_is_young_stays(uri: str) -> None:
    versions = [table.read(uri, version) for version in range(12)]
    done = maintain(uri, keep=frozenset(), storage_options={})
    assert done is not None
    assert done.files_deleted == 0
    assert all(table.read(uri, version).equals(rows) for version, rows in enumerate(versions))


def test_uploads_go_on_as_before_after_upkeep(uri: str) -> None:
    clean(uri)
    merge(uri, 7, 9.0)
    merge(uri, 8, 2.0)
    assert table.read(uri)["units"].to_list() == [1.0] * 7 + [9.0, 2.0]
    table.withdraw(uri, "shop/8.csv", {"2.0"}, storage_options={})
    assert table.read(uri).height == 8


def test_a_second_time_compacts_nothing(uri: str) -> None:
    clean(uri)
    assert clean(uri).files_compacted == 0


def test_the_history_tells_upkeep_from_uploads(uri: str) -> None:
    clean(uri)
    kinds = [change.what for change in history(uri, storage_options={})]
    assert {What.COMPACTED, What.VACUUMED} <= set(kinds)
    assert kinds.count(What.MERGED) == 12


def test_a_version_nobody_can_read_any_more_is_named(uri: str) -> None:
    done = clean(uri, 2, 99)
    assert (done.kept, done.lost) == ((2,), (99,))


def test_no_table_is_no_failure(tmp_path: Path) -> None:
    assert maintain(str(tmp_path / "none"), keep=frozenset(), storage_options={}) is None


def test_a_table_made_before_keeps_its_log_from_now_on(tmp_path: Path) -> None:
    path = str(tmp_path / "old")
    write_deltalake(path, day(0, 1.0))
    clean(path)
    assert DeltaTable(path).metadata().configuration == table.KEEPS_ITS_LOG
    version = clean(path).version
    assert clean(path).version == version, "said once"


def test_tables_keep_their_log_from_the_start(uri: str) -> None:
    assert DeltaTable(uri).metadata().configuration == table.KEEPS_ITS_LOG


def test_versions_are_those_that_models_and_runs_name(place: PlaceHere) -> None:
    papers = {
        "runs/shop/r1/evaluation/manifest.json": {"dataset_version": 3, "model_id": "shop-r1"},
        "runs/shop/r2/ingest/decision.json": {"dataset_version": 5, "due": True},
        "runs/shop/r3/ingest/decision.json": {"dataset_version": 6, "due": False},
        "runs/shop/r3/manifest.json": {"dataset": "shop"},
        "runs/shop/r4/ingest/decision.json": {"dataset_version": None, "due": False},
        "runs/shop-two/r1/evaluation/manifest.json": {"dataset_version": 9},
    }
    for key, paper in papers.items():
        place.lake.put(key, json.dumps(paper))
    assert trained_versions(place.lake, "shop") == {3, 5}
    assert place.lake.folders("runs/") == ["shop", "shop-two"]
