"""What files did to a table is told, a row is traced to its line, and a file can be taken back."""

import gzip
from datetime import date, timedelta

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from core.contracts import keys
from core.contracts.errors import RejectedDataError
from core.contracts.sales import SOURCE_LINE
from core.contracts.uploads import Upload
from core.contracts.verdict import Dialect, Kind, Verdict
from tests.unit.training.conftest import PlaceHere
from training import table
from training.cli import app
from training.commands import places
from training.history import What, claims, history
from training.withdrawal import withdraw

FIRST = date(2024, 1, 1)


def rows(*units: int, skip: int = 0) -> pl.DataFrame:
    days = [FIRST + timedelta(skip + n) for n in range(len(units))]
    same = {"store_id": "01", "item_id": "A"}
    return pl.DataFrame(
        {"date": days, **{k: [v] * len(days) for k, v in same.items()}, "units": [float(u) for u in units]}
    ).with_columns(pl.Series(SOURCE_LINE, range(2, 2 + len(days)), dtype=pl.Int64))


def text(frame: pl.DataFrame) -> str:
    return frame.drop(SOURCE_LINE).write_csv()


def ingest(place: PlaceHere, key: str, frame: pl.DataFrame, sha256: str = "0" * 64) -> Upload:
    """What the ingest step leaves of a file: rows, verdict, note."""
    upload = place.drop(key, text(frame))
    uri, options = place.table("shop", "sales")
    table.merge(uri, frame, source=upload, storage_options=options)
    verdict = Verdict(kind=Kind.ACCEPTED, sentence="fine", upload=upload, sha256=sha256, dialect=Dialect(format="csv"))
    place.raw.put_document(keys.verdict(key, upload.version_id), verdict)
    place.lake.put_document(keys.ingested("shop", sha256), upload)
    return upload


@pytest.fixture
def run(place: PlaceHere, monkeypatch: pytest.MonkeyPatch) -> "Runner":
    monkeypatch.setattr(places, "find", lambda *_, **__: place)
    return Runner()


class Runner:
    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "200"})


def test_each_version_names_its_upload_and_counts_live_rows(place: PlaceHere) -> None:
    uri, options = place.table("shop", "sales")
    old = ingest(place, "shop/a.csv", rows(1, 2, 3, 4))
    new = place.drop("shop/a.csv", text(rows(1, 9, 3)))
    table.merge(uri, rows(1, 9, 3), source=new, storage_options=options)
    other = place.drop("shop/b.csv", text(rows(7, 8, skip=3)))
    table.merge(uri, rows(7, 8, skip=3), source=other, storage_options=options)
    third, second, first = history(uri, storage_options=options)
    assert [change.what for change in (first, second, third)] == [What.MERGED] * 3
    assert [change.source_version for change in (first, second, third)] == [
        each.version_id for each in (old, new, other)
    ]
    assert (first.rows_added, first.rows_changed, first.rows_withdrawn) == (4, 0, 0)
    # three lines are said by the newer version now, one of them with another value, and the fourth is gone
    assert (second.rows_added, second.rows_changed, second.rows_withdrawn) == (0, 1, 1)
    assert (third.rows_added, third.rows_changed, third.rows_withdrawn) == (2, 0, 0)


def test_counts_are_those_of_an_oracle_that_compares_the_live_rows(place: PlaceHere) -> None:
    uri, options = place.table("shop", "sales")
    ingest(place, "shop/a.csv", rows(1, 2, 3, 4, 5, 6))
    before = table.read(uri)
    ingest(place, "shop/b.csv", rows(7, 8, 9, skip=4))
    withdraw(place, "shop", "b.csv", delete=True)
    after, (last, middle, _) = table.read(uri), history(uri, storage_options=options)
    assert (middle.rows_added, middle.rows_changed, middle.rows_withdrawn) == (1, 2, 0)
    assert (last.rows_added, last.rows_changed, last.rows_withdrawn) == (0, 2, 1)
    assert after.equals(before)


def test_the_same_rows_by_another_file_change_nothing_but_stay_when_the_first_is_taken_back(place: PlaceHere) -> None:
    uri, options = place.table("shop", "sales")
    ingest(place, "shop/a.csv", rows(1, 2))
    upload = place.drop("shop/copy.csv", text(rows(1, 2)))
    assert not table.upsert(uri, rows(1, 2), source=upload, storage_options=options).effect
    withdraw(place, "shop", "a.csv", delete=True)
    assert table.read(uri)["units"].to_list() == [1.0, 2.0]
    assert history(uri, storage_options=options)[0].rows_withdrawn == 0


def test_versions_made_before_we_counted_still_tell(place: PlaceHere) -> None:
    from deltalake import write_deltalake  # noqa: PLC0415

    uri, options = place.table("shop", "sales")
    write_deltalake(uri, rows(1, 2))
    (only,) = history(uri, storage_options=options)
    assert (only.what, only.source_key, only.rows_added) == (What.MERGED, None, 2)


def test_a_table_that_is_not_there_is_said_in_a_sentence(place: PlaceHere, run: Runner) -> None:
    result = run("history", "shop")
    assert result.exit_code == places.FAILED
    assert "nothing was merged yet" in result.stderr


