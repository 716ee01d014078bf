"""A deployed environment is taken down by its own command, and proven gone."""

from collections.abc import Callable
from functools import partial

import pytest
from botocore.exceptions import ClientError

from local.settings import ENVIRONMENT, aws_environment
from local.world import World
from stacks import account
from stacks.teardown import __main__ as teardown


@pytest.fixture
def deployed(new_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch) -> World:
    world = new_world()
    world.up()
    for name, value in aws_environment(world.ports).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(teardown, "Account", partial(account.Account, pause=0.1))
    return world


def stacks(world: World) -> list[str]:
    found = world.client.cloud.cloudformation.describe_stacks()["Stacks"]
    return [each["StackName"] for each in found if each["StackStatus"] != "DELETE_COMPLETE"]


def test_an_environment_goes_with_all_it_holds_and_is_proven_gone(
    deployed: World, capsys: pytest.CaptureFixture[str]
) -> None:
    deployed.client.put("shop/sales.csv", b"date,store_id,item_id,units\n2024-01-01,S1,A,3\n")
    deployed.client.wait_until_settled("shop")

    assert teardown.main(["--env", ENVIRONMENT, "--proof"]) == 1
    said = capsys.readouterr().out
    assert "table/mlops-dev-uploads (nobody meant to keep it; costs by what it holds)" in said
    assert "not clean:" in said
    assert len(stacks(deployed)) == 3, "looking changes nothing"

    assert teardown.main(["--env", ENVIRONMENT, "--yes"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    assert stacks(deployed) == []
    assert said.index("deleting mlops-dev-observability") < said.index("deleting mlops-dev-ml")
    assert said.index("deleting mlops-dev-ml") < said.index("deleting mlops-dev-data")
    assert "objects and versions deleted from the buckets of mlops-dev-data" in said
    assert "a key on its way" in said
    assert "clean: nothing is left" in said
    with pytest.raises(ClientError):
        deployed.client.cloud.s3.head_bucket(Bucket=deployed.info.buckets.raw)
    assert teardown.main(["--env", ENVIRONMENT, "--yes"]) == 0, "a second time there is nothing to do"


def test_a_teardown_that_is_killed_at_any_step_is_ended_by_the_next(
    deployed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.client.put("shop/sales.csv", b"date,store_id,item_id,units\n2024-01-01,S1,A,3\n")
    deployed.client.wait_until_settled("shop")
    steps: list[str] = []

    def say(sentence: str) -> None:
        """Each sentence ends a step, and the process at its first time."""
        step = sentence.lstrip("0123456789 ")
        if not sentence.startswith(("left:", "clean:")) and step not in steps:
            steps.append(step)
            raise KeyboardInterrupt

    monkeypatch.setattr(teardown, "say", say)
    code = None
    while code is None:
        try:
            code = teardown.main(["--env", ENVIRONMENT, "--yes"])
        except KeyboardInterrupt:
            continue
    assert code == 0
    assert stacks(deployed) == []
    assert {"runs stopped", "registered models deleted", "models of forecasts deleted"} <= set(steps)
    assert {"deleting mlops-dev-observability", "deleting mlops-dev-ml", "deleting mlops-dev-data"} <= set(steps)
