import json
from types import SimpleNamespace
from typing import Any

from service.handler import LambdaApi
from service.settings import Settings
from tests.unit.service.shop import World


def event(path: str, query: str = "") -> dict[str, Any]:
    """A function URL's or HTTP API's event."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "example.com"},
        "requestContext": {"http": {"method": "GET", "path": path, "sourceIp": "127.0.0.1"}},
        "isBase64Encoded": False,
    }


def test_a_lambda_looks_when_it_is_time_and_answers_the_same(world: World) -> None:
    world.shop.publish("shop-1")
    world.shop.promote("shop-1")
    api = LambdaApi(Settings(), world.board, world.loader)
    context = SimpleNamespace()
    answer = api(event("/v1/forecasts", "store_id=01&item_id=milk&horizon=1"), context)
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["model_id"] == "shop-1"
    world.shop.publish("shop-2")
    world.shop.promote("shop-2")
    assert json.loads(api(event("/v1/models/current"), context)["body"])["publication"]["model_id"] == "shop-1"
    world.clock.now += 3
    assert json.loads(api(event("/v1/models/current"), context)["body"])["publication"]["model_id"] == "shop-2"
    missing = api(event("/v1/forecasts", "store_id=7&item_id=milk"), context)
    assert missing["statusCode"] == 404
    assert missing["headers"]["content-type"] == "application/problem+json"
