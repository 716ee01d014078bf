"""The account: parameters, registry, load balancer, as the steps ask them."""

import base64
import subprocess
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from core.contracts.errors import ConfigError, RetryableError
from stacks.delivery_steps.digests import HELD

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

SCAN_SECONDS: Final = 900
LOOK_SECONDS: Final = 10
_SHORT: Final = 12
DOCKER: Final = "application/vnd.docker.distribution.manifest.v2+json"
"""The one kind of manifest that SageMaker makes a model of."""
_MANIFESTS: Final = [
    DOCKER,
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
]


class StoredParameters:
    """``Parameters`` in SSM."""

    def __init__(self, client: "SSMClient") -> None:
        self._client = client

    def get(self, name: str) -> str | None:
        """A value, None where nobody has set one."""
        try:
            return self._client.get_parameter(Name=name)["Parameter"].get("Value")
        except self._client.exceptions.ParameterNotFound:
            return None

    def put(self, name: str, value: str) -> None:
        """Set or replace a value."""
        self._client.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def findings(counts: dict[str, int]) -> str | None:
    """Why an image may not go on, by the number of findings of each severity; None where it may."""
    critical = counts.get("CRITICAL", 0)
    return f"{critical} critical findings: take a newer BASE or package" if critical else None


def publish(registry: Any, service: str, local: str, tag: str, builder: str) -> str:
    """Push one image unless its tag is there, wait for the scan; the digest.

    Raises:
        ConfigError: it is of a kind that SageMaker takes no model from, or the scan found something critical.
        RetryableError: the scan did not end in time.
    """
    repository = f"mlops/{service}"
    if (image := _image(registry, repository, tag)) is None:
        token = registry.get_authorization_token()["authorizationData"][0]
        user, password = base64.b64decode(token["authorizationToken"]).decode().split(":", 1)
        host = token["proxyEndpoint"].removeprefix("https://")
        remote = f"{host}/{repository}:{tag}"
        login = [builder, "login", "--username", user, "--password-stdin", host]
        subprocess.run(login, input=password, text=True, check=True)  # noqa: S603
        subprocess.run([builder, "tag", local, remote], check=True)  # noqa: S603
        subprocess.run([builder, "push", remote], check=True)  # noqa: S603
        image = _image(registry, repository, tag)
    if image is None:
        raise RetryableError(f"{repository}:{tag} was pushed, and the registry does not know it yet: publish again")
    kind = image.get("imageManifestMediaType", DOCKER)
    if kind != DOCKER:
        raise ConfigError(
            f"{repository}:{tag} is {kind}, and SageMaker makes models of {DOCKER} alone: build it by 'make image' "
            f"under another VERSION, with BUILDER=buildah where Docker keeps writing the other kind"
        )
    digest = str(image["imageDigest"])
    _scanned(registry, repository, digest)
    return digest


def hold(registry: Any, service: str, digest: str) -> bool:
    """Keep an image however many are built after it, by a tag that the registry's rules leave alone.

    Returns:
        False where the registry does not have it any more.
    """
    repository = f"mlops/{service}"
    tag = HELD + digest.removeprefix("sha256:")[:_SHORT]
    if _image(registry, repository, tag) is not None:
        return True
    found = registry.batch_get_image(
        repositoryName=repository, imageIds=[{"imageDigest": digest}], acceptedMediaTypes=_MANIFESTS
    )
    if not found["images"]:
        return False
    image = found["images"][0]
    registry.put_image(
        repositoryName=repository,
        imageManifest=image["imageManifest"],
        imageManifestMediaType=image["imageManifestMediaType"],
        imageDigest=digest,
        imageTag=tag,
    )
    return True


def _image(registry: Any, repository: str, tag: str) -> dict[str, Any] | None:
    try:
        found = registry.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except registry.exceptions.ImageNotFoundException:
        return None
    return dict(found["imageDetails"][0])


def _scanned(registry: Any, repository: str, digest: str) -> None:
    end = time.monotonic() + SCAN_SECONDS
    while time.monotonic() < end:
        try:
            found = registry.describe_image_scan_findings(repositoryName=repository, imageId={"imageDigest": digest})
            state = found["imageScanStatus"]["status"]
        except registry.exceptions.ScanNotFoundException:
            state = "PENDING"
        if state in ("COMPLETE", "ACTIVE"):
            if sentence := findings(found["imageScanFindings"].get("findingSeverityCounts", {})):
                raise ConfigError(f"{repository}@{digest}: {sentence}")
            return
        if state not in ("PENDING", "IN_PROGRESS"):
            raise ConfigError(f"{repository}@{digest}: the scan ended as {state}: see it in the console")
        time.sleep(LOOK_SECONDS)
    raise RetryableError(f"{repository}@{digest}: the scan did not end in {SCAN_SECONDS} s: publish again")


def unhealthy(states: Iterable[str]) -> str | None:
    """What is wrong with the service behind its load balancer, by its targets' states; None where nothing is."""
    counted = list(states)
    gone = [state for state in counted if state not in ("healthy", "draining")]
    if gone:
        return f"{len(gone)} of {len(counted)} targets are {', '.join(sorted(set(gone)))}"
    return None if "healthy" in counted else "the load balancer has no healthy target"


def target_states(balancer: Any, cluster: str) -> list[str] | None:
    """States of the targets of a cluster's load balancers, None where it has none."""
    pages = balancer.get_paginator("describe_target_groups").paginate()
    arns = [group["TargetGroupArn"] for page in pages for group in page["TargetGroups"]]
    ours = []
    for start in range(0, len(arns), 20):
        for described in balancer.describe_tags(ResourceArns=arns[start : start + 20])["TagDescriptions"]:
            tags = {each["Key"]: each["Value"] for each in described["Tags"]}
            if tags.get("elbv2.k8s.aws/cluster") == cluster:
                ours.append(described["ResourceArn"])
    if not ours:
        return None
    return [
        target["TargetHealth"]["State"]
        for arn in ours
        for target in balancer.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    ]
