"""What-ifs over the API: the published forecasts' own model, on what they were made of, under another plan."""

import asyncio
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts import keys
from core.forecasting import TrainedModel
from core.forecasting.what_if.file import Horizons, HorizonWriter
from core.forecasting.what_if.horizons import horizons
from core.forecasting.what_if.model import Answer, WhatIfModel
from core.forecasting.what_if.plans import Asked
from service import batches
from service.app import create_app
from service.batches import Batch
from service.board import Board
from service.routes import what_if
from service.settings import Settings
from tests.unit.forecasting import planned
from tests.unit.forecasting.planned import HORIZON, SERIES, Plan
from tests.unit.service.shop import LAKE, World, parquet

NUMBERS = ("mean", "p10", "p50", "p90")
PATH = "/v1/what-if"
A = {"store_id": "01", "item_id": "a"}


@cache
def model() -> TrainedModel:
    return planned.trained()


@cache
def published() -> pl.DataFrame:
    return model().predict(*planned.asked()).sort("store_id", "item_id", "date")


def days() -> list[str]:
    return [str(day) for day in published()["date"].unique().sort()]


@cache
def file_of(sha256: str, scratch: Path) -> bytes:
    path = scratch / "horizons"
    with HorizonWriter(path) as writer:
        for series, ready, shape in horizons(model(), *planned.asked()):
            writer.add(series, ready, shape)
        order = published().select("store_id", "item_id").unique(maintain_order=True).rows()
        writer.finish(model(), order=order, dates=published()["date"].unique().sort().to_list(), forecasts=sha256)
    return path.read_bytes()


def publish(world: World, scratch: Path | None, *, of: str | None = None, **more: Any) -> None:
    """The shop's forecasts, with what a what-if takes where there is a folder to write it in."""
    body = parquet(published())
    key = keys.forecasts("shop", "shop-1", "r2/forecasts.parquet")
    world.shop.put(LAKE, key, body)
    proof = hashlib.sha256(body).hexdigest()
    said = {
        "uri": f"s3://{LAKE}/{key}", "sha256": proof, "series": 5, "rows": 5 * HORIZON, "horizon": HORIZON,
        "data_as_of": planned.sales()["date"].max(),
    }  # fmt: skip
    if scratch is not None:
        told, path = file_of(of or proof, scratch), keys.forecasts("shop", "shop-1", "r2/horizons.bin")
        world.shop.put(LAKE, path, told)
        said |= {"horizons_uri": f"s3://{LAKE}/{path}", "horizons_sha256": hashlib.sha256(told).hexdigest()}
    world.shop.publish("shop-1", **{**said, **more})
    world.shop.promote("shop-1")
    world.look()


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Board:
    world = World()
    publish(world, tmp_path_factory.mktemp("what-if"))
    return world.board


@pytest.fixture(scope="module")
def client(board: Board) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), board=board), raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, plan: Plan, series: dict[str, str] = A) -> dict[str, Any]:
    told = [{"date": days()[day], **values} for day, values in plan.items()]
    answer = client.post(PATH, json={**series, "plan": told})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_what_if_is_answered_as_the_engine_forecasts_that_plan_beside_what_is_published(client: TestClient) -> None:
    plan: Plan = {2: {"promo": 1.0, "price": 1.5}, 3: {"promo": 1.0}, 7: {"open": 0.0}, 8: {"event": "fair"}}
    answer = ask(client, plan)
    history, future = planned.asked()
    whole = model().predict(history, planned.with_plan(future, ("01", "a"), plan))
    mine = whole.filter((pl.col("store_id") == "01") & (pl.col("item_id") == "a")).sort("date").to_dicts()
    stored = client.get("/v1/forecasts", params=A).json()
    assert [row["date"] for row in answer["forecasts"]] == days()
    for row, full, known in zip(answer.pop("forecasts"), mine, stored.pop("forecasts"), strict=True):
        assert row["published"] == {name: known[name] for name in NUMBERS}
        assert [row[name] for name in NUMBERS] == pytest.approx([full[name] for name in NUMBERS], abs=1.1e-4)
    assert answer == stored


