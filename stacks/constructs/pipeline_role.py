"""The role of both pipelines: starts the steps' jobs under the steps' roles, and reads what they decided."""

from typing import Final

from aws_cdk import aws_iam as iam

from core.contracts import names
from stacks.base import EnvironmentStack
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.grants import Grant, allow
from stacks.constructs.step_roles import SAGEMAKER, StepRoles, sagemaker_role

JOBS: Final = {"ProcessingJob": "processing-job", "TrainingJob": "training-job", "TransformJob": "transform-job"}


def pipeline_role(stack: EnvironmentStack, data: DataPlane, roles: StepRoles) -> iam.Role:
    """Make the role."""
    role = sagemaker_role(stack, "PipelineRole", "Pipelines: start the jobs of the steps")
    allow(
        role,
        *_jobs(stack),
        _packages(stack),
        _experiments(stack),
        Grant(
            actions=("iam:PassRole",),
            resources=roles.all_arns,
            conditions={"StringEquals": {"iam:PassedToService": SAGEMAKER}},
        ),
        Grant(
            actions=("ecr:BatchGetImage", "ecr:DescribeImages"),
            resources=(
                stack.format_arn(service="ecr", resource="repository", resource_name=f"{names.PREFIX}/inference-api"),
            ),
        ),
        data.lake.look(),
        data.lake.read("runs/"),
        data.artifacts.look(),
        data.artifacts.read("models/"),
        data.use_key(),
        *data.lend_key(),
    )
    return role


def _jobs(stack: EnvironmentStack) -> list[Grant]:
    because = "a pipeline names its jobs and models pipelines-<execution>-<step>"
    verbs = ("Create", "Describe", "Stop")
    jobs = [
        Grant(
            actions=tuple(f"sagemaker:{verb}{kind}" for verb in verbs),
            resources=(_arn(stack, resource, "pipelines-*"),),
            because=because,
        )
        for kind, resource in JOBS.items()
    ]
    models = Grant(
        actions=("sagemaker:CreateModel", "sagemaker:DescribeModel", "sagemaker:DeleteModel"),
        resources=(_arn(stack, "model", "pipelines-*"),),
        because=because,
    )
    tags = Grant(
        actions=("sagemaker:AddTags",),
        resources=tuple(_arn(stack, resource, "pipelines-*") for resource in (*JOBS.values(), "model")),
        because=because,
    )
    return [*jobs, models, tags]


def _packages(stack: EnvironmentStack) -> Grant:
    group = names.model_package_group(stack.config.environment)
    return Grant(
        actions=(
            "sagemaker:CreateModelPackage",
            "sagemaker:DescribeModelPackage",
            "sagemaker:DescribeModelPackageGroup",
        ),
        resources=(_arn(stack, "model-package-group", group), _arn(stack, "model-package", f"{group}/*")),
        because="every version in one group; SageMaker numbers them",
    )


def _experiments(stack: EnvironmentStack) -> Grant:
    return Grant(
        actions=(
            "sagemaker:CreateExperiment",
            "sagemaker:DescribeExperiment",
            "sagemaker:CreateTrial",
            "sagemaker:DescribeTrial",
            "sagemaker:CreateTrialComponent",
            "sagemaker:DescribeTrialComponent",
            "sagemaker:UpdateTrialComponent",
            "sagemaker:AssociateTrialComponent",
            "sagemaker:AddTags",
        ),
        resources=(
            _arn(stack, "experiment", f"{names.PREFIX}-{stack.config.environment}-*"),
            _arn(stack, "experiment-trial", "*"),
            _arn(stack, "experiment-trial-component", "*"),
        ),
        because="SageMaker names trials by execution id, which nobody knows before",
    )


def _arn(stack: EnvironmentStack, resource: str, name: str) -> str:
    return stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
