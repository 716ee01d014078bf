"""Requests our jobs make: the same image, key, network, tags and environment for each."""

from dataclasses import dataclass
from typing import Final

from training.pipeline.steps import ProcessingStep, PropertyFile
from training.pipeline.values import Json, Text, parameter
from training.pipeline.world import Instance, World

PARQUET: Final = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Output:
    """A folder of a processing job that is copied to S3 when the job has succeeded."""

    name: str
    address: Text


def entrypoint(step: str) -> list[str]:
    """Command of a step of ours."""
    return ["python3", "-m", "training", "step", step]


def environment(world: World, *more: str) -> Json:
    """Environment of a step; ``more`` names parameters beyond the dataset and the run."""
    return {
        "AWS_DEFAULT_REGION": world.region,  # SageMaker does not promise to say it, and no client works without
        "ENVIRONMENT": world.environment,
        "RAW_BUCKET": world.raw_bucket,
        "LAKE_BUCKET": world.lake_bucket,
        "ARTIFACTS_BUCKET": world.artifacts_bucket,
        "DATASET": parameter("Dataset"),
        "RUN_ID": parameter("RunId"),
    } | {_variable(name): parameter(name) for name in more}


def processing(
    world: World,
    name: str,
    *,
    role: str,
    inputs: dict[str, Text] | None = None,
    outputs: tuple[Output, ...] = (),
    property_files: tuple[PropertyFile, ...] = (),
    more: tuple[str, ...] = (),
    depends_on: tuple[str, ...] = (),
    given: Json | None = None,
) -> ProcessingStep:
    """A processing step that runs the training step of the same name, in lower case.

    Its environment is that of a run, where ``given`` says nothing else.
    """
    arguments: Json = {
        "ProcessingResources": {"ClusterConfig": _cluster(world, world.processing)},
        "AppSpecification": {"ImageUri": world.training_image, "ContainerEntrypoint": entrypoint(name.lower())},
        "RoleArn": role,
        "Environment": environment(world, *more) | (given or {}),
        "StoppingCondition": {"MaxRuntimeInSeconds": world.processing.max_runtime_seconds},
        "NetworkConfig": _network(world),
        "Tags": world.job_tags,
    }
    if inputs:
        arguments["ProcessingInputs"] = [_input(each, address) for each, address in inputs.items()]
    if outputs:
        arguments["ProcessingOutputConfig"] = {
            "KmsKeyId": world.kms_key,
            "Outputs": [_output(output) for output in outputs],
        }
    return ProcessingStep(name=name, arguments=arguments, property_files=property_files, depends_on=depends_on)


def _cluster(world: World, instance: Instance) -> Json:
    return {
        "InstanceType": instance.type,
        "InstanceCount": instance.count,
        "VolumeSizeInGB": instance.volume_gb,
        "VolumeKmsKeyId": world.kms_key,
    }


def training_cluster(world: World) -> Json:
    """``ResourceConfig`` of the training job."""
    return _cluster(world, world.training)


def _network(world: World) -> Json:
    # No isolation: the steps read and write S3 themselves.
    rendered: Json = {"EnableInterContainerTrafficEncryption": True, "EnableNetworkIsolation": False}
    return rendered | ({"VpcConfig": world.network.vpc_config} if world.network else {})


def _input(name: str, address: Text) -> Json:
    return {
        "InputName": name,
        "AppManaged": False,
        "S3Input": {
            "S3Uri": address,
            "LocalPath": f"/opt/ml/processing/input/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _output(output: Output) -> Json:
    return {
        "OutputName": output.name,
        "AppManaged": False,
        "S3Output": {
            "S3Uri": output.address,
            "LocalPath": f"/opt/ml/processing/output/{output.name}",
            "S3UploadMode": "EndOfJob",
        },
    }


def _variable(name: str) -> str:
    """``ModelId`` -> ``MODEL_ID``."""
    return "".join(f"_{letter}" if letter.isupper() and place else letter for place, letter in enumerate(name)).upper()
