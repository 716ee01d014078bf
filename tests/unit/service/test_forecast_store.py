import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.forecast_store import ForecastStore
from tests.unit.service.shop import HORIZON, NAMES, forecasts


def test_each_series_gives_its_own_rows_whatever_their_order() -> None:
    frame = forecasts()
    store = ForecastStore.of(frame.sample(fraction=1, shuffle=True, seed=3))
    for store_id, item_id in NAMES:
        position = store.find(store_id, item_id)
        assert position is not None
        assert store.name(position) == (store_id, item_id)
        expected = (
            frame.filter(store_id=store_id, item_id=item_id)
            .sort("date")
            .select(pl.col("date").cast(pl.String), pl.col("mean", "p10", "p50", "p90").round(4))
        )
        assert store.forecasts(position, HORIZON) == expected.to_dicts()


def test_series_of_different_lengths_do_not_bleed_into_each_other() -> None:
    frame = forecasts().filter((pl.col("item_id") != "milk") | (pl.col("date").dt.day() <= 2))
    store = ForecastStore.of(frame)
    milk, other = store.find("2", "milk"), store.find("2", "a/b+c")
    assert milk is not None
    assert other is not None
    assert [row["date"] for row in store.forecasts(milk, HORIZON)] == ["2024-06-01", "2024-06-02"]
    assert len(store.forecasts(other, HORIZON)) == HORIZON


def test_two_rows_of_one_key_are_refused() -> None:
    frame = forecasts()
    with pytest.raises(ValueError, match="same date, store and item"):
        ForecastStore.of(pl.concat([frame, frame[5:6]]))


def test_an_unknown_series_is_none_and_the_tier_is_the_series_own() -> None:
    store = ForecastStore.of(forecasts())
    assert store.find("01", "nothing") is None
    assert store.find("1", "milk") is None, "leading zeros are part of an id"
    bread, milk = store.find("01", "bread"), store.find("01", "milk")
    assert bread is not None
    assert milk is not None
    assert (store.tier(bread), store.tier(milk)) == ("cold_start", "model")


@settings(max_examples=50, deadline=None)
@given(
    names=st.sets(st.tuples(st.text(min_size=1, max_size=4), st.text(min_size=1, max_size=4)), min_size=1, max_size=30),
    limit=st.integers(1, 7),
)
def test_pages_together_are_every_series_once_in_order(names: set[tuple[str, str]], limit: int) -> None:
    names = {(a.encode(errors="ignore").decode(), b.encode(errors="ignore").decode()) for a, b in names}
    row = forecasts().row(0, named=True)
    store = ForecastStore.of(pl.DataFrame([{**row, "store_id": a, "item_id": b} for a, b in names]))
    after, seen = None, []
    while found := store.page(store_id=None, after=after, limit=limit):
        seen += [store.name(position) for position in found]
        after = seen[-1]
    assert seen == sorted(names)
    one = seen[0][0]
    mine = store.page(store_id=one, after=None, limit=1000)
    assert [store.name(position) for position in mine] == [name for name in sorted(names) if name[0] == one]
