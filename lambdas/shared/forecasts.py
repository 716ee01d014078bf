"""Starting the forecast of a champion: once for each model and run, however often it is asked for."""

from dataclasses import dataclass
from typing import Protocol

from core.contracts.models import Champion
from lambdas.shared.dynamo import Table
from lambdas.shared.pipelines import Pipelines
from lambdas.shared.runs import run_name


class Forecasts(Protocol):
    """Starts forecasts."""

    def start(self, dataset: str, run_id: str, champion: Champion) -> bool:
        """Start a forecast by this champion on the data as of this run; False when that was done before."""
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
        mark = f"forecast#{champion.model_id}#{run_id}"
        if self.table.get(dataset, mark) is not None:
            return False
        arn = self.pipelines.start(
            self.pipeline,
            run_name(dataset, run_id),
            {
                "Dataset": dataset,
                "RunId": run_id,
                "ModelId": champion.model_id,
                "ModelDataUrl": champion.bundle_uri,
            },
        )
        return self.table.put_new({"pk": {"S": dataset}, "sk": {"S": mark}, "execution_arn": {"S": arn}})
