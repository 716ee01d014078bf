"""Where a run goes on when SageMaker had no machine for it: in the next of its pipelines, which takes others."""

from dataclasses import dataclass

from lambdas.shared.flight import Flights
from lambdas.shared.log import logger
from lambdas.shared.pipelines import Execution, Pipelines
from lambdas.shared.runs import run_name


@dataclass(frozen=True)
class Ladder:
    """Pipelines that do the same on other machines, in the order they are tried."""

    flights: Flights
    pipelines: Pipelines
    rungs: tuple[str, ...]

    def go_on(self, dataset: str, run_id: str, execution: Execution) -> bool:
        """Start the run anew on the next rung if its execution failed for want of machines; False where it ends.

        It is the same run: what it has ingested stays ingested, and its uploads stay its own. Done twice, it is one
        execution, for it is started under a token of pipeline and run.
        """
        if not execution.no_machine or execution.pipeline not in self.rungs[:-1]:
            return False
        rung = self.rungs[self.rungs.index(execution.pipeline) + 1]
        arn = self.pipelines.start(rung, run_name(dataset, run_id), {"Dataset": dataset, "RunId": run_id})
        self.flights.started(dataset, run_id, arn)
        logger.warning("a run goes on elsewhere", dataset=dataset, run=run_id, pipeline=rung, reason=execution.failure)
        return True
