"""Why a stored forecast is what it is: served from memory, and the causes sum to the forecast."""

import hashlib
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient

from core.contracts import keys
from core.forecasting.groups import GROUPS
from service.app import create_app
from service.causes import MOVERS, Causes
from service.forecast_store import ForecastStore
from service.settings import Settings
from tests.unit.service.shop import LAKE, World, forecasts, parquet

MILK = "/v1/forecasts?store_id=01&item_id=milk"


def told(days: int = 14) -> pl.DataFrame:
    """Causes of the shop's forecasts for so many days, as the publish step writes them."""
    first = forecasts().group_by("store_id", "item_id", maintain_order=True).head(days)
    moves = {name: pl.col("mean") / (place + 3) - 1 for place, name in enumerate(MOVERS)}
    return (
        first.with_columns(basis=pl.lit("its own sales"), **moves)
        .with_columns(baseline=pl.col("mean") - pl.sum_horizontal(MOVERS))
        .select("date", "store_id", "item_id", *GROUPS, "basis")
    )


def publish(world: World, frame: pl.DataFrame, *, sha256: str | None = None, **more: Any) -> None:
    body, key = parquet(frame), keys.forecasts("shop", "shop-1", "r1/causes.parquet")
    world.shop.put(LAKE, key, body)
    proof = sha256 or hashlib.sha256(body).hexdigest()
    world.shop.publish("shop-1", causes_uri=f"s3://{LAKE}/{key}", causes_sha256=proof, **more)
    world.look()


@pytest.mark.parametrize("route", ["fast", "documented"])
def test_the_causes_of_each_stored_forecast_sum_to_it(serving: World, route: str) -> None:
    publish(serving, told())
    app = create_app(Settings(), board=serving.board)
    if route == "documented":
        del app.router.routes[0]
    client = TestClient(app)
    plain = client.get(MILK).json()
    answer = client.get(f"{MILK}&explain=true").json()
    for row, explained in zip(plain["forecasts"], answer.pop("forecasts"), strict=True):
        causes, basis = explained.pop("causes"), explained.pop("basis")
        assert tuple(causes) == GROUPS
        assert sum(causes.values()) == pytest.approx(row["mean"], abs=1e-9)
        assert causes["season"] == pytest.approx(row["mean"] / 3 - 1, abs=1e-4)
        assert basis == "its own sales"
        assert explained == row
    assert answer == {name: value for name, value in plain.items() if name != "forecasts"}


def test_forecasts_beyond_those_explained_say_that_nothing_is_told(serving: World) -> None:
    publish(serving, told(days=3))
    rows = TestClient(create_app(Settings(), board=serving.board)).get(f"{MILK}&explain=true").json()["forecasts"]
    assert [row["causes"] is None for row in rows] == [False] * 3 + [True] * 11
    assert rows[-1]["basis"] is None


def test_until_the_causes_have_come_the_forecasts_are_served_without(serving: World) -> None:
    client = TestClient(create_app(Settings(), board=serving.board), raise_server_exceptions=False)
    answer = client.get(f"{MILK}&explain=true")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_causes")
    sent = serving.objects.parquets_sent()
    publish(serving, told())
    assert client.get(f"{MILK}&explain=true").status_code == 200
    assert serving.objects.parquets_sent() == sent + 1, "the forecasts are the same and not fetched again"


def test_causes_that_are_not_what_their_publication_says_change_nothing(serving: World) -> None:
    publish(serving, told(), sha256="0" * 64)
    state = serving.board.states["shop"]
    assert state.last_error is not None
    assert "sha256" in state.last_error.sentence
    assert state.serving is not None
    assert state.serving.causes is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (told().filter(pl.col("item_id") != "bread"), "4 series are explained, 5 forecast"),
        (told().with_columns(item_id=pl.col("item_id") + "!"), "or they are others"),
        (told().with_columns(pl.col("date").dt.offset_by("1d")), "dates explained"),
        (pl.concat([told(), told().with_columns(pl.col("date").dt.offset_by("14d"))]), "dates explained"),
        (told().with_columns(price=pl.lit(float("nan"))), "not finite"),
        (told().with_columns(price=pl.lit(None, pl.Float64)), "missing"),
    ],
)
def test_causes_of_other_forecasts_are_refused(wrong: pl.DataFrame, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Causes.of(wrong, ForecastStore.of(forecasts()))
