"""``.local/demo-report.json``: what the demo did, in figures."""

from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from core.contracts.models import Champion, Evaluation, LiveAccuracy
from core.contracts.verdict import Refusal, Verdict

FILE = "demo-report.json"


class Backtest(BaseModel):
    """The first champion's backtest beside seasonal naive's."""

    model_id: str
    wape: float | None
    naive_wape: float | None
    ratio: float | None
    coverage: float | None


class Live(BaseModel):
    """Accuracy of forecasts already given, on one month's sales."""

    month: str
    model_id: str
    days: int
    wape: float | None
    naive_wape: float | None
    coverage: float | None


class Spoiled(BaseModel):
    """What became of the spoiled file."""

    key: str
    kind: str
    sentence: str
    refusals: list[Refusal]


class Report(BaseModel):
    """Everything the demo measured; times are seconds."""

    seconds: dict[str, float] = Field(default_factory=dict)
    first_forecast_seconds: float | None = None
    left_out: list[str] = Field(default_factory=list, description="resource types the emulator cannot hold")
    verdicts: dict[str, int] = Field(default_factory=dict)
    champions: list[str] = Field(default_factory=list, description="model ids, oldest first")
    backtest: list[Backtest] = Field(default_factory=list)
    live: list[Live] = Field(default_factory=list)
    spoiled: Spoiled | None = None
    forecast: dict[str, Any] | None = None
    addresses: dict[str, str] = Field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the report; the file is whole or absent."""
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{FILE}.part"
        part.write_text(self.model_dump_json(indent=2))
        return part.replace(folder / FILE)

    def count(self, verdicts: list[Verdict]) -> None:
        """Count verdicts by kind."""
        self.verdicts = dict(sorted(Counter(str(verdict.kind) for verdict in verdicts).items()))

    def add_champions(self, champions: list[Champion]) -> None:
        """Champions, given newest first."""
        self.champions = [champion.model_id for champion in reversed(champions)]


def backtest_of(evaluation: Evaluation) -> Backtest:
    """The figures of one evaluation that the report keeps."""
    wape, naive = evaluation.challenger.wape, evaluation.naive.wape
    return Backtest(
        model_id=evaluation.model_id,
        wape=wape,
        naive_wape=naive,
        ratio=wape / naive if wape is not None and naive else None,
        coverage=evaluation.challenger.coverage,
    )


def live_of(accuracy: LiveAccuracy) -> Live:
    """The figures of one live measurement that the report keeps."""
    return Live(
        month=f"{accuracy.first_date:%Y-%m}",
        model_id=accuracy.model_id,
        days=(accuracy.last_date - accuracy.first_date).days + 1,
        wape=accuracy.model.wape,
        naive_wape=accuracy.naive.wape,
        coverage=accuracy.model.coverage,
    )
