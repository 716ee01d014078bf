"""``/invocations`` with a model the engine trained, saved and loaded again."""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from fastapi.testclient import TestClient

from core.forecasting import ForecastSpec, Recipe, TrainedModel, refit
from core.forecasting.groups import GROUPS
from service.app import app_from
from service.frames import COLUMNS, JSON, PARQUET
from service.routes import sagemaker
from service.settings import Settings
from tests.unit.service.shop import manifest, parquet

HORIZON = 7


def sales() -> pl.DataFrame:
    days = pl.DataFrame({"day": range(200)})
    series = pl.DataFrame({"store_id": ["01", "01", "2"], "item_id": ["milk", "bread", "milk"], "level": [20, 5, 60]})
    return days.join(series, how="cross").select(
        (pl.lit(date(2024, 1, 1)) + pl.duration(days="day")).cast(pl.Date).alias("date"),
        "store_id",
        "item_id",
        (pl.col("level") + pl.col("day") % 7 + (pl.col("day") * 7919) % 5).cast(pl.Float64).alias("units"),
        (pl.col("day") % 9 == 0).cast(pl.Float64).alias("promo"),
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("opt-ml")
    folder = root / "model"
    spec = ForecastSpec(horizon=HORIZON, frequency="D", known=("promo",), backtest_windows=1)
    refit(sales(), spec, Recipe(rounds=20)).save(folder)
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    (folder / "manifest.json").write_text(manifest("shop-1", files=files).model_dump_json())
    return root


@pytest.fixture(scope="module")
def client(bundle: Path) -> TestClient:
    return TestClient(app_from(Settings(opt_ml=bundle)))


def asked() -> pl.DataFrame:
    """History and future in one table, as the prepare step writes it."""
    history = sales()
    dates = [date(2024, 7, 19) + timedelta(days=day) for day in range(HORIZON)]
    future = (
        history.select("store_id", "item_id")
        .unique(maintain_order=True)
        .join(pl.DataFrame({"date": dates}), how="cross")
    )
    return pl.concat(
        [history.with_columns(_future=False), future.with_columns(promo=0.0, _future=True)], how="diagonal_relaxed"
    )


def test_the_served_model_forecasts_as_the_engine_does(client: TestClient, bundle: Path) -> None:
    assert client.get("/ping").status_code == 200
    answer = client.post("/invocations", content=parquet(asked()), headers={"Content-Type": PARQUET})
    assert answer.status_code == 200, answer.text
    served = pl.read_parquet(BytesIO(answer.content))
    assert tuple(served.columns) == COLUMNS
    assert served.height == 3 * HORIZON
    rows = asked()
    future = rows.filter("_future").drop("_future", "units")
    direct = TrainedModel.load(bundle / "model").predict(rows.filter(~pl.col("_future")).drop("_future"), future)
    assert served.equals(direct.select(COLUMNS))
    assert served.select(((pl.col("p10") <= pl.col("p50")) & (pl.col("p50") <= pl.col("p90"))).all()).item()


def test_it_speaks_json_too(client: TestClient) -> None:
    rows = asked().with_columns(pl.col("date").cast(pl.String))
    body = {
        "history": rows.filter(~pl.col("_future")).drop("_future").to_dicts(),
        "future": rows.filter("_future").drop("_future", "units").to_dicts(),
    }
    answer = client.post("/invocations", json=body)
    assert answer.headers["content-type"] == JSON
    assert answer.json()["model_id"] == "shop-1"
    assert len(answer.json()["forecasts"]) == 3 * HORIZON


@pytest.mark.parametrize("column", ["promo", "units"])
def test_a_column_left_out_is_no_crash(client: TestClient, column: str) -> None:
    answer = client.post("/invocations", content=parquet(asked().drop(column)), headers={"Content-Type": PARQUET})
    assert answer.status_code in (200, 422), answer.text


def test_a_series_never_seen_is_forecast_as_a_cold_start(client: TestClient) -> None:
    rows = asked()
    new = (
        rows.filter("_future").with_columns(item_id=pl.lit("butter")).unique(["date", "store_id"], maintain_order=True)
    )
    body = parquet(pl.concat([rows, new]))
    answer = client.post("/invocations", content=body, headers={"Content-Type": PARQUET, "Accept": JSON})
    assert answer.status_code == 200, answer.text
    tiers = {row["item_id"]: row["tier"] for row in answer.json()["forecasts"]}
    assert tiers["butter"] == "cold_start"
    assert tiers["milk"] == "model"


def test_it_says_why_in_units_that_sum_to_the_forecast(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = {"content": parquet(asked()), "headers": {"Content-Type": PARQUET, "Accept": JSON}}
    rows = client.post("/invocations?explain=true", **sent).json()["forecasts"]
    forecast = client.post("/invocations", **sent).json()["forecasts"]
    assert [row["mean"] for row in rows] == pytest.approx([row["mean"] for row in forecast], rel=1e-5)
    for row in rows:
        assert sum(row[name] for name in GROUPS) == pytest.approx(row["mean"])
        assert row["basis"] == "the series' own sales"
    monkeypatch.setattr(sagemaker, "MOST_EXPLAINED", 2)
    answer = client.post("/invocations?explain=true", **sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "what_to_explain")
