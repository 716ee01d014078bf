"""Leave-series-out backtest: what forecasts are worth for stores and items that nobody has seen.

Some stores and some items are held out whole. The boosters are fitted on the others alone, at the oldest origin of the
rolling backtest; then what was held out is forecast for each window as a cold start, beside what a planner would
take instead: the mean of the department, of the store, of the item.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from core.contracts.models import Scores
from core.contracts.sales import COLD_START_TIER, DATE, ITEM, KEY, SERIES, STORE, UNITS
from core.forecasting import metrics
from core.forecasting.aggregate import department, grouping
from core.forecasting.backtest import actuals_of, known_of_window, origins, shape_of, with_intervals
from core.forecasting.calendar import Calendar
from core.forecasting.core import SHAPE_MARK, Core, fit_core
from core.forecasting.fitting import ALONE, Run
from core.forecasting.intervals import Intervals, calibrate
from core.forecasting.metrics import quantile_name
from core.forecasting.residuals import Residuals
from core.forecasting.span import span
from core.forecasting.spec import ForecastSpec, Recipe
from core.forecasting.table import as_words, between, compact

NEW_STORE: Final = "new store"
NEW_ITEM: Final = "new item"
BOTH: Final = "new store and item"
RIVALS: Final = ("department_mean", "store_mean", "item_mean")
_SHARE: Final = 0.2
"""Of the stores, and of the items, held out."""
_FOLDS: Final = 4
_MOST_SERIES: Final = 2_000
"""Taken into the test: of more, whole items at random."""


@dataclass(frozen=True)
class Held:
    """Ids held out."""

    stores: frozenset[str]
    items: frozenset[str]

    def kind(self) -> pl.Expr:
        """What a series is to a model that has seen none of these; null for one that it has seen."""
        store, item = pl.col(STORE).is_in(self.stores), pl.col(ITEM).is_in(self.items)
        return (
            pl.when(store & item).then(pl.lit(BOTH)).when(store).then(pl.lit(NEW_STORE))
            .when(item).then(pl.lit(NEW_ITEM)).alias("kind")
        )  # fmt: skip


@dataclass(frozen=True)
class _Task:
    """Sales with and without what is held out, and what is asked of the model."""

    sales: pl.DataFrame
    kept: pl.DataFrame
    held: Held
    departments: pl.DataFrame
    calendar: Calendar
    first: int
    spec: ForecastSpec
    recipe: Recipe


@dataclass(frozen=True)
class LeftOut:
    """What came of it.

    Attributes:
        frame: kind, window (origin), date, store_id, item_id, units, mean, quantiles, ``RIVALS``; no rows where there
            is one store and one item, or too little history. Quantiles come from other series, so that their
            coverage is honest.
        intervals: of series without sales of their own, from all rows; None without rows.
    """

    frame: pl.DataFrame
    intervals: Intervals | None


def leave_series_out(
    sales: pl.DataFrame, spec: ForecastSpec, recipe: Recipe, *, seed: int, run: Run = ALONE
) -> LeftOut:
    """Forecast series that were held out of everything, on the windows of the rolling backtest.

    Args:
        sales: canonical sales.
        spec: what to forecast.
        recipe: chosen, with its objectives.
        seed: of the choice of what is held out.
        run: hosts that fit together.
    """
    sales = compact(_few(sales, seed))
    calendar, first, last = span(sales, spec)
    starts, held = origins(first, last, spec, spec.backtest_windows), choose(sales, seed)
    if not starts or not (held.stores or held.items):
        return LeftOut(pl.DataFrame(schema=_schema(spec)), None)
    kept = sales.filter(as_words(sales.select(SERIES)).select(held.kind().is_null()).to_series())
    task = _Task(sales, kept, held, _departments(sales), calendar, first, spec, recipe)
    learned = between(kept, calendar, first, starts[0])
    core = fit_core(
        learned, spec, recipe, objectives=recipe.objectives, task="leave-out", run=run, tiers=(COLD_START_TIER,)
    )
    actuals, _ = actuals_of(sales, calendar, first, last, after=starts[0])
    rows = pl.concat([_window(task, core, origin, actuals) for origin in starts])
    return run.once(lambda: _calibrated(rows, spec))


def _calibrated(rows: pl.DataFrame, spec: ForecastSpec) -> LeftOut:
    """Intervals from the errors; those of a series from three fourths of the others."""
    fold = (pl.struct(SERIES).rank("dense") % _FOLDS).alias("_fold")
    rows = rows.with_columns(fold).sort("_fold", *SERIES, DATE)
    number = rows["_fold"].to_numpy().astype(np.float32)
    residuals = Residuals(rows[UNITS].to_numpy(), rows["mean"].to_numpy(), shape_of(rows), number)
    intervals, own = calibrate(residuals, spec.quantiles, spec.seed)
    parts = zip(rows.partition_by("_fold", maintain_order=True), own, strict=True)
    return LeftOut(pl.concat([with_intervals(part, one) for part, one in parts]).select(list(_schema(spec))), intervals)


def choose(sales: pl.DataFrame, seed: int) -> Held:
    """Stores and items to hold out, a fifth of each; none of what there is only one of."""
    rng = np.random.default_rng(seed)

    def some(column: str) -> frozenset[str]:
        names = sales[column].unique().cast(pl.String).sort().to_list()
        count = max(1, round(_SHARE * len(names))) if len(names) > 1 else 0
        return frozenset(rng.permutation(names)[:count].tolist())

    return Held(some(STORE), some(ITEM))


def scored(frame: pl.DataFrame) -> dict[str, dict[str, Scores]]:
    """Scores by kind and who: the model (``cold_start``) and each of ``RIVALS`` that has a forecast for every row."""
    told: dict[str, dict[str, Scores]] = {}
    for (kind,), part in frame.sort("kind").group_by("kind", maintain_order=True):
        rivals = [name for name in RIVALS if not part[name].null_count()]
        told[str(kind)] = {"cold_start": metrics.scores(part)} | {
            name: metrics.scores(part.select(*KEY, UNITS, mean=name)) for name in rivals
        }
    return told


def _few(sales: pl.DataFrame, seed: int) -> pl.DataFrame:
    """All series or, of very many, those of some items."""
    series = sales.select(SERIES).unique().cast(pl.String)
    if series.height <= _MOST_SERIES:
        return sales
    items = series[ITEM].unique().sort()
    order = pl.DataFrame({ITEM: np.random.default_rng(seed).permutation(items.to_list())})
    sizes = order.join(series.group_by(ITEM).len(), on=ITEM, maintain_order="left")
    taken = sizes.filter(pl.col("len").cum_sum() <= _MOST_SERIES).head(max(2, sizes.height))[ITEM]
    few = taken if len(taken) > 1 else sizes.head(2)[ITEM]
    return sales.filter(pl.col(ITEM).cast(pl.String).is_in(few.implode()))


def _window(task: "_Task", core: Core, origin: int, actuals: pl.DataFrame) -> pl.DataFrame:
    """What was held out, forecast from one origin."""
    window, future = known_of_window(task.sales, actuals, task.calendar, origin, task.spec)
    kinds = as_words(window.select(SERIES)).select(task.held.kind()).to_series()
    window, future = (part.filter(kinds.is_not_null()) for part in (window, future))
    history = between(task.kept, task.calendar, task.first, origin)
    answer = core.predict(history, future, task.spec, task.recipe)
    told = answer.select("mean", pl.col(f"^{SHAPE_MARK}.*$"))
    start = task.calendar.dates(np.array([origin]))[0]
    labelled = as_words(window.select(*KEY, UNITS)).with_columns(
        kinds.drop_nulls(), pl.lit(start, pl.Date).alias("window"), *told.get_columns()
    )
    return _with_rivals(labelled, history, task)


def _with_rivals(rows: pl.DataFrame, history: pl.DataFrame, task: "_Task") -> pl.DataFrame:
    """Recent means of what was not held out: of the same weekday, where days are forecast."""
    calendar, cycle = task.calendar, task.spec.rhythm.cycle
    last = int(calendar.index(history[DATE].tail(1))[0])
    recent, _ = actuals_of(history, calendar, task.first, last, after=max(task.first, last - task.spec.rhythm.level))
    phase = (pl.col("_t") % cycle).alias("_phase")
    past = as_words(recent).select(*SERIES, phase, UNITS)
    asked = rows.with_columns(pl.Series("_t", calendar.index(rows[DATE]))).with_columns(phase)
    known, wanted = (
        frame.join(task.departments, on=list(SERIES), how="left", maintain_order="left") for frame in (past, asked)
    )
    columns = []
    for name, on in zip(RIVALS, ("_department", STORE, ITEM), strict=True):
        means = known.group_by(on, "_phase").agg(pl.col(UNITS).mean().alias(name))
        columns.append(wanted.join(means, on=[on, "_phase"], how="left", maintain_order="left")[name])
    return rows.with_columns(columns)


def _departments(sales: pl.DataFrame) -> pl.DataFrame:
    """store_id, item_id, ``_department``; one for all where sales have none."""
    column = department([name for name in sales.columns if name not in (*KEY, UNITS)])
    if column is None:
        return as_words(sales.select(SERIES).unique()).with_columns(pl.lit("all").alias("_department"))
    told = sales.group_by(SERIES).agg(pl.col(column).drop_nulls().last())
    return grouping(as_words(told), "department", as_words(told)).members.rename({"_group": "_department"})


def _schema(spec: ForecastSpec) -> dict[str, type[pl.DataType]]:
    numbers = (UNITS, "mean", *(quantile_name(q) for q in spec.quantiles), *RIVALS)
    return {"kind": pl.String, "window": pl.Date, DATE: pl.Date, STORE: pl.String, ITEM: pl.String} | dict.fromkeys(
        numbers, pl.Float64
    )
