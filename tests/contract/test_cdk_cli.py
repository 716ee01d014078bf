"""The CDK's own command line against an AWS that is empty: bootstrap, deploy, destroy."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import boto3
import pytest

from local import synthesis
from local.deploy import STACKS
from local.filtering import filtered
from local.settings import ACCOUNT, REGION, REPOSITORY, aws_environment
from local.world import SYNTH_CACHE
from stacks.preflight.checks import BOOTSTRAP, BOOTSTRAP_LEAST
from tests.contract.conftest import Parts

CDK: Final = Path(sys.prefix, "cdk", "node_modules", ".bin", "cdk")
SECONDS: Final = 240
pytestmark = pytest.mark.skipif(not CDK.exists(), reason="the CDK's command line is not there: make cdk brings it")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """The application as synthesised, without what the emulator cannot hold."""
    folder = tmp_path / "cdk.out"
    shutil.copytree(synthesis.synthesise(SYNTH_CACHE), folder)
    for stack in synthesis.stacks(folder):
        if stack.name in STACKS:
            template = folder / f"{stack.name}.template.json"
            template.write_text(json.dumps(filtered(stack.template).template))
    return folder


def run(parts: Parts, assembly: Path, command: str, *arguments: str) -> str:
    """What the command line said, having ended well."""
    environment = aws_environment(parts.ports)
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    words: list[str | Path] = [CDK, command, "--ci", "--no-notices", "--app", assembly, *arguments]
    done = subprocess.run(
        words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_stacks_are_deployed_and_destroyed_by_the_command_line_that_people_type(
    own_parts: Parts, assembly: Path
) -> None:
    gateway = aws_environment(own_parts.ports)["AWS_ENDPOINT_URL"]
    cloud = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)
    formation = cloud.client("cloudformation", endpoint_url=gateway)
    functions = cloud.client("lambda", endpoint_url=gateway)

    run(own_parts, assembly, "bootstrap", f"aws://{ACCOUNT}/{REGION}")
    version = own_parts.cloud.ssm.get_parameter(Name=BOOTSTRAP)["Parameter"]["Value"]
    assert int(version) >= BOOTSTRAP_LEAST, "what preflight asks for is what this command line brings"

    run(own_parts, assembly, "deploy", "--require-approval", "never", *STACKS)
    states = {each["StackName"]: each["StackStatus"] for each in formation.describe_stacks()["Stacks"]}
    assert {states[name] for name in STACKS} == {"CREATE_COMPLETE"}
    deployed = {each["FunctionName"] for each in functions.list_functions()["Functions"]}
    assert deployed == {"mlops-dev-on-upload", "mlops-dev-promote", "mlops-dev-on-pipeline-change"}

    run(own_parts, assembly, "destroy", "--force", "--exclusively", *STACKS)
    left = {each["StackName"] for each in formation.describe_stacks()["Stacks"]}
    assert not left & set(STACKS)
    assert not functions.list_functions()["Functions"]
    buckets = {each["Name"] for each in own_parts.cloud.s3.list_buckets()["Buckets"]}
    assert not [name for name in buckets if name.startswith("mlops-")]
