"""One role a kind of step: what each step reads and writes stands here and nowhere else."""

from dataclasses import astuple, dataclass
from typing import Final

from aws_cdk import aws_iam as iam

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.grants import Grant, allow
from training.pipeline import Roles

SAGEMAKER: Final = "sagemaker.amazonaws.com"


def sagemaker_role(stack: EnvironmentStack, construct_id: str, description: str) -> iam.Role:
    """A role that SageMaker takes on, on behalf of this account only."""
    trusted = iam.ServicePrincipal(SAGEMAKER, conditions={"StringEquals": {"aws:SourceAccount": stack.account}})
    return iam.Role(stack, construct_id, description=description, assumed_by=trusted)


@dataclass(frozen=True)
class StepRoles:
    """Roles of the steps."""

    ingest: iam.Role
    train: iam.Role
    evaluate: iam.Role
    forecast: iam.Role
    model: iam.Role
    maintain: iam.Role

    @property
    def arns(self) -> Roles:
        """As the pipeline definitions want them."""
        return Roles(
            ingest=self.ingest.role_arn,
            train=self.train.role_arn,
            evaluate=self.evaluate.role_arn,
            forecast=self.forecast.role_arn,
            model=self.model.role_arn,
            maintain=self.maintain.role_arn,
        )

    @property
    def all_arns(self) -> tuple[str, ...]:
        """All of them."""
        return astuple(self.arns)


def step_roles(stack: EnvironmentStack, data: DataPlane) -> StepRoles:
    """Make the roles."""
    return StepRoles(
        ingest=_ingest(stack, data),
        train=_train(stack, data),
        evaluate=_evaluate(stack, data),
        forecast=_forecast(stack, data),
        model=_model(stack, data),
        maintain=_maintain(stack, data),
    )


def _ingest(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "IngestRole", "Step Ingest: reads uploads, writes verdicts and the sales table")
    allow(
        role,
        data.raw.look(),
        data.raw.read(),
        data.raw.write(*keys.OUR_RAW_PREFIXES),
        data.lake.look(),
        data.lake.read("tables/", "runs/", "config/", "accuracy/", "ingested/", "forecasts/", keys.WITHDRAWN),
        data.lake.write("tables/", "runs/", "config/", "accuracy/", "ingested/"),
        data.lake.delete("tables/"),
        data.artifacts.look(),
        data.artifacts.read(keys.CHAMPIONS),
    )
    return role


def _train(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "TrainRole", "Step Train: reads the sales table, writes the bundle")
    allow(
        role,
        data.lake.look(),
        data.lake.read("tables/", "runs/", "config/"),
        data.artifacts.look(),
        data.artifacts.read("models/", "checkpoints/", keys.CHAMPIONS),  # tuning begins with the champion's settings
        data.artifacts.write("models/", "checkpoints/"),
        data.artifacts.delete("checkpoints/"),
    )
    return role


def _evaluate(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "EvaluateRole", "Step Evaluate: reads table and bundles, writes its ruling")
    allow(
        role,
        data.lake.look(),
        data.lake.read("tables/", "runs/", "config/"),
        data.lake.write("runs/"),
        data.artifacts.look(),
        data.artifacts.read("models/", keys.CHAMPIONS),
    )
    return role


def _forecast(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "ForecastRole", "Steps Prepare and Publish: read the table, write forecasts")
    allow(
        role,
        data.lake.look(),
        data.lake.read("tables/", "runs/", "config/", "forecasts/"),
        data.lake.write("forecasts/"),
        data.artifacts.look(),
        data.artifacts.read("models/", keys.CHAMPIONS),
    )
    return role


def _model(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "ModelRole", "Model and Transform: a bundle's answers to the requests")
    allow(
        role,
        data.lake.look(),
        data.lake.read("forecasts/"),
        data.lake.write("forecasts/"),
        data.artifacts.look(),
        data.artifacts.read("models/"),
    )
    return role


def _maintain(stack: EnvironmentStack, data: DataPlane) -> iam.Role:
    role = _job_role(stack, data, "MaintainRole", "Step Maintain: rewrites tables, and knows what models name")
    allow(
        role,
        data.lake.look(),
        data.lake.read(keys.TABLES, "runs/"),
        data.lake.write(keys.TABLES),
        data.lake.delete(keys.TABLES),
    )
    return role


def _job_role(stack: EnvironmentStack, data: DataPlane, construct_id: str, description: str) -> iam.Role:
    """A job's role with what every job needs: its log, its image, the key."""
    role = sagemaker_role(stack, construct_id, description)
    allow(
        role,
        Grant(
            actions=(
                "logs:CreateLogGroup",
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:PutLogEvents",
            ),
            resources=(stack.log_group_arn(f"{names.JOB_LOGS}*"),),
            because="SageMaker names the groups of its jobs, and the stream of each job",
        ),
        Grant(
            actions=("cloudwatch:PutMetricData",),
            resources=("*",),
            because="the action takes no resource; the namespace narrows it, and ECR's token takes none either",
            conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
        ),
        Grant(actions=("ecr:GetAuthorizationToken",), resources=("*",), because="the action takes no resource"),
        Grant(
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resources=tuple(
                stack.format_arn(service="ecr", resource="repository", resource_name=f"{names.PREFIX}/{image}")
                for image in ("training", "inference-api")
            ),
        ),
        data.use_key(),
        *data.lend_key(),
    )
    if stack.config.network:
        allow(role, *_network_interfaces(stack))
    return role


def _network_interfaces(stack: EnvironmentStack) -> tuple[Grant, Grant]:
    """What a job in our network needs to join it."""
    kinds = ("network-interface", "subnet", "security-group")
    return (
        Grant(
            actions=(
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ),
            resources=tuple(stack.format_arn(service="ec2", resource=kind, resource_name="*") for kind in kinds),
            because="SageMaker makes an interface of its own name for each job",
        ),
        Grant(
            actions=(
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ),
            resources=("*",),
            because="describing takes no resource",
        ),
    )
