import itertools
import math

import polars as pl
import pytest

from core.forecasting import metrics
from core.forecasting.metrics import quantile_columns, quantile_name
from tests.unit.forecasting import shops


def forecasts() -> tuple[pl.DataFrame, pl.DataFrame]:
    frame = shops.sales(60)
    last = shops.START.toordinal() + 45
    history = frame.filter(pl.col("date").map_elements(lambda d: d.toordinal(), pl.Int64) < last)
    window = frame.filter(pl.col("date").map_elements(lambda d: d.toordinal(), pl.Int64) >= last)
    made = window.with_columns(mean=pl.col("units") * 0.9 + 2, p10=pl.col("units") - 3, p50=pl.col("units") + 1)
    return made.with_columns(p90=pl.when(pl.col("promo") > 0).then(pl.col("units") - 1).otherwise(60)), history


def test_wape_bias_and_coverage_are_what_a_plain_loop_says() -> None:
    made, history = forecasts()
    scores = metrics.scores(made, history=history)
    rows = made.to_dicts()
    total = sum(abs(r["units"]) for r in rows)
    assert scores.rows == len(rows)
    assert scores.wape == pytest.approx(sum(abs(r["mean"] - r["units"]) for r in rows) / total)
    assert scores.bias == pytest.approx(sum(r["mean"] - r["units"] for r in rows) / total)
    assert scores.coverage == pytest.approx(sum(r["p10"] <= r["units"] <= r["p90"] for r in rows) / len(rows))


def test_pinball_is_what_a_plain_loop_says() -> None:
    made, _ = forecasts()
    loss = 0.0
    for row in made.to_dicts():
        for name, level in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            gap = row["units"] - row[name]
            loss += (level * gap if gap > 0 else (level - 1) * gap) / 3
    assert metrics.scores(made).pinball == pytest.approx(loss / sum(abs(r["units"]) for r in made.to_dicts()))


def test_rmsse_is_what_a_plain_loop_says() -> None:
    made, history = forecasts()
    parts, weights = [], []
    for key in made.select("store_id", "item_id").unique().to_dicts():
        past = history.filter(pl.all_horizontal(pl.col(k) == v for k, v in key.items()))["units"].to_list()
        rows = made.filter(pl.all_horizontal(pl.col(k) == v for k, v in key.items())).to_dicts()
        scale = sum((b - a) ** 2 for a, b in itertools.pairwise(past)) / (len(past) - 1)
        parts.append(math.sqrt(sum((r["mean"] - r["units"]) ** 2 for r in rows) / len(rows) / scale))
        weights.append(sum(past))
    expected = sum(p * w for p, w in zip(parts, weights, strict=True)) / sum(weights)
    assert metrics.scores(made, history=history).rmsse == pytest.approx(expected)


def test_nothing_sold_leaves_ratios_undefined() -> None:
    made, history = forecasts()
    nothing = made.with_columns(units=pl.lit(0.0))
    scores = metrics.scores(nothing, history=history.with_columns(units=pl.lit(0.0)))
    assert (scores.wape, scores.bias, scores.pinball, scores.rmsse) == (None, None, None, None)
    for absent in (metrics.scores(made.clear()), metrics.scores(made.clear(), history=history)):
        assert (absent.coverage, absent.rmsse) == (None, None)


def test_rows_without_units_do_not_count() -> None:
    made, _ = forecasts()
    holed = made.with_columns(pl.when(pl.col("promo") > 0).then(pl.col("units")).alias("units"))
    assert metrics.scores(holed) == metrics.scores(made.filter(pl.col("promo") > 0))


def test_quantile_columns_are_found_by_name_in_order() -> None:
    frame = pl.DataFrame({"p90": [1.0], "promo": [1], "p2.5": [1.0], "price": [1], "p50": [2.0]})
    assert quantile_columns(frame) == {"p2.5": 0.025, "p50": 0.5, "p90": 0.9}
    assert [quantile_name(q) for q in (0.1, 0.025, 0.5)] == ["p10", "p2.5", "p50"]
