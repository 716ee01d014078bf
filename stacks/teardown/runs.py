"""What works on by itself: functions that would start more, and runs whose machines would go on."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.account import Account, is_gone
from stacks.config import Config
from stacks.parts import FUNCTIONS, component

UNDER_WAY = ("Executing", "Stopping")


def hold(account: Account, environment: str) -> None:
    """Let no function run any more: where a run is stopped, one of them would start the run that waits."""
    functions = account.client("lambda")
    for name in FUNCTIONS:
        physical = names.resource(environment, component(name))
        try:
            functions.put_function_concurrency(FunctionName=physical, ReservedConcurrentExecutions=0)
        except ClientError as error:
            if not is_gone(error):
                raise


def stop(account: Account, config: Config) -> int:
    """Stop pipeline executions, and wait until they have ended; how many there were.

    A pipeline does not go while one is under way, those that an earlier teardown began to stop among them.
    """
    sagemaker = account.client("sagemaker")
    found: set[str] = set()

    def none_left() -> bool:
        running = dict(_under_way(sagemaker, config))
        for arn, status in running.items():
            if status == "Executing":
                _stop(sagemaker, arn)
        found.update(running)
        return not running

    account.until(none_left, "runs are still stopping")
    return len(found)


def _under_way(sagemaker: Any, config: Config) -> Iterator[tuple[str, str]]:
    """ARN and status of every execution that has not ended."""
    others = (names.forecast_pipeline(config.environment), names.maintain_pipeline(config.environment))
    for pipeline in (*config.retrain_pipelines, *others):
        try:
            pages = list(sagemaker.get_paginator("list_pipeline_executions").paginate(PipelineName=pipeline))
        except ClientError as error:
            if not is_gone(error):
                raise
            continue
        for each in (each for page in pages for each in page["PipelineExecutionSummaries"]):
            if each["PipelineExecutionStatus"] in UNDER_WAY:
                yield each["PipelineExecutionArn"], each["PipelineExecutionStatus"]


def _stop(sagemaker: Any, arn: str) -> None:
    try:
        sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn)
    except ClientError:
        status = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)["PipelineExecutionStatus"]
        if status == "Executing":  # else it has ended by itself in the meantime
            raise
