"""The retrain policy says when a model is due, and why."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.contracts.dataset import DatasetConfig, Frequency
from core.contracts.models import LiveAccuracy, Manifest, Scores
from training.steps.due import Arrived, decide, periods_between
from training.steps.horizon import horizon_of

LAST = date(2024, 6, 30)


def champion(as_of: date, wape: float = 0.10) -> Manifest:
    return Manifest(
        model_id="shop-1",
        dataset="shop",
        data_as_of=as_of,
        frequency="D",
        horizon=42,
        quantiles=(0.1, 0.5, 0.9),
        known=(),
        static=(),
        features=("lag_7",),
        history_periods=400,
        series=1,
        rows=1,
        seed=7,
        backtest=Scores(rows=1, wape=wape),
        libraries={},
    )


def live(wape: float | None) -> LiveAccuracy:
    return LiveAccuracy(
        dataset="shop",
        model_id="shop-1",
        origin=LAST - timedelta(days=7),
        first_date=LAST - timedelta(days=6),
        last_date=LAST,
        run_id="r",
        model=Scores(rows=1, wape=wape),
        naive=Scores(rows=1),
        measured_at=datetime(2024, 7, 1, tzinfo=UTC),
    )


def ask(
    new_days: int, *, seen: float | None = None, config: DatasetConfig | None = None, days: int = 800
) -> tuple[bool, str]:
    arrived = Arrived("D", LAST - timedelta(days=days - 1), LAST)
    due, reason, _ = decide(
        arrived,
        horizon=42,
        champion=champion(LAST - timedelta(days=new_days)),
        live=live(seen) if seen else None,
        config=config or DatasetConfig(),
    )
    return due, reason


def test_without_a_champion_training_is_due_once_there_is_enough_history() -> None:
    config = DatasetConfig()
    enough = Arrived("D", LAST - timedelta(days=99), LAST)
    assert decide(enough, horizon=25, champion=None, live=None, config=config)[0]
    short = Arrived("D", LAST, LAST)
    due, reason, _ = decide(short, horizon=1, champion=None, live=None, config=config)
    assert not due
    assert "1 days of history" in reason


def test_four_weeks_of_new_days_make_it_due() -> None:
    assert ask(28)[0]
    assert not ask(27)[0]


def test_a_configured_policy_is_followed() -> None:
    config = DatasetConfig.from_toml("[retrain]\nmin_new_periods = 7", "shop.toml")
    assert ask(7, config=config)[0]


def test_live_accuracy_far_over_the_promise_makes_it_due_at_once() -> None:
    due, reason = ask(7, seen=0.13)
    assert due
    assert "live WAPE 0.130 is over 1.25 x the backtest's 0.100" in reason
    assert not ask(7, seen=0.12)[0]


def test_bad_live_accuracy_without_a_new_day_trains_nothing() -> None:
    assert not ask(0, seen=0.5)[0]


@pytest.mark.parametrize(
    ("frequency", "end", "periods"),
    [("D", date(2024, 2, 1), 31), ("W", date(2024, 1, 29), 4), ("M", date(2025, 3, 1), 14), ("Q", date(2025, 4, 1), 5)],
)
def test_periods_are_counted_in_the_data_s_own_frequency(frequency: Frequency, end: date, periods: int) -> None:
    assert periods_between(date(2024, 1, 1), end, frequency) == periods


def test_a_short_history_shortens_the_default_horizon_but_not_a_configured_one() -> None:
    month = Arrived("D", LAST - timedelta(days=39), LAST)
    assert horizon_of(DatasetConfig(), month) == 10
    assert horizon_of(DatasetConfig.from_toml("[model]\nhorizon = 28", "shop.toml"), month) == 28
