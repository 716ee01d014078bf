"""Why an execution failed, as SageMaker tells it: a processing job's own words stand apart from its exit code."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.shared.pipelines import SageMakerPipelines

ARN = "arn:aws:sagemaker:eu-west-1:000000000000:pipeline/p/execution/e1"
JOB = "pipelines-e1-Ingest-1"
REST = {
    "ProcessingJobName": JOB,
    "ProcessingJobArn": f"arn:aws:sagemaker:eu-west-1:000000000000:processing-job/{JOB}",
    "ProcessingJobStatus": "Failed",
    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}},
    "AppSpecification": {"ImageUri": "image"},
    "CreationTime": 0,
}
CODE = "AlgorithmError: See job logs for more information"


def failed(step: dict[str, Any], job: dict[str, Any] | None = None) -> tuple[str | None, bool]:
    """The failure told of an execution with this failed step, and whether it counts as the platform's."""
    client = boto3.client("sagemaker", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        stub.add_response("describe_pipeline_execution", {"PipelineExecutionStatus": "Failed"})
        steps = [{"StepName": "Ingest", "StepStatus": "Failed", **step}]
        stub.add_response("list_pipeline_execution_steps", {"PipelineExecutionSteps": steps})
        if job is not None:
            stub.add_response("describe_processing_job", {**REST, **job}, {"ProcessingJobName": JOB})
        else:
            stub.add_client_error("describe_processing_job", "AccessDeniedException")
        execution = SageMakerPipelines(client).describe(ARN)
    assert execution is not None
    return execution.failure, execution.platform_failed


def processing(reason: str) -> dict[str, Any]:
    return {"FailureReason": reason, "Metadata": {"ProcessingJob": {"Arn": REST["ProcessingJobArn"]}}}


@pytest.mark.parametrize(
    ("said", "told", "platform"),
    [
        ("RetryableError: no answer", "Ingest: AlgorithmError: RetryableError: no answer", True),
        ("RejectedDataError: no rows", "Ingest: AlgorithmError: RejectedDataError: no rows", False),
        ("", f"Ingest: {CODE}", False),
    ],
)
def test_what_a_processing_job_left_to_say_is_its_reason(said: str, told: str, platform: bool) -> None:
    assert failed(processing(CODE), {"ExitMessage": said} if said else {}) == (told, platform)


def test_a_job_that_cannot_be_looked_at_is_told_by_its_exit_code() -> None:
    assert failed(processing(CODE)) == (f"Ingest: {CODE}", False)


def test_a_job_that_never_ran_keeps_the_reason_of_the_platform() -> None:
    reason = "ClientError: CapacityError: no machine"
    assert failed({"FailureReason": reason}) == (f"Ingest: {reason}", True)
