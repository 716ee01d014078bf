"""A laptop world for tests: one a session, and fresh ones for tests that kill.

All tests here run in one worker (``--dist loadgroup``), so that one world is enough; a
test takes a dataset of its own by the ``dataset`` fixture.
"""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.aws.durable import DENIED
from local.client import Client
from local.settings import free_ports
from local.world import World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them all."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("twin"))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world that is up, shared by all tests that do not harm it.

    Functions and steps work in it under their deployed roles: what a role's policy does not allow is denied, as on
    AWS, and no test may have needed it.
    """
    made = World(tmp_path_factory.mktemp("world"), free_ports(), rights=True)
    made.up()
    yield made
    denied = [line for line in made.emulator.child.log.read_text("utf-8").splitlines() if DENIED in line]
    made.down()
    assert not denied, denied


@pytest.fixture
def client(world: World) -> Client:
    """A client of the shared world."""
    return world.client


@pytest.fixture
def dataset(request: pytest.FixtureRequest) -> str:
    """A dataset name nobody else uses."""
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")
    return f"{name[:24].strip('-')}-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:6]}"


@pytest.fixture
def new_world(tmp_path: Path) -> Iterator[Callable[[], World]]:
    """Makes worlds in one folder, one after the other: what one leaves behind the next finds."""
    made: list[World] = []

    def make() -> World:
        for earlier in made:
            earlier.down()
        made.append(World(tmp_path / "world", free_ports()))
        return made[-1]

    yield make
    for each in made:
        each.down()
