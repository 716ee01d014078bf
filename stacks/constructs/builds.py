"""CodeBuild projects of the pipeline, all by the one ``buildspec.yml``, each with a role of its own."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_iam as iam
from constructs import Construct

from core.contracts import keys, names
from stacks.base import EnvironmentStack
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.grants import Grant, acknowledge, allow
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup
from stacks.delivery_steps.check_sales import DATASET

BOOTSTRAP_QUALIFIER: Final = "hnb659fds"
_ARTIFACTS: Final = (
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "s3:Abort*",
    "s3:DeleteObject*",
    "s3:GetBucket*",
    "s3:GetObject*",
    "s3:List*",
)
"""Families of actions the CDK grants on a pipeline's artifacts and their key."""


def log_group_name(scope: EnvironmentStack, name: str) -> str:
    """Log group of one project."""
    return f"/aws/codebuild/{scope.physical(name)}"


class Build(Construct):
    """Project ``mlops-{env}-{name}``."""

    def __init__(
        self, scope: EnvironmentStack, construct_id: str, *, name: str, key: SecureKey, builds_images: bool = False
    ) -> None:
        super().__init__(scope, construct_id)
        self.stack = scope
        days = scope.config.delivery.log_days
        group = SecureLogGroup(self, "Logs", name=log_group_name(scope, name), days=days, key=key)
        ours = {"StringEquals": {"aws:SourceAccount": scope.account}}
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com", conditions=ours))
        arm = scope.config.cluster.architecture == "arm64"
        self.project = codebuild.PipelineProject(
            self,
            "Project",
            project_name=scope.physical(name),
            role=self.role,
            encryption_key=key,
            build_spec=codebuild.BuildSpec.from_source_filename("buildspec.yml"),
            environment=codebuild.BuildEnvironment(
                build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
                if arm
                else codebuild.LinuxBuildImage.STANDARD_7_0,
                compute_type=codebuild.ComputeType.MEDIUM,
                privileged=builds_images,  # Docker needs it, and nothing but the image build has Docker
            ),
            grant_report_group_permissions=False,
            logging=codebuild.LoggingOptions(cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=group)),
            timeout=cdk.Duration.hours(2),
        )
        give_reasons(self.role, scope)
        child = self.project.node.default_child
        assert isinstance(child, cdk.CfnElement)  # noqa: S101
        account = scope.config.account or "<AWS::AccountId>"
        streams = (
            f"arn:aws:logs:{scope.region}:{account}:log-group:/aws/codebuild/<{scope.resolve(child.logical_id)}>:*"
        )
        acknowledge(
            self.role, f"AwsSolutions-IAM5[Resource::{streams}]", "log streams of this project; each run has one"
        )
        if builds_images:
            acknowledge(self.project, "AwsSolutions-CB3", "building images takes Docker, which takes a privileged host")


def give_reasons(role: iam.Role, stack: EnvironmentStack) -> None:
    """What the CDK grants on the pipeline's artifacts to a role that handles them."""
    because = "granted by the CDK on one bucket and one key: artifacts of the pipeline"
    for action in _ARTIFACTS:
        acknowledge(role, f"AwsSolutions-IAM5[Action::{action}]", because)
    bucket = stack.node.find_child("Bucket").node.default_child
    assert isinstance(bucket, cdk.CfnElement)  # noqa: S101
    objects = f"<{stack.resolve(bucket.logical_id)}.Arn>/*"
    acknowledge(role, f"AwsSolutions-IAM5[Resource::{objects}]", because)


def may_publish(build: Build, environment: str, *, also_runs: str) -> None:
    """Push to our repositories, read the scans, hold what runs elsewhere, and say which builds are the newest."""
    stack = build.stack
    ours = tuple(
        stack.format_arn(service="ecr", resource="repository", resource_name=f"{names.PREFIX}/{service}")
        for service in ("training", "inference-api")
    )
    allow(
        build.role,
        Grant(actions=("ecr:GetAuthorizationToken",), resources=("*",), because="the action takes no resource"),
        Grant(
            actions=(
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:DescribeImages",
                "ecr:DescribeImageScanFindings",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ),
            resources=ours,
        ),
        _digests(stack, environment, "ssm:GetParameter", "ssm:PutParameter"),
        _digests(stack, also_runs, "ssm:GetParameter"),
    )


