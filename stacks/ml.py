"""What works on the data: three functions behind queues, and the SageMaker pipelines they start."""

import aws_cdk as cdk
from aws_cdk import aws_events as events
from constructs import Construct

from core.contracts import keys, names
from lambdas.on_pipeline_change.settings import Settings as OnPipelineChange
from lambdas.on_upload.settings import Settings as OnUpload
from lambdas.promote.settings import Settings as Promote
from lambdas.shared.environment import FunctionSettings
from stacks.base import EnvironmentStack
from stacks.config import Config
from stacks.constructs.data_plane import DataPlane
from stacks.constructs.grants import Grant
from stacks.constructs.keys import SecureKey
from stacks.constructs.pipeline_role import pipeline_role
from stacks.constructs.pipelines import Pipelines
from stacks.constructs.queued_function import FunctionSpec, QueuedFunction, Trigger, log_group_name
from stacks.constructs.step_roles import step_roles
from stacks.constructs.topics import AlarmTopic
from stacks.parts import FUNCTIONS, ROLLBACK_TOPIC


class MlStack(EnvironmentStack):
    """Events in, pipelines started, champions promoted."""

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(
            scope, config, name="ml", component="ml", description="Retail forecast: functions, queues, pipelines"
        )
        self.data = DataPlane.of(self)
        self.key = SecureKey(self, "Key", name="ml", description="Messages between the functions, and their logs")
        self.key.open_to_logs(*(log_group_name(self, name) for name in FUNCTIONS))
        self.key.open_to_rules()
        env = config.environment
        self.retrain_arns = tuple(self._pipeline_arn(name) for name in config.retrain_pipelines)
        self.forecast_arn = self._pipeline_arn(names.forecast_pipeline(env))

        roles = step_roles(self, self.data)
        Pipelines(self, "Pipelines", data=self.data, roles=roles, role=pipeline_role(self, self.data, roles))
        self._on_upload()
        self._promote()
        self._on_pipeline_change()

    def _on_upload(self) -> None:
        function = QueuedFunction(
            self,
            "OnUpload",
            key=self.key,
            spec=FunctionSpec(
                name="on_upload",
                description="Claims what was dropped, judges what nobody can read, starts one run per dataset",
                environment=self._environment(OnUpload),
                concurrency=self.config.functions.on_upload,
                triggers=(
                    Trigger(
                        name="upload",
                        description="Objects come and go in the raw bucket, but for what we write there ourselves",
                        pattern=events.EventPattern(
                            source=["aws.s3"],
                            detail_type=["Object Created", "Object Deleted"],
                            detail={
                                "bucket": {"name": [self.data.raw.name]},
                                "object": {"key": [{"anything-but": {"prefix": list(keys.OUR_RAW_PREFIXES)}}]},
                            },
                        ),
                    ),
                    self._sweep("sweep-uploads", "Finds uploads that no event brought"),
                ),
            ),
        )
        function.allow(
            self.data.use_key(),
            self.data.use_table(),
            self.data.raw.look("s3:ListBucketVersions"),
            self.data.raw.read(),
            self.data.raw.write(*keys.OUR_RAW_PREFIXES),
            self.data.lake.look(),
            self.data.lake.read("runs/"),
            self.data.lake.write("runs/"),
            self._start(*self.retrain_arns),
            *self._follow(*self.retrain_arns),
        )

    def _promote(self) -> None:
        group = names.model_package_group(self.config.environment)
        function = QueuedFunction(
            self,
            "Promote",
            key=self.key,
            spec=FunctionSpec(
                name="promote",
                description="Moves the champion pointer to an approved model, or back, and starts its forecasts",
                environment=self._environment(Promote),
                concurrency=self.config.functions.promote,
                triggers=(
                    Trigger(
                        name="model-approved",
                        description="A model of ours was approved",
                        pattern=events.EventPattern(
                            source=["aws.sagemaker"],
                            detail_type=["SageMaker Model Package State Change"],
                            detail={"ModelPackageGroupName": [group], "ModelApprovalStatus": ["Approved"]},
                        ),
                    ),
                ),
            ),
        )
        function.allow(
            self.data.use_key(),
            self.data.use_table(),
            self.data.artifacts.look(),
            self.data.artifacts.read(keys.CHAMPIONS),
            self.data.artifacts.write(keys.CHAMPIONS),
            self.data.lake.look(),
            self.data.lake.read("runs/", "forecasts/"),
            Grant(
                actions=("sagemaker:DescribeModelPackage",),
                resources=(self._sagemaker_arn("model-package", f"{group}/*"),),
                because="every version in one group; SageMaker numbers them",
            ),
            self._start(self.forecast_arn),
            *self._follow(self.forecast_arn),
        )
        function.listen_to(AlarmTopic(self, "RollbackTopic", name=ROLLBACK_TOPIC, key=self.key))

    def _on_pipeline_change(self) -> None:
        function = QueuedFunction(
            self,
            "OnPipelineChange",
            key=self.key,
            spec=FunctionSpec(
                name="on_pipeline_change",
                description="Closes a run: its uploads, its flight, its measures; starts what waits",
                environment=self._environment(OnPipelineChange),
                concurrency=self.config.functions.on_pipeline_change,
                triggers=(
                    Trigger(
                        name="pipeline-ended",
                        description="A pipeline of ours has ended",
                        pattern=events.EventPattern(
                            source=["aws.sagemaker"],
                            detail_type=["SageMaker Model Building Pipeline Execution Status Change"],
                            detail={
                                "pipelineArn": [*self.retrain_arns, self.forecast_arn],
                                "currentPipelineExecutionStatus": ["Succeeded", "Failed", "Stopped"],
                            },
                        ),
                    ),
                    self._sweep("sweep-runs", "Finds runs whose end no event told"),
                ),
            ),
        )
        function.allow(
            self.data.use_key(),
            self.data.use_table(),
            self.data.raw.look(),
            self.data.raw.read(*keys.OUR_RAW_PREFIXES),
            self.data.raw.write(*keys.OUR_RAW_PREFIXES),
            self.data.lake.look(),
            self.data.lake.read("runs/", "accuracy/", "forecasts/"),
            self.data.lake.write("runs/"),
            self.data.artifacts.look(),
            self.data.artifacts.read(keys.CHAMPIONS),
            self._start(*self.retrain_arns, self.forecast_arn),
            *self._follow(*self.retrain_arns, self.forecast_arn),
        )

    def _environment(self, settings: type[FunctionSettings]) -> dict[str, str]:
        """Exactly the variables a function's settings ask for."""
        env = self.config.environment
        known = {
            "ENVIRONMENT": env,
            "RAW_BUCKET": self.data.raw.name,
            "LAKE_BUCKET": self.data.lake.name,
            "ARTIFACTS_BUCKET": self.data.artifacts.name,
            "UPLOADS_TABLE": self.data.uploads_table,
            "RETRAIN_PIPELINES": ",".join(self.config.retrain_pipelines),
            "FORECAST_PIPELINE": names.forecast_pipeline(env),
            "MODEL_PACKAGE_GROUP": names.model_package_group(env),
        }
        return {name: known[name] for name in settings.variables()}

    def _sweep(self, name: str, description: str) -> Trigger:
        minutes = self.config.functions.sweep_minutes
        return Trigger(
            name=name, description=description, every=cdk.Duration.minutes(minutes), says={"action": "sweep"}
        )

    def _start(self, *pipelines: str) -> Grant:
        return Grant(actions=("sagemaker:StartPipelineExecution",), resources=pipelines)

    def _follow(self, *pipelines: str) -> tuple[Grant, Grant]:
        return (
            Grant(
                actions=("sagemaker:DescribePipelineExecution", "sagemaker:ListPipelineExecutionSteps"),
                resources=tuple(f"{pipeline}/execution/*" for pipeline in pipelines),
                because="executions of one pipeline; SageMaker names them",
            ),
            Grant(
                actions=("sagemaker:DescribeProcessingJob",),
                resources=(self._sagemaker_arn("processing-job", "pipelines-*"),),
                because="a pipeline names its jobs pipelines-<execution>-<step>",
            ),
        )

    def _pipeline_arn(self, name: str) -> str:
        return self._sagemaker_arn("pipeline", name)

    def _sagemaker_arn(self, resource: str, name: str) -> str:
        return self.format_arn(service="sagemaker", resource=resource, resource_name=name)
