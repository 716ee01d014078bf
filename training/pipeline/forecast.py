"""Pipeline ``forecast``: write a champion's requests, answer them by Batch Transform, publish the answers."""

from typing import Final

from core.contracts import keys
from training.pipeline.jobs import PARQUET, Output, processing
from training.pipeline.steps import ModelStep, ProcessingStep, TransformStep, definition
from training.pipeline.values import Json, get, parameter, placeholder, s3
from training.pipeline.world import World

DATASET: Final = placeholder("Dataset")
RUN: Final = placeholder("RunId")
MODEL: Final = placeholder("ModelId")
REQUESTS: Final = "Steps.Prepare.ProcessingOutputConfig.Outputs['requests'].S3Output.S3Uri"
ANSWER_TIMEOUT_SECONDS: Final = 3600
MAX_REQUEST_MB: Final = 100
"""SageMaker's own ceiling for payload x concurrency."""


def forecast(world: World) -> Json:
    """The definition: Prepare, Model -> Transform -> Publish."""
    return definition(
        parameters=("Dataset", "RunId", "ModelId", "ModelDataUrl"),
        steps=(_prepare(world), _model(world), _transform(world), _publish(world)),
    )


def _prepare(world: World) -> ProcessingStep:
    return processing(
        world,
        "Prepare",
        role=world.roles.forecast,
        outputs=(Output("requests", s3(world.lake_bucket, keys.forecasts(DATASET, MODEL, f"{RUN}/requests"))),),
        more=("ModelId",),
    )


def _model(world: World) -> ModelStep:
    # Without the buckets' names: the service then answers from the bundle SageMaker hands it, and from nothing else.
    arguments: Json = {
        "ExecutionRoleArn": world.roles.model,
        "PrimaryContainer": {
            "Image": world.inference_image,
            "ModelDataUrl": parameter("ModelDataUrl"),
            "Environment": {"ENVIRONMENT": world.environment},
        },
        "EnableNetworkIsolation": True,
        "Tags": world.job_tags,
    }
    if world.network:
        arguments["VpcConfig"] = world.network.vpc_config
    return ModelStep(name="Model", arguments=arguments)


def _transform(world: World) -> TransformStep:
    source = {"S3DataType": "S3Prefix", "S3Uri": get(REQUESTS)}
    return TransformStep(
        name="Transform",
        arguments={
            "ModelName": get("Steps.Model.ModelName"),
            "BatchStrategy": "SingleRecord",
            "MaxConcurrentTransforms": 1,
            "MaxPayloadInMB": MAX_REQUEST_MB,
            "ModelClientConfig": {"InvocationsTimeoutInSeconds": ANSWER_TIMEOUT_SECONDS, "InvocationsMaxRetries": 1},
            "TransformInput": {
                "DataSource": {"S3DataSource": source},
                "ContentType": PARQUET,
                "CompressionType": "None",
                "SplitType": "None",
            },
            "TransformOutput": {
                "S3OutputPath": s3(world.lake_bucket, keys.forecasts(DATASET, MODEL, f"{RUN}/answers")),
                "Accept": PARQUET,
                "AssembleWith": "None",
                "KmsKeyId": world.kms_key,
            },
            "TransformResources": {
                "InstanceType": world.transform.type,
                "InstanceCount": world.transform.count,
                "VolumeKmsKeyId": world.kms_key,
            },
            "Tags": world.job_tags,
        },
    )


def _publish(world: World) -> ProcessingStep:
    given = ("ModelId", "ModelDataUrl")
    return processing(world, "Publish", role=world.roles.forecast, more=given, depends_on=("Transform",))
