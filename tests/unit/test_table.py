"""The sales table: newest wins in any order, corrections withdraw, repeats change nothing."""

import itertools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.table import TableMerger
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contracts.errors import RejectedDataError
from core.contracts.sales import KEY, SOURCE_KEY, SOURCE_LINE, SOURCE_TIME
from core.contracts.uploads import Upload
from training import claims, datafiles, slices, table
from training.addresses import options_for
from training.attempts import Merged
from training.claims import Effect
from training.compact import compact
from training.maintenance import maintain

START = datetime(2024, 5, 1, 12, tzinfo=UTC)


def upload(key: str = "grocery/a.csv", version: str = "v1", minutes: int = 0) -> Upload:
    return Upload(bucket="raw", key=key, version_id=version, size=1, uploaded_at=START + timedelta(minutes=minutes))


def rows(units: dict[int, float], store: str = "S1", **extra: object) -> pl.DataFrame:
    """Rows of one store; the key is the day of May."""
    frame = pl.DataFrame(
        {
            "date": [date(2024, 5, day) for day in units],
            "store_id": store,
            "item_id": "A",
            "units": list(units.values()),
            SOURCE_LINE: list(range(2, len(units) + 2)),
        },
        schema_overrides={
            "date": pl.Date,
            "units": pl.Float64,
            "store_id": pl.String,
            "item_id": pl.String,
            SOURCE_LINE: pl.Int64,
        },
    )
    return frame.with_columns(**{name: pl.lit(value) for name, value in extra.items()})


def units(uri: str, version: int | None = None) -> dict[int, float]:
    return {row["date"].day: row["units"] for row in table.read(uri, version).iter_rows(named=True)}


@pytest.fixture
def uri(tmp_path: Path) -> str:
    return str(tmp_path / "sales")


def test_the_first_merge_creates_the_table(uri: str) -> None:
    assert table.version(uri) is None
    assert table.merge(uri, rows({1: 5, 2: 6}), source=upload()) == 0
    assert units(uri) == {1: 5, 2: 6}
    assert table.version(uri) == 0


def test_rows_carry_the_source_they_came_from(uri: str) -> None:
    table.merge(uri, rows({1: 5}), source=upload())
    row = table.read(uri).row(0, named=True)
    assert (row[SOURCE_KEY], row[SOURCE_LINE], row[SOURCE_TIME]) == ("grocery/a.csv", 2, START)


def test_merging_the_same_file_again_makes_no_new_version(uri: str) -> None:
    first = table.merge(uri, rows({1: 5, 2: 6}), source=upload())
    assert table.merge(uri, rows({1: 5, 2: 6}), source=upload()) == first
    table.merge(uri, rows({3: 1}), source=upload("grocery/b.csv", minutes=1))
    newest = table.version(uri)
    assert table.merge(uri, rows({1: 5, 2: 6}), source=upload()) == newest


def test_a_newer_file_overwrites_and_an_older_one_arriving_late_does_not(uri: str) -> None:
    table.merge(uri, rows({1: 5}), source=upload("g/b.csv", minutes=5))
    table.merge(uri, rows({1: 9, 2: 1}), source=upload("g/a.csv", minutes=1))
    assert units(uri) == {1: 5, 2: 1}
    table.merge(uri, rows({2: 7}), source=upload("g/c.csv", minutes=9))
    assert units(uri) == {1: 5, 2: 7}


def test_a_corrected_version_withdraws_rows_it_no_longer_has(uri: str) -> None:
    table.merge(uri, rows({1: 5, 2: 6, 3: 7}), source=upload())
    table.merge(uri, rows({1: 5, 2: 60}), source=upload(version="v2", minutes=1))
    assert units(uri) == {1: 5, 2: 60}


def test_an_older_version_arriving_after_its_correction_changes_nothing(uri: str) -> None:
    newest = table.merge(uri, rows({1: 5}), source=upload(version="v2", minutes=1))
    assert table.merge(uri, rows({1: 4, 2: 6}), source=upload(version="v1")) == newest
    assert units(uri) == {1: 5}


