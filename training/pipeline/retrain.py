"""Pipeline ``retrain``: ingest what arrived; train, judge and register a model when that is due."""

from typing import Final

from core.contracts import keys
from training.pipeline.jobs import PARQUET, Output, entrypoint, environment, processing, training_cluster
from training.pipeline.steps import (
    ConditionStep,
    ProcessingStep,
    PropertyFile,
    RegisterModelStep,
    TrainingStep,
    definition,
)
from training.pipeline.values import Json, get, json_get, parameter, placeholder, s3, text
from training.pipeline.world import World
from training.registration import PROPERTIES

DATASET: Final = placeholder("Dataset")
RUN: Final = placeholder("RunId")
MODEL_DATA: Final = "Steps.Train.ModelArtifacts.S3ModelArtifacts"


def retrain(world: World) -> Json:
    """The definition: Ingest -> Due? -> Train -> Evaluate -> Gate? -> RegisterApproved | RegisterRejected."""
    gate = ConditionStep(
        name="Gate",
        step="Evaluate",
        property_file="Evaluation",
        path="approved",
        then=(_register(world, "Approved"),),
        otherwise=(_register(world, "Rejected"),),
    )
    due = ConditionStep(
        name="Due",
        step="Ingest",
        property_file="Decision",
        path="due",
        then=(_train(world), _evaluate(world), gate),
    )
    return definition(parameters=("Dataset", "RunId"), steps=(_ingest(world), due), defaults={"TuneMinutes": "0"})


def _ingest(world: World) -> ProcessingStep:
    return processing(
        world,
        "Ingest",
        role=world.roles.ingest,
        outputs=(Output("decision", s3(world.lake_bucket, keys.run(DATASET, RUN, "ingest"))),),
        property_files=(PropertyFile("Decision", "decision", "decision.json"),),
    )


def _train(world: World) -> TrainingStep:
    stopping = {"MaxRuntimeInSeconds": world.training.max_runtime_seconds}
    if world.spot:
        stopping["MaxWaitTimeInSeconds"] = world.spot.max_wait_seconds
    arguments: Json = {
        "AlgorithmSpecification": {
            "TrainingImage": world.training_image,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": entrypoint("train"),
        },
        "RoleArn": world.roles.train,
        "OutputDataConfig": {
            "S3OutputPath": s3(world.artifacts_bucket, keys.models(DATASET, RUN)),
            "KmsKeyId": world.kms_key,
        },
        "CheckpointConfig": {
            "S3Uri": s3(world.artifacts_bucket, f"checkpoints/{DATASET}/{RUN}"),
            "LocalPath": "/opt/ml/checkpoints",
        },
        "ResourceConfig": training_cluster(world),
        "StoppingCondition": stopping,
        "EnableManagedSpotTraining": world.spot is not None,
        "EnableInterContainerTrafficEncryption": True,
        "EnableNetworkIsolation": False,
        "Environment": environment(world, "TuneMinutes"),
        "Tags": world.job_tags,
    }
    if world.network:
        arguments["VpcConfig"] = world.network.vpc_config
    return TrainingStep(name="Train", arguments=arguments)


def _evaluate(world: World) -> ProcessingStep:
    return processing(
        world,
        "Evaluate",
        role=world.roles.evaluate,
        inputs={"model": get(MODEL_DATA)},
        outputs=(Output("evaluation", s3(world.lake_bucket, keys.run(DATASET, RUN, "evaluation"))),),
        property_files=(PropertyFile("Evaluation", "evaluation", "evaluation.json"),),
    )


def _register(world: World, status: str) -> RegisterModelStep:
    evaluation = s3(world.lake_bucket, keys.run(DATASET, RUN, "evaluation/evaluation.json"))
    return RegisterModelStep(
        name=f"Register{status}",
        arguments={
            "ModelPackageGroupName": world.model_package_group,
            "ModelApprovalStatus": status,
            "InferenceSpecification": {
                "Containers": [{"Image": world.inference_image, "ModelDataUrl": get(MODEL_DATA)}],
                "SupportedContentTypes": [PARQUET],
                "SupportedResponseMIMETypes": [PARQUET],
                "SupportedTransformInstanceTypes": [world.transform.type],
                "SupportedRealtimeInferenceInstanceTypes": [world.transform.type],
            },
            "ModelMetrics": {
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": evaluation}},
            },
            "CustomerMetadataProperties": {
                "dataset": parameter("Dataset"),
                "run_id": parameter("RunId"),
                "model_id": text(f"{DATASET}-{RUN}"),
            }
            | {name: json_get("Evaluate", "Evaluation", f"package.{name}") for name in PROPERTIES},
        },
    )
