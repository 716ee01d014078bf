"""The SageMaker side: model package group, and the pipelines as ``training.pipeline`` defines them."""

from dataclasses import replace

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from core.contracts import names
from stacks.base import EnvironmentStack
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.schedule import weekly
from stacks.constructs.step_roles import StepRoles
from stacks.jobs_config import Job, Rung, Training
from training.pipeline import Instance, Network, Spot, World, forecast, maintain, retrain
from training.pipeline.values import Json


class Pipelines(Construct):
    """Group ``mlops-{env}-demand``, pipelines ``mlops-{env}-forecast``, ``-maintain`` and ``-retrain``.

    ``-retrain-2`` and on are the same as ``-retrain``, on the machines that are tried next (ADR 16).
    """

    def __init__(
        self, scope: EnvironmentStack, construct_id: str, *, data: DataPlane, roles: StepRoles, role: iam.Role
    ) -> None:
        super().__init__(scope, construct_id)
        config, env = scope.config, scope.config.environment
        models = sagemaker.CfnModelPackageGroup(
            self,
            "Models",
            model_package_group_name=names.model_package_group(env),
            model_package_group_description="Every model that was trained, with the gate's ruling on it",
        )
        models.apply_removal_policy(scope.removal)
        world = describe(scope, data, roles)
        for number, (name, rung) in enumerate(zip(config.retrain_pipelines, config.training.ladder, strict=True), 1):
            elsewhere = retrain(_on(world, config.training, rung))
            self._pipeline("Retrain" if number == 1 else f"Retrain{number}", name, elsewhere, role)
        self._pipeline("Forecast", names.forecast_pipeline(env), forecast(world), role)
        upkeep = self._pipeline("Maintain", names.maintain_pipeline(env), maintain(world), role)
        weekly(scope, upkeep)

    def _pipeline(self, construct_id: str, name: str, definition: Json, role: iam.Role) -> sagemaker.CfnPipeline:
        body = Stack.of(self).to_json_string(definition)
        pipeline = sagemaker.CfnPipeline(
            self,
            construct_id,
            pipeline_name=name,
            pipeline_definition={"PipelineDefinitionBody": body},
            role_arn=role.role_arn,
        )
        pipeline.node.add_dependency(role)  # its policy is checked when the pipeline is made
        return pipeline


def describe(stack: EnvironmentStack, data: DataPlane, roles: StepRoles) -> World:
    """The world as the pipeline definitions are told it."""
    config = stack.config
    training = config.training
    return World(
        environment=config.environment,
        region=config.region,
        raw_bucket=data.raw.name,
        lake_bucket=data.lake.name,
        artifacts_bucket=data.artifacts.name,
        kms_key=data.key_arn,
        training_image=_image(stack, "training", config.images.training),
        inference_image=_image(stack, "inference-api", config.images.inference_api),
        model_package_group=names.model_package_group(config.environment),
        roles=roles.arns,
        processing=_instance(config.processing),
        training=_instance(training),
        transform=_instance(config.transform),
        network=_network(stack),
        tags=tuple(stack.tag_values.items()),
    )


def _on(world: World, training: Training, rung: Rung) -> World:
    """The world with the machines of one rung for its training."""
    spot = Spot(60 * training.max_wait_minutes) if rung.spot and training.max_wait_minutes else None
    return replace(world, training=replace(world.training, type=rung.instance_type), spot=spot)


def _network(stack: EnvironmentStack) -> Network | None:
    """Where jobs run; subnets and group of the network stack are known by its parameters."""
    wanted = stack.config.network
    if wanted is None:
        return None
    if not wanted.own:
        return Network(wanted.subnets, wanted.security_groups)
    subnets = (stack.told("network", f"private-subnet-{number}") for number in range(1, stack.config.vpc.zones + 1))
    return Network(tuple(subnets), (stack.told("network", "jobs-security-group"),))


def _instance(job: Job) -> Instance:
    return Instance(
        type=job.instance_type,
        count=job.instance_count,
        volume_gb=job.volume_gb,
        max_runtime_seconds=60 * job.max_runtime_minutes,
    )


def _image(stack: EnvironmentStack, service: str, build: str) -> str:
    """Address of an image of ours: by tag, or by digest."""
    separator = "@" if build.startswith("sha256:") else ":"
    registry = f"{stack.account}.dkr.ecr.{stack.region}.{stack.url_suffix}"
    return f"{registry}/{names.PREFIX}/{service}{separator}{build}"