def may_deploy(build: Build, environment: str, *, reads_from: str) -> None:
    """Act as the roles of the CDK's bootstrap, which deploy; move the builds' digests; look at the targets' health."""
    stack = build.stack
    roles = tuple(
        stack.format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name=f"cdk-{BOOTSTRAP_QUALIFIER}-{name}-role-{stack.account}-{stack.region}",
        )
        for name in ("deploy", "file-publishing", "lookup")
    )
    allow(
        build.role,
        Grant(actions=("sts:AssumeRole",), resources=roles),
        _digests(stack, environment, "ssm:GetParameter", "ssm:PutParameter"),
        *_looks(stack, environment),
        Grant(
            actions=("sagemaker:DescribePipeline",), resources=(_pipeline(stack, names.retrain_pipeline(environment)),)
        ),
    )
    if reads_from != environment:
        allow(build.role, _digests(stack, reads_from, "ssm:GetParameter"))


def may_train(build: Build) -> None:
    """Drop a file of sales of one dataset, and follow it until the service serves forecasts of it."""
    stack, environment = build.stack, build.stack.config.environment
    data = DataPlane.of(stack)
    pipelines = tuple(_pipeline(stack, name) for name in stack.config.retrain_pipelines)
    allow(
        build.role,
        data.raw.look(),
        data.raw.read(f"{DATASET}/", f"{keys.VERDICTS}{DATASET}/"),
        data.raw.write(f"{DATASET}/"),
        data.lake.look(),
        data.lake.read(f"runs/{DATASET}/", f"forecasts/{DATASET}/"),
        Grant(actions=("s3:PutObject",), resources=(f"{data.lake.arn}/{keys.config(DATASET)}",)),
        Grant(actions=("s3:GetObject",), resources=(f"{data.artifacts.arn}/{keys.champion(DATASET)}",)),
        data.use_key(),
        Grant(actions=("sagemaker:ListPipelineExecutions",), resources=pipelines),
        Grant(
            actions=("sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps"),
            resources=tuple(f"{pipeline}/execution/*" for pipeline in pipelines),
            because="executions of one pipeline each; SageMaker names them",
        ),
        Grant(
            actions=("sagemaker:DescribeProcessingJob",),
            resources=(stack.format_arn(service="sagemaker", resource="processing-job", resource_name="pipelines-*"),),
            because="a pipeline names its jobs pipelines-<execution>-<step>; a failed one says why",
        ),
        _digests(stack, environment, "ssm:GetParameter"),
        *_looks(stack, environment),
    )


def _looks(stack: EnvironmentStack, environment: str) -> tuple[Grant, ...]:
    """See whether the service works: its targets, what its pods say, and whether it should have forecasts."""
    bucket = names.bucket(environment, "artifacts", stack.account)
    streams = stack.log_group_arn(f"{names.container_logs(environment, 'application')}:*")
    return (
        Grant(
            actions=(
                "elasticloadbalancing:DescribeTags",
                "elasticloadbalancing:DescribeTargetGroups",
                "elasticloadbalancing:DescribeTargetHealth",
            ),
            resources=("*",),
            because="describing load balancers takes no resource",
        ),
        Grant(actions=("logs:FilterLogEvents",), resources=(streams,), because="streams of one log group"),
        Grant(
            actions=("s3:ListBucket",),
            resources=(stack.format_arn(service="s3", region="", account="", resource=bucket),),
        ),
    )


def _digests(stack: EnvironmentStack, environment: str, *actions: str) -> Grant:
    return Grant(
        actions=actions,
        resources=(
            stack.format_arn(
                service="ssm", resource="parameter", resource_name=f"{names.PREFIX}/{environment}/delivery/*"
            ),
        ),
        because="the parameters that name the builds of one environment",
    )


def _pipeline(stack: EnvironmentStack, name: str) -> str:
    return stack.format_arn(service="sagemaker", resource="pipeline", resource_name=name)
