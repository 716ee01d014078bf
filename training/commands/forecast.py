"""``python -m training forecast``: a sales file in, forecasts with intervals out."""

import json
from pathlib import Path
from typing import Annotated, Literal

import polars as pl
import typer

from core.contracts.errors import RetailForecastError
from training.commands import inputs, report

Frequency = Literal["D", "W", "M"]


def forecast(
    *,
    sales: Annotated[Path, typer.Option(help="Long CSV or parquet: date, store_id, item_id, units, covariates.")],
    horizon: Annotated[int, typer.Option(min=1, help="Periods ahead.")],
    out: Annotated[Path, typer.Option(help="Where the forecasts go: .csv or .parquet.")],
    future: Annotated[
        Path | None, typer.Option(help="Covariates known in advance: date, store_id, item_id, ...")
    ] = None,
    frequency: Annotated[Frequency | None, typer.Option(help="Days, weeks or months; inferred when absent.")] = None,
    config: Annotated[Path | None, typer.Option(help="dataset.toml: columns, covariates, quantiles, ...")] = None,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="JSON: seconds, memory, features, backtest.")
    ] = None,
) -> None:
    """Train on a sales file and forecast every series in the future file, or every series known."""
    from core.forecasting import train  # noqa: PLC0415 - xgboost is loaded only where a model is fitted

    stages = report.Stages()
    try:
        stages.begin("read")
        given = inputs.load(sales, future, horizon, frequency, config)
        model = train(given.sales, given.spec, on_stage=stages.begin)
        stages.begin("predict")
        answer = model.predict(given.sales, given.future)
        stages.begin("write")
        write(answer, out)
    except RetailForecastError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(1) from error
    document = report.forecast_report(model, answer, given.sales, stages)
    if report_file is not None:
        report_file.write_text(json.dumps(document, indent=2))
    scores = document["backtest"]
    typer.echo(
        f"{answer.height} forecasts of {document['series']} series in {out}; backtest WAPE "
        f"{_number(scores['model']['wape'])}, seasonal naive {_number(scores['seasonal_naive']['wape'])}"
    )


def write(answer: pl.DataFrame, path: Path) -> None:
    """Write forecasts in the format the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        answer.write_parquet(path)
    else:
        answer.write_csv(path, float_precision=4)


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
