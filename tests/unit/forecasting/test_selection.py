import datetime as dt

import numpy as np
import polars as pl
import pytest

from core.forecasting import Recipe
from core.forecasting.backtest import ENDED, GONE, LAUNCHING, Trials, candidates
from core.forecasting.selection import choose
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import QUICK, SPEC


def trials(log_ratio: tuple[float, float], tweedie_noise: float) -> Trials:
    rng = np.random.default_rng(2)
    frames = []
    for window, ratio in enumerate(log_ratio):
        units = rng.gamma(9, 10, 400)
        frames.append(
            pl.DataFrame({"units": units, "log": units * ratio, "tweedie": units + rng.normal(0, tweedie_noise, 400)})
            .with_columns(window=pl.lit(shops.START + dt.timedelta(days=window)))
            .with_columns(pl.col("log").clip(0), pl.col("tweedie").clip(0))
        )
    return Trials(("log", "tweedie"), pl.concat(frames).with_columns(*GOING))


GOING = [pl.lit(value=False).alias(flag) for flag in (ENDED, GONE, LAUNCHING)]
NOTHING = pl.DataFrame(schema=dict.fromkeys((ENDED, GONE, LAUNCHING), pl.Boolean))


def test_smooth_demand_is_tried_by_factors_and_sparse_demand_by_counts() -> None:
    assert candidates(0.0) == ("log",)
    assert candidates(0.75) == ("tweedie",)
    assert candidates(0.2) == ("log", "tweedie")


def test_the_better_objective_gets_the_forecast() -> None:
    assert choose(trials((1.0, 1.0), 30), Recipe()).weights == {"log": 1.0}
    assert choose(trials((3.0, 0.3), 1), Recipe()).weights == {"tweedie": 1.0}


def test_a_drift_is_believed_only_where_the_windows_agree() -> None:
    assert choose(trials((0.92, 0.92), 30), Recipe()).factors["log"] == pytest.approx(1.04, abs=0.01)
    assert choose(trials((0.9, 1.1), 30), Recipe()).factors["log"] == pytest.approx(1, abs=0.01)


def test_days_with_more_returns_than_sales_leave_a_recipe_of_numbers() -> None:
    tested = trials((1.0, 1.0), 30)
    frame = tested.frame.with_columns(
        pl.when(pl.int_range(pl.len()) % 40 == 0).then(-3.0).otherwise("units").alias("units")
    )
    recipe = choose(Trials(tested.views, frame), Recipe())
    assert all(np.isfinite(factor) for factor in recipe.factors.values())


def test_without_a_window_the_objectives_share_equally() -> None:
    nothing = Trials(("log", "tweedie"), NOTHING)
    assert choose(nothing, QUICK).weights == {"log": 0.5, "tweedie": 0.5}
    assert choose(Trials(("log", "tweedie", "local"), NOTHING), QUICK).weights == {"log": 0.5, "tweedie": 0.5}
    assert SPEC.backtest_windows == 2


def test_the_series_own_view_gets_a_share_where_it_is_better_and_none_where_it_is_not() -> None:
    tested = trials((1.0, 1.0), 30)
    exact, poor = (tested.frame.with_columns(local=pl.col("units") * ratio) for ratio in (1.0, 3.0))
    frame = exact.with_columns(log=pl.col("tweedie") + 20)
    views = ("log", "tweedie", "local")
    assert choose(Trials(views, frame), Recipe()).weights["local"] == pytest.approx(0.9)
    assert "local" not in choose(Trials(views, poor), Recipe()).weights


def test_where_most_days_sell_nothing_a_forecast_of_too_little_is_not_preferred() -> None:
    sold = np.where(np.arange(400) % 10 == 0, 10.0, 0.0)
    windows = [shops.START + dt.timedelta(days=day) for day in (0, 1)]
    frame = pl.concat(
        pl.DataFrame({"units": sold}).with_columns(pl.lit(day).alias("window"), *GOING, tweedie=1.0, local=0.3)
        for day in windows
    )
    assert choose(Trials(("tweedie", "local"), frame), Recipe()).weights == {"tweedie": 1.0}


def test_items_that_end_within_a_window_drag_no_forecast_down() -> None:
    steady = trials((1.0, 1.0), 30).frame
    gone = steady.with_columns(pl.lit(0.0).alias("units"), pl.lit(value=True).alias(ENDED))
    views = ("log", "tweedie")
    with_ends = choose(Trials(views, pl.concat([steady, gone])), Recipe())
    assert with_ends == choose(Trials(views, steady), Recipe())


def test_what_series_gain_in_their_launch_is_no_drift_of_the_others() -> None:
    steady = trials((1.0, 1.0), 30).frame
    risen = steady.with_columns(pl.col("units") * 2, pl.lit(value=True).alias(LAUNCHING))
    views = ("log", "tweedie")
    with_launches = choose(Trials(views, pl.concat([steady, risen])), Recipe())
    for view, factor in with_launches.factors.items():
        assert factor == pytest.approx(choose(Trials((view,), steady), Recipe()).factors[view])


def test_where_nearly_all_is_being_launched_all_of_it_tells_the_drift() -> None:
    frame = trials((0.92, 0.92), 30).frame
    new = frame.with_columns((pl.int_range(pl.len()) % 10 > 0).alias(LAUNCHING))
    assert choose(Trials(("log",), new), Recipe()) == choose(Trials(("log",), frame), Recipe())


def test_series_that_sell_rarely_choose_for_themselves_alone() -> None:
    rng = np.random.default_rng(3)
    steady, large = rng.gamma(9, 1, 600), np.where(rng.random(400) < 0.05, 300.0, 0.0)
    sold = np.concatenate([steady, large])
    noise = np.concatenate([rng.normal(0, 2, 600), np.zeros(400)])
    frame = pl.DataFrame(
        {
            "units": sold,
            "tweedie": np.concatenate([steady + noise[:600], np.full(400, 15.0)]),
            "local": np.concatenate([steady, large[::-1]]),
            "~zeros_91": np.repeat(np.array([0.0, 0.95], dtype=np.float32), (600, 400)),
        }
    ).with_columns(pl.lit(shops.START).alias("window"), *GOING)
    chosen = choose(Trials(("tweedie", "local"), frame), Recipe())
    assert chosen.weights["local"] == pytest.approx(0.9)
    assert chosen.rare == {"tweedie": 1.0}
    together = choose(Trials(("tweedie", "local"), frame.drop("~zeros_91")), Recipe())
    assert (together.weights, together.rare) == ({"tweedie": 1.0}, {})


@pytest.mark.parametrize("zeros", [np.full(400, 0.9), np.repeat([0.0, 0.95], 200)])
def test_one_blend_is_left_where_hardly_anything_is_sold_often_or_rarely(zeros: np.ndarray) -> None:
    sold = np.where(zeros == 0, 10.0, np.where(np.arange(400) % 50 == 0, 1.0, 0.0))
    frame = pl.DataFrame({"units": sold, "tweedie": 1.0, "local": 0.3, "~zeros_91": zeros.astype(np.float32)})
    frame = frame.with_columns(pl.lit(shops.START).alias("window"), *GOING)
    assert choose(Trials(("tweedie", "local"), frame), Recipe()).rare == {}
