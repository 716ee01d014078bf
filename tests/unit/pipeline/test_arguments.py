"""Every step's arguments against the API's own description of the request, as botocore carries it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from tests.unit.pipeline.worlds import IN_A_NETWORK, WORLD, Json, resolve, steps_of
from training.pipeline import World, forecast, maintain, retrain

SAGEMAKER = ServiceModel(Loader().load_service_model("sagemaker", "service-2"))
REQUESTS = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", "ClientToken"),
}
CASES = [
    pytest.param(world, step, id=f"{step['Name']}-{where}")
    for where, world in (("public", WORLD), ("network", IN_A_NETWORK))
    for definition in (retrain(world), forecast(world), maintain(world))
    for step in steps_of(definition["Steps"])
    if step["Type"] != "Condition"
]


def in_python(pattern: str) -> str:
    """A pattern in Python's terms; the API writes Unicode classes, and lengths after the end."""
    return re.sub(r"\$\{\d+,\d+\}", "$", pattern.replace(r"\p{L}\p{Z}\p{N}", r"\w\s"))


def shape_faults(value: Any, shape: Shape, place: str) -> Iterator[str]:
    """What botocore's own validator leaves unchecked: enums, patterns, maxima."""
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{place}: {value!r} is not one of {allowed[:5]}..."
    pattern = shape.metadata.get("pattern")
    if pattern and isinstance(value, str) and not re.fullmatch(in_python(pattern), value):
        yield f"{place}: {value!r} does not match {pattern}"
    most = shape.metadata.get("max")
    if most is not None and (value if isinstance(value, int) else len(value)) > most:
        yield f"{place}: {value!r} is more than {most}"
    if isinstance(shape, StructureShape):
        for name, part in value.items():
            yield from shape_faults(part, shape.members[name], f"{place}.{name}")
    elif isinstance(shape, ListShape):
        for position, part in enumerate(value):
            yield from shape_faults(part, shape.member, f"{place}[{position}]")
    elif isinstance(shape, MapShape):
        for name, part in value.items():
            yield from shape_faults(name, shape.key, place)
            yield from shape_faults(part, shape.value, f"{place}.{name}")


@pytest.mark.parametrize(("world", "step"), CASES)
def test_arguments_are_a_valid_request(world: World, step: Json) -> None:
    operation, name = REQUESTS[step["Type"]]
    shape = SAGEMAKER.operation_model(operation).input_shape
    assert shape is not None
    assert name not in step["Arguments"], "the pipeline itself names what it makes"
    # AppManaged is the pipeline's own word; the API knows it too.
    request = {**resolve(step["Arguments"]), name: "pipelines-abc123-Step"}
    report = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    assert list(shape_faults(request, shape, operation)) == []


@pytest.mark.parametrize(("world", "step"), CASES)
def test_every_job_is_encrypted_by_our_key(world: World, step: Json) -> None:
    arguments = step["Arguments"]
    key = world.kms_key
    if step["Type"] == "Processing":
        assert arguments["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == key
        assert arguments.get("ProcessingOutputConfig", {"KmsKeyId": key})["KmsKeyId"] == key
        assert arguments["NetworkConfig"]["EnableInterContainerTrafficEncryption"]
    elif step["Type"] == "Training":
        assert arguments["ResourceConfig"]["VolumeKmsKeyId"] == key
        assert arguments["OutputDataConfig"]["KmsKeyId"] == key
        assert arguments["EnableInterContainerTrafficEncryption"]
    elif step["Type"] == "Transform":
        assert arguments["TransformResources"]["VolumeKmsKeyId"] == key
        assert arguments["TransformOutput"]["KmsKeyId"] == key


@pytest.mark.parametrize(("world", "step"), CASES)
def test_every_job_is_in_the_network_when_there_is_one(world: World, step: Json) -> None:
    arguments = step["Arguments"]
    if step["Type"] in ("Transform", "RegisterModel"):  # a transform runs where its model does
        assert "VpcConfig" not in arguments
        return
    found = arguments["NetworkConfig"] if step["Type"] == "Processing" else arguments
    assert found.get("VpcConfig") == (world.network.vpc_config if world.network else None)


@pytest.mark.parametrize(("world", "step"), CASES)
def test_every_job_is_tagged_and_ends(world: World, step: Json) -> None:
    arguments = step["Arguments"]
    if step["Type"] == "RegisterModel":  # a version has the tags of its group, and may have none of its own
        assert "Tags" not in arguments
        return
    assert arguments["Tags"] == [{"Key": "Project", "Value": "MLOpsRetailForecast"}]
    if step["Type"] in ("Processing", "Training"):
        assert arguments["StoppingCondition"]["MaxRuntimeInSeconds"] > 0
