"""Uploads in DynamoDB: claimed once, waiting until they have their verdict, then closed for good.

An upload waits as long as its status is ``queued`` or ``running``; which of the two is for people
to see, and nothing decides by it: a worker that died may have left either behind. One that waits has
a mark as well, an item of its own, so that what waits is found without reading all that ever came.
The mark is there before the upload and goes after it was closed: one too many is harmless and is taken
away when it is met, one too few cannot be.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Reason, Verdict
from lambdas.shared.at_once import at_once
from lambdas.shared.dynamo import DATASETS, MARK, UPLOAD, Table, mark_of, sort_key
from lambdas.shared.flight import Waiting

_WAITING: Final = ("queued", "running")
_WAITS: Final = "#status IN (:queued, :running)"
_WAIT_VALUES: Final = {":queued": {"S": "queued"}, ":running": {"S": "running"}}
_STATUS: Final = {"#status": "status"}


class UploadsTable:
    """All uploads ever seen, and the list of datasets they belong to."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._registered: set[str] = set()

    def known(self, dataset: str, upload: Upload) -> bool:
        """True when this version has been claimed."""
        return self._table.get(dataset, sort_key(upload.key, upload.version_id)) is not None

    def claim(self, dataset: str, upload: Upload, verdict: Verdict | None = None) -> bool:
        """Remember an upload, waiting, or closed by a verdict already written; False when it is known."""
        if verdict is None:
            self._register(dataset)
            self._mark(dataset, sort_key(upload.key, upload.version_id))
        return self._table.put_new(
            {
                "pk": {"S": dataset},
                "sk": {"S": sort_key(upload.key, upload.version_id)},
                "bucket": {"S": upload.bucket},
                "key": {"S": upload.key},
                "version_id": {"S": upload.version_id},
                "size": {"N": str(upload.size)},
                "uploaded_at": {"S": upload.uploaded_at.isoformat()},
                "attempts": {"N": "0"},
                **({"status": {"S": "queued"}} if verdict is None else _closed(verdict)),
            }
        )

    def datasets(self) -> list[str]:
        """Names of all datasets that ever had an upload to ingest."""
        return [item["sk"]["S"] for item in self._table.partition(DATASETS)]

    def take_stock(self, dataset: str) -> set[str]:
        """Sort keys of everything claimed in a dataset; what waits in a table older than marks gets its own."""
        names = {"ProjectionExpression": "sk, #status", "ExpressionAttributeNames": _STATUS}
        status = {item["sk"]["S"]: item["status"]["S"] for item in self._table.query(dataset, UPLOAD, **names)}
        marked = set(self._marks(dataset))
        for key in [key for key, at in status.items() if at in _WAITING and mark_of(key) not in marked]:
            self._mark(dataset, key)
        return set(status)

    def waiting(self, dataset: str) -> list[Waiting]:
        """All uploads without a verdict, in any order."""
        marks = self._marks(dataset)
        items = list(self._table.get_many(dataset, [UPLOAD + mark.removeprefix(MARK) for mark in marks]))
        closed = [item["sk"]["S"] for item in items if item["status"]["S"] not in _WAITING]
        at_once(lambda key: self._table.delete(dataset, mark_of(key)), closed)
        found = [item for item in items if item["status"]["S"] in _WAITING]
        return [Waiting(_upload(item), int(item["attempts"]["N"])) for item in found]

    def running(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        """Show uploads as part of a run, those excepted that have their verdict."""
        change, values = "SET #status = :running, run_id = :run", {":run": {"S": run_id}}
        at_once(lambda upload: self._update(dataset, upload, change, values, _WAITS), uploads)

    def requeue(self, dataset: str, uploads: Iterable[Upload], run_id: str) -> None:
        """Show uploads of an ended run as waiting again."""
        condition, values = f"{_WAITS} AND run_id = :run", {":run": {"S": run_id}}
        at_once(lambda upload: self._update(dataset, upload, "SET #status = :queued", values, condition), uploads)

    def close(self, dataset: str, verdicts: Iterable[tuple[Upload, Verdict]]) -> None:
        """Record the verdicts of uploads, those excepted that have one."""
        at_once(lambda pair: self._close(dataset, *pair), verdicts)

    def blame(self, dataset: str, upload: Upload, run_id: str) -> int:
        """Count a failed run against an upload, each run once; returns how many count against it."""
        self._update(
            dataset,
            upload,
            "SET attempts = attempts + :one ADD failed_runs :runs",
            {":one": {"N": "1"}, ":runs": {"SS": [run_id]}, ":run": {"S": run_id}},
            f"{_WAITS} AND NOT contains(failed_runs, :run)",
        )
        item = self._table.get(dataset, sort_key(upload.key, upload.version_id)) or {}
        return int(item.get("attempts", {}).get("N", 0))

    def _register(self, dataset: str) -> None:
        if dataset not in self._registered:
            self._table.put_new({"pk": {"S": DATASETS}, "sk": {"S": dataset}})
            self._registered.add(dataset)

    def _mark(self, dataset: str, key: str) -> None:
        self._table.put({"pk": {"S": dataset}, "sk": {"S": mark_of(key)}})

    def _marks(self, dataset: str) -> list[str]:
        return [item["sk"]["S"] for item in self._table.query(dataset, MARK, ProjectionExpression="sk")]

    def _close(self, dataset: str, upload: Upload, verdict: Verdict) -> None:
        values = {f":{name}": value for name, value in _closed(verdict).items()}
        change = "SET #status = :status, verdict = :verdict, sentence = :sentence"
        self._update(dataset, upload, change, values, _WAITS)
        self._table.delete(dataset, mark_of(sort_key(upload.key, upload.version_id)))

    def _update(self, dataset: str, upload: Upload, change: str, values: dict[str, Any], condition: str) -> bool:
        return self._table.update(
            dataset,
            sort_key(upload.key, upload.version_id),
            change,
            {**_WAIT_VALUES, **values},
            condition=condition,
            names=_STATUS,
        )


def _closed(verdict: Verdict) -> dict[str, Any]:
    gave_up = verdict.kind is Kind.REJECTED and any(note.reason is Reason.INGEST_FAILED for note in verdict.notes)
    return {
        "status": {"S": "failed" if gave_up else "done"},
        "verdict": {"S": verdict.kind.value},
        "sentence": {"S": verdict.sentence},
    }


def _upload(item: dict[str, Any]) -> Upload:
    return Upload(
        bucket=item["bucket"]["S"],
        key=item["key"]["S"],
        version_id=item["version_id"]["S"],
        size=int(item["size"]["N"]),
        uploaded_at=datetime.fromisoformat(item["uploaded_at"]["S"]),
    )
