"""Worlds to build definitions for, and a resolver of their own for the tests."""

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from training.pipeline import Instance, Network, Roles, Spot, World

Json = dict[str, Any]
ROLE = "arn:aws:iam::123456789012:role/"
PARAMETERS = {
    "TuneMinutes": "0",
    "Dataset": "grocery",
    "RunId": "20240501t020304-0a1b2c",
    "ModelId": "grocery-20240401t020304-0a1b2c",
    "ModelDataUrl": "s3://artifacts/models/grocery/20240401t020304-0a1b2c/job/output/model.tar.gz",
}
PROPERTIES = {
    "Steps.Train.ModelArtifacts.S3ModelArtifacts": "s3://artifacts/models/grocery/job/output/model.tar.gz",
    "Steps.Model.ModelName": "pipelines-abc-Model",
    "Execution.PipelineExecutionId": "a1b2c3d4e5f6",
    "Steps.Prepare.ProcessingOutputConfig.Outputs['requests'].S3Output.S3Uri": "s3://lake/requests",
}
WORLD = World(
    region="ap-southeast-1",
    environment="dev",
    raw_bucket="raw",
    lake_bucket="lake",
    artifacts_bucket="artifacts",
    kms_key="arn:aws:kms:ap-southeast-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    training_image="123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/mlops/training:1",
    inference_image="123456789012.dkr.ecr.ap-southeast-1.amazonaws.com/mlops/inference-api:1",
    model_package_group="mlops-dev-demand",
    roles=Roles(
        ingest=f"{ROLE}ingest",
        train=f"{ROLE}train",
        evaluate=f"{ROLE}evaluate",
        forecast=f"{ROLE}forecast",
        model=f"{ROLE}model",
        maintain=f"{ROLE}maintain",
    ),
    processing=Instance(type="ml.m5.large"),
    training=Instance(type="ml.m5.xlarge", max_runtime_seconds=7200),
    transform=Instance(type="ml.m5.large"),
    spot=Spot(max_wait_seconds=10800),
    tags=(("Project", "MLOpsRetailForecast"),),
)
IN_A_NETWORK = dataclasses.replace(WORLD, network=Network(("subnet-0a",), ("sg-0b",)), spot=None)


def steps_of(steps: list[Json]) -> Iterator[Json]:
    """Every step, those inside conditions too."""
    for step in steps:
        yield step
        for branch in ("IfSteps", "ElseSteps"):
            yield from steps_of(step["Arguments"].get(branch, []))


def named(definition: Json) -> dict[str, Json]:
    return {step["Name"]: step for step in steps_of(definition["Steps"])}


def resolve(value: Any) -> Any:
    """A value with its references replaced by what SageMaker would put there."""
    if isinstance(value, list):
        return [resolve(part) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Get"}:
        parameter = re.fullmatch(r"Parameters\.(\w+)", value["Get"])
        return PARAMETERS[parameter[1]] if parameter else PROPERTIES[value["Get"]]
    if set(value) == {"Std:Join"}:
        return value["Std:Join"]["On"].join(resolve(part) for part in value["Std:Join"]["Values"])
    if set(value) == {"Std:JsonGet"}:
        return f"what {value['Std:JsonGet']['Path']} says"
    return {key: resolve(part) for key, part in value.items()}