def test_the_documented_route_answers_as_the_fast_one(client: TestClient, board: Board) -> None:
    app = create_app(Settings(), board=board)
    del app.router.routes[1]
    told = {**A, "plan": [{"date": days()[0], "price": 1.5}]}
    documented, fast = TestClient(app).post(PATH, json=told), client.post(PATH, json=told)
    assert documented.json() == fast.json()
    assert documented.json()["forecasts"][0]["mean"] != documented.json()["forecasts"][0]["published"]["mean"]


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many are computed together, time after time."""
    told: list[int] = []
    whole = WhatIfModel.forecasts

    def counted(model: WhatIfModel, asked: Sequence[Asked]) -> list[Answer]:
        told.append(len(asked))
        return whole(model, asked)

    monkeypatch.setattr(WhatIfModel, "forecasts", counted)
    return told


def held(board: Board) -> Horizons:
    serving = board.states["shop"].serving
    assert serving is not None
    assert serving.horizons is not None
    return serving.horizons


def test_what_ifs_of_one_moment_run_the_model_together_and_each_has_its_own_answer(
    client: TestClient, board: Board, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plans = [(store, item, price) for store, item in SERIES for price in (1.0, 3.0)]
    bodies = [
        {"store_id": store, "item_id": item, "plan": [{"date": days()[0], "price": price}]}
        for store, item, price in plans
    ]
    alone = [client.post(PATH, json=body).json() for body in bodies]
    assert sizes == [1] * len(bodies)
    sizes.clear()
    monkeypatch.setattr(batches, "MOST", 6)
    assert [answer.json() for answer in asyncio.run(at_once(board, bodies))] == alone
    assert sizes == [6, 4]


def test_a_fault_of_the_model_is_told_to_every_request_that_waits(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no")

    monkeypatch.setattr(WhatIfModel, "forecasts", fail)
    answers = asyncio.run(at_once(board, [{**A, "plan": [{"date": days()[0], "price": 2}]}] * 3))
    assert [answer.status_code for answer in answers] == [500] * 3


async def late(batch: Batch, horizons: Horizons, turns: int) -> Answer:
    """Asked some turns of the event loop later."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return await batch.forecast(horizons.model, (horizons.ready(0), {}))


def test_whoever_asks_while_others_come_is_answered_with_them(board: Board, sizes: list[int]) -> None:
    async def all_of(*turns: int) -> list[Answer]:
        batch, horizons = Batch(), held(board)
        return await asyncio.gather(*(late(batch, horizons, each) for each in turns))

    assert [len(answer.rows) for answer in asyncio.run(all_of(0, 0, 1, 2, 4, 20))] == [0] * 6
    assert sizes == [5, 1]


