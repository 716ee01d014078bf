"""Settings by trial, on windows of their own."""

from dataclasses import replace

import polars as pl

from core.forecasting import Recipe, train
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
