"""Other people's rules: cdk-nag's AwsSolutions and cfn-lint, with nothing left unexplained."""

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from stacks.application import build, new_app
from stacks.config import Config, load
from stacks.constructs.grants import Grant
from tests.unit.stacks.opened import everything
from tests.unit.stacks.synthesis import STACKS, assembly

pytestmark = pytest.mark.xdist_group("synth")
ENVIRONMENTS = ("dev", "staging", "prod")
REDUNDANT_DEPENDENCIES = "W3005"
"""The CDK writes dependencies that references imply already; they change nothing."""
OF_THE_PIPELINE = ("AwsSolutions-IAM5[Action::", "AwsSolutions-CB3", "AwsSolutions-SQS3")
"""What the CDK grants by families of actions, the one build that has Docker, and queues that dead letters go to."""
MANAGED = {
    "AmazonEKSClusterPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
    "AmazonEKS_CNI_Policy",
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonElasticContainerRegistryPublicReadOnly",
}
"""Policies of AWS's own: the first five are what EKS requires, the others are of the CDK's function for kubectl."""


def accepted_by_nag(outdir: Path, config: Config) -> set[str]:
    """Findings there are reasons for; there are no others."""
    app = new_app(outdir=str(outdir))
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    build(app, config)
    app.synth()  # raises on findings
    (report,) = [
        each
        for each in json.loads((outdir / "validation-report.json").read_text())["pluginReports"]
        if each["pluginName"] == "AwsSolutions"
    ]
    assert report["conclusion"] == "success"
    assert report["violations"] == []
    accepted = {each["ruleName"] for each in report["suppressedViolations"]}
    assert accepted, "the rules have run and found what we gave reasons for"
    return accepted


def test_cdk_nag_knows_of_everything_that_a_file_can_turn_on(tmp_path: Path) -> None:
    accepted = accepted_by_nag(tmp_path, everything())
    assert "AwsSolutions-EC23" in accepted, "the load balancer's TLS port, which is meant to be open"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_cdk_nag_has_nothing_that_was_not_given_a_reason(tmp_path: Path, environment: str) -> None:
    accepted = accepted_by_nag(tmp_path, load(environment))
    kinds = ("AwsSolutions-IAM5[Resource::", "AwsSolutions-IAM4[Policy::", "AwsSolutions-L1", *OF_THE_PIPELINE)
    assert all(name.startswith(kinds) for name in accepted)
    managed = {name.rpartition("/")[2].split('"')[0].rstrip("]") for name in accepted if "IAM4" in name}
    assert managed == MANAGED


def test_cfn_lint_is_content_with_the_templates() -> None:
    templates = sorted(str(path) for name in ENVIRONMENTS for path in assembly(name).glob("*.template.json"))
    assert len(templates) == len(ENVIRONMENTS) * len(STACKS)
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", REDUNDANT_DEPENDENCIES, "--", *templates],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wildcard_without_a_reason_cannot_be_granted() -> None:
    with pytest.raises(ValueError, match="say why a wildcard is needed"):
        Grant(actions=("s3:GetObject",), resources=("arn:aws:s3:::bucket/*",))
