"""What follows from a run that has ended: measures, and a fresh forecast by the champion that stays.

The flight keeps a list of ended runs whose consequences are still to be drawn, so a crash or a
lost event delays them and loses none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.contracts.models import ChampionPointer, Decision, Evaluation, LiveAccuracy
from core.contracts.uploads import RunManifest
from core.contracts.verdict import Verdict
from lambdas.shared.flight import Flights
from lambdas.shared.forecasts import Forecasts
from lambdas.shared.measures import Emit, of_accuracy, of_evaluation, of_verdicts
from lambdas.shared.verdicts import Verdicts


class RunPapers(Protocol):
    """What the steps of a run left in the lake."""

    def manifest(self, dataset: str, run_id: str) -> RunManifest | None:
        """What a run was started for."""
        ...

    def decision(self, dataset: str, run_id: str) -> Decision | None:
        """What the ingest step decided; None when it did not get that far."""
        ...

    def evaluation(self, dataset: str, run_id: str) -> Evaluation | None:
        """What the gate decided; None when no model was trained."""
        ...

    def accuracy(self, dataset: str, run_id: str) -> list[LiveAccuracy]:
        """Live accuracy measured in a run, newest forecasts last; empty when none was."""
        ...


@dataclass(frozen=True)
class Consequences:
    """All that is needed to draw the consequences of ended runs."""

    flights: Flights
    papers: RunPapers
    verdicts: Verdicts
    champion: Callable[[str], ChampionPointer | None]
    """The pointer of a dataset; None before its first promotion."""
    forecasts: Forecasts
    emit: Emit


def draw(consequences: Consequences, dataset: str) -> list[str]:
    """Draw the consequences of every ended run that is owed them; returns those runs."""
    runs = list(consequences.flights.read(dataset).owed)
    stale = [run_id for run_id in runs if needs_forecast(consequences.papers, dataset, run_id)]
    if stale:
        pointer = consequences.champion(dataset)
        if pointer is not None:
            consequences.forecasts.start(dataset, stale[-1], pointer.current)
    for run_id in runs:
        if consequences.flights.settle(dataset, run_id):
            _measure(consequences, dataset, run_id)
    return runs


def needs_forecast(papers: RunPapers, dataset: str, run_id: str) -> bool:
    """True when a run changed the table and brought no new champion, whose promotion forecasts anyway."""
    decision = papers.decision(dataset, run_id)
    if decision is None or not decision.table_changed:
        return False
    evaluation = papers.evaluation(dataset, run_id)
    return evaluation is None or not evaluation.approved


def _measure(consequences: Consequences, dataset: str, run_id: str) -> None:
    papers = consequences.papers
    consequences.emit(
        dataset,
        [
            *of_verdicts(_verdicts(consequences, dataset, run_id)),
            *of_evaluation(papers.evaluation(dataset, run_id)),
            *of_accuracy(papers.accuracy(dataset, run_id)),
        ],
    )


def _verdicts(consequences: Consequences, dataset: str, run_id: str) -> list[Verdict]:
    """Verdicts that were given in this run; a file of it may have had one from an earlier attempt."""
    manifest = consequences.papers.manifest(dataset, run_id)
    found = consequences.verdicts.read_all(manifest.uploads if manifest else ())
    return [verdict for verdict in found if verdict is not None and verdict.run_id == run_id]
