"""The uploads table and the flights: DynamoDB and its in-memory stand-in answer alike."""

from datetime import timedelta

import pytest

from core.contracts.verdict import Kind, Reason
from lambdas.shared.dynamo import MARK, sort_key
from lambdas.shared.flight import Flight
from lambdas.shared.flights_table import FlightsTable
from lambdas.shared.uploads_table import UploadsTable
from lambdas.shared.verdicts import refuse
from tests.unit.lambdas.conftest import Aws, upload
from tests.unit.lambdas.stores import NOW, MemoryFlights, MemoryUploads, accepted

Uploads = UploadsTable | MemoryUploads
Flights = FlightsTable | MemoryFlights


@pytest.fixture(params=["dynamodb", "memory"])
def uploads(request: pytest.FixtureRequest, aws: Aws) -> Uploads:
    return UploadsTable(aws.table) if request.param == "dynamodb" else MemoryUploads()


@pytest.fixture(params=["dynamodb", "memory"])
def flights(request: pytest.FixtureRequest, aws: Aws) -> Flights:
    return FlightsTable(aws.table) if request.param == "dynamodb" else MemoryFlights()


def test_an_upload_is_claimed_once(uploads: Uploads) -> None:
    assert not uploads.known("shop", upload())
    assert uploads.claim("shop", upload())
    assert uploads.known("shop", upload())
    assert not uploads.claim("shop", upload())
    assert uploads.claim("shop", upload(version_id="v2"))
    assert uploads.datasets() == ["shop"]


def test_a_claimed_upload_waits_with_all_that_is_known_of_it(uploads: Uploads) -> None:
    named = upload("shop/Größe 1+2 😀.csv", time=NOW + timedelta(microseconds=5), size=3)
    uploads.claim("shop", named)
    uploads.claim("other", upload("other/a.csv"))
    [found] = uploads.waiting("shop")
    assert (found.upload, found.attempts) == (named, 0)


def test_an_upload_judged_at_once_never_waits(uploads: Uploads) -> None:
    verdict = refuse(upload(), "shop", Reason.FOLDER, "A folder.", kind=Kind.IGNORED)
    assert uploads.claim("shop", upload(), verdict)
    assert uploads.waiting("shop") == []
    assert uploads.take_stock("shop") == {sort_key("shop/a.csv", "v1")}


def test_a_closed_upload_does_not_come_back(uploads: Uploads) -> None:
    uploads.claim("shop", upload())
    uploads.running("shop", [upload()], "r1")
    assert len(uploads.waiting("shop")) == 1
    uploads.close("shop", [(upload(), accepted(upload(), "r1"))])
    uploads.running("shop", [upload()], "r2")
    uploads.requeue("shop", [upload()], "r1")
    assert uploads.blame("shop", upload(), "r2") == 0
    assert uploads.waiting("shop") == []


def test_a_failed_run_counts_once(uploads: Uploads) -> None:
    uploads.claim("shop", upload())
    assert [uploads.blame("shop", upload(), run) for run in ("r1", "r1", "r2", "r1")] == [1, 1, 2, 2]
    assert [found.attempts for found in uploads.waiting("shop")] == [2]


def test_keys_at_the_limit_of_s3_have_a_place(uploads: Uploads) -> None:
    longest = [upload("shop/" + letter * 1019, "v" * 32) for letter in "ab"]
    for found in longest:
        assert uploads.claim("shop", found)
    assert {found.upload.key for found in uploads.waiting("shop")} == {found.key for found in longest}


def test_hundreds_of_uploads_come_page_by_page(aws: Aws) -> None:
    uploads = UploadsTable(aws.table)
    for number in range(30):  # 30 items of 40 KB fill more than one page of a megabyte
        filler = {"status": {"S": "done"}, "filler": {"S": "x" * 40_000}}
        aws.table.put_new({"pk": {"S": "shop"}, "sk": {"S": f"upload#old{number}"}, **filler})
    uploads.claim("shop", upload("shop/z.csv"))
    assert len(uploads.take_stock("shop")) == 31
    assert len(uploads.waiting("shop")) == 1


def test_what_waits_is_found_by_its_mark_and_not_among_all_that_ever_came(aws: Aws) -> None:
    uploads = UploadsTable(aws.table)
    for name in "abc":
        uploads.claim("shop", upload(f"shop/{name}.csv"))
    uploads.close("shop", [(upload(f"shop/{name}.csv"), accepted(upload(f"shop/{name}.csv"), "r1")) for name in "ab"])
    assert [item["sk"]["S"] for item in aws.table.query("shop", MARK)] == ["wait#shop/c.csv#v1"]