def test_the_history_is_printed_for_people_and_for_machines(place: PlaceHere, run: Runner) -> None:
    upload = ingest(place, "shop/a.csv", rows(1, 2, 3))
    page = run("history", "shop")
    assert page.exit_code == 0
    assert f"+3    merged shop/a.csv {upload.version_id[:8]}" in page.stdout
    assert '"rows_added":3' in run("history", "shop", "--json").stdout
    assert upload.version_id in run("history", "shop", "--json").stdout


def test_a_row_is_traced_to_its_line_and_to_what_it_covers(place: PlaceHere, run: Runner) -> None:
    ingest(place, "shop/a.csv", rows(1, 2, 3))
    newer = ingest(place, "shop/b.csv", rows(9, skip=1), sha256="1" * 64)
    result = run("trace", "shop", "--date", "2024-01-02", "--store", "01", "--item", "A")
    counts, covered = result.stdout.index("counts; line 2 of shop/b.csv"), result.stdout.index("covered")
    assert result.exit_code == 0
    assert counts < covered
    assert newer.version_id in result.stdout
    assert "2024-01-02,01,A,9.0" in result.stdout  # the very line of the newer file
    assert "2024-01-02,01,A,2.0" in result.stdout


def test_a_row_of_an_older_version_of_the_table_is_traced(place: PlaceHere) -> None:
    uri, options = place.table("shop", "sales")
    ingest(place, "shop/a.csv", rows(1, 2))
    ingest(place, "shop/b.csv", rows(9))
    asked = {"day": FIRST, "store": "01", "item": "A", "storage_options": options}
    assert claims(uri, **asked)["units"].to_list() == [9.0, 1.0]  # type: ignore[arg-type]
    assert claims(uri, version=0, **asked)["units"].to_list() == [1.0]  # type: ignore[arg-type]


def test_a_row_nobody_speaks_of_ends_with_one(place: PlaceHere, run: Runner) -> None:
    ingest(place, "shop/a.csv", rows(1))
    result = run("trace", "shop", "--date", "2030-01-01", "--store", "01", "--item", "A")
    assert result.exit_code == 1
    assert "no file says anything" in result.stderr


def test_the_line_of_a_compressed_file_is_shown_and_of_an_expired_one_missed(place: PlaceHere, run: Runner) -> None:
    upload = ingest(place, "shop/a.csv.gz", rows(5, 6))
    packed = gzip.compress(b"date,store_id,item_id,units\n2024-01-01,01,A,5\n")
    place.raw.s3.put_object(Bucket="raw", Key="shop/a.csv.gz", Body=packed)
    uri, options = place.table("shop", "sales")
    newest = place.raw.newest_version("shop/a.csv.gz")
    again = upload.model_copy(update={"version_id": newest, "uploaded_at": upload.uploaded_at + timedelta(1)})
    table.merge(uri, rows(5), source=again, storage_options=options)
    asked = ("trace", "shop", "--date", "2024-01-01", "--store", "01", "--item", "A")
    assert "2024-01-01,01,A,5\n" in run(*asked).stdout
    place.raw.s3.delete_object(Bucket="raw", Key="shop/a.csv.gz", VersionId=str(newest))
    result = run(*asked)
    assert result.exit_code == 0
    assert "can no longer be read" in result.stdout


def test_a_deleted_file_is_withdrawn_and_the_history_says_so(place: PlaceHere, run: Runner) -> None:
    uri, options = place.table("shop", "sales")
    ingest(place, "shop/a.csv", rows(1, 2, 3))
    ingest(place, "shop/b.csv", rows(9, 9, skip=2), sha256="1" * 64)
    place.raw.s3.delete_object(Bucket="raw", Key="shop/b.csv")
    result = run("withdraw", "shop", "b.csv", "--reason", "wrong store")
    assert result.exit_code == 0, result.stderr
    assert "2 rows withdrawn; table sales is now version 2" in result.stdout
    assert table.read(uri)["units"].to_list() == [1.0, 2.0, 3.0]
    last = history(uri, storage_options=options)[0]
    assert (last.what, last.source_key, last.reason) == (What.WITHDRAWN, "shop/b.csv", "wrong store")
    assert "no row" in run("withdraw", "shop", "b.csv").stdout
    assert table.version(uri) == 2


def test_a_file_that_is_still_there_is_not_withdrawn_unless_deleted_with_it(place: PlaceHere, run: Runner) -> None:
    ingest(place, "shop/a.csv", rows(1))
    refused = run("withdraw", "shop", "shop/a.csv")
    assert refused.exit_code == places.FAILED
    assert "still there" in refused.stderr
    assert run("withdraw", "shop", "shop/a.csv", "--delete").exit_code == 0
    assert place.raw.newest_version("shop/a.csv") is None
    assert table.read(place.table("shop", "sales")[0]).is_empty()


def test_a_file_of_another_dataset_is_refused(place: PlaceHere) -> None:
    with pytest.raises(RejectedDataError, match="no file of dataset 'default'"):
        withdraw(place, "default", "shop/a.csv")


def test_the_file_comes_back_when_it_is_uploaded_anew(place: PlaceHere) -> None:
    ingest(place, "shop/a.csv", rows(1, 2))
    withdraw(place, "shop", "a.csv", delete=True)
    upload = place.drop("shop/a.csv", text(rows(5)))
    uri, options = place.table("shop", "sales")
    table.merge(uri, rows(5), source=upload, storage_options=options)
    assert table.read(uri)["units"].to_list() == [5.0]
