"""SageMaker pipeline executions: started at most once for each request, and looked at."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from botocore.exceptions import ClientError

from lambdas.shared.clients import code
from lambdas.shared.log import logger

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient
    from mypy_boto3_sagemaker.type_defs import PipelineExecutionStepTypeDef


TERMINAL: Final = ("Succeeded", "Failed", "Stopped")
_NO_MACHINE: Final = ("capacityerror", "insufficient capacity", "maxwaittimeexceeded")
"""Words of a failure for want of machines, spot's waiting in vain among them."""
_NOT_OF_THE_DATA: Final = (
    "resourcelimitexceeded",
    *_NO_MACHINE,
    "internalservererror",
    "internal server error",
    "throttl",
    "accessdenied",
    "not authorized",
    "unable to assume",
    "cannotpullcontainer",
    "no such image",
    "is gone",
)
"""Words in a failure's reason that speak of the platform, not of the files."""
_RETRYABLE: Final = "algorithmerror: retryableerror: "


@dataclass(frozen=True)
class Execution:
    """State of one pipeline execution."""

    arn: str
    name: str
    status: str
    failure: str | None = None
    """The failed step and its reason, a sentence; None unless the execution failed or was stopped."""

    @property
    def terminal(self) -> bool:
        """True when nothing more will happen."""
        return self.status in TERMINAL

    @property
    def succeeded(self) -> bool:
        """True when every step that had to run has."""
        return self.status == "Succeeded"

    @property
    def pipeline(self) -> str:
        """Name of the pipeline it is of."""
        return self.arn.partition("/execution/")[0].rpartition("/")[2]

    @property
    def no_machine(self) -> bool:
        """True when the run failed because SageMaker had no machine of its kind."""
        reason = (self.failure or "").lower()
        return self.status == "Failed" and "algorithmerror" not in reason and any(w in reason for w in _NO_MACHINE)

    @property
    def platform_failed(self) -> bool:
        """True when the run ended for a reason that no file can have caused."""
        if self.status == "Stopped":
            return True
        reason = (self.failure or "").lower()
        if _RETRYABLE in reason:  # our code ran, and says that a service failed it
            return self.status == "Failed"
        ours = "algorithmerror" in reason  # our code ran and said no: then its words are not the platform's
        return self.status == "Failed" and not ours and any(word in reason for word in _NOT_OF_THE_DATA)


class Pipelines(Protocol):
    """What the functions need of SageMaker Pipelines."""

    def start(self, pipeline: str, name: str, parameters: Mapping[str, str], attempt: int = 1) -> str:
        """Start an execution and return its ARN; the same request, attempt included, starts it once."""
        ...

    def describe(self, arn: str) -> Execution | None:
        """State of an execution; None when there is no such execution."""
        ...

    def seconds(self, arn: str) -> dict[str, float]:
        """How long each step of an execution ran, by the step's name."""
        ...


class SageMakerPipelines:
    """``Pipelines`` by boto3."""

    def __init__(self, client: "SageMakerClient") -> None:
        self._client = client

    def start(self, pipeline: str, name: str, parameters: Mapping[str, str], attempt: int = 1) -> str:
        """Start an execution under a token derived from the request, so that repeating it is harmless."""
        ordered = sorted(parameters.items())
        token = hashlib.sha256(repr((pipeline, name, ordered, attempt)).encode()).hexdigest()
        answer = self._client.start_pipeline_execution(
            PipelineName=pipeline,
            PipelineExecutionDisplayName=name,
            PipelineParameters=[{"Name": key, "Value": value} for key, value in ordered],
            ClientRequestToken=token,
        )
        return answer["PipelineExecutionArn"]

    def describe(self, arn: str) -> Execution | None:
        """State of an execution, with the reason of the step that failed."""
        try:
            answer = self._client.describe_pipeline_execution(PipelineExecutionArn=arn)
        except ClientError as error:
            if code(error) in ("ResourceNotFound", "ResourceNotFoundException"):
                return None
            raise
        status = answer["PipelineExecutionStatus"]
        failure = None
        if status == "Failed":
            failure = self._failed_step(arn) or answer.get("FailureReason") or "the pipeline gave no reason"
        elif status == "Stopped":
            failure = "the run was stopped"
        return Execution(arn, answer.get("PipelineExecutionDisplayName", ""), status, failure)

    def seconds(self, arn: str) -> dict[str, float]:
        """How long each step that has ended ran; empty when the steps cannot be listed."""
        return {
            step["StepName"]: (step["EndTime"] - step["StartTime"]).total_seconds()
            for step in self._steps(arn)
            if "StartTime" in step and "EndTime" in step
        }

    def _steps(self, arn: str) -> "list[PipelineExecutionStepTypeDef]":
        try:
            answer = self._client.list_pipeline_execution_steps(PipelineExecutionArn=arn, SortOrder="Ascending")
        except ClientError as error:
            logger.warning("the steps of the execution cannot be listed", execution=arn, code=code(error))
            return []
        return answer["PipelineExecutionSteps"]

    def _failed_step(self, arn: str) -> str | None:
        """Which step failed and why; the execution's own reason only says that one did."""
        for step in self._steps(arn):
            if step.get("StepStatus") == "Failed":
                return f"{step['StepName']}: {self._reason(step)}"
        return None

    def _reason(self, step: "PipelineExecutionStepTypeDef") -> str:
        """Why a step failed. Of a processing job SageMaker tells only its exit code, and apart what it left to say."""
        reason = step.get("FailureReason") or "no reason given"
        arn = step.get("Metadata", {}).get("ProcessingJob", {}).get("Arn")
        if arn is None:
            return reason
        try:
            job = self._client.describe_processing_job(ProcessingJobName=arn.rpartition("/")[2])
        except ClientError as error:
            logger.warning("a failed job cannot be looked at", job=arn, code=code(error))
            return reason
        said = job.get("ExitMessage", "")
        return f"AlgorithmError: {said}" if said and said not in reason else reason
