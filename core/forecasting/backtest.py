"""Rolling-origin backtest: the model as it would have been, on windows it has not seen."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import polars as pl

from core.contracts.sales import DATE, KEY, SERIES, UNITS
from core.forecasting.blending import blended
from core.forecasting.boosters import OBJECTIVES
from core.forecasting.calendar import Calendar
from core.forecasting.core import SHAPE_MARK, fit_core
from core.forecasting.ended import last_sales, silence
from core.forecasting.fitting import ALONE, Run
from core.forecasting.grid import Doubles, Floats
from core.forecasting.intervals import SHAPE_FEATURES, Intervals, calibrate
from core.forecasting.launches import first_sales, launching
from core.forecasting.metrics import quantile_name
from core.forecasting.naive import seasonal_naive
from core.forecasting.panel import build
from core.forecasting.residuals import Residuals
from core.forecasting.span import span
from core.forecasting.spec import LOCAL, RHYTHMS, ForecastSpec, Recipe
from core.forecasting.table import as_codes, as_words, between, compact, with_units

_SMOOTH, _INTERMITTENT = 0.05, 0.3
"""Share of zeros below which only ``log``, and above which only ``tweedie`` is tried."""
_MOST_ROWS: Final = 120_000
"""Training rows of its boosters. Those that serve see more and are a little better; what to choose and how widely to
spread these tell as well, in a third of the time."""
BACKTEST_COLUMNS: Final = {
    "window": pl.Date, DATE: pl.Date, "store_id": pl.String, "item_id": pl.String, UNITS: pl.Float64,
}  # fmt: skip
ENDED: Final = "ended"
"""Flag of a row after the end of its series that could not be told yet at the window's origin."""
GONE: Final = "gone"
"""Flag of a row after the end of its series, whether that could be told or not."""
LAUNCHING: Final = "launching"
"""Flag of a row whose series was being launched at the window's origin."""
_FIRST_SALE, _LAST_SALE = "_first_sale", "_last_sale"


@dataclass(frozen=True)
class Trials:
    """Forecasts of every candidate view on every window.

    Attributes:
        views: objectives of boosters, and ``LOCAL``.
        frame: ``BACKTEST_COLUMNS``, ``ENDED``, ``GONE``, ``LAUNCHING``, naive and one column a view.
        shorter: periods of the windows where they are fewer than the horizon; None: they are whole horizons.
    """

    views: tuple[str, ...]
    frame: pl.DataFrame
    shorter: int | None = None

    @property
    def going(self) -> pl.DataFrame:
        """The rows from which a blend is chosen."""
        return self.frame.filter(~pl.col(ENDED))

    def blended(self, recipe: Recipe, spec: ForecastSpec) -> tuple[pl.DataFrame, Intervals]:
        """The backtest frame of one recipe, and intervals calibrated on all its windows.

        A window's own quantiles come from the other windows, so that their coverage is honest.
        """
        frame = self.frame.with_columns(blended(self.frame, recipe))
        window = frame["window"].rank("dense").to_numpy().astype(np.float32)
        mean = frame["mean"].to_numpy()
        units = frame.select(pl.when(~pl.col(ENDED)).then(UNITS).otherwise(float("nan")))[UNITS].to_numpy()
        gone = frame[GONE].to_numpy()
        told = spread_of(frame, spec.quantiles)
        residuals = Residuals(units, mean, shape_of(frame), window, told, series_that_count(frame), gone)
        intervals, own = calibrate(residuals, spec.quantiles, spec.seed)
        parts = [with_intervals(part, one) for part, one in zip(frame.partition_by("window"), own, strict=True)]
        names = [quantile_name(q) for q in spec.quantiles]
        columns = [*BACKTEST_COLUMNS, "mean", *names, "naive"]
        whole = pl.concat(parts) if parts else with_intervals(frame, intervals)
        return whole.select(columns), intervals


