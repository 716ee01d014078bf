"""Train, predict, save and load: the engine as its users see it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import polars as pl
import xgboost as xgb

from core.contracts.sales import COLD_START_TIER, MODEL_TIER, UNITS
from core.forecasting.backtest import backtest, with_intervals
from core.forecasting.core import Core, fit_core
from core.forecasting.explain import explain
from core.forecasting.fitting import ALONE, Run
from core.forecasting.intervals import Intervals
from core.forecasting.leave_out import LeftOut, leave_series_out
from core.forecasting.metrics import quantile_name
from core.forecasting.selection import choose
from core.forecasting.spec import ForecastSpec, Recipe
from core.forecasting.spread import SPREAD
from core.forecasting.table import compact

MODEL_FILE = "model.json"
SPREAD_FILE = "spread.ubj"
"""The small booster that learned from the backtest how widely errors spread."""
QUANTILES_FILE = f"{SPREAD}.ubj"
"""The spread booster, which learned it from training rows; bundles of older versions, and small ones, have none."""
LEFT_OUT_FILE = "left_out.parquet"
COLD_PREFIX = "cold-"
"""Before the names of boosters for series without history; bundles of older versions have none."""
_ROWS_OF_COUNTS: Final = 200_000
"""Most training rows where demand is one of counts alone: it is mostly noise, and twice as many teach nothing more."""


def _silent(_: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class TrainedModel:
    """A model that forecasts.

    Attributes:
        spec: what it forecasts.
        recipe: how it was fitted; the same recipe on the same sales gives the same model.
        core: boosters and encodings.
        intervals: its calibrated quantiles.
        backtest: window (origin date), date, store_id, item_id, units, mean, quantiles, naive.
        info: rows, series and choices of the training.
        left_out: forecasts of series held out of everything, and intervals of series without sales; empty if unasked.
    """

    spec: ForecastSpec
    recipe: Recipe
    core: Core
    intervals: Intervals
    backtest: pl.DataFrame = field(repr=False)
    info: dict[str, Any] = field(default_factory=dict)
    left_out: LeftOut = field(default=LeftOut(pl.DataFrame(), None), repr=False)

    @property
    def history_periods(self) -> int:
        """Periods of history ``predict`` uses; more changes nothing."""
        return self.spec.rhythm.history

    @property
    def features(self) -> tuple[str, ...]:
        """Columns of the boosters."""
        return self.core.features

    def predict(self, history: pl.DataFrame, future: pl.DataFrame | None = None) -> pl.DataFrame:
        """Forecast.

        Args:
            history: canonical sales up to the origin.
            future: date, store_id, item_id and known covariates of exactly the rows to forecast;
                None for every series of ``history`` over the horizon.

        Returns:
            date, store_id, item_id, mean, one column a quantile, tier; in the order of ``future``.
        """
        answer = self.core.predict(history, future, self.spec, self.recipe)
        told, new = with_intervals(answer, self.intervals), answer["tier"] == COLD_START_TIER
        if self.left_out.intervals is None or not new.any():
            return told
        wider = with_intervals(answer, self.left_out.intervals)
        names = [quantile_name(quantile) for quantile in self.intervals.quantiles]
        return told.with_columns(wider[name].zip_with(new, told[name]) for name in names)

    def explain(self, history: pl.DataFrame, future: pl.DataFrame | None = None) -> pl.DataFrame:
        """Why ``predict`` answers what it does for the same arguments; see ``core.forecasting.explain``."""
        return explain(self.core, history, future, self.spec, self.recipe)

    def save(self, folder: Path) -> None:
        """Write boosters (UBJSON), everything else (JSON) and the backtest (parquet)."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, booster in self.core.boosters.items():
            booster.save_model(folder / f"{name}.ubj")
        for name, booster in self.core.cold.items():
            booster.save_model(folder / f"{COLD_PREFIX}{name}.ubj")
        if self.core.spread is not None:
            self.core.spread.save_model(folder / QUANTILES_FILE)
        if self.intervals.booster is not None:
            self.intervals.booster.save_model(folder / SPREAD_FILE)
        document = {
            "spec": self.spec.to_json(),
            "recipe": self.recipe.to_json(),
            "core": self.core.to_json(),
            "intervals": self.intervals.to_json(),
            "info": self.info,
        } | self._save_left_out(folder)
        (folder / MODEL_FILE).write_text(json.dumps(document, indent=1))
        self.backtest.write_parquet(folder / "backtest.parquet")

    def _save_left_out(self, folder: Path) -> dict[str, Any]:
        intervals = self.left_out.intervals
        if intervals is None:
            return {}
        self.left_out.frame.write_parquet(folder / LEFT_OUT_FILE)
        if intervals.booster is not None:
            intervals.booster.save_model(folder / f"{COLD_PREFIX}{SPREAD_FILE}")
        return {"cold_intervals": intervals.to_json()}

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote."""
        document = json.loads((folder / MODEL_FILE).read_text())
        recipe = Recipe.from_json(document["recipe"])
        boosters = {name: xgb.Booster(model_file=folder / f"{name}.ubj") for name in recipe.objectives}
        cold = {name: folder / f"{COLD_PREFIX}{name}.ubj" for name in recipe.objectives}
        cold_boosters = {name: xgb.Booster(model_file=file) for name, file in cold.items() if file.exists()}
        spread = _booster(folder / SPREAD_FILE)
        told = document.get("cold_intervals")
        left_out = (
            cls.left_out
            if told is None
            else LeftOut(
                pl.read_parquet(folder / LEFT_OUT_FILE),
                Intervals.from_json(told, _booster(folder / f"{COLD_PREFIX}{SPREAD_FILE}")),
            )
        )
        return cls(
            ForecastSpec.from_json(document["spec"]),
            recipe,
            Core.from_json(document["core"], boosters, cold_boosters, _booster(folder / QUANTILES_FILE)),
            Intervals.from_json(document["intervals"], spread),
            pl.read_parquet(folder / "backtest.parquet"),
            document["info"],
            left_out,
        )


def _booster(file: Path) -> xgb.Booster | None:
    return xgb.Booster(model_file=file) if file.exists() else None


def train(
    sales: pl.DataFrame,
    spec: ForecastSpec,
    on_stage: Callable[[str], None] = _silent,
    run: Run = ALONE,
    *,
    settings: Recipe | None = None,
    leave_out: bool = False,
) -> TrainedModel:
    """Choose a recipe by a rolling backtest, calibrate on it, then fit on everything.

    Args:
        sales: canonical sales; further columns are used where ``spec`` names them.
        spec: what to forecast.
        on_stage: told what begins, for a progress display.
        run: hosts that train together, and where their progress is kept.
        settings: of the boosters, as ``tune`` found them; the defaults when None.
        leave_out: measure and calibrate forecasts of series without sales as well, on series held out whole.
    """
    model = _train(sales, spec, settings, on_stage, run)
    if not leave_out:
        return model
    on_stage("cold start")
    return replace(model, left_out=leave_series_out(sales, spec, model.recipe, seed=spec.seed, run=run))


def refit(sales: pl.DataFrame, spec: ForecastSpec, recipe: Recipe, run: Run = ALONE) -> TrainedModel:
    """Fit a given recipe on other sales; nothing is chosen anew but the calibration."""
    return _train(sales, spec, recipe, _silent, run)


def _sized(recipe: Recipe) -> Recipe:
    """A recipe just chosen, with no more training rows than its boosters are the better for."""
    counts = recipe.objectives == ("tweedie",)
    return replace(recipe, rows=min(recipe.rows, _ROWS_OF_COUNTS)) if counts else recipe


def _train(
    sales: pl.DataFrame, spec: ForecastSpec, recipe: Recipe | None, on_stage: Callable[[str], None], run: Run
) -> TrainedModel:
    sales = compact(sales.with_columns(pl.col(UNITS).cast(pl.Float64)))
    on_stage("backtest")
    tested = backtest(sales, spec, recipe or Recipe(), run)
    chosen = recipe if recipe and recipe.weights else _sized(choose(tested, recipe or Recipe()))
    frame, intervals = run.once(lambda: tested.blended(chosen, spec))
    on_stage("fit")
    tiers = (MODEL_TIER, COLD_START_TIER)
    core = fit_core(
        sales, spec, chosen,
        objectives=chosen.objectives, task="final", run=run, tiers=tiers, spread_from=0 if intervals.spread else None,
    )  # fmt: skip
    info = {"rows": sales.height, "training_rows": core.rows, "recipe": chosen.to_json()}
    if core.hidden:
        info["stock_out_days"] = core.hidden
    if tested.shorter:
        info["backtest_periods"] = tested.shorter
    return TrainedModel(spec, chosen, core, intervals, frame, info)