def test_withdrawing_a_row_brings_back_what_it_had_covered(uri: str) -> None:
    table.merge(uri, rows({1: 5, 2: 6}), source=upload("g/a.csv"))
    table.merge(uri, rows({1: 50, 2: 60}), source=upload("g/b.csv", minutes=1))
    table.merge(uri, rows({2: 61}), source=upload("g/b.csv", "v2", minutes=2))
    assert units(uri) == {1: 5, 2: 61}
    table.withdraw(uri, "g/b.csv", {"v1", "v2"})
    assert units(uri) == {1: 5, 2: 6}


def test_only_the_versions_named_are_withdrawn_and_a_second_time_writes_nothing(uri: str) -> None:
    assert table.withdraw(uri, "g/a.csv", {"v1"}) is None
    table.merge(uri, rows({1: 5}), source=upload("g/a.csv", "v2"))
    newest = table.merge(uri, rows({2: 6}), source=upload("g/b.csv"))
    for _ in range(2):
        assert table.withdraw(uri, "g/a.csv", {"v1"}) == Merged(newest, Effect())
    assert table.withdraw(uri, "g/a.csv", {"v2"}) == Merged(newest + 1, Effect(withdrawn=1), gone=1)
    assert table.withdraw(uri, "g/a.csv", {"v2"}) == Merged(newest + 1, Effect())


@pytest.mark.parametrize("lost", [DeltaTable.create_write_transaction, DeltaTable.merge])
def test_a_change_that_went_through_though_its_answer_was_lost_is_told_as_it_was(
    uri: str, monkeypatch: pytest.MonkeyPatch, lost: Callable[..., Any]
) -> None:
    def lose(owner: type, name: str) -> None:
        call, calls = getattr(owner, name), itertools.count()

        def answer(*given: Any, **named: Any) -> Any:
            done = call(*given, **named)
            if not next(calls):
                raise OSError("Generic S3 error: connection closed before message completed")
            return done

        monkeypatch.setattr(owner, name, answer)

    table.merge(uri, rows({1: 5, 2: 6}), source=upload("g/a.csv"))
    if lost is DeltaTable.merge:
        lose(TableMerger, "execute")
        assert table.withdraw(uri, "g/a.csv", {"v1"}) == Merged(1, Effect(withdrawn=2), gone=2)
    else:
        lose(DeltaTable, "create_write_transaction")
        assert table.upsert(uri, rows({3: 7}), source=upload("g/b.csv")) == Merged(1, Effect(added=1))
    assert table.version(uri) == 1


@pytest.mark.parametrize("there", [True, False])
def test_a_correction_that_lands_while_its_older_version_is_written_leaves_none_of_the_older_rows(
    uri: str, *, there: bool
) -> None:
    if there:
        table.merge(uri, rows({28: 1}), source=upload("g/other.csv"))
    landed: list[int] = []

    def correction() -> None:
        if not landed:
            # of other days: a library that only minds files it has read would let both stand
            landed.append(table.merge(uri, rows({20: 7}), source=upload(version="v2", minutes=1)))

    table.upsert(uri, rows({1: 5, 2: 6}), source=upload(), look=correction)
    assert units(uri) == ({28: 1} if there else {}) | {20: 7}


def test_what_the_look_raises_leaves_the_table_as_it_was(uri: str) -> None:
    def look() -> None:
        raise ZeroDivisionError

    for _ in range(2):
        before = table.version(uri)
        with pytest.raises(ZeroDivisionError):
            table.upsert(uri, rows({1: 5}), source=upload(), look=look)
        assert table.version(uri) == before
        table.merge(uri, rows({2: 6}), source=upload("g/b.csv"))


def test_new_covariates_widen_the_table(uri: str) -> None:
    table.merge(uri, rows({1: 5}), source=upload("g/a.csv"))
    table.merge(uri, rows({2: 6}, promo=1.0), source=upload("g/b.csv", minutes=1))
    table.merge(uri, rows({3: 7}), source=upload("g/c.csv", minutes=2))
    assert table.read(uri)["promo"].to_list() == [None, 1.0, None]


