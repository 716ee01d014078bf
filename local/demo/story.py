"""The story the demo tells: history in, forecasts out, months of truth, one spoiled file."""

from datetime import date
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from core.contracts.models import LiveAccuracy
from core.contracts.verdict import Verdict
from local.client import Client
from local.demo.data import DATASET, Delivery
from local.demo.draw import Point, chart
from local.demo.report import Report, Spoiled, backtest_of, live_of
from local.stage import stage

AXIS: Final = 18
"""Columns of the chart that are no days: axis, borders, padding."""


class Story:
    """Drops deliveries one after the other and shows what came of them."""

    def __init__(self, console: Console, client: Client, report: Report, rows: pl.DataFrame) -> None:
        self._console = console
        self._client = client
        self._report = report
        self._rows = rows
        self._verdicts: list[Verdict] = []
        self._decided = 0
        self._store = str(rows["Store"].unique(maintain_order=True)[0])

    def tell(self, deliveries: list[Delivery]) -> None:
        """All deliveries, the first as the history."""
        history, *months = deliveries
        self._drop(history, "History drops: two years and four months of 100 stores")
        self._first_forecast()
        for delivery in months:
            self._drop(delivery, f"{delivery.name} drops")
            for accuracy in self._client.live_accuracy(DATASET)[len(self._report.live) :]:
                self._live(accuracy)
        self._report.count(self._verdicts)
        self._show_spoiled()
        self._show_months()
        self._show_champions()

    def _drop(self, delivery: Delivery, title: str) -> None:
        with stage(self._console, title, self._report.seconds) as now:
            uploads = []
            for name, body in delivery.files.items():
                key = f"{DATASET}/{name}"
                uploads.append((key, self._client.put(key, body)))
                now.say(f"put {key}, {len(body) / 1e6:.1f} MB")
            for key, version in uploads:
                self._verdicts.append(self._client.wait_for_verdict(key, version, say=now.say))
            self._client.wait_until_settled(DATASET, say=now.say)
            now.summary = self._outcome()

    def _outcome(self) -> str:
        """What the retrain policy and the gate made of the delivery."""
        decided = self._client.decisions(DATASET)
        new, self._decided = decided[self._decided :], len(decided)
        due = [decision for decision in new if decision.due]
        if not due:
            return f"not retrained: {new[-1].reason}"
        return f"retrained: {due[-1].reason}"

    def _first_forecast(self) -> None:
        report = self._report
        with stage(self._console, "First forecast is served", report.seconds):
            answer = self._client.forecast(self._store, "all", dataset=DATASET)
        report.first_forecast_seconds = round(sum(report.seconds.values()), 2)
        evaluation = self._client.evaluations(DATASET)[-1]
        report.backtest.append(backtest_of(evaluation))
        figures = report.backtest[-1]
        self._console.print(
            f"\n  Backtest WAPE [bold]{figures.wape:.3f}[/bold], seasonal naive {figures.naive_wape:.3f}: "
            f"ratio [bold]{figures.ratio:.2f}[/bold].  Gate: {evaluation.reason}\n",
            highlight=False,
        )
        self.show_forecast(answer)

    def show_forecast(self, answer: dict[str, Any]) -> None:
        """Draw one answer of the API after the sales before it."""
        as_of = date.fromisoformat(answer["data_as_of"])
        points = [Point(date.fromisoformat(f["date"]), f["p10"], f["p50"], f["p90"]) for f in answer["forecasts"]]
        room = max(7, min(56, self._console.width - AXIS - len(points)))
        known = self._rows.filter((pl.col("Store") == answer["store_id"]) & (pl.col("Date") <= str(as_of)))
        past = known.tail(room).select("Date", pl.col("Sales").cast(pl.Float64)).rows()
        title = f"GET /v1/forecasts?store_id={answer['store_id']}&item_id={answer['item_id']}"
        picture = chart([(date.fromisoformat(day), units) for day, units in past], points)
        foot = f"model {answer['model_id']} · data as of {as_of} · tier {answer['tier']} · █ sales  ━ p50  ░ p10-p90"
        self._console.print(Panel(picture, title=title, subtitle=foot, expand=False))
        self._report.forecast = answer

    def _live(self, accuracy: LiveAccuracy) -> None:
        self._report.live.append(live_of(accuracy))

    def _show_months(self) -> None:
        table = Table(title="Forecasts already given, measured on the sales that came later", title_justify="left")
        for name in ("month", "forecast by", "days", "WAPE", "seasonal naive", "inside p10-p90"):
            table.add_column(name, justify="left" if name == "forecast by" else "right")
        for live in self._report.live:
            figures = [_figure(live.wape), _figure(live.naive_wape), _figure(live.coverage)]
            table.add_row(live.month, live.model_id, str(live.days), *figures)
        self._console.print(table)

    def _show_champions(self) -> None:
        champions = self._client.champions(DATASET)
        self._report.add_champions(champions)
        table = Table(title="Champions, newest first", title_justify="left")
        for name in ("model", "since", "why"):
            table.add_column(name, overflow="fold")
        for champion in champions:
            table.add_row(champion.model_id, f"{champion.promoted_at:%H:%M:%S}", champion.reason)
        self._console.print(table)

    def _show_spoiled(self) -> None:
        spoiled = next((verdict for verdict in self._verdicts if verdict.refusals and verdict.upload), None)
        if spoiled is None or spoiled.upload is None:
            return
        self._report.spoiled = Spoiled(
            key=spoiled.upload.key,
            kind=spoiled.kind,
            sentence=spoiled.sentence,
            refusals=list(spoiled.refusals),
        )
        title = f"{spoiled.kind}: {spoiled.sentence}"
        table = Table(title=title, title_justify="left")
        for name in ("line", "column", "value", "reason", "cure"):
            table.add_column(name, overflow="fold")
        for refusal in spoiled.refusals:
            table.add_row(str(refusal.line), refusal.column or "", repr(refusal.value), refusal.reason, refusal.cure)
        self._console.print(table)


def _figure(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
