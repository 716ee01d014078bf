"""The application as people start it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from core.contracts.names import Environment
from stacks.application import SHARED, chosen
from stacks.config import load
from tests.unit.stacks.synthesis import STACKS, read, synthesise

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[3]


def run(outdir: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run app.py with no credentials, no Node, no Docker and no AWS tool on the path.

    The home folder stays, for the CDK's library is unpacked there once. The CDK's own validation costs
    seconds a process; the other tests' assemblies go through it.
    """
    nobody = {
        "CDK_VALIDATION": "false",
        "PATH": "/nonexistent",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    }
    env = nobody | {"HOME": os.environ["HOME"], "CDK_OUTDIR": str(outdir)} | environment
    return subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_it_synthesises_by_itself_and_under_the_cli_the_same_templates(tmp_path: Path) -> None:
    plain = run(tmp_path / "plain", ENVIRONMENT="staging")
    assert plain.returncode == 0, plain.stderr
    assert "end-of-life" not in plain.stderr
    context = json.dumps({"env": "staging"})
    by_cli = run(tmp_path / "cli", ENVIRONMENT="dev", CDK_CONTEXT_JSON=context)  # what ``-c env=staging`` becomes
    assert by_cli.returncode == 0, by_cli.stderr
    templates = {path.name: path.read_bytes() for path in (tmp_path / "plain").glob("*.template.json")}
    assert set(templates) == {f"mlops-staging-{stack}.template.json" for stack in STACKS if stack != SHARED}
    assert templates == {path.name: path.read_bytes() for path in (tmp_path / "cli").glob("*.template.json")}


def test_a_wrong_environment_is_one_sentence_before_synth(tmp_path: Path) -> None:
    done = run(tmp_path, ENVIRONMENT="qa")
    assert done.returncode == 1
    assert done.stderr.strip() == "environment is 'qa': choose dev, staging, prod"
    assert not list(tmp_path.glob("*.template.json"))


def test_stacks_can_be_built_alone(tmp_path: Path) -> None:
    done = run(tmp_path, ENVIRONMENT="dev", STACKS="observability, data")
    assert done.returncode == 0, done.stderr
    found = {path.name for path in tmp_path.glob("*.template.json")}
    assert found == {"mlops-dev-data.template.json", "mlops-dev-observability.template.json"}


def test_a_stack_nobody_knows_is_one_sentence(tmp_path: Path) -> None:
    done = run(tmp_path, STACKS="data,nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("STACKS names 'nothing': choose among data, ml, ")


def test_one_environment_has_the_account_s_images_and_pipeline_and_no_other_builds_them(tmp_path: Path) -> None:
    assert [name for name in get_args(Environment) if SHARED in chosen(None, load(name))] == ["dev"]
    done = run(tmp_path, ENVIRONMENT="prod", STACKS="delivery")
    assert done.returncode == 1
    assert done.stderr.startswith("STACKS names 'delivery', which an account has once and environments/prod.toml does")
    assert not list(tmp_path.glob("*.template.json"))


def test_the_entry_fits_a_screen() -> None:
    assert len((ROOT / "app.py").read_text().splitlines()) <= 60


def test_an_account_and_a_network_of_one_s_own_go_into_every_job(tmp_path: Path) -> None:
    text = (
        (ROOT / "environments" / "dev.toml")
        .read_text()
        .replace('region = "ap-southeast-1"', 'region = "eu-west-1"\naccount = "123456789012"')
    )
    text += '\n[network]\nsubnets = ["subnet-0a"]\nsecurity_groups = ["sg-0b"]\n'
    (tmp_path / "dev.toml").write_text(text)
    found = read(synthesise(load("dev", tmp_path), tmp_path / "out"), "dev")  # all stacks: none looks anything up
    (raw,) = [
        bucket["BucketName"]
        for bucket in found["data"].of_type("AWS::S3::Bucket").values()
        if bucket["BucketName"].startswith("mlops-dev-raw-")
    ]
    assert raw == "mlops-dev-raw-123456789012"
    ml = found["ml"]
    for name in ml.of_type("AWS::IAM::Role"):
        if name.startswith(("Ingest", "Train", "Evaluate", "Forecast", "Model")):
            everywhere = "arn:aws:ec2:eu-west-1:123456789012:network-interface/*"
            assert ml.may(name, "ec2:CreateNetworkInterface", everywhere)