def test_a_worker_killed_between_a_claim_and_its_mark_or_a_close_and_its_mark_loses_nothing(aws: Aws) -> None:
    uploads = UploadsTable(aws.table)
    aws.table.put({"pk": {"S": "shop"}, "sk": {"S": "wait#shop/a.csv#v1"}})  # its claim was never written
    assert uploads.waiting("shop") == []
    assert uploads.claim("shop", upload()), "the event comes again"
    uploads.close("shop", [(upload(), accepted(upload(), "r1"))])
    aws.table.put({"pk": {"S": "shop"}, "sk": {"S": "wait#shop/a.csv#v1"}})  # it was closed, and the mark stayed
    assert uploads.waiting("shop") == []
    assert list(aws.table.query("shop", MARK)) == []


def test_uploads_claimed_before_there_were_marks_are_found_by_the_next_sweep(aws: Aws) -> None:
    uploads = UploadsTable(aws.table)
    uploads.claim("shop", upload())
    aws.table.delete("shop", "wait#shop/a.csv#v1")
    assert uploads.waiting("shop") == []
    assert uploads.take_stock("shop") == {sort_key("shop/a.csv", "v1")}
    assert [found.upload for found in uploads.waiting("shop")] == [upload()]


def test_more_may_wait_than_one_request_reads(uploads: Uploads) -> None:
    sent = [upload(f"shop/{number}.csv") for number in range(230)]
    for each in sent:
        uploads.claim("shop", each)
    uploads.running("shop", sent, "r1")
    assert {found.upload for found in uploads.waiting("shop")} == set(sent)


def test_a_flight_is_idle_until_taken_and_taken_once(flights: Flights) -> None:
    assert flights.read("shop") == Flight()
    assert flights.take("shop", "r1", NOW)
    assert not flights.take("shop", "r2", NOW)
    assert flights.read("shop") == Flight(run_id="r1")
    assert flights.take("other", "r2", NOW)


def test_only_the_run_in_flight_changes_it(flights: Flights) -> None:
    flights.take("shop", "r2", NOW)
    flights.started("shop", "r1", "arn1")
    flights.void("shop", "r1")
    assert not flights.release("shop", "r1", "late")
    assert flights.read("shop") == Flight(run_id="r2")
    flights.started("shop", "r2", "arn2")
    assert flights.read("shop") == Flight(run_id="r2", execution_arn="arn2")


def test_a_released_flight_is_free_and_owes_the_run_its_consequences(flights: Flights) -> None:
    for run in ("r1", "r2"):
        flights.take("shop", run, NOW)
        flights.started("shop", run, f"arn of {run}")
        assert flights.release("shop", run, "it rained")
        assert not flights.release("shop", run, "it rained")
    assert flights.read("shop") == Flight(failures=2, owed=("r1", "r2"))
    assert flights.settle("shop", "r1")
    assert not flights.settle("shop", "r1")
    flights.take("shop", "r3", NOW)
    assert flights.read("shop") == Flight(run_id="r3", failures=2, owed=("r2",)), "the old execution is forgotten"
    flights.release("shop", "r3", None)
    assert flights.settle("shop", "r2")
    assert flights.settle("shop", "r3")
    assert not flights.settle("shop", "r3")
    assert flights.read("shop") == Flight()


def test_a_flight_for_nothing_leaves_no_trace(flights: Flights) -> None:
    flights.take("shop", "r1", NOW)
    flights.void("shop", "r1")
    assert flights.read("shop") == Flight()


def test_the_reason_of_a_failure_stays_until_a_run_succeeds(aws: Aws) -> None:
    flights = FlightsTable(aws.table)
    flights.note_failure("shop", "before there was a flight")  # changes nothing, and is no error
    flights.take("shop", "r1", NOW)
    flights.release("shop", "r1", "Train: AlgorithmError: no memory")
    item = aws.table.get("shop", "flight") or {}
    assert item["last_failure"]["S"] == "Train: AlgorithmError: no memory"
    assert (item["state"]["S"], item["last_run_id"]["S"]) == ("idle", "r1")
    flights.take("shop", "r2", NOW)
    flights.release("shop", "r2", None)
    assert "last_failure" not in (aws.table.get("shop", "flight") or {})
