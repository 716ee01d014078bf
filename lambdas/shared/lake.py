"""Papers of the runs in the lake: manifests, and what the steps decided."""

from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from core.contracts import keys
from core.contracts.models import Decision, Evaluation, LiveAccuracy
from core.contracts.uploads import RunManifest
from lambdas.shared.log import logger
from lambdas.shared.objects import Bucket
from lambdas.shared.runs import decision_key, evaluation_key, manifest_key

Paper = TypeVar("Paper", bound=BaseModel)


class Lake:
    """Reads and writes small JSON papers; one that cannot be read is logged and counts as absent."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket

    def create(self, manifest: RunManifest) -> RunManifest:
        """Write a manifest unless the run has one; return the one that stands."""
        key = manifest_key(manifest.dataset, manifest.run_id)
        if self._bucket.create(key, manifest.model_dump_json(indent=1).encode()):
            return manifest
        found = self._bucket.read(key)
        return RunManifest.model_validate_json(found[0]) if found else manifest

    def manifest(self, dataset: str, run_id: str) -> RunManifest | None:
        """What a run was started for."""
        return self._read(manifest_key(dataset, run_id), RunManifest)

    def decision(self, dataset: str, run_id: str) -> Decision | None:
        """What the ingest step decided; None when it did not get that far."""
        return self._read(decision_key(dataset, run_id), Decision)

    def evaluation(self, dataset: str, run_id: str) -> Evaluation | None:
        """What the gate decided; None when no model was trained."""
        return self._read(evaluation_key(dataset, run_id), Evaluation)

    def accuracy(self, dataset: str, run_id: str) -> list[LiveAccuracy]:
        """Live accuracy measured in a run, newest forecasts last; empty when none was."""
        key = keys.accuracy(dataset, f"{run_id}.json")
        found = self._bucket.read(key)
        if found is None:
            return []
        try:
            reports = _REPORTS.validate_json(found[0])
        except ValidationError as error:
            logger.error("not a live accuracy report", key=key, problems=error.error_count())
            return []
        return sorted(reports if isinstance(reports, list) else [reports], key=lambda report: report.origin)

    def _read(self, key: str, paper: type[Paper]) -> Paper | None:
        found = self._bucket.read(key)
        if found is None:
            return None
        try:
            return paper.model_validate_json(found[0])
        except ValidationError as error:
            logger.error("unreadable paper", key=key, kind=paper.__name__, problems=error.error_count())
            return None


_REPORTS: TypeAdapter[LiveAccuracy | list[LiveAccuracy]] = TypeAdapter(LiveAccuracy | list[LiveAccuracy])
