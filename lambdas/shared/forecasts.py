"""Starting the forecast of a champion: once for each model and run, and again when it failed."""

from dataclasses import dataclass
from typing import Final, Protocol

from core.contracts.models import Champion
from lambdas.shared.dynamo import Table
from lambdas.shared.pipelines import Pipelines
from lambdas.shared.runs import run_name

MAX_ATTEMPTS: Final = 3
"""Executions for one model and run; after the last, the next change of the table brings a new forecast."""


class Forecasts(Protocol):
    """Starts forecasts."""

    def start(self, dataset: str, run_id: str, champion: Champion) -> bool:
        """Start a forecast by this champion on the data as of this run; False when that was done before."""
        ...

    def again(self, dataset: str, run_id: str, champion: Champion, failed_arn: str) -> bool:
        """Start a forecast anew whose execution failed; False when it was not the last, or one of too many."""
        ...


@dataclass(frozen=True)
class Forecaster:
    """Starts the forecast pipeline and remembers what it started, longer than SageMaker remembers a token."""

    table: Table
    pipelines: Pipelines
    pipeline: str
    """Name of the forecast pipeline."""

    def start(self, dataset: str, run_id: str, champion: Champion) -> bool:
        """Start a forecast by this champion on the data as of this run; False when that was done before."""
        mark = _mark(run_id, champion)
        if self.table.get(dataset, mark) is not None:
            return False
        arn = self._start(dataset, run_id, champion, attempt=1)
        return self.table.put_new(
            {"pk": {"S": dataset}, "sk": {"S": mark}, "execution_arn": {"S": arn}, "attempts": {"N": "1"}}
        )

    def again(self, dataset: str, run_id: str, champion: Champion, failed_arn: str) -> bool:
        """Start a forecast anew whose execution failed; False when it was not the last, or one of too many."""
        mark = _mark(run_id, champion)
        item = self.table.get(dataset, mark)
        if item is None or item["execution_arn"]["S"] != failed_arn:
            return False
        attempt = int(item["attempts"]["N"]) + 1
        if attempt > MAX_ATTEMPTS:
            return False
        arn = self._start(dataset, run_id, champion, attempt=attempt)
        return self.table.update(
            dataset,
            mark,
            "SET execution_arn = :arn, attempts = :attempt",
            {":arn": {"S": arn}, ":attempt": {"N": str(attempt)}, ":failed": {"S": failed_arn}},
            condition="execution_arn = :failed",
        )

    def _start(self, dataset: str, run_id: str, champion: Champion, *, attempt: int) -> str:
        parameters = {
            "Dataset": dataset,
            "RunId": run_id,
            "ModelId": champion.model_id,
            "ModelDataUrl": champion.bundle_uri,
        }
        return self.pipelines.start(self.pipeline, run_name(dataset, run_id), parameters, attempt)


def _mark(run_id: str, champion: Champion) -> str:
    return f"forecast#{champion.model_id}#{run_id}"
