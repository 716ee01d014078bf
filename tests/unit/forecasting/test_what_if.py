"""A what-if of one series is the forecast that all series together have under the same plan."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.contracts.dataset import Frequency
from core.contracts.errors import RejectedDataError, RejectedModelError
from core.forecasting import TrainedModel, rare
from core.forecasting.encoding import Encoding
from core.forecasting.what_if.file import Horizons, HorizonWriter
from core.forecasting.what_if.horizons import horizons
from core.forecasting.what_if.model import NUMBERS
from core.forecasting.what_if.plans import Changes
from core.forecasting.what_if.values import coder
from tests.unit.forecasting import planned
from tests.unit.forecasting.planned import EVENTS, HORIZON, NEW, SERIES, Plan

Case = tuple[Frequency, int, bool]
"""Frequency, periods before the horizon that nobody has sales of, and whether there is a spread booster."""
CASES: list[Case] = [("D", 0, False), ("D", 3, True), ("W", 0, True)]
FILES: list[Case] = [*CASES, ("D", 3, False)]
PLANS = st.dictionaries(
    st.integers(0, HORIZON - 1),
    st.fixed_dictionaries(
        {},
        optional={
            "promo": st.sampled_from([0.0, 1.0]),
            "price": st.floats(0.5, 9.0, width=32),
            "event": st.sampled_from(EVENTS),
            "open": st.sampled_from([0.0, 1.0]),
        },
    ),
    max_size=HORIZON,
)


@cache
def model_of(frequency: Frequency, from_rows: bool = False) -> TrainedModel:
    return planned.trained(frequency, from_rows=from_rows)


def write(
    file: Path,
    case: Case = ("D", 0, False),
    order: list[tuple[str, str]] = SERIES,
    model: TrainedModel | None = None,
) -> Path:
    frequency, gap, from_rows = case
    model, (history, future) = model or model_of(frequency, from_rows), planned.asked(frequency, gap=gap)
    with HorizonWriter(file) as writer:
        for series, ready, shape in horizons(model, history, future):
            writer.add(series, ready, shape)
        writer.finish(model, order=order, dates=future["date"].unique().sort().to_list(), forecasts="proof")
    return file


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Horizons]:
    folder = tmp_path_factory.mktemp("horizons")
    return {case: Horizons.read(write(folder / str(case), case).open("rb")) for case in FILES}


def numbers(frame: pl.DataFrame, series: tuple[str, str]) -> np.ndarray[Any, Any]:
    mine = frame.filter((pl.col("store_id") == series[0]) & (pl.col("item_id") == series[1])).sort("date")
    return mine.select(NUMBERS).to_numpy()


def changes(held: Horizons, plan: Plan) -> Changes:
    told: dict[str, dict[int, float]] = {}
    for day, values in plan.items():
        for name, value in values.items():
            told.setdefault(name, {})[day] = held.coders[name](value)
    return {
        name: (np.array(list(days)), np.array(list(days.values()), dtype=np.float32)) for name, days in told.items()
    }


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(max_examples=25, deadline=None)
@given(plan=PLANS, place=st.integers(0, len(SERIES) - 1))
def test_a_what_if_is_the_forecast_of_all_series_with_that_plan(
    files: dict[Case, Horizons], case: Case, plan: Plan, place: int
) -> None:
    history, future = planned.asked(case[0], gap=case[1])
    held, model, series = files[case], model_of(case[0], case[2]), SERIES[place]
    known = numbers(model.predict(history, future), series)
    whole = numbers(model.predict(history, planned.with_plan(future, series, plan)), series)
    ready = held.ready(place)
    told = held.model.forecast(ready, changes(held, plan))
    answer = known.copy()
    answer[told.rows] = told.numbers
    np.testing.assert_allclose(answer, whole, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(
        held.model.forecast(ready, changes(held, plan), whole=True).numbers, whole, rtol=1e-9, atol=1e-12
    )


@settings(max_examples=15, deadline=None)
@given(told=st.lists(st.tuples(st.integers(0, len(SERIES) - 1), st.booleans(), PLANS), min_size=1, max_size=6))
def test_series_asked_at_once_are_answered_as_each_alone(
    files: dict[Case, Horizons], told: list[tuple[int, bool, Plan]]
) -> None:
    near, far = files["D", 0, False], files["D", 3, False]
    asked = [((far if later else near).ready(place), changes(near, plan)) for place, later, plan in told]
    for together, (ready, change) in zip(near.model.forecasts(asked), asked, strict=True):
        alone = near.model.forecast(ready, change)
        assert np.array_equal(together.rows, alone.rows)
        assert np.array_equal(together.numbers, alone.numbers)


def test_of_the_plan_that_is_known_nothing_changes(files: dict[Case, Horizons]) -> None:
    held = files["D", 0, False]
    _, future = planned.asked()
    for place, (store, item) in enumerate(SERIES):
        mine = future.filter((pl.col("store_id") == store) & (pl.col("item_id") == item)).sort("date")
        plan = dict(enumerate(mine.select("promo", "price", "event", "open").to_dicts()))
        assert not len(held.model.forecast(held.ready(place), changes(held, plan)).rows)


def test_a_series_is_found_in_the_order_of_the_published_forecasts(tmp_path: Path) -> None:
    held = Horizons.read(write(tmp_path / "file", order=SERIES[::-1]).open("rb"))
    straight = Horizons.read(write(tmp_path / "other").open("rb"))
    assert (len(held), held.forecasts) == (5, "proof")
    assert held.dates == [str(day) for day in planned.asked()[1]["date"].unique().sort()]
    for place in range(5):
        assert np.array_equal(held.ready(place).values, straight.ready(4 - place).values, equal_nan=True)


def test_series_that_sell_rarely_have_a_blend_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rare, "_SHARE", -1.0)  # all that have sold
    usual = model_of("D")
    model = replace(usual, recipe=replace(usual.recipe, rare={"tweedie": 0.3, "local": 0.7}))
    held = Horizons.read(write(tmp_path / "rare", model=model).open("rb"))
    history, future = planned.asked()
    told, before = model.predict(history, future), usual.predict(history, future)
    explained = model.explain(history, future)
    np.testing.assert_allclose(explained["mean"], told["mean"], rtol=1e-5)
    for place, series in enumerate(SERIES):
        plain = held.model.forecast(held.ready(place), {}, whole=True).numbers
        np.testing.assert_allclose(plain, numbers(told, series), rtol=1e-9, atol=1e-12)
        alike = np.array_equal(numbers(told, series), numbers(before, series))
        assert alike == (series == NEW)


def test_a_published_series_that_was_never_asked_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedModelError, match=r"1 published series were in no request, first \[\('9', 'z'\)\]"):
        write(tmp_path / "file", order=[*SERIES, ("9", "z")])


def test_a_series_asked_for_on_fewer_dates_is_refused() -> None:
    history, future = planned.asked()
    with pytest.raises(RejectedDataError, match="not asked for on 10 dates in a row"):
        list(horizons(model_of("D"), history, future[1:]))


def test_horizons_of_another_version_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "file")
    monkeypatch.setattr("core.forecasting.what_if.file._READ", (3, 4))
    with pytest.raises(RejectedModelError, match="horizons of version 2; this service reads 3 to 4"):
        Horizons.read(file.open("rb"))


WORDS = Encoding("event", "code", {"": 0.0, "7": 1.0, "fair": 2.0, "true": 3.0}, 0.0)
FLAG, NUMBER = Encoding("promo", "flag", None, 0.0), Encoding("price", "number", None, 0.0)


@pytest.mark.parametrize(
    ("encoding", "value", "code"),
    [
        (WORDS, "fair", 2), (WORDS, 7, 1), (WORDS, 7.0, 1), (WORDS, True, 3), (WORDS, "", 0),
        (FLAG, True, 1), (FLAG, 0, 0), (NUMBER, 2, 2), (NUMBER, -0.5, -0.5),
    ],
)  # fmt: skip
def test_a_value_has_the_code_that_a_file_would_give_it(encoding: Encoding, value: Any, code: float) -> None:
    assert coder(encoding)(value) == code
    if encoding.codes is not None:
        assert encoding.apply(pl.Series([value])).to_list() == [code]


@pytest.mark.parametrize(
    ("encoding", "value", "words"),
    [
        (WORDS, "Fair", "one of the words that sales had: '', '7', 'fair', 'true'"),
        (FLAG, 0.5, "0 or 1"), (FLAG, "1", "0 or 1"),
        (NUMBER, True, "a number"), (NUMBER, "2", "a number"), (NUMBER, 10**400, "a number"),
        (NUMBER, float("nan"), "a number"), (NUMBER, 1e300, "a number"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused_with_what_may_be_said(encoding: Encoding, value: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        coder(encoding)(value)
