"""Measures for CloudWatch: plain values, and the log lines (EMF) by which they get there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from core.contracts.models import Evaluation, LiveAccuracy
from core.contracts.names import METRIC_NAMESPACE
from core.contracts.verdict import Kind, Verdict


@dataclass(frozen=True)
class Measure:
    """One value of one dataset."""

    name: str
    value: float
    unit: MetricUnit = MetricUnit.NoUnit


class Emit(Protocol):
    """Where measures go."""

    def __call__(self, dataset: str, measures: Iterable[Measure]) -> None:
        """Emit the measures of one dataset together."""
        ...


RETRAIN_FAILED: Final = Measure("RetrainFailed", 1, MetricUnit.Count)
RETRAIN_SUCCEEDED: Final = Measure("RetrainFailed", 0, MetricUnit.Count)
"""The zero lets an alarm on failures return to OK."""
FORECAST_FAILED: Final = Measure("ForecastFailed", 1, MetricUnit.Count)
OF_ALL_DATASETS: Final = frozenset({RETRAIN_FAILED.name})
"""Measures that are summed over datasets, too: an alarm watches one metric, and nobody knows tomorrow's datasets."""


MACHINE_STEPS: Final = ("Ingest", "Train", "Evaluate")
"""Steps of a retrain run that are machines; conditions and registrations take no time to speak of."""


def of_steps(seconds: Mapping[str, float]) -> list[Measure]:
    """How long the machines of a run were at work, step by step."""
    return [Measure(f"{name}Seconds", seconds[name], MetricUnit.Seconds) for name in MACHINE_STEPS if name in seconds]


def of_verdicts(verdicts: Iterable[Verdict]) -> list[Measure]:
    """Uploads by kind of verdict, and refused rows."""
    found = list(verdicts)
    if not found:
        return []
    kinds = Counter(verdict.kind for verdict in found)
    counts = {f"Uploads{kind.value.capitalize()}": kinds[kind] for kind in Kind if kinds[kind]}
    counts["RowsRefused"] = sum(verdict.counts.refused for verdict in found)
    return [Measure(name, count, MetricUnit.Count) for name, count in counts.items()]


def emit_verdicts(emit: Emit, verdicts: Iterable[Verdict]) -> None:
    """Emit verdicts under their datasets; files outside any dataset under ``-``."""
    by_dataset: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_dataset[verdict.dataset or "-"].append(verdict)
    for dataset, found in by_dataset.items():
        emit(dataset, of_verdicts(found))


def of_evaluation(evaluation: Evaluation | None) -> list[Measure]:
    """Backtest of a challenger beside the naive forecast's."""
    if evaluation is None:
        return []
    return [
        *_score("BacktestWape", evaluation.challenger.wape),
        *_score("NaiveWape", evaluation.naive.wape),
        Measure("ModelsApproved", int(evaluation.approved), MetricUnit.Count),
    ]


def of_accuracy(reports: Iterable[LiveAccuracy]) -> list[Measure]:
    """Accuracy of forecasts given, measured on sales that came later."""
    return [measure for report in reports for measure in _of_report(report)]


def _of_report(report: LiveAccuracy) -> list[Measure]:
    return [
        *_score("LiveWape", report.model.wape),
        *_score("LiveBias", report.model.bias),
        *_score("LiveCoverage", report.model.coverage),
        *_score("LiveNaiveWape", report.naive.wape),
    ]


def _score(name: str, value: float | None) -> list[Measure]:
    """A score; nothing where it is undefined, for that is neither 0 nor infinity."""
    return [] if value is None else [Measure(name, value)]


@dataclass(frozen=True)
class EmfEmitter:
    """Writes measures as EMF lines: one a dataset, under the dimensions Environment and Dataset alone.

    Those that are summed over datasets are written once more, under Environment alone.
    """

    environment: str

    def __call__(self, dataset: str, measures: Iterable[Measure]) -> None:
        """Emit the measures of one dataset together."""
        found = list(measures)
        self._write(found, Dataset=dataset)
        self._write([measure for measure in found if measure.name in OF_ALL_DATASETS])

    def _write(self, measures: Iterable[Measure], **dimensions: str) -> None:
        metrics = EphemeralMetrics(namespace=METRIC_NAMESPACE)
        metrics.service = ""  # the service's name would be a dimension, too
        for name, value in {"Environment": self.environment, **dimensions}.items():
            metrics.add_dimension(name, value)
        for measure in measures:
            metrics.add_metric(measure.name, measure.unit, measure.value)
        if metrics.metric_set:
            metrics.flush_metrics()
