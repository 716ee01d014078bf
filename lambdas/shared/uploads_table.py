"""Uploads in DynamoDB: claimed once, waiting until they have their verdict, then closed for good.

An upload waits as long as its status is ``queued`` or ``running``; which of the two is for people
to see, and nothing decides by it: a worker that died may have left either behind.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Reason, Verdict
from lambdas.shared.dynamo import DATASETS, UPLOAD, Table, sort_key
from lambdas.shared.flight import Waiting

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

    def claimed(self, dataset: str) -> set[str]:
        """Sort keys of everything claimed in a dataset."""
        items = self._table.query(dataset, UPLOAD, ProjectionExpression="sk")
        return {item["sk"]["S"] for item in items}

    def waiting(self, dataset: str) -> list[Waiting]:
        """All uploads without a verdict, in any order."""
        return [Waiting(_upload(item), int(item["attempts"]["N"])) for item in self._waiting(dataset)]

    def running(self, dataset: str, upload: Upload, run_id: str) -> None:
        """Show an upload as part of a run, unless it has its verdict."""
        self._update(dataset, upload, "SET #status = :running, run_id = :run", {":run": {"S": run_id}}, _WAITS)

    def requeue(self, dataset: str, upload: Upload, run_id: str) -> None:
        """Show an upload of an ended run as waiting again."""
        condition = f"{_WAITS} AND run_id = :run"
        self._update(dataset, upload, "SET #status = :queued", {":run": {"S": run_id}}, condition)

    def close(self, dataset: str, upload: Upload, verdict: Verdict) -> None:
        """Record the verdict of an upload, unless it has one."""
        values = {f":{name}": value for name, value in _closed(verdict).items()}
        change = "SET #status = :status, verdict = :verdict, sentence = :sentence"
        self._update(dataset, upload, change, values, _WAITS)

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

    def _waiting(self, dataset: str) -> Iterator[dict[str, Any]]:
        return self._table.query(
            dataset,
            UPLOAD,
            FilterExpression=_WAITS,
            ExpressionAttributeNames=_STATUS,
            ExpressionAttributeValues=_WAIT_VALUES,
        )

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