@pytest.mark.parametrize("text_first", [True, False])
def test_a_covariate_that_is_a_number_in_one_file_and_text_in_another_becomes_text(uri: str, text_first: bool) -> None:
    files = [(rows({1: 5}, holiday="a"), "g/a.csv"), (rows({2: 6}, holiday=0.0), "g/b.csv")]
    for minute, (frame, key) in enumerate(files if text_first else files[::-1]):
        table.merge(uri, frame, source=upload(key, minutes=minute))
    assert table.read(uri)["holiday"].to_list() == ["a", "0"]
    table.merge(uri, rows({2: 8}, holiday=1.5), source=upload("g/c.csv", minutes=7))
    assert table.read(uri)["holiday"].to_list() == ["a", "1.5"]


def test_an_earlier_version_can_be_read_again(uri: str) -> None:
    first = table.merge(uri, rows({1: 5}), source=upload())
    table.merge(uri, rows({1: 6}), source=upload(version="v2", minutes=1))
    assert units(uri, first) == {1: 5}
    assert units(uri) == {1: 6}


def test_an_empty_frame_takes_back_the_object_and_nothing_else(uri: str) -> None:
    table.merge(uri, rows({1: 5}), source=upload("g/a.csv"))
    table.merge(uri, rows({2: 6}), source=upload("g/b.csv"))
    table.merge(uri, rows({}), source=upload("g/a.csv", "v2", minutes=1))
    assert units(uri) == {2: 6}
    before = table.version(uri)
    assert table.merge(uri, rows({}), source=upload("g/new.csv")) == before


def test_two_rows_of_one_key_are_refused(uri: str) -> None:
    frame = pl.concat([rows({1: 5}), rows({1: 6})])
    with pytest.raises(RejectedDataError, match=r"grocery/a\.csv"):
        table.merge(uri, frame, source=upload())


def test_options_come_from_the_environment() -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_DEFAULT_REGION": "eu-west-1"}
    options = options_for("s3://lake/tables/x", environ)
    assert options["aws_endpoint"] == "http://127.0.0.1:4566"
    assert options["aws_allow_http"] == "true"
    assert options["aws_conditional_put"] == "etag"
    assert options["aws_region"] == "eu-west-1"
    assert "aws_allow_http" not in options_for("s3://lake/x", {"AWS_ENDPOINT_URL_S3": "https://s3.example"})
    assert options_for("some/folder", environ) == {}


versions = st.lists(
    st.tuples(st.sampled_from("abc"), st.dictionaries(st.integers(1, 5), st.integers(0, 9), min_size=1)),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("at_once", [slices.ROWS_AT_ONCE, 2])
@settings(max_examples=15, deadline=None)
@given(versions, st.randoms(use_true_random=False), st.data())
def test_whatever_the_order_of_arrival_the_table_equals_the_oracle(
    tmp_path_factory: pytest.TempPathFactory,
    at_once: int,
    history: list[tuple[str, dict[int, int]]],
    rng: Random,
    data: st.DataObject,
) -> None:
    uploads = [
        (upload(f"g/{key}.csv", f"v{minute}", minute), rows({d: float(u) for d, u in units.items()}))
        for minute, (key, units) in enumerate(history)
    ]
    arrivals = uploads + data.draw(st.lists(st.sampled_from(uploads), max_size=2))
    rng.shuffle(arrivals)
    gone = data.draw(st.sampled_from(["", *dict(history)]))
    uri = str(tmp_path_factory.mktemp("t") / "sales")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "ROWS_AT_ONCE", at_once)
        for source, frame in arrivals:
            table.merge(uri, frame, source=source)
        table.withdraw(uri, f"g/{gone}.csv", {source.version_id for source, _ in uploads})
    newest = dict(history)
    last_seen = {key: minute for minute, (key, _) in enumerate(history)}
    oracle: dict[int, float] = {}
    for key in sorted(newest.keys() - {gone}, key=lambda key: last_seen[key]):
        oracle |= newest[key]
    assert units(uri) == oracle


