"""Boosters with everything a forecast needs around them, intervals excepted."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
import polars as pl
import xgboost as xgb

from core.contracts.errors import RejectedDataError
from core.contracts.sales import COLD_START_TIER, DATE, KEY, MODEL_TIER, SERIES
from core.forecasting import boosters, encoding, spread
from core.forecasting.blending import blend, blended
from core.forecasting.calendar import Calendar, future_dates
from core.forecasting.coldstart import with_levels
from core.forecasting.encoding import Encoding
from core.forecasting.feasts import Feasts
from core.forecasting.features import Design
from core.forecasting.fitting import ALONE, Run
from core.forecasting.grid import Bools, Doubles, Ints
from core.forecasting.holidays import Holidays
from core.forecasting.intervals import SHAPE_FEATURES
from core.forecasting.lesson import Lesson
from core.forecasting.metrics import quantile_name
from core.forecasting.panel import Panel, build
from core.forecasting.rows import Rows
from core.forecasting.sampling import training_rows
from core.forecasting.smoothing import local_means
from core.forecasting.span import span
from core.forecasting.spec import LOCAL, ForecastSpec, Recipe
from core.forecasting.spread import SPREAD
from core.forecasting.table import as_words, between, compact, with_units

SHAPE_MARK: Final = "~"
"""Before the name of a feature, or of a quantile, that travels with a forecast to tell its spread."""
_AT_ONCE: Final = 100_000
"""Forecasts whose features are held at one time."""


@dataclass(frozen=True)
class Core:
    """Fitted boosters by objective, and the encodings they were fitted with.

    Attributes:
        boosters: of series that have sold before.
        cold: of those that have not, fitted on rows shown as if they had not; empty: ``boosters`` are for both.
        hidden: days left out of its lesson because a stock-out held their sales down.
        holidays: of the country that was named.
        spread: the booster of quantiles; None where there were too few rows for one.
        feasts: what days about them sell; None where that is not known, and in bundles of older versions.
    """

    calendar: Calendar
    known: tuple[Encoding, ...]
    static: tuple[Encoding, ...]
    features: tuple[str, ...]
    boosters: dict[str, xgb.Booster]
    rows: int
    cold: dict[str, xgb.Booster] = field(default_factory=dict)
    hidden: int = 0
    holidays: Holidays | None = None
    spread: xgb.Booster | None = None
    feasts: Feasts | None = None

    def predict(
        self, history: pl.DataFrame, future: pl.DataFrame | None, spec: ForecastSpec, recipe: Recipe
    ) -> pl.DataFrame:
        """date, store_id, item_id, mean (the blend of the views; 0 on closed days), shape columns, tier."""
        views = self.predict_each(history, future, spec, local=LOCAL in recipe.views)
        new = pl.col("tier") == COLD_START_TIER
        mean = pl.when(new).then(blend(recipe.boosted)).otherwise(blended(views, recipe)).alias("mean")
        return views.select(*KEY, mean, pl.col(f"^{SHAPE_MARK}.*$"), "tier")

    def predict_each(
        self,
        history: pl.DataFrame,
        future: pl.DataFrame | None,
        spec: ForecastSpec,
        run: Run = ALONE,
        *,
        local: bool = True,
    ) -> pl.DataFrame:
        """date, store_id, item_id, one column of means a view, shape columns, tier."""
        keys, panel, rows = self.asked(history, future, spec)
        columns = self._answers(panel, rows, spec, run, local=local)
        return keys.hstack([pl.Series(name, values) for name, values in columns.items()])

    def asked(
        self, history: pl.DataFrame, future: pl.DataFrame | None, spec: ForecastSpec
    ) -> tuple[pl.DataFrame, Panel, Rows]:
        """Keys of the forecasts asked for, the panel they are made from, and their places in it.

        Raises:
            RejectedDataError: the history has no sale.
        """
        history = compact(history)
        past = with_units(history)
        if past.is_empty():
            raise RejectedDataError("history: no row with units; a forecast needs at least one")
        origin = int(self.calendar.index(past[DATE].tail(1))[0])
        asked = _everything(past, self.calendar, spec) if future is None else future
        period = self.calendar.index(asked[DATE])
        origin = min(origin, int(period.min()) - 1) if len(period) else origin
        ahead = max(1, int(period.max()) - origin) if len(period) else spec.horizon
        panel = build(
            history, asked, self.calendar, self.known, self.static,
            last=origin, periods=spec.rhythm.history, horizon=ahead, holidays=self.holidays, feasts=self.feasts,
        )  # fmt: skip
        return as_words(asked.select(KEY)), panel, _rows_of(asked, panel, period)

    def design(self, panel: Panel, rows: Rows, spec: ForecastSpec) -> tuple[Design, Doubles, Bools]:
        """Features, positive levels, and which rows have no history, as the boosters are given them."""
        return with_levels(panel, rows, spec, tuple(e.name for e in self.static))

    @property
    def objectives(self) -> tuple[str, ...]:
        """Of its boosters."""
        return tuple(self.boosters or self.cold)

    def by_tier(self, objective: str, cold: Bools) -> Iterator[tuple[xgb.Booster, Ints]]:
        """Boosters of an objective, each with the places of the rows that it forecasts."""
        new = self.cold.get(objective, self.boosters.get(objective))
        for booster, part in ((self.boosters.get(objective), ~cold), (new, cold)):
            if booster is not None and part.any():
                yield booster, np.flatnonzero(part)

    def _answers(
        self, panel: Panel, rows: Rows, spec: ForecastSpec, run: Run, *, local: bool
    ) -> dict[str, np.ndarray[Any, Any]]:
        """Columns of the rows, some series at a time: features of all at once would not fit."""
        order = np.argsort(rows.series, kind="stable")
        share = run.share(rows.series[order])
        mine = order[share.rows]
        starts = range(0, len(mine), _AT_ONCE)
        parts = [self._answer(panel, rows.take(mine[at : at + _AT_ONCE]), spec, local=local) for at in starts]
        told = [part for host in run.gather(parts) for part in host]
        views = (*self.objectives, LOCAL) if local else self.objectives
        columns: dict[str, np.ndarray[Any, Any]] = {name: np.zeros(0) for name in views} | {"tier": np.zeros(0, str)}
        for name in told[0] if told else ():
            column = np.concatenate([part[name] for part in told])
            columns[name] = np.empty_like(column)
            columns[name][order] = column
        return columns

    def _answer(self, panel: Panel, rows: Rows, spec: ForecastSpec, *, local: bool) -> dict[str, np.ndarray[Any, Any]]:
        made, level, cold = self.design(panel, rows, spec)
        closed = panel.open.at(rows.series, rows.target) < 0.5  # noqa: PLR2004 - a flag
        columns: dict[str, np.ndarray[Any, Any]] = {}
        if local:
            columns[LOCAL] = np.where(closed, 0.0, local_means(panel, rows, level, spec)[0])
        for objective in self.objectives:
            columns[objective] = np.zeros(len(rows))
            for booster, part in self.by_tier(objective, cold):
                columns[objective][part] = boosters.predict(booster, made.take(part), level[part], objective)
            columns[objective][closed] = 0.0
        for place, name in enumerate(made.names):
            if name.startswith(SHAPE_FEATURES):
                columns[SHAPE_MARK + name] = made.values[:, place]
        if self.spread is not None:
            units = spread.predict(self.spread, made, level, spec)
            columns |= {SHAPE_MARK + quantile_name(q): units[:, k] for k, q in enumerate(spec.quantiles)}
        return columns | {"tier": np.where(cold, COLD_START_TIER, MODEL_TIER)}

    def to_json(self) -> dict[str, Any]:
        """As plain values, boosters excepted."""
        return {
            "calendar": self.calendar.to_json(),
            "known": [e.to_json() for e in self.known],
            "static": [e.to_json() for e in self.static],
            "features": self.features,
            "rows": self.rows,
            "holidays": self.holidays and self.holidays.to_json(),
            "feasts": self.feasts and self.feasts.to_json(),
        }

    @classmethod
    def from_json(
        cls,
        values: dict[str, Any],
        fitted: dict[str, xgb.Booster],
        cold: dict[str, xgb.Booster] | None = None,
        spread: xgb.Booster | None = None,
    ) -> Self:
        """The opposite of ``to_json``."""
        return cls(
            Calendar(**values["calendar"]),
            tuple(Encoding.from_json(e) for e in values["known"]),
            tuple(Encoding.from_json(e) for e in values["static"]),
            tuple(values["features"]),
            fitted,
            values["rows"],
            cold or {},
            holidays=Holidays.from_json(values["holidays"]) if values.get("holidays") else None,
            spread=spread,
            feasts=Feasts.from_json(values["feasts"]) if values.get("feasts") else None,
        )


def fit_core(
    sales: pl.DataFrame,
    spec: ForecastSpec,
    recipe: Recipe,
    *,
    objectives: tuple[str, ...],
    task: str,
    run: Run = ALONE,
    tiers: tuple[str, ...] = (MODEL_TIER,),
    spread_from: int | None = None,
) -> Core:
    """Fit the boosters of a recipe on all of ``sales``.

    Args:
        sales: canonical sales.
        spec: what to forecast.
        recipe: rounds and settings.
        objectives: a booster each.
        task: this fit's name in the run.
        run: the hosts and the progress.
        tiers: which are fitted: series with sales of their own, and those without.
        spread_from: least rows from which the booster of quantiles is fitted as well; None: never.
    """
    sales = compact(sales)
    calendar, first, last = span(sales, spec)
    past = with_units(sales)
    known = encoding.fit(past, tuple(name for name in spec.known if name in sales.columns))
    static = encoding.fit_ids(past, (*SERIES, *(name for name in spec.static if name in sales.columns)))
    holidays = Holidays.of(spec.country, calendar, first, last) if spec.country else None
    panel = build(
        sales, None, calendar, known, static, last=last, periods=last - first + 1, horizon=0, holidays=holidays
    )
    rows = training_rows(panel, spec, recipe.rows, np.random.default_rng(spec.seed))
    lesson = Lesson(panel, spec, recipe, tuple(e.name for e in static), objectives, run)
    enough = spread_from is not None and len(rows) >= spread_from
    fitted = lesson.fit(rows, task, with_spread=enough) if MODEL_TIER in tiers else {}
    told = fitted.pop(SPREAD, None)
    cold = lesson.cold(rows, task) if COLD_START_TIER in tiers else {}
    names = tuple((fitted or cold)[objectives[0]].feature_names or ())
    feasts = Feasts.of(panel.units, panel.first, calendar, holidays)
    return Core(calendar, known, static, names, fitted, len(rows), cold, panel.hidden, holidays, told, feasts)


def _everything(past: pl.DataFrame, calendar: Calendar, spec: ForecastSpec) -> pl.DataFrame:
    """Every series that has not ended on every date of the horizon."""
    last = int(calendar.index(past[DATE].tail(1))[0])
    past = between(past, calendar, last - spec.rhythm.silence + 1, last)
    dates = future_dates(past[DATE].max(), spec.horizon, spec.frequency)  # type: ignore[arg-type]
    series = as_words(past.select(SERIES).unique()).sort(*SERIES)
    return series.join(pl.DataFrame({DATE: dates}, schema={DATE: pl.Date}), how="cross").select(KEY)


def _rows_of(asked: pl.DataFrame, panel: Panel, period: Ints) -> Rows:
    keys = panel.keys.with_row_index("_s")
    series = as_words(asked.select(SERIES)).join(keys, on=list(SERIES), how="left", maintain_order="left")["_s"]
    target = period - panel.first
    return Rows(series.to_numpy().astype(np.int64), np.full(len(asked), panel.origin, dtype=np.int64), target)