def test_who_has_gone_is_not_computed_for_and_the_others_are(board: Board, sizes: list[int]) -> None:
    async def one_goes(others: int) -> list[Answer]:
        batch, horizons = Batch(), held(board)
        tasks = [asyncio.create_task(late(batch, horizons, 0)) for _ in range(1 + others)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        answers = await asyncio.gather(*tasks[1:])
        await late(batch, horizons, 20)  # time enough for the one that has gone
        return answers

    assert len(asyncio.run(one_goes(2))) == 2
    assert len(asyncio.run(one_goes(0))) == 0
    assert sizes == [2, 1, 1]


async def at_once(board: Board, bodies: list[dict[str, Any]]) -> list[httpx.Response]:
    app = httpx.ASGITransport(create_app(Settings(), board=board), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url="http://api") as client:
        return await asyncio.gather(*(client.post(PATH, json=body) for body in bodies))


def test_an_api_key_is_asked_for_where_one_is_set(board: Board) -> None:
    client = TestClient(create_app(Settings(api_key="key"), board=board))
    told = {**A, "plan": [{"date": days()[0], "promo": 1}]}
    assert client.post(PATH, json=told).status_code == 401
    assert client.post(PATH, json=told, headers={"X-Api-Key": "key"}).status_code == 200


def test_days_for_which_nothing_changes_are_answered_as_they_are_published(client: TestClient) -> None:
    rows = ask(client, {0: {"price": 9.0}})["forecasts"]
    differs = [any(row[name] != row["published"][name] for name in NUMBERS) for row in rows]
    assert differs == [True] + [False] * (HORIZON - 1)
    assert not any(row["mean"] != row["published"]["mean"] for row in ask(client, {4: {}})["forecasts"])


@pytest.mark.parametrize(
    ("change", "status", "code", "words"),
    [
        ({"store_id": "9"}, 404, "unknown_store", "no store '9'"),
        ({"item_id": "z"}, 404, "unknown_item", "has no item 'z'"),
        ({"dataset": "other"}, 404, "unknown_dataset", "there are shop"),
        ({"plan": []}, 422, "invalid_request", "plan"),
        ({"plan": [{"promo": 1}]}, 422, "outside_horizon", "plan.0.date: is required; the 10 dates are"),
        ({"promo": 1}, 422, "invalid_request", "promo: is no parameter"),
    ],
)
def test_a_request_that_asks_for_nothing_there_is_refused(
    client: TestClient, change: dict[str, Any], status: int, code: str, words: str
) -> None:
    refused(client.post(PATH, json={**A, "plan": [{"date": days()[0], "promo": 1}], **change}), status, code, words)


@pytest.mark.parametrize(
    ("day", "code", "words"),
    [
        (
            {"promo": 1, "date": "2030-01-01"},
            "outside_horizon",
            "plan.0.date: '2030-01-01' is not forecast; the 10 dates",
        ),
        ({"promotion": 1}, "unknown_covariate", "did you mean 'promo'; a plan may say promo, price, event, open"),
        ({"kind": "x"}, "unknown_covariate", "no covariate 'kind'"),
        ({"price": "dear"}, "value_does_not_fit", "plan.0.price: 'dear': say a number"),
        ({"promo": 2}, "value_does_not_fit", "say 0 or 1"),
        ({"open": "yes"}, "value_does_not_fit", "say 0 or 1"),
        ({"event": "fayre"}, "value_does_not_fit", "say one of the words that sales had"),
        ({"price": None}, "value_does_not_fit", "plan.0.price: 'None': say a number"),
        ({"price": [1]}, "value_does_not_fit", "say a number"),
        ({"event": {"a": 1}}, "value_does_not_fit", "say one of the words"),
        ({"date": [1]}, "outside_horizon", "plan.0.date: '[1]' is not forecast"),
        ({"price": 1}, "planned_twice", "plan.1.price: two values"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused_with_its_place_and_what_would(
    client: TestClient, day: dict[str, Any], code: str, words: str
) -> None:
    plan = [{"date": days()[0], **day}, {"date": days()[0], "price": 2}]
    refused(client.post(PATH, json={**A, "plan": plan}), 422, code, words)


def refused(answer: httpx.Response, status: int, code: str, words: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert words in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_is_no_json_or_too_large_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post(PATH, content=b"plan").json()["code"] == "invalid_request"
    monkeypatch.setattr(what_if, "LARGEST_BODY", 10)
    answer = client.post(PATH, json={**A, "plan": [{"date": days()[0]}]})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_until_what_it_takes_has_come_a_what_if_is_refused_and_forecasts_are_served(tmp_path: Path) -> None:
    world = World()
    publish(world, None)
    client = TestClient(create_app(Settings(), board=world.board))
    body = {**A, "plan": [{"date": days()[0], "promo": 1}]}
    answer = client.post(PATH, json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "no_what_if")
    assert "start the forecast pipeline once" in answer.json()["detail"]
    assert client.post(PATH, json={**body, "store_id": "9"}).status_code == 404
    sent = world.objects.parquets_sent()
    publish(world, tmp_path)
    assert client.post(PATH, json=body).status_code == 200
    held = world.board.states["shop"].serving
    assert world.objects.parquets_sent() == sent, "the forecasts are the same and not fetched again"
    publish(world, tmp_path, causes_uri=None, causes_sha256="0")
    now = world.board.states["shop"].serving
    assert held is not None
    assert now is not None
    assert now is not held
    assert now.horizons is held.horizons, "nor is what a what-if takes"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"horizons_sha256": "0" * 64}, "its publication says 0000"),
        ({"of": "f" * 64}, "is of other forecasts than its publication"),
        ({"horizons_uri": "s3://elsewhere/horizons.bin"}, "forecasts are served from s3://lake only"),
        ({"horizons_uri": "s3://lake/none.bin"}, "there is no such object"),
    ],
)
def test_horizons_that_are_not_what_their_publication_says_change_nothing(
    serving: World, tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    publish(serving, tmp_path, **more)
    state = serving.board.states["shop"]
    assert state.last_error is not None
    assert words in state.last_error.sentence
    assert state.serving is not None
    assert state.serving.publication.run_id == "r1"
    assert state.serving.publication.horizon == 14, "the former forecasts are served on"


_VALUE = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just([1])
_DAY = st.dictionaries(st.sampled_from(["promo", "price", "event", "open", "kind", "date", "é"]), _VALUE, max_size=4)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=st.lists(st.tuples(st.integers(0, HORIZON), _DAY, st.booleans()), max_size=4))
def test_no_plan_ends_in_a_fault_of_ours(client: TestClient, plan: list[tuple[int, dict[str, Any], bool]]) -> None:
    dates = [*days(), "2030-01-01"]
    told = [values if bare else {**values, "date": dates[day]} for day, values, bare in plan]
    answer = client.post(PATH, content=json.dumps({**A, "plan": told}))
    assert answer.status_code in (200, 422), answer.text
    assert len(answer.text) < 5000
