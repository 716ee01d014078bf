"""The model card is served as it was written, in the form asked for."""

from fastapi.testclient import TestClient

from core.contracts import keys
from service.app import create_app
from service.settings import Settings
from tests.unit.service.shop import LAKE, World

CARD = "/v1/models/current/card"


def serve(world: World, **papers: bytes) -> TestClient:
    for name, body in papers.items():
        world.shop.put(LAKE, keys.run("shop", "1", f"evaluation/card.{name}"), body)
    world.shop.publish("shop-1")
    world.shop.promote("shop-1")
    world.look()
    return TestClient(create_app(Settings(), board=world.board))


def test_the_card_is_markdown_for_people_and_json_for_programs(world: World) -> None:
    client = serve(world, md=b"# Model card: shop-1", json=b'{"model_id": "shop-1"}')
    address = client.get("/v1/models/current").json()["card"]
    assert address == f"{CARD}?dataset=shop"
    text = client.get(address)
    assert text.text == "# Model card: shop-1"
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert client.get(CARD, headers={"Accept": "application/json"}).json() == {"model_id": "shop-1"}
    assert client.get(CARD, headers={"Accept": "image/png, application/*;q=0.5"}).json() == {"model_id": "shop-1"}


def test_an_unknown_form_is_refused_with_those_there_are(world: World) -> None:
    client = serve(world, md=b"# Model card: shop-1")
    for wanted in ("image/png", "application/json"):
        answer = client.get(CARD, headers={"Accept": wanted})
        assert (answer.status_code, answer.json()["code"]) == (406, "accept")
        assert "text/markdown" in answer.json()["detail"]


def test_a_model_without_a_card_serves_and_says_so(world: World) -> None:
    client = serve(world)
    assert client.get("/v1/models/current").json()["card"] is None
    answer = client.get(CARD)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_card")
