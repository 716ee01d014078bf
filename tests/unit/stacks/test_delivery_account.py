"""The pipeline's steps against an account: parameters and registry by moto, the rest by botocore's stubs."""

import json
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from core.contracts.errors import ConfigError
from stacks.delivery_steps import cloud
from stacks.delivery_steps.digests import Builds, in_use, keep, published, roll_back

REGION = "ap-southeast-1"
ONE, TWO = Builds("sha256:" + 64 * "1", "sha256:" + 64 * "a"), Builds("sha256:" + 64 * "2", "sha256:" + 64 * "b")
TAG = "v-1"
REPOSITORY = "mlops/training"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[boto3.Session]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.Session(region_name=REGION)


@pytest.fixture
def stubbed(account: boto3.Session) -> Iterator[tuple[Any, Stubber]]:
    client = account.client("ecr")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def test_builds_are_kept_in_the_parameter_store_and_come_back(account: boto3.Session) -> None:
    parameters = cloud.StoredParameters(account.client("ssm"))
    assert parameters.get("/mlops/dev/delivery/wanted") is None
    ONE.write(parameters, "dev", "wanted")
    keep(parameters, "dev")
    TWO.write(parameters, "dev", "wanted")
    assert published(parameters, "dev") == TWO
    roll_back(parameters, "dev")
    assert published(parameters, "dev") == ONE


def test_a_tag_that_is_in_the_registry_is_not_pushed_again(
    account: boto3.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = account.client("ecr")
    registry.create_repository(repositoryName=REPOSITORY)
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": {"digest": ONE.training}, "layers": []})
    pushed = registry.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag=TAG)
    registry.start_image_scan(repositoryName=REPOSITORY, imageId={"imageTag": TAG})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("something was pushed"))
    digest = cloud.publish(registry, "training", "mlops/training:v-1", TAG, "docker")
    assert digest == pushed["image"]["imageId"]["imageDigest"]


def test_what_an_environment_runs_or_comes_back_to_is_held_in_the_registry_once(account: boto3.Session) -> None:
    registry, parameters = account.client("ecr"), cloud.StoredParameters(account.client("ssm"))
    registry.create_repository(repositoryName=REPOSITORY)
    manifest = json.dumps({"schemaVersion": 2, "mediaType": cloud._MANIFESTS[0], "layers": []})
    image = registry.put_image(repositoryName=REPOSITORY, imageManifest=manifest, imageTag=TAG)["image"]["imageId"]
    there = Builds(image["imageDigest"], ONE.inference_api)
    there.write(parameters, "prod", "wanted")
    there.write(parameters, "prod", "good")
    assert in_use(parameters, "prod") == [there]
    TWO.write(parameters, "prod", "wanted")
    assert in_use(parameters, "prod") == [TWO, there]
    for _ in range(2):
        assert cloud.hold(registry, "training", there.training)
    tags = [each["imageTag"] for each in registry.list_images(repositoryName=REPOSITORY)["imageIds"]]
    assert sorted(tags) == sorted([TAG, f"held-{there.training[7:19]}"])
    assert not cloud.hold(registry, "training", TWO.training), "it has expired already"


def known(stub: Stubber) -> None:
    stub.add_response("describe_images", {"imageDetails": [{"imageDigest": ONE.training}]})


def scan(status: str, **counts: int) -> dict[str, Any]:
    return {"imageScanStatus": {"status": status}, "imageScanFindings": {"findingSeverityCounts": counts}}


def test_a_scan_is_waited_for_and_a_critical_finding_refuses_the_image(
    stubbed: tuple[Any, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, stub = stubbed
    known(stub)
    stub.add_client_error("describe_image_scan_findings", "ScanNotFoundException")
    stub.add_response("describe_image_scan_findings", scan("IN_PROGRESS"))
    stub.add_response("describe_image_scan_findings", scan("COMPLETE", CRITICAL=1, HIGH=3))
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with pytest.raises(ConfigError, match=r"mlops/training@sha256:1+: 1 critical findings: take a newer BASE"):
        cloud.publish(registry, "training", "mlops/training:v-1", TAG, "docker")
    assert len(waited) == 2


@pytest.mark.parametrize(
    "kind", ["application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"]
)
def test_an_image_that_sagemaker_makes_no_model_of_is_refused(stubbed: tuple[Any, Stubber], kind: str) -> None:
    registry, stub = stubbed
    there = {"imageDigest": ONE.training, "imageManifestMediaType": kind}
    stub.add_response("describe_images", {"imageDetails": [there]})
    with pytest.raises(ConfigError, match="build it by 'make image' under another VERSION"):
        cloud.publish(registry, "training", "mlops/training:v-1", TAG, "docker")


def test_a_scan_that_failed_is_no_pass(stubbed: tuple[Any, Stubber]) -> None:
    registry, stub = stubbed
    known(stub)
    stub.add_response("describe_image_scan_findings", scan("FAILED"))
    with pytest.raises(ConfigError, match="the scan ended as FAILED"):
        cloud.publish(registry, "training", "mlops/training:v-1", TAG, "docker")


def test_only_targets_of_the_cluster_s_own_balancer_are_looked_at(account: boto3.Session) -> None:
    client = account.client("elbv2")
    groups = [f"arn:aws:elasticloadbalancing:{REGION}:123456789012:targetgroup/{name}/1" for name in ("ours", "other")]
    tags = [
        {"ResourceArn": arn, "Tags": [{"Key": "elbv2.k8s.aws/cluster", "Value": cluster}]}
        for arn, cluster in zip(groups, ("mlops-dev-cluster", "mlops-prod-cluster"), strict=True)
    ]
    healthy = [{"TargetHealth": {"State": state}} for state in ("healthy", "draining")]
    with Stubber(client) as stub:
        stub.add_response("describe_target_groups", {"TargetGroups": [{"TargetGroupArn": arn} for arn in groups]})
        stub.add_response("describe_tags", {"TagDescriptions": tags})
        stub.add_response(
            "describe_target_health", {"TargetHealthDescriptions": healthy}, {"TargetGroupArn": groups[0]}
        )
        assert cloud.target_states(client, "mlops-dev-cluster") == ["healthy", "draining"]
        stub.assert_no_pending_responses()
