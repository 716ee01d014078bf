"""``python -m training forecast``: a sales file in, forecasts with intervals out."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
import typer

from core.contracts.dataset import Frequency
from core.contracts.errors import RetailForecastError
from core.contracts.sales import SERIES
from core.forecasting.infer import static_attributes
from core.forecasting.table import as_words
from training.commands import inputs, report, why

if TYPE_CHECKING:
    from core.forecasting.aggregate import Grouping


def forecast(
    *,
    sales: Annotated[Path, typer.Option(help=inputs.SALES_HELP)],
    horizon: Annotated[int, typer.Option(min=1, help="Periods ahead.")],
    out: Annotated[Path, typer.Option(help="Where the forecasts go: .csv or .parquet.")],
    future: Annotated[
        Path | None, typer.Option(help="Covariates known in advance: date, store_id, item_id, ...")
    ] = None,
    frequency: Annotated[
        Frequency | None, typer.Option(help="Days, weeks, months or quarters; inferred when absent.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="dataset.toml: columns, covariates, quantiles, ...")] = None,
    aggregate: Annotated[
        str | None,
        typer.Option(help="Sums instead of series: store, item, department, total, or a static attribute's name."),
    ] = None,
    explain: Annotated[
        Path | None,
        typer.Option(help="Why forecasts are what they are, in units by cause, exactly (30 ms each): .csv or .json."),
    ] = None,
    explain_store: Annotated[str | None, typer.Option(help="Explain this store only.")] = None,
    explain_item: Annotated[str | None, typer.Option(help="Explain this item only.")] = None,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="JSON: seconds, memory, features, backtest.")
    ] = None,
) -> None:
    """Train on a sales file and forecast every series in the future file, or every series known.

    Intervals of sums are those of the sum, learned on the backtest; the mean of a sum is the sum of the means.
    """
    from core.forecasting import train  # noqa: PLC0415 - xgboost is loaded only where a model is fitted
    from core.forecasting.aggregate import totals  # noqa: PLC0415 - likewise

    stages = report.Stages()
    try:
        stages.begin("read")
        given = inputs.load(sales, future, horizon, frequency, config)
        report.remark(given.remarks)
        grouped = None if aggregate is None else grouped_by(aggregate, given)
        model = train(given.sales, given.spec, on_stage=stages.begin, leave_out=begins(given))
        stages.begin("predict")
        answer = model.predict(given.sales, given.future)
        if explain is not None:
            stages.begin("explain")
            told = model.explain(given.sales, why.chosen(answer, given.future, explain_store, explain_item))
            why.write(told, explain)
            why.show(told)
        stages.begin("write")
        written = answer if grouped is None else totals(answer, model.backtest, grouped, seed=model.spec.seed)
        write(written, out)
    except RetailForecastError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(1) from error
    document = report.forecast_report(model, answer, given.sales, stages)
    if report_file is not None:
        report_file.write_text(json.dumps(document, indent=2))
    scores = document["backtest"]
    sums = f"{answer.height} forecasts" if aggregate is None else f"{written.height} sums by {aggregate}"
    typer.echo(f"{sums} of {document['series']} series in {out}; {_backtested(scores, model.spec.horizon)}")


def begins(given: inputs.Inputs) -> bool:
    """True when a series is asked for that has no sales: its intervals are those of series held out whole."""
    if given.future is None:
        return False
    asked, known = (as_words(frame.select(SERIES).unique()) for frame in (given.future, given.sales))
    return not asked.join(known, on=list(SERIES), how="anti").is_empty()


def grouped_by(level: str, given: inputs.Inputs) -> "Grouping":
    """Which of the series asked for are summed to what; found out before anything is trained.

    Raises:
        ConfigError: there is no such level.
    """
    from core.forecasting.aggregate import grouping  # noqa: PLC0415 - loaded only where sums are asked for

    attributes = [name for name in static_attributes(given.sales) if name not in SERIES]
    told = [given.sales] if given.future is None else [given.future, given.sales]
    known = [as_words(frame.select(*SERIES, *(n for n in attributes if n in frame.columns)).unique()) for frame in told]
    return grouping(known[0], level, pl.concat(known, how="diagonal_relaxed"))


def write(answer: pl.DataFrame, path: Path) -> None:
    """Write forecasts in the format the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        answer.write_parquet(path)
    else:
        answer.write_csv(path, float_precision=4)


def _backtested(scores: dict[str, Any], horizon: int) -> str:
    if not scores["model"]["rows"]:
        return "no backtest, for the history is too short to hold a horizon back; intervals are wide by rule"
    model, naive = (_number(scores[who]["wape"]) for who in ("model", "seasonal_naive"))
    told = f"backtest WAPE {model}, seasonal naive {naive}"
    periods = scores["periods"]
    return told if periods == horizon else f"{told}, {periods} periods ahead: the history holds no {horizon} twice"


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"