def with_intervals(frame: pl.DataFrame, intervals: Intervals) -> pl.DataFrame:
    """Replace the shape columns by one a quantile; ``tier`` stays last."""
    told = spread_of(frame, intervals.quantiles) if intervals.spread else None
    values = intervals.apply(frame["mean"].to_numpy(), shape_of(frame), told)
    columns = [pl.Series(quantile_name(q), values[:, k]) for k, q in enumerate(intervals.quantiles)]
    rest = [name for name in frame.columns if name != "tier" and not name.startswith(SHAPE_MARK)]
    tier = ["tier"] if "tier" in frame.columns else []
    return frame.select(*rest, *columns, *tier)


def series_that_count(frame: pl.DataFrame) -> float:
    """How many equal series would be as many as those of a frame of forecasts, by what each is expected to sell."""
    # in order: sums of groups in the order of their hashes differ in the last bit from run to run
    size = frame.group_by(SERIES, maintain_order=True).agg(pl.col("mean").sum())["mean"]
    square = float((size**2).sum())
    return float(size.sum()) ** 2 / square if square > 0 else 1.0


def shape_of(frame: pl.DataFrame) -> Floats:
    """(rows, features) what a frame of forecasts tells of their spread."""
    features = tuple(SHAPE_MARK + name for name in SHAPE_FEATURES)
    names = [name for name in frame.columns if name.startswith(features)]
    return frame.select(names).to_numpy().astype(np.float32) if names else np.zeros((frame.height, 0), np.float32)


def spread_of(frame: pl.DataFrame, quantiles: tuple[float, ...]) -> Doubles | None:
    """(rows, quantiles) units that the spread booster told beside the forecasts; None where there was none."""
    names = [SHAPE_MARK + quantile_name(quantile) for quantile in quantiles]
    return frame.select(names).to_numpy() if set(names) <= set(frame.columns) else None


def origins(first: int, last: int, spec: ForecastSpec, windows: int) -> list[int]:
    """Period numbers of the origins, oldest first: whole horizons, back from the end.

    Only origins that leave at least as much history as a horizon, and two cycles, are used.
    """
    least = max(spec.horizon, 2 * spec.rhythm.cycle, 4)
    found = [last - spec.horizon * back for back in range(windows, 0, -1)]
    return [origin for origin in found if origin - first + 1 >= least]


