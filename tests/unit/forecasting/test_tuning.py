"""Settings by trial, on windows of their own."""

from dataclasses import replace
from statistics import fmean

import polars as pl
import pytest
from optuna.study import Study

from core.forecasting import Recipe, train, tuning
from core.forecasting.tuning import tune
from tests.unit.forecasting import shops

SMALL = Recipe(rounds=8, rows=500)
SPEC = replace(shops.SPEC, backtest_windows=1)


def test_the_same_number_of_trials_finds_the_same_settings() -> None:
    first, second = (tune(shops.sales(), SPEC, (SMALL,), trials=3) for _ in range(2))
    assert first == second
    best, tried = first
    assert len(tried) == 3
    assert (tried[0].rounds, tried[0].params) == (8, {}), "the known settings are the ones to beat"
    assert min(trial.error for trial in tried) == next(t.error for t in tried if t.params == best.params)
    assert not best.weights, "the blend is chosen on other windows"


def test_the_windows_of_the_judgement_are_not_looked_at() -> None:
    sales = shops.sales()
    late = pl.col("date") > pl.col("date").max() - pl.duration(days=SPEC.horizon)
    other = sales.with_columns(pl.when(late).then(pl.col("units") * 9 + 5).otherwise("units").alias("units"))
    assert tune(sales, SPEC, (SMALL,), trials=2) == tune(other, SPEC, (SMALL,), trials=2)


def test_settings_near_those_that_did_well_are_tried_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "backtest", lambda _sales, _spec, recipe, _run, task: (recipe, task))
    monkeypatch.setattr(tuning, "choose", lambda _tested, recipe: recipe)
    monkeypatch.setattr(tuning, "error", lambda tested, _: abs(tested[0].params.get("colsample_bytree", 0) - 0.75))
    best, tried = tune(shops.sales(), SPEC, (SMALL,), trials=41)
    errors = [trial.error for trial in tried[1:]]
    assert fmean(errors[-20:]) < fmean(errors[:8]) / 2
    assert best.params["colsample_bytree"] == pytest.approx(0.75, abs=0.02)
    assert {"max_depth", "learning_rate", "min_child_weight", "reg_lambda"} < best.params.keys()


def test_known_settings_teach_what_to_try_next_where_they_lie_in_the_space(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[dict[str, float]] = []
    monkeypatch.setattr(Study, "add_trial", lambda _, trial: told.append(trial.params))
    params = {
        "max_depth": 6, "learning_rate": 0.05, "min_child_weight": 50.0, "colsample_bytree": 0.5, "reg_lambda": 2.0
    }  # fmt: skip
    champion = replace(SMALL, rounds=150, params=params)
    monkeypatch.setattr(tuning, "backtest", lambda *_, **__: None)
    monkeypatch.setattr(tuning, "choose", lambda _tested, recipe: recipe)
    monkeypatch.setattr(tuning, "error", lambda *_: 0.5)
    tune(shops.sales(), SPEC, (champion, SMALL), trials=2)
    assert told == [{"rounds": 150, **params}]


def test_trials_end_with_the_time_but_for_the_first() -> None:
    left = iter([True, False])
    _, tried = tune(shops.sales(), SPEC, (SMALL,), trials=9, more=lambda: next(left))
    assert len(tried) == 2
    assert len(tune(shops.sales(), SPEC, (SMALL,), trials=9, more=lambda: False)[1]) == 1


def test_sales_too_short_for_windows_of_their_own_are_not_tuned_on() -> None:
    assert tune(shops.sales(40), SPEC, (SMALL,), trials=3) == (SMALL, ())


def test_a_model_is_fitted_by_the_settings_it_is_given() -> None:
    settings = replace(SMALL, params={"max_depth": 2})
    model = train(shops.sales(), SPEC, settings=settings)
    assert (model.recipe.rounds, model.recipe.params) == (8, {"max_depth": 2})
    assert model.recipe.weights
