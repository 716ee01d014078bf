"""The two step types that only write to the registry, each safe to repeat after a crash."""

from typing import Any

from local.sagemaker import events
from local.sagemaker.events import Courier
from local.sagemaker.registry import Registry


def register(
    registry: Registry, courier: Courier, execution: str, step: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    """Register a model package once for this step of this execution and send its event."""
    token = f"{execution}-{step}"
    body = {**arguments, "ClientToken": token}
    answer = create_package(registry, courier, body)
    return registry.call("DescribeModelPackage", {"ModelPackageName": answer["ModelPackageArn"]})


def create_package(registry: Registry, courier: Courier, body: dict[str, Any]) -> dict[str, Any]:
    """Create a model package, or find the one made with this client token, and send its event."""
    answer = registry.once("CreateModelPackage", body, by="ClientToken")
    announce(registry, courier, answer["ModelPackageArn"])
    return answer


def announce(registry: Registry, courier: Courier, arn: str) -> None:
    """Send the state change event of a package as it now is."""
    courier.send(events.package_changed(registry.call("DescribeModelPackage", {"ModelPackageName": arn})))


def create_model(registry: Registry, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Create the model of a Model step, or find it."""
    body = {"ModelName": name, **arguments}
    registry.once("CreateModel", body, by="ModelName")
    return registry.call("DescribeModel", {"ModelName": body["ModelName"]})