def testable(first: int, last: int, spec: ForecastSpec) -> ForecastSpec:
    """The same with a shorter horizon where the history holds no two: half of what there is, but whole weeks of days.

    Fewer periods than a week of days, or than two, measure nothing: then it is as it was.
    """
    periods, cycle = last - first + 1, spec.rhythm.cycle
    held = min(periods // 2, periods - max(2 * cycle, 4)) // cycle * cycle
    if origins(first, last, spec, 1) or held < max(cycle, 2):
        return spec
    return replace(spec, horizon=held)


def candidates(zeros: float) -> tuple[str, ...]:
    """Objectives worth trying by the share of zeros: without any, demand is a matter of factors, else one of counts."""
    if zeros < _SMOOTH:
        return ("log",)
    return ("tweedie",) if zeros > _INTERMITTENT else OBJECTIVES


def backtest(
    sales: pl.DataFrame, spec: ForecastSpec, recipe: Recipe, run: Run = ALONE, *, task: str = "backtest"
) -> Trials:
    """Fit at the oldest origin, then forecast each window from its own.

    Fitted are the recipe's objectives or, where it has none yet, every candidate. Where the history holds no two
    horizons, one window of fewer periods is held back.

    The boosters stay those of the oldest origin, while history and features move on: no window is
    ever learned from, at the price of one fit.
    """
    sales = compact(sales)
    calendar, first, last = span(sales, spec)
    whole = spec.horizon
    spec = testable(first, last, spec)
    starts = origins(first, last, spec, spec.backtest_windows)
    actuals, zeros = actuals_of(sales, calendar, first, last, after=starts[0] if starts else last)
    objectives = recipe.objectives or candidates(zeros)
    views = (*objectives, LOCAL)
    flags = dict.fromkeys((ENDED, GONE, LAUNCHING), pl.Boolean)
    empty = pl.DataFrame(schema=BACKTEST_COLUMNS | flags | dict.fromkeys(("naive", *views), pl.Float64))
    if not starts:
        return Trials(views, empty)
    learned = between(sales, calendar, first, starts[0])
    lighter = replace(recipe, rows=min(recipe.rows, _MOST_ROWS))
    core = fit_core(learned, spec, lighter, objectives=objectives, task=task, run=run, spread_from=recipe.spread_from)
    frames = []
    for origin in starts:
        history = between(sales, calendar, first, origin)
        window, future = known_of_window(sales, actuals, calendar, origin, spec)
        if window.is_empty():
            continue  # closed or sold out throughout: it measures nothing
        answer = core.predict_each(history, future, spec, run)
        naive = seasonal_naive(history, future.select(KEY), spec.frequency)["naive"]
        start = calendar.dates(np.array([origin]))[0]
        gone = (pl.col("_t") > pl.col(_LAST_SALE)).alias(GONE)
        ended = (gone & (pl.col(_LAST_SALE) > origin - silence(spec.rhythm))).alias(ENDED)
        new = pl.Series(LAUNCHING, launching(origin - window[_FIRST_SALE].to_numpy(), spec.rhythm))
        labelled = window.select(pl.lit(start, pl.Date).alias("window"), *KEY, UNITS, ended, gone, new)
        frames.append(
            as_words(labelled).with_columns(
                naive, *(answer[name] for name in answer.columns if name in views or name.startswith(SHAPE_MARK))
            )
        )
    return Trials(views, pl.concat(frames) if frames else empty, spec.horizon if spec.horizon < whole else None)


def actuals_of(
    sales: pl.DataFrame, calendar: Calendar, first: int, last: int, *, after: int
) -> tuple[pl.DataFrame, float]:
    """What was sold on the regular calendar, zeros filled in as the panel does.

    Returns:
        Key, ``_t``, units, the periods of each series' first sale and of an ended one's last, of the periods after one;
        and the share of zeros in all periods.
    """
    panel = build(sales, None, calendar, (), (), last=last, periods=last - first + 1, horizon=0)
    late = panel.units[:, after + 1 - first :]
    series, column = np.nonzero(~np.isnan(late))
    period = column.astype(np.int64) + after + 1
    zeros, known = int((panel.units <= 0).sum()), int((~np.isnan(panel.units)).sum())
    gone = first + last_sales(panel.units, RHYTHMS[calendar.frequency])
    begun = first + first_sales(panel.units)
    frame = panel.keys[series].with_columns(
        calendar.dates(period).alias(DATE),
        pl.Series("_t", period),
        pl.Series(_FIRST_SALE, begun[series]),
        pl.Series(_LAST_SALE, gone[series]),
        pl.Series(UNITS, late[series, column].astype(np.float64)),
    )
    return as_codes(frame.select(*KEY, "_t", UNITS, _FIRST_SALE, _LAST_SALE)), zeros / max(1, known)


def known_of_window(
    sales: pl.DataFrame, actuals: pl.DataFrame, calendar: Calendar, origin: int, spec: ForecastSpec
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Actuals of the window after an origin, and beside them, row by row, what was known in advance.

    ``sales`` are compact. Series that had ended by then, or not begun, are not asked for.
    """
    first = origin - spec.rhythm.silence + 1
    seen = with_units(between(sales, calendar, first, origin)).select(SERIES).unique()
    within = pl.col("_t").is_between(origin + 1, origin + spec.horizon)
    window = actuals.filter(within).join(seen, on=list(SERIES), how="semi", maintain_order="left")
    names = [name for name in dict.fromkeys((*spec.known, "open", *spec.static)) if name in sales.columns]
    on = ["_t", *SERIES]
    rows = between(sales, calendar, origin + 1, origin + spec.horizon)
    placed = rows.with_columns(pl.Series("_t", calendar.index(rows[DATE]), dtype=pl.Int64))
    told = placed.select(*on, *names).unique(on, keep="first", maintain_order=True)
    future = window.drop(UNITS, _FIRST_SALE, _LAST_SALE).join(told, on=on, how="left", maintain_order="left")
    return window, future.drop("_t")
