"""The gate lets better models through and says why it stops others."""

import polars as pl
import pytest

from core.contracts.dataset import Gate
from training.gate import ratio_interval, rule


def backtest(*, error: float, naive_error: float = 4.0, series: int = 20, sales: float = 10.0) -> pl.DataFrame:
    """Rows whose forecasts are off by ``error``, alternately above and below."""
    rows = [(f"s{s}", "i", sales, 1.0 if day % 2 else -1.0) for s in range(series) for day in range(14)]
    frame = pl.DataFrame(rows, schema=["store_id", "item_id", "units", "sign"], orient="row")
    return frame.select(
        "store_id",
        "item_id",
        "units",
        mean=pl.col("units") + pl.col("sign") * error,
        naive=pl.col("units") + pl.col("sign") * naive_error,
    )


def test_the_first_model_passes_when_it_beats_seasonal_naive() -> None:
    ruling = rule(backtest(error=1), None, Gate(), seed=7)
    assert ruling.approved
    assert ruling.numbers["naive_ratio"] == pytest.approx(0.25)
    assert "no champion serves yet" in ruling.reason


def test_a_model_no_better_than_seasonal_naive_is_stopped() -> None:
    ruling = rule(backtest(error=4), None, Gate(), seed=7)
    assert not ruling.approved
    assert "does not beat seasonal naive" in ruling.reason


def test_a_challenger_that_loses_to_the_champion_everywhere_is_stopped() -> None:
    ruling = rule(backtest(error=2), backtest(error=1), Gate(), seed=7)
    assert not ruling.approved
    assert "beyond noise" in ruling.reason
    assert ruling.numbers["champion_ratio_low"] == pytest.approx(2.0)


def test_a_challenger_worse_on_one_series_only_is_within_noise() -> None:
    champion = backtest(error=1)
    worse_once = pl.when(pl.col("store_id") == "s0").then(pl.col("units") + 3).otherwise(pl.col("mean"))
    ruling = rule(champion.with_columns(mean=worse_once), champion, Gate(), seed=7)
    assert ruling.approved
    assert ruling.numbers["champion_ratio_low"] <= 1 < ruling.numbers["champion_ratio_high"]


def test_windows_without_sales_are_a_reason_not_a_division_by_zero() -> None:
    ruling = rule(backtest(error=1, sales=0), None, Gate(), seed=7)
    assert not ruling.approved
    assert "nothing was sold" in ruling.reason


def test_the_same_seed_gives_the_same_interval() -> None:
    pair = backtest(error=1), backtest(error=1.5)
    assert ratio_interval(*pair, confidence=0.9, seed=3) == ratio_interval(*pair, confidence=0.9, seed=3)


def test_a_perfect_champion_is_not_beaten_by_an_imperfect_challenger() -> None:
    assert ratio_interval(backtest(error=1), backtest(error=0), confidence=0.9, seed=3) == (float("inf"),) * 2
    assert ratio_interval(backtest(error=0), backtest(error=0), confidence=0.9, seed=3) == (1.0, 1.0)
