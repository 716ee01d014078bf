"""A service that fails is not held against a file, and is asked again before a step gives up."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from boto3.exceptions import Boto3Error, RetriesExceededError
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from deltalake.exceptions import DeltaError

from core.contracts.errors import RejectedDataError, RetryableError
from core.contracts.uploads import Upload
from training import attempts, table
from training.commands.step import ending
from training.container import OptMl
from training.trouble import is_of_a_service, told

S3 = "http://127.0.0.1:1/bucket"


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")


@pytest.mark.parametrize(
    ("error", "of_a_service"),
    [
        (EndpointConnectionError(endpoint_url=S3), True),
        (ConnectionClosedError(endpoint_url=S3), True),
        (ReadTimeoutError(endpoint_url=S3), True),
        (RetriesExceededError(Boto3Error("reset")), True),
        (refused("SlowDown"), True),
        (refused("AccessDenied"), True),
        (refused("NoSuchVersion"), False),
        (OSError("Kernel error -> Generic S3 error: connection refused"), True),
        (DeltaError("Generic S3 error: connection reset"), True),
        (pl.exceptions.ComputeError("Generic S3 error: 503"), True),
        (OSError("Not a gzipped file"), False),
        (RejectedDataError("a.csv: line 3: no date"), False),
        (ValueError("no"), False),
    ],
)
def test_what_a_service_did_is_told_from_what_a_file_did(error: Exception, of_a_service: bool) -> None:
    assert is_of_a_service(error) is of_a_service
    assert told(error).startswith("RetryableError: ") is of_a_service


def test_a_step_says_in_its_reason_that_no_file_is_to_blame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPT_ML", str(tmp_path))
    with pytest.raises(SystemExit), ending():
        raise EndpointConnectionError(endpoint_url=S3)
    for name in ("failure", "message"):  # of training jobs and of processing jobs
        assert (tmp_path / "output" / name).read_text().startswith("RetryableError: Could not connect")


def test_a_long_reason_is_cut_between_letters(tmp_path: Path) -> None:
    OptMl(tmp_path).fail("x" + "ä" * 1000)
    assert (tmp_path / "output" / "message").read_bytes().decode() == "x" + "ä" * 511


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "_LONGEST_WAIT", 0.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("done", [False, True])
def test_a_merge_whose_commit_failed_or_whose_answer_was_lost_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    uri, commit, asked = str(tmp_path / "sales"), table._commit_merge, 0
    table.merge(uri, sales(1), source=upload("a"), storage_options={})

    def flaky(*arguments: object) -> None:
        nonlocal asked
        asked += 1
        if done or asked > 2:
            commit(*arguments)  # type: ignore[arg-type]
        if asked <= 2:
            raise OSError("Generic S3 error: connection reset by peer")

    monkeypatch.setattr(table, "_commit_merge", flaky)
    assert table.merge(uri, sales(2), source=upload("b", day=2), storage_options={}) == 1
    assert table.read(uri)["units"].to_list() == [2.0]
    assert asked == (1 if done else 3)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("words", "kind"), [("Generic S3 error: 503", RetryableError), ("disk full", OSError)])
def test_a_store_that_stays_away_is_named_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str, kind: type[Exception]
) -> None:
    def away(*_: object) -> None:
        raise OSError(words)

    monkeypatch.setattr(table._Merging, "attempt", away)
    with pytest.raises(kind, match=words):
        table.merge(str(tmp_path / "sales"), sales(1), source=upload("a"), storage_options={})


def sales(units: float) -> pl.DataFrame:
    return pl.DataFrame(
        {"date": [date(2024, 1, 1)], "store_id": ["1"], "item_id": ["2"], "units": [units], "_source_line": [2]}
    )


def upload(name: str, day: int = 1) -> Upload:
    when = datetime(2024, 1, day, tzinfo=UTC)
    return Upload(bucket="raw", key=f"shop/{name}.csv", version_id="1", size=1, uploaded_at=when)
