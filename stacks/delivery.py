"""From a change to production: images, the pipeline that builds and promotes them, and who may do what in it."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from core.contracts.names import JOB_LOG_GROUPS
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs.buckets import DataBucket
from stacks.constructs.builds import Build, give_reasons, log_group_name, may_deploy, may_publish, may_train
from stacks.constructs.job_logs import job_logs
from stacks.constructs.keys import SecureKey
from stacks.constructs.repositories import repository
from stacks.constructs.rule_role import rule_role
from stacks.constructs.topics import SecureTopic
from stacks.delivery_steps.stages import STAGES, Stage
from stacks.parts import ACCOUNT_WIDE, SOURCE_CHANGED

SOURCE: Final = "source.zip"
ARTIFACTS_FOLDER: Final = 20
"""CodePipeline keeps artifacts in a folder that is named by so many characters of the pipeline's name."""


class DeliveryStack(EnvironmentStack):
    """One an account: its repositories are named without an environment, for builds are promoted, not repeated."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(
            scope, config, name="delivery", component="infra", description="Retail forecast: images and their pipeline"
        )
        cdk.Tags.of(self).add(*ACCOUNT_WIDE)
        self.key = SecureKey(
            self, "Key", name="delivery", description="Images, the pipeline's artifacts, build logs", lasting=True
        )
        names = tuple(stage.project for stage in STAGES if stage.goals)
        self.key.open_to_logs(*(log_group_name(self, name) for name in dict.fromkeys(names)), *JOB_LOG_GROUPS)
        if config.delivery.job_logs:
            job_logs(self, self.key)
        for service in ("training", "inference-api"):
            repository(self, service, key=self.key, keep=config.delivery.keep_images)
        self.bucket = self._bucket()
        self.builds = self._builds()
        self.pipeline = self._pipeline()

    def _bucket(self) -> s3.Bucket:
        logs = s3.Bucket.from_bucket_name(self, "LogBucket", self.bucket_name("logs"))
        artifacts = f"{self.physical('delivery')[:ARTIFACTS_FOLDER]}/"
        bucket = DataBucket(self, "Bucket", purpose="delivery", key=self.key, logs=logs, expiring={artifacts: 30})
        cdk.Annotations.of(bucket).acknowledge_warning(
            "@aws-cdk/aws-s3:accessLogsPolicyNotAdded", "the data stack's log bucket admits this one by name"
        )
        return bucket

    def _builds(self) -> dict[str, Build]:
        """A project, and so a role, for each kind of work: what tests may not publish, what publishes not deploy."""
        there = self.config.delivery.promotes_to
        here = self.config.environment
        found = {
            "verify": Build(self, "Verify", name="verify", key=self.key),
            "images": Build(self, "Images", name="images", key=self.key, builds_images=True),
            "deploy": Build(self, "Deploy", name="deploy", key=self.key),
            "train": Build(self, "Train", name="train", key=self.key),
            "release": Build(self, "Release", name="release", key=self.key),
        }
        may_publish(found["images"], here, also_runs=there)
        may_deploy(found["deploy"], here, reads_from=here)
        may_train(found["train"])
        may_deploy(found["release"], there, reads_from=here)
        return found

    def _pipeline(self) -> codepipeline.Pipeline:
        source = codepipeline.Artifact("source")
        pipeline = codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_name=self.physical("delivery"),
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,  # a change never overtakes another
            artifact_bucket=self.bucket,
        )
        pipeline.add_stage(stage_name="source", actions=[self._source(source, pipeline)])
        for stage in STAGES:
            pipeline.add_stage(stage_name=stage.name, actions=[self._action(stage, source)])
        for each in pipeline.node.find_all():
            if isinstance(each, iam.Role):
                give_reasons(each, self)
        return pipeline

    def _source(self, output: codepipeline.Artifact, pipeline: codepipeline.Pipeline) -> actions.Action:
        if github := self.config.delivery.github:
            owner, _, name = github.repository.partition("/")
            return actions.CodeStarConnectionsSourceAction(
                action_name="source",
                connection_arn=github.connection_arn,
                owner=owner,
                repo=name,
                branch=github.branch,
                output=output,
            )
        starts = rule_role(self, "ChangedRole", rule=SOURCE_CHANGED, description="Rule: starts the delivery pipeline")
        events.Rule(
            self,
            "Changed",
            rule_name=self.physical(SOURCE_CHANGED),
            description="A new source.zip starts the pipeline",
            event_pattern=events.EventPattern(
                source=["aws.s3"],
                detail_type=["Object Created"],
                detail={"bucket": {"name": [self.bucket_name("delivery")]}, "object": {"key": [SOURCE]}},
            ),
            targets=[targets.CodePipeline(pipeline, event_role=starts)],
        )
        return actions.S3SourceAction(
            action_name="source",
            bucket=self.bucket,
            bucket_key=SOURCE,
            output=output,
            trigger=actions.S3Trigger.NONE,  # the rule above starts it; polling costs, and events need a trail
        )

    def _approvers(self) -> SecureTopic | None:
        """Where they are told; a topic of the CDK's own making would be open to anybody's plain HTTP."""
        if not self.config.delivery.approvers:
            return None
        return SecureTopic(self, "Approvals", name="approvals", key=self.key)

    def _action(self, stage: Stage, source: codepipeline.Artifact) -> actions.Action:
        delivery = self.config.delivery
        if not stage.goals:
            return actions.ManualApprovalAction(
                action_name=stage.name,
                additional_information=f"Deploy what runs in {self.config.environment} to {delivery.promotes_to}?",
                notification_topic=self._approvers(),
                notify_emails=list(delivery.approvers) or None,
            )
        environment = delivery.promotes_to if stage.promoted else self.config.environment
        variables = {"GOALS": " ".join(stage.goals), "ENV": environment, "FROM": self.config.environment}
        return actions.CodeBuildAction(
            action_name=stage.name,
            project=self.builds[stage.project].project,
            input=source,
            environment_variables={
                name: codebuild.BuildEnvironmentVariable(value=value) for name, value in variables.items()
            },
        )
