from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.unit.service.shop import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def serving(world: World) -> World:
    """One dataset, ``shop``, whose champion ``shop-1`` serves."""
    world.shop.describe("shop-1")
    world.shop.publish("shop-1")
    world.shop.promote("shop-1")
    world.look()
    return world


@pytest.fixture
def client(serving: World) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(), board=serving.board), raise_server_exceptions=False) as client:
        yield client
