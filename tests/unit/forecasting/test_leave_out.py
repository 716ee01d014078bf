"""Series that the model has never seen: forecast from their siblings, and better than a department's mean."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from core.forecasting import Recipe, TrainedModel, train
from core.forecasting.coldstart import Hidden, Siblings
from core.forecasting.leave_out import BOTH, NEW_ITEM, NEW_STORE, Held, choose, leave_series_out, scored
from core.forecasting.metrics import scores
from core.forecasting.spec import ForecastSpec
from tests.unit.forecasting import shops

RECIPE = Recipe(weights={"tweedie": 1.0}, factors={"tweedie": 1.0}, rounds=60, rows=12_000)
SPEC = ForecastSpec(horizon=14, frequency="D", known=("promo",), static=("dept",))
STORES = tuple(f"{number:02}" for number in range(5))
ITEMS = tuple("abcdefghij")
FIRST = np.array([0])


def sales() -> pl.DataFrame:
    """Five stores by ten items: demand is the store's size times the department's level, doubled by promotions."""
    days, rng = 300, np.random.default_rng(3)
    frames = []
    for store in range(5):
        for item, name in enumerate(ITEMS):
            promo = ((np.arange(days) + 3 * item) % 14 < 5).astype(float)
            level = (1 + 0.1 * store) * (1 + 0.1 * item) * (4.0 if item % 2 else 20.0)
            units = rng.poisson(level * (1 + promo)).astype(float)
            dates = shops.sales(days, ("01",), ("a",))["date"]
            frames.append(
                pl.DataFrame({"date": dates, "units": units, "promo": promo}).with_columns(
                    store_id=pl.lit(STORES[store]), item_id=pl.lit(name), dept=pl.lit(f"d{item % 2}")
                )
            )
    return pl.concat(frames).select("date", "store_id", "item_id", "units", "promo", "dept")


@pytest.fixture(scope="module")
def told() -> pl.DataFrame:
    return leave_series_out(sales(), SPEC, RECIPE, seed=1).frame


def test_each_kind_of_cold_start_is_better_than_the_department_s_mean(told: pl.DataFrame) -> None:
    found = scored(told)
    assert set(found) == {NEW_STORE, NEW_ITEM, BOTH}
    for kind, who in found.items():
        ours, department = who["cold_start"].wape, who["department_mean"].wape
        assert ours is not None
        assert department is not None
        assert ours < department, kind
        assert abs(who["cold_start"].bias or 0) < 0.3, kind


def test_every_series_held_out_is_forecast_on_every_day_of_both_windows(told: pl.DataFrame) -> None:
    held = choose(sales(), seed=1)
    assert (len(held.stores), len(held.items)) == (1, 2)
    assert told.height == (1 * 10 + 2 * 5 - 1 * 2) * 14 * 2
    assert told["window"].n_unique() == 2
    assert told.select("p10", "p50", "p90", "mean").null_count().sum_horizontal().item() == 0


def test_what_a_planner_would_take_is_the_plain_mean_of_those_not_held_out(told: pl.DataFrame) -> None:
    frame, held = sales(), choose(sales(), seed=1)
    row = told.filter(pl.col("kind") == NEW_STORE).row(0, named=True)
    past = frame.filter(
        pl.col("date").is_between(row["window"], row["window"], closed="none").not_()
        & (pl.col("date") <= row["window"])
        & (pl.col("date") > row["window"] - pl.duration(days=56))
        & (pl.col("date").dt.weekday() == row["date"].isoweekday())
        & ~pl.col("store_id").is_in(held.stores)
        & ~pl.col("item_id").is_in(held.items)
    )
    dept = frame.filter(pl.col("item_id") == row["item_id"])["dept"][0]
    assert row["department_mean"] == pytest.approx(past.filter(pl.col("dept") == dept)["units"].mean())
    assert row["item_mean"] == pytest.approx(past.filter(pl.col("item_id") == row["item_id"])["units"].mean())
    assert row["store_mean"] is None


def test_of_one_store_items_alone_are_held_out_and_of_one_series_nothing() -> None:
    one_store = sales().filter(pl.col("store_id") == "00")
    assert choose(one_store, seed=1).stores == frozenset()
    assert set(leave_series_out(one_store, SPEC, RECIPE, seed=1).frame["kind"]) == {NEW_ITEM}
    one = one_store.filter(pl.col("item_id") == "a")
    none = leave_series_out(one, SPEC, RECIPE, seed=1)
    assert none.frame.is_empty()
    assert none.intervals is None


def test_the_same_seed_holds_out_and_forecasts_the_same(told: pl.DataFrame) -> None:
    again = leave_series_out(sales().sample(fraction=1, shuffle=True, seed=2), SPEC, RECIPE, seed=1)
    assert again.frame.equals(told)


def test_levels_come_from_the_item_elsewhere_or_from_what_is_like_it() -> None:
    stores, items = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    dept = np.array([0, 0, 1, 0, 0, 1])
    siblings = Siblings(stores, items, (dept,))
    level = np.array([10.0, 12.0, 100.0, 20.0, np.nan, 200.0])
    seen = siblings.estimate(level[None], FIRST, np.array([4]), Hidden.none(1))
    assert seen == pytest.approx([24.0], rel=0.01), "the item sells 12 elsewhere, this store twice as much as others"
    hidden = siblings.estimate(level[None], FIRST, np.array([4]), Hidden(np.array([False]), np.array([True])))
    assert 20 < hidden[0] < 100, "its department sells 20 here, drawn to the mean of all"


def test_nothing_is_known_where_nothing_was_ever_sold() -> None:
    siblings = Siblings(np.array([0]), np.array([0]), ())
    assert siblings.estimate(np.array([[np.nan]]), FIRST, np.array([0]), Hidden.none(1)) == pytest.approx([1.0])


def test_levels_at_several_origins_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(8)
    stores, items = np.repeat(np.arange(4), 6), np.tile(np.arange(6), 4)
    siblings = Siblings(stores, items, (items // 2,))
    level = np.where(rng.random((5, 24)) < 0.3, np.nan, rng.gamma(2, 5, (5, 24)))
    origin, series = rng.integers(0, 5, 60), rng.integers(0, 24, 60)
    hidden = Hidden(rng.random(60) < 0.5, rng.random(60) < 0.5)
    alone = [
        siblings.estimate(level[[at]], FIRST, series[[row]], hidden.take(np.array([row])))[0]
        for row, at in enumerate(origin)
    ]
    np.testing.assert_array_equal(siblings.estimate(level, origin, series, hidden), alone)


def test_an_attribute_of_one_store_alone_is_told_apart_from_a_shared_one() -> None:
    siblings = Siblings(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 0]), ())
    assert siblings.alone("store_id", np.array([1, 1, 2, 2], dtype=np.float32)).tolist() == [True, True, False, False]


def test_kinds_are_named_by_what_is_held_out() -> None:
    rows = pl.DataFrame({"store_id": ["1", "1", "2", "2"], "item_id": ["a", "b", "a", "b"]})
    assert rows.select(Held(frozenset("2"), frozenset("b")).kind())["kind"].to_list() == [
        None, NEW_ITEM, NEW_STORE, BOTH,
    ]  # fmt: skip


def test_a_trained_model_gives_a_new_item_the_intervals_of_what_was_held_out(tmp_path: Path) -> None:
    frame = sales()
    model = train(frame, SPEC, settings=Recipe(rounds=30, rows=6_000), leave_out=True)
    assert model.left_out.intervals is not None
    future = shops.future(frame.rename({"dept": "kind"})).rename({"kind": "dept"}).filter(pl.col("item_id") == "a")
    asked = pl.concat([future, future.with_columns(item_id=pl.lit("new"))])
    answer = model.predict(frame, asked)
    width = answer.with_columns(width=(pl.col("p90") - pl.col("p10")) / pl.col("mean"))
    by_tier = dict(width.group_by("tier").agg(pl.col("width").mean()).rows())
    assert by_tier["cold_start"] > 1.15 * by_tier["model"]
    model.save(tmp_path)
    assert TrainedModel.load(tmp_path).predict(frame, asked).equals(answer)
    coverage = scores(model.left_out.frame).coverage
    assert coverage is not None
    assert 0.3 < coverage < 1, "of three stores and items held out the errors are few"
