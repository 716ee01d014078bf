"""A model's card holds what it was measured by, and its segments are those of a plain loop."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from core.contracts.models import Evaluation, Manifest, Scores
from core.forecasting import refit
from core.forecasting.metrics import scores
from core.forecasting.segments import by_segment
from tests.unit.forecasting import shops
from training import card
from training.cli import app


def papers(score: Scores) -> Manifest:
    return Manifest(
        model_id="shop-1", dataset="shop", dataset_version=3, data_as_of=shops.START, frequency="D", horizon=14,
        quantiles=(0.1, 0.5, 0.9), known=("promo",), static=("kind",), features=(), history_periods=60, series=4,
        rows=1600, seed=7, backtest=score, naive=score, libraries={},
    )  # fmt: skip


def test_the_card_names_data_windows_segments_coverage_and_what_counts(tmp_path: Path) -> None:
    sales = shops.sales()
    model = refit(sales, shops.SPEC, shops.QUICK)
    values = card.card(papers(scores(model.backtest)), model, sales)
    assert len(values["windows"]) == 2
    assert {"days: promotion", "days: no promotion", "volume: largest third", "demand: steady"} <= set(
        values["segments"]
    )
    assert 0.7 < values["share_at_or_below_quantile"]["p90"] <= 1
    assert set(values["importances"]) == {"log", "tweedie"}
    evaluation = Evaluation(
        approved=True, reason="WAPE 0.1 beats seasonal naive's 0.2", dataset="shop", model_id="shop-1",
        champion_model_id=None, challenger=scores(model.backtest), champion=None, naive=scores(model.backtest),
    )  # fmt: skip
    left_out = {"new store": {"cold_start": scores(model.backtest).model_dump()}}
    text = card.markdown(json.loads(json.dumps(values | {"cold_start": left_out})), evaluation)
    assert "| new store | cold start |" in text
    assert "Approved: WAPE 0.1 beats seasonal naive's 0.2." in text
    assert "| days: promotion |" in text
    (tmp_path / card.CARD_JSON).write_text(json.dumps(values))
    (tmp_path / card.CARD_MARKDOWN).write_text(card.markdown(values))
    shown = CliRunner().invoke(app, ["card", str(tmp_path)])
    assert "Not judged yet" in shown.output
    assert json.loads(CliRunner().invoke(app, ["card", str(tmp_path), "--json"]).output)["dataset_version"] == 3


def test_the_card_tells_days_that_a_stock_out_hid_and_says_nothing_where_there_are_none() -> None:
    frame = shops.sales(200)
    late = (pl.col("item_id") == "a") & (pl.col("date") > frame["date"].max() - pl.duration(days=5))
    told = frame.with_columns(
        pl.when(late).then(0.0).otherwise("units").alias("units"), pl.when(late).then(0.0).otherwise(9.0).alias("stock")
    )
    texts = []
    for sales in (told, frame):
        model = refit(sales, shops.SPEC, shops.QUICK)
        texts.append(card.markdown(card.card(papers(scores(model.backtest)), model, sales)))
    assert "10 days of series ended without stock" in texts[0]
    assert "## Stock-outs" not in texts[1]


def test_the_card_says_that_no_whole_horizon_was_measured_and_nothing_where_one_was() -> None:
    texts = []
    for days in (26, 28):
        frame = shops.sales(days)
        model = refit(frame, shops.SPEC, shops.QUICK)
        texts.append(card.markdown(card.card(papers(scores(model.backtest)), model, frame)))
    assert "holds no two horizons: 7 periods ahead were measured, not 14" in texts[0]
    assert "no two horizons" not in texts[1]


def test_a_bundle_without_a_card_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["card", str(tmp_path)])
    assert result.exit_code == 2
    assert "holds no card.md" in result.output


def test_promotion_days_and_thirds_part_the_backtest() -> None:
    sales = shops.sales(60)
    tested = sales.with_columns(mean=pl.col("units") + pl.col("promo") * 2, naive=pl.lit(0.0)).drop("promo", "kind")
    told = by_segment(tested, sales)
    flagged = sales.filter(pl.col("promo") > 0)
    assert told["days: promotion"].rows == flagged.height
    assert told["days: promotion"].wape == pytest.approx(2 * flagged.height / flagged["units"].sum())
    assert told["days: no promotion"].wape == 0
    assert sum(score.rows for name, score in told.items() if name.startswith("volume")) == tested.height
    assert by_segment(tested.clear(), sales) == {}