@pytest.mark.parametrize("at_once", [slices.ROWS_AT_ONCE, 2])
def test_a_correction_of_many_rows_by_slices_does_what_one_at_once_does(
    uri: str, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(slices, "ROWS_AT_ONCE", at_once)
    table.merge(uri, rows({day: day for day in range(1, 9)}), source=upload())
    table.merge(uri, rows({9: 1}), source=upload("g/other.csv"))
    corrected = rows({1: 1, 2: 20, 4: 4, 5: 5, 6: 6, 7: 7, 10: 9}, promo=1.0)
    done = table.upsert(uri, corrected, source=upload(version="v2", minutes=1))
    assert done == Merged(2, Effect(added=1, changed=6, withdrawn=2))
    assert units(uri) == {1: 1, 2: 20, 4: 4, 5: 5, 6: 6, 7: 7, 9: 1, 10: 9}
    assert table.read(uri)["promo"].to_list() == [1.0] * 6 + [None, 1.0]
    assert table.upsert(uri, corrected, source=upload(version="v2", minutes=1)) == Merged(2, Effect())
    table.merge(uri, rows({2: 21, 3: 3}, promo="yes"), source=upload(version="v3", minutes=2))  # of another type
    assert units(uri) == {2: 21, 3: 3, 9: 1}
    assert table.read(uri)["promo"].to_list() == ["yes", "yes", None]
    taken = table.withdraw(uri, "grocery/a.csv", {"v3"})
    assert taken == Merged(4, Effect(withdrawn=2), gone=2)
    assert units(uri) == {9: 1}
    assert units(uri, 2) == {1: 1, 2: 20, 4: 4, 5: 5, 6: 6, 7: 7, 9: 1, 10: 9}


def test_slices_written_while_another_writer_was_quicker_are_judged_anew(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.merge(uri, rows({1: 1, 2: 2, 3: 3, 4: 4}), source=upload("g/a.csv"))
    write, calls = write_deltalake, itertools.count()

    def slowly(*given: Any, **named: Any) -> None:
        if not next(calls):
            table.merge(uri, rows({2: 50, 7: 7}), source=upload("g/b.csv", minutes=9))
        write(*given, **named)

    monkeypatch.setattr(slices, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(slices, "write_deltalake", slowly)
    table.merge(uri, rows({1: 10, 2: 20}), source=upload("g/a.csv", "v2", minutes=5))
    assert next(calls) > 1
    assert units(uri) == {1: 10, 2: 50, 7: 7}


def test_two_writers_at_once_lose_nothing(uri: str) -> None:
    jobs = [(rows({day: float(day)}), upload(f"g/{day}.csv", minutes=day)) for day in range(1, 7)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda job: table.merge(uri, job[0], source=job[1]), jobs))
    assert units(uri) == {day: float(day) for day in range(1, 7)}
    assert table.read(uri).select(pl.struct(KEY).is_unique().all()).item()
    assert list(itertools.chain(table.read(uri)[SOURCE_KEY])) == [f"g/{day}.csv" for day in range(1, 7)]


@pytest.mark.parametrize("first", ["create", "append"])
def test_of_two_overlapping_writes_the_second_looks_again(
    uri: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither saw the other's rows of the day when it looked; both hold, the newer one live."""
    if first == "append":
        table.merge(uri, rows({20: 1}), source=upload("g/other.csv"))
    commit = getattr(datafiles, first)
    calls: list[int] = []

    def slowly(*given: Any, **named: Any) -> None:
        calls.append(len(calls))
        if len(calls) == 1:
            table.merge(uri, rows({1: 50, 2: 60}), source=upload("g/b.csv", minutes=9))
        commit(*given, **named)

    monkeypatch.setattr(datafiles, first, slowly)
    assert table.merge(uri, rows({1: 5, 3: 7}), source=upload("g/a.csv")) == table.version(uri)
    monkeypatch.undo()
    assert {day: said for day, said in units(uri).items() if day < 20} == {1: 50, 2: 60, 3: 7}
    table.withdraw(uri, "g/b.csv", {"v1"})
    assert {day: said for day, said in units(uri).items() if day < 20} == {1: 5, 3: 7}


def test_a_merge_that_was_overtaken_looks_again(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table.merge(uri, rows({1: 1}), source=upload("g/other.csv"))
    changes_of, calls = claims.changes_of, []

    def slowly(mine: pl.DataFrame, here: pl.DataFrame, key: str) -> pl.DataFrame:
        calls.append(key)
        if len(calls) == 1:
            table.merge(uri, rows({1: 50, 2: 60}), source=upload("g/b.csv", minutes=9))
        return changes_of(mine, here, key)

    monkeypatch.setattr(table, "changes_of", slowly)
    table.merge(uri, rows({1: 5, 2: 6}), source=upload("g/a.csv", minutes=5))
    assert calls.count("g/a.csv") == 2
    assert units(uri) == {1: 50, 2: 60}


def test_sixteen_writers_of_the_same_days_all_get_through(uri: str) -> None:
    jobs = [(rows({day: float(n) for day in range(1, 4)}), upload(f"g/{n:02}.csv", minutes=n)) for n in range(16)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda job: table.merge(uri, job[0], source=job[1]), jobs))
    assert units(uri) == {1: 15, 2: 15, 3: 15}


@pytest.mark.parametrize("width", [pl.UInt8, pl.UInt16, pl.UInt32])
def test_compact_rows_of_several_data_files_are_stored_as_plain_ones(
    uri: str, monkeypatch: pytest.MonkeyPatch, width: type[pl.DataType]
) -> None:
    monkeypatch.setattr(datafiles, "ROWS_A_FILE", 2)
    plain = rows({1: 5, 2: 0.1, 3: 7, 4: 1, 5: 2}, weather="snow", promo=1.0)
    short = compact(plain, pl.Categorical(pl.Categories.random(physical=width)))
    assert short.schema["promo"] == pl.Float32
    assert short.schema["units"] == pl.Float64
    table.merge(uri, short, source=upload())
    table.merge(f"{uri}-plain", plain, source=upload())
    assert table.read(uri).equals(table.read(f"{uri}-plain"))
    assert table.read(uri).schema == table.read(f"{uri}-plain").schema
    assert len(DeltaTable(uri).file_uris()) == 3
    done = maintain(uri, keep=frozenset(), storage_options={})
    assert done is not None
    assert done.files_compacted == 3
    assert table.read(uri).equals(table.read(f"{uri}-plain"))
    assert table.merge(uri, short, source=upload()) == done.version
    assert table.merge(uri, short.head(3), source=upload(version="v2", minutes=1)) == done.version + 1
    assert units(uri) == {1: 5, 2: 0.1, 3: 7}
    with pytest.raises(RejectedDataError, match="two rows of one date"):
        table.merge(uri, pl.concat([short, short.head(1)]), source=upload(version="v3", minutes=2))


def test_data_files_tell_their_days_and_source_so_that_others_are_left_alone(uri: str) -> None:
    table.merge(uri, rows({1: 5, 2: 6}), source=upload("g/a.csv"))
    assert table.merge(uri, rows({8: 5}), source=upload("g/b.csv")) == table.version(uri) == 1
    told = pl.DataFrame(DeltaTable(uri).get_add_actions(flatten=True)).sort("min.date")
    assert told["min.date"].to_list() == [date(2024, 5, 1), date(2024, 5, 8)]
    assert told["max.date"].to_list() == [date(2024, 5, 2), date(2024, 5, 8)]
    assert told["num_records"].to_list() == [2, 1]
    assert told[f"max.{SOURCE_KEY}"].to_list() == ["g/a.csv", "g/b.csv"]


def test_upkeep_leaves_a_file_that_is_being_written_and_deletes_what_a_dead_writer_left(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.merge(uri, rows({1: 5}), source=upload("g/a.csv"))
    monkeypatch.setattr(datafiles, "append", _killed)
    with pytest.raises(KeyboardInterrupt):
        table.merge(uri, rows({2: 6}), source=upload("g/b.csv"))
    monkeypatch.undo()
    assert len(list(Path(uri).glob("*.parquet"))) == 2
    maintain(uri, keep=frozenset(), storage_options={})
    assert len(list(Path(uri).glob("*.parquet"))) == 2
    maintain(uri, keep=frozenset(), retention_hours=0, storage_options={})
    assert len(list(Path(uri).glob("*.parquet"))) == 1
    assert units(uri) == {1: 5}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt
