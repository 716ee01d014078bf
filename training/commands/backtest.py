"""``python -m training backtest``: how good the forecasts would have been."""

import json
from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.console import Console
from rich.table import Table

from core.contracts.dataset import Frequency
from core.contracts.errors import RetailForecastError
from core.contracts.models import Scores
from training.commands import inputs, report


def backtest(
    *,
    sales: Annotated[Path, typer.Option(help=inputs.SALES_HELP)],
    horizon: Annotated[int, typer.Option(min=1, help="Periods ahead.")],
    windows: Annotated[int, typer.Option(min=1, max=12, help="Rolling origins, a horizon apart.")] = 2,
    frequency: Annotated[
        Frequency | None, typer.Option(help="Days, weeks, months or quarters; inferred when absent.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="dataset.toml: columns, covariates, quantiles, ...")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document instead of a table.")] = False,
) -> None:
    """Cut the last horizons off, forecast them as if they were unknown, and score beside seasonal naive.

    Covariates of the windows count as known in advance where their names say so, or the config does.
    """
    from core.forecasting.rolling import roll  # noqa: PLC0415 - xgboost is loaded only where a model is fitted

    stages = report.Stages()
    try:
        stages.begin("read")
        given = inputs.load(sales, None, horizon, frequency, config, planned=True)
        report.remark(given.remarks)
        frame = roll(given.sales, given.spec, windows, on_window=lambda day: stages.begin(f"window {day}"))
    except RetailForecastError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(1) from error
    document = _document(frame, given.sales, stages)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        _print(document)


def _document(frame: pl.DataFrame, sales: pl.DataFrame, stages: report.Stages) -> dict[str, Any]:
    seconds = stages.end()
    windows = [
        {"origin": str(origin)} | {name: score.model_dump() for name, score in report.both_scores(part, sales).items()}
        for (origin,), part in frame.group_by("window", maintain_order=True)
    ]
    whole = {name: score.model_dump() for name, score in report.both_scores(frame, sales).items()}
    memory = report.peak_memory_mib()
    return {"windows": windows, "all": whole, "seconds": seconds, "peak_memory_mib": memory}


def _print(document: dict[str, Any]) -> None:
    table = Table(title="Backtest: forecasts beside seasonal naive")
    for name in ("origin", "who", *Scores.model_fields):
        table.add_column(name, justify="left" if name in ("origin", "who") else "right")
    for window in (*document["windows"], document["all"] | {"origin": "all"}):
        for who in ("model", "seasonal_naive"):
            values = [_cell(window[who][name]) for name in Scores.model_fields]
            table.add_row(window["origin"] if who == "model" else "", who.replace("_", " "), *values)
    Console().print(table)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, int) else f"{value:.4f}"
