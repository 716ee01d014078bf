"""One role a kind of step, each reaching what that step reads and writes; and the role of the pipelines."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.constructs.access import DataPlane, allow, role
from training.pipeline import Roles

SAGEMAKER = "sagemaker.amazonaws.com"


@dataclass(frozen=True)
class StepRoles:
    """Roles of the steps."""

    ingest: iam.Role
    train: iam.Role
    evaluate: iam.Role
    forecast: iam.Role
    model: iam.Role

    @property
    def arns(self) -> Roles:
        """As the pipeline definitions want them."""
        return Roles(**{name: getattr(self, name).role_arn for name in self.__dataclass_fields__})


def step_roles(stack: EnvironmentStack, data: DataPlane) -> StepRoles:
    """Make the roles; what each may do stands here and nowhere else."""
    raw, lake, artifacts = data.raw, data.lake, data.artifacts
    roles = StepRoles(
        ingest=_job_role(stack, data, "IngestRole", "Step Ingest: reads uploads, writes verdicts and the sales table"),
        train=_job_role(stack, data, "TrainRole", "Step Train: reads the sales table, writes the bundle"),
        evaluate=_job_role(stack, data, "EvaluateRole", "Step Evaluate: reads table and bundles, writes its ruling"),
        forecast=_job_role(stack, data, "ForecastRole", "Steps Prepare and Publish: read the table, write forecasts"),
        model=_job_role(stack, data, "ModelRole", "Model and Transform: a bundle's answers to the requests"),
    )
    allow(
        roles.ingest,
        raw.look(),
        raw.read(),
        raw.write(*keys.OUR_RAW_PREFIXES),
        lake.look(),
        lake.read(),
        lake.write("tables/", "runs/", "config/", "accuracy/", "ingested/"),
        lake.delete("tables/"),
        artifacts.look(),
        artifacts.read(keys.CHAMPIONS),
    )
    allow(
        roles.train,
        lake.look(),
        lake.read("tables/", "runs/", "config/"),
        artifacts.look(),
        artifacts.read("checkpoints/", keys.CHAMPIONS),
        artifacts.write("models/", "checkpoints/"),
        artifacts.delete("checkpoints/"),
    )
    allow(
        roles.evaluate,
        lake.look(),
        lake.read("tables/", "runs/", "config/"),
        lake.write("runs/"),
        artifacts.look(),
        artifacts.read("models/", keys.CHAMPIONS),
    )
    allow(
        roles.forecast,
        lake.look(),
        lake.read("tables/", "runs/", "config/", "forecasts/"),
        lake.write("forecasts/"),
        artifacts.look(),
        artifacts.read("models/", keys.CHAMPIONS),
    )
    allow(
        roles.model,
        lake.look(),
        lake.read("forecasts/"),
        lake.write("forecasts/"),
        artifacts.look(),
        artifacts.read("models/"),
    )
    return roles


def pipeline_role(stack: EnvironmentStack, data: DataPlane, roles: StepRoles) -> iam.Role:
    """Role of both pipelines: starts jobs under the steps' roles, looks at what they say."""
    made = role(stack, "PipelineRole", SAGEMAKER, "Pipelines: starts the jobs of the steps")
    jobs = [_arn(stack, kind, "pipelines-*") for kind in ("processing-job", "training-job", "transform-job", "model")]
    group = names.model_package_group(stack.config.environment)
    allow(
        made,
        iam.PolicyStatement(
            actions=[
                f"sagemaker:{verb}{kind}"
                for kind in ("ProcessingJob", "TrainingJob", "TransformJob")
                for verb in ("Create", "Describe", "Stop")
            ]
            + ["sagemaker:CreateModel", "sagemaker:DescribeModel", "sagemaker:DeleteModel", "sagemaker:AddTags"],
            resources=jobs,
        ),
        iam.PolicyStatement(
            actions=[
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
            ],
            resources=[_arn(stack, "model-package-group", group), _arn(stack, "model-package", f"{group}/*")],
        ),
        iam.PolicyStatement(
            actions=[
                "sagemaker:CreateExperiment",
                "sagemaker:DescribeExperiment",
                "sagemaker:CreateTrial",
                "sagemaker:DescribeTrial",
                "sagemaker:CreateTrialComponent",
                "sagemaker:DescribeTrialComponent",
                "sagemaker:UpdateTrialComponent",
                "sagemaker:AssociateTrialComponent",
                "sagemaker:AddTags",
            ],
            resources=[
                _arn(stack, "experiment", f"{names.PREFIX}-{stack.config.environment}-*"),
                _arn(stack, "experiment-trial", "*"),
                _arn(stack, "experiment-trial-component", "*"),
            ],
        ),
        iam.PolicyStatement(
            actions=["iam:PassRole"],
            resources=[
                roles.ingest.role_arn,
                roles.train.role_arn,
                roles.evaluate.role_arn,
                roles.forecast.role_arn,
                roles.model.role_arn,
            ],
            conditions={"StringEquals": {"iam:PassedToService": SAGEMAKER}},
        ),
        data.lake.look(),
        data.lake.read("runs/"),
        data.artifacts.look(),
        data.artifacts.read("models/"),
        data.use_key(),
        *data.lend_key(),
    )
    return made


def _job_role(stack: EnvironmentStack, data: DataPlane, construct_id: str, description: str) -> iam.Role:
    """A job's role with what every job needs: its log, its image, the key."""
    made = role(stack, construct_id, SAGEMAKER, description)
    allow(
        made,
        iam.PolicyStatement(
            actions=["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            resources=[
                stack.format_arn(
                    service="logs",
                    resource="log-group",
                    resource_name="/aws/sagemaker/*",
                    arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
        ),
        iam.PolicyStatement(
            actions=["cloudwatch:PutMetricData"],
            resources=["*"],  # has no resource; the namespace is the scope
            conditions={"StringLike": {"cloudwatch:namespace": "/aws/sagemaker/*"}},
        ),
        iam.PolicyStatement(actions=["ecr:GetAuthorizationToken"], resources=["*"]),  # has no resource
        iam.PolicyStatement(
            actions=["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            resources=[stack.format_arn(service="ecr", resource="repository", resource_name=f"{names.PREFIX}/*")],
        ),
        data.use_key(),
        *data.lend_key(),
    )
    if stack.config.network:
        allow(made, *_network_interfaces(stack))
    return made


def _network_interfaces(stack: EnvironmentStack) -> list[iam.PolicyStatement]:
    """What a job in our network needs to join it."""
    ec2 = [
        stack.format_arn(service="ec2", resource=kind, resource_name="*")
        for kind in ("network-interface", "subnet", "security-group")
    ]
    return [
        iam.PolicyStatement(
            actions=[
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DeleteNetworkInterfacePermission",
            ],
            resources=ec2,
        ),
        iam.PolicyStatement(
            actions=[
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],  # describing has no resource
        ),
    ]


def _arn(stack: EnvironmentStack, resource: str, name: str) -> str:
    return stack.format_arn(service="sagemaker", resource=resource, resource_name=name)
