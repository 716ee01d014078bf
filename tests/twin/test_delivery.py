"""The pipeline's stage that has an environment learn, against a deployed one."""

import pytest

from local.settings import ENVIRONMENT, aws_environment
from local.world import World
from stacks.delivery_steps import __main__ as steps
from stacks.delivery_steps import cloud, learning
from stacks.delivery_steps.check_sales import DATASET
from stacks.delivery_steps.digests import Builds

DIGESTS = Builds(*(f"sha256:{letter * 64}" for letter in "ab"))


def test_make_train_drops_a_small_shop_and_ends_well_when_its_forecasts_are_there(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws_environment(world.ports).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(learning, "LOOK_SECONDS", 0.2)
    DIGESTS.write(cloud.StoredParameters(world.client.cloud.ssm), ENVIRONMENT, "wanted")
    command = ["train", "--env", ENVIRONMENT, "--tag", "one"]
    assert steps.main(command) == 0, capsys.readouterr().err
    said = capsys.readouterr().err
    (champion,) = world.client.champions(DATASET)
    assert f"{champion.model_id} is champion: 84 forecasts from 2024-07-18 on" in said
    assert "mlops-dev-cluster is not deployed: the service was not looked at" in said
    files = [upload.key for upload in world.client.uploads(DATASET)]
    assert files == [f"{DATASET}/one.csv"]

    assert steps.main(command) == 0
    assert capsys.readouterr().err == said, "a stage that is run again finds what it did"
    assert len(world.client.uploads(DATASET)) == 1
    world.client.wait_until_settled(DATASET)
