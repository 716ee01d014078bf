"""The model card: what a model is, what it was measured by, and what it cannot do; JSON and Markdown."""

from typing import Any, Final

import polars as pl

from core.contracts.models import Evaluation, Manifest, Scores
from core.contracts.sales import SERIES
from core.forecasting import TrainedModel
from core.forecasting.explain import importances
from core.forecasting.groups import group_of
from core.forecasting.metrics import quantile_columns
from core.forecasting.segments import by_segment

CARD_JSON, CARD_MARKDOWN = "card.json", "card.md"
LIMITS: Final = (
    "Units sold are forecast, not demand: what a stock-out hid is unknown unless stock is told.",
    "A series without sales of its own rests on its siblings and is flagged cold_start; how well is measured by series "
    "held out whole, which had been there for long: the first weeks of a new one may differ.",
    "How widely intervals spread is learned from training rows, or where these are few from the backtest; how far they "
    "reach rests on the backtest windows below, and few windows know little of how one season differs from the next.",
    "Covariates of the horizon that no plan tells are continued from their own past.",
)
_SERIES, _ROWS, _SHOWN = 16, 64, 20


def card(manifest: Manifest, model: TrainedModel, sales: pl.DataFrame) -> dict[str, Any]:
    """The card's values."""
    backtest = model.backtest
    covered = {
        name: float((backtest["units"] <= backtest[name]).mean() or 0.0)  # type: ignore[arg-type]
        for name in (quantile_columns(backtest) if backtest.height else {})
    }
    papers = manifest.model_dump(mode="json", exclude={"files", "features"})
    return papers | {
        "windows": [str(day) for day in backtest["window"].unique().sort()],
        "backtest_periods": model.info.get("backtest_periods", model.spec.horizon),
        "segments": {name: score.model_dump() for name, score in by_segment(backtest, sales).items()},
        "share_at_or_below_quantile": covered,
        "recipe": model.recipe.to_json(),
        "importances": _importances(model, sales),
        "limits": list(LIMITS),
        "stock_out_days": model.info.get("stock_out_days", 0),
    }


def _importances(model: TrainedModel, sales: pl.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """By booster and feature, from forecasts of a few series evenly chosen."""
    series = sales.select(SERIES).unique().sort(*SERIES)
    few = series.gather_every(max(1, series.height // _SERIES)).head(_SERIES)
    _, panel, rows = model.core.asked(sales.join(few, on=list(SERIES), how="semi"), None, model.spec)
    step = max(1, len(rows) // _ROWS)
    made, _, _ = model.core.design(panel, rows.take(pl.arange(0, len(rows), step, eager=True).to_numpy()), model.spec)
    return {name: importances(booster, made) for name, booster in model.core.boosters.items()}


def markdown(values: dict[str, Any], evaluation: Evaluation | None = None) -> str:
    """The card for people."""
    lines = [
        f"# Model card: {values['model_id']}",
        "",
        f"Dataset `{values['dataset']}`, table version {values['dataset_version']}, "
        f"sales up to {values['data_as_of']}: {values['rows']:,} rows, {values['series']:,} series. "
        f"Forecasts {values['horizon']} periods ({values['frequency']}) ahead. "
        f"Known in advance: {', '.join(values['known']) or 'nothing'}.",
        "",
        "## Gate",
        "",
        "Not judged yet." if evaluation is None else f"{_verdict(evaluation)}: {evaluation.reason}.",
        "",
        f"## Backtest, origins {', '.join(values['windows']) or 'none'}",
        "",
        *_shorter(values.get("backtest_periods", values["horizon"]), values["horizon"]),
        "| | rows | WAPE | bias | pinball | coverage |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    whole = {"all": values["backtest"], "seasonal naive": values["naive"]} | values["segments"]
    lines += [_row(name, Scores.model_validate(score)) for name, score in whole.items() if score]
    lines += ["", "Share of sales at or below each quantile:", ""]
    lines += [f"- {name}: {share:.3f}" for name, share in values["share_at_or_below_quantile"].items()]
    lines += _stock_outs(values.get("stock_out_days", 0))
    lines += _cold_start(values["cold_start"])
    for booster, told in values["importances"].items():
        lines += ["", f"## What counts ({booster} booster)", "", "| feature | group | mean abs. SHAP | gain |"]
        lines += ["|---|---|---:|---:|"]
        first = list(told.items())[:_SHOWN]
        lines += [f"| {name} | {group_of(name)} | {one['shap']:.4f} | {one['gain']:.2f} |" for name, one in first]
    lines += ["", "## Limits", "", *(f"- {limit}" for limit in values["limits"]), ""]
    return "\n".join(lines)


def _shorter(measured: int, horizon: int) -> list[str]:
    """That no whole horizon could be held back."""
    if measured == horizon:
        return []
    told = f"The history holds no two horizons: {measured} periods ahead were measured, not {horizon}. "
    return [told + "Later ones may be off farther, and fall outside the intervals more often.", ""]


def _stock_outs(days: int) -> list[str]:
    """What was neither learned nor measured, because an empty shelf held it down."""
    if not days:
        return []
    told = f"{days:,} days of series ended without stock and sold less than usual: neither learned from nor measured."
    return ["", "## Stock-outs", "", told]


def _cold_start(kinds: dict[str, dict[str, Any]]) -> list[str]:
    """Series held out whole, beside the means of those that were not."""
    if not kinds:
        return []
    lines = [
        "",
        "## Cold start, stores and items held out of everything",
        "",
        "| | who | rows | WAPE | bias | coverage |",
    ]
    lines.append("|---|---|---:|---:|---:|---:|")
    for kind, by_who in kinds.items():
        for who, told in by_who.items():
            score = Scores.model_validate(told)
            numbers = ("-" if value is None else f"{value:.4f}" for value in (score.wape, score.bias, score.coverage))
            lines.append(f"| {kind} | {who.replace('_', ' ')} | {score.rows:,} | {' | '.join(numbers)} |")
    return lines


def _verdict(evaluation: Evaluation) -> str:
    return "Approved" if evaluation.approved else "Rejected"


def _row(name: str, score: Scores) -> str:
    told = (score.wape, score.bias, score.pinball, score.coverage)
    return (
        f"| {name} | {score.rows:,} | " + " | ".join("-" if value is None else f"{value:.4f}" for value in told) + " |"
    )
