"""Sums are served from memory, proven like the forecasts they belong to."""

import hashlib

import polars as pl
from fastapi.testclient import TestClient

from core.contracts import keys
from service.app import create_app
from service.settings import Settings
from tests.unit.service.shop import LAKE, World, forecasts, parquet


def sums() -> pl.DataFrame:
    """By store and altogether, as the publish step writes them; quantiles nearer than those of the series."""
    numbers = [pl.col(name).sum() for name in ("mean", "p10", "p50", "p90")]
    by_store = forecasts().group_by("store_id", "date").agg(*numbers, pl.len().alias("series"))
    whole = forecasts().group_by("date").agg(*numbers, pl.len().alias("series")).with_columns(store_id=pl.lit("total"))
    level = pl.when(pl.col("store_id") == "total").then(pl.lit("total")).otherwise(pl.lit("store"))
    both = pl.concat([by_store, whole.select(by_store.columns)])
    return both.select(level.alias("level"), pl.col("store_id").alias("id"), pl.exclude("store_id"))


def serve(world: World, *, sha256: str | None = None) -> TestClient:
    body = parquet(sums())
    key = keys.forecasts("shop", "shop-1", "r1/totals.parquet")
    world.shop.put(LAKE, key, body)
    world.shop.publish(
        "shop-1", totals_uri=f"s3://{LAKE}/{key}", totals_sha256=sha256 or hashlib.sha256(body).hexdigest()
    )
    world.shop.promote("shop-1")
    world.look()
    return TestClient(create_app(Settings(), board=world.board), raise_server_exceptions=False)


def test_a_store_and_the_whole_are_answered_and_agree_with_the_series(world: World) -> None:
    client = serve(world)
    items = [f"/v1/forecasts?store_id=01&item_id={item}&horizon=2" for item in ("milk", "bread")]
    milk, bread = ([row["mean"] for row in client.get(address).json()["forecasts"]] for address in items)
    means = [sum(pair) for pair in zip(milk, bread, strict=True)]
    told = client.get("/v1/totals?by=store&id=01&horizon=2").json()
    assert [row["mean"] for row in told["forecasts"]] == means
    assert (told["by"], told["id"], told["model_id"]) == ("store", "01", "shop-1")
    assert len(client.get("/v1/totals?by=total").json()["forecasts"]) == 14


def test_what_is_unknown_is_named_with_what_there_is(world: World) -> None:
    client = serve(world)
    answer = client.get("/v1/totals?by=store&id=9")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_store")
    assert "'01'" in answer.json()["detail"]
    assert client.get("/v1/totals?by=department&id=9").json()["code"] == "unknown_department"
    assert client.get("/v1/totals?by=town").status_code == 422
    assert client.get("/v1/totals?by=total&horizon=99").json()["code"] == "horizon_out_of_range"


def test_a_publication_without_sums_serves_its_forecasts_and_says_so(client: TestClient) -> None:
    assert client.get("/v1/totals?by=total").json()["code"] == "no_totals"
    assert client.get("/v1/forecasts?store_id=01&item_id=milk").status_code == 200


def test_sums_that_are_not_those_published_are_not_served(world: World) -> None:
    client = serve(world, sha256="0" * 64)
    assert client.get("/v1/totals?by=total").status_code == 503
    assert "sha256" in str(world.board.states["shop"].last_error)
