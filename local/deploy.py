"""Deployment of the real templates to the laptop world, by CloudFormation."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from core.contracts import names
from core.contracts.errors import RetailForecastError
from local import synthesis
from local.filtering import OUTPUT_PREFIX, filtered
from local.settings import ACCOUNT, ENVIRONMENT, REGION

if TYPE_CHECKING:
    from local.cloud import Cloud
    from local.synthesis import Asset, Stack

Say = Callable[[str], None]
STACKS: Final = tuple(names.resource(ENVIRONMENT, part) for part in ("data", "ml", "observability"))
ASSETS: Final = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
BOOTSTRAP_VERSION: Final = ("/cdk-bootstrap/hnb659fds/version", "30")
_SECONDS: Final = 120


class DeployError(RetailForecastError):
    """A stack could not be deployed; the message carries CloudFormation's reasons."""


def deploy(cloud: Cloud, assembly: Path, say: Say) -> list[tuple[str, str, str]]:
    """Deploy the data, ml and observability stacks of an assembly, create or update.

    Returns what was left out: (logical id, type, reason).

    Raises:
        DeployError: a stack failed, or the assembly lacks one of the three.
    """
    found = {stack.name: stack for stack in synthesis.stacks(assembly)}
    if missing := [name for name in STACKS if name not in found]:
        raise DeployError(f"the application has no stack(s) {missing}; it has {sorted(found)}")
    _bootstrap(cloud)
    left_out: list[tuple[str, str, str]] = []
    for name, stack in found.items():
        if name in STACKS:
            say(f"deploying {name}")
            left_out += deploy_stack(cloud, stack)
    return left_out


def deploy_stack(cloud: Cloud, stack: Stack) -> list[tuple[str, str, str]]:
    """Deploy one stack: its assets, its template, its SageMaker resources."""
    result = filtered(stack.template)
    for asset in stack.assets:
        publish(cloud, asset)
    _create_or_update(cloud, stack.name, json.dumps(result.template, indent=1))
    _create_sagemaker(cloud, _outputs(cloud, stack.name))
    return list(result.left_out)


def _bootstrap(cloud: Cloud) -> None:
    """What ``cdk bootstrap`` leaves behind as far as templates ask for it: a bucket and a version."""
    try:
        cloud.s3.create_bucket(Bucket=ASSETS, CreateBucketConfiguration={"LocationConstraint": REGION})
    except ClientError as error:
        if error.response["Error"]["Code"] != "BucketAlreadyOwnedByYou":
            raise
    name, version = BOOTSTRAP_VERSION
    cloud.ssm.put_parameter(Name=name, Value=version, Type="String", Overwrite=True)


def publish(cloud: Cloud, asset: Asset) -> None:
    """Upload an asset unless it is there: its key is the hash of its content."""
    try:
        cloud.s3.head_object(Bucket=asset.bucket, Key=asset.key)
    except ClientError:
        body = _zip(asset.source) if asset.zipped else asset.source.read_bytes()
        cloud.s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)


def _zip(folder: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(path, path.relative_to(folder).as_posix())
    return buffer.getvalue()


def _create_or_update(cloud: Cloud, name: str, template: str) -> None:
    key = f"templates/{name}-{hashlib.sha256(template.encode()).hexdigest()[:20]}.json"
    cloud.s3.put_object(Bucket=ASSETS, Key=key, Body=template.encode())
    request: dict[str, Any] = {
        "StackName": name,
        "TemplateURL": f"{cloud.endpoint}/{ASSETS}/{key}",
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    status = _status(cloud, name)
    if status and not status.endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")):
        cloud.cloudformation.delete_stack(StackName=name)
        _wait(cloud, name)
        status = None
    try:
        if status:
            cloud.cloudformation.update_stack(**request)
        else:
            cloud.cloudformation.create_stack(**request)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return
        raise DeployError(f"{name}: {error}") from error
    ended = _wait(cloud, name)
    if ended not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeployError(f"{name} ended {ended}: {'; '.join(_reasons(cloud, name)) or 'no reason given'}")


def _status(cloud: Cloud, name: str) -> str | None:
    try:
        return cloud.cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
    except ClientError:
        return None


def _wait(cloud: Cloud, name: str) -> str | None:
    deadline = time.monotonic() + _SECONDS
    while (status := _status(cloud, name)) and status.endswith("_IN_PROGRESS"):
        if time.monotonic() > deadline:
            raise DeployError(f"{name} is still {status} after {_SECONDS} s")
        time.sleep(0.05)
    return None if status == "DELETE_COMPLETE" else status


def _reasons(cloud: Cloud, name: str) -> Iterable[str]:
    events = cloud.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    for event in events:
        if event["ResourceStatus"].endswith("_FAILED"):
            yield f"{event['LogicalResourceId']} ({event.get('ResourceType')}): {event.get('ResourceStatusReason')}"


def _outputs(cloud: Cloud, name: str) -> dict[str, str]:
    found = cloud.cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def _create_sagemaker(cloud: Cloud, outputs: dict[str, str]) -> None:
    resources: dict[str, dict[str, str]] = {}
    for key, value in outputs.items():
        if key.startswith(OUTPUT_PREFIX) and "X" in key:
            name, _, part = key.removeprefix(OUTPUT_PREFIX).rpartition("X")
            resources.setdefault(name, {})[part] = value
    for properties in resources.values():
        if "PipelineName" in properties:
            _pipeline(cloud, properties)
        else:
            _group(cloud, properties)


def _pipeline(cloud: Cloud, wanted: dict[str, str]) -> None:
    sagemaker = cloud.sagemaker
    try:
        present = sagemaker.describe_pipeline(PipelineName=wanted["PipelineName"])
    except ClientError:
        token = hashlib.sha256(wanted["PipelineDefinition"].encode()).hexdigest()
        sagemaker.create_pipeline(**wanted, ClientRequestToken=token)  # type: ignore[arg-type]
        return
    if any(present.get(name) != value for name, value in wanted.items()):
        sagemaker.update_pipeline(**wanted)  # type: ignore[arg-type]


def _group(cloud: Cloud, wanted: dict[str, str]) -> None:
    try:
        cloud.sagemaker.describe_model_package_group(ModelPackageGroupName=wanted["ModelPackageGroupName"])
    except ClientError:
        cloud.sagemaker.create_model_package_group(**wanted)  # type: ignore[arg-type]
