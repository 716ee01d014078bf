"""The operations of the SageMaker API this stand-in answers itself; all others go to the registry."""

import json
import uuid
from collections.abc import Callable
from typing import Any

from local.sagemaker import registration
from local.sagemaker.definition import DefinitionError, all_steps, parameters
from local.sagemaker.events import execution_arn, execution_changed, pipeline_arn
from local.sagemaker.journal import Execution, Step
from local.sagemaker.registry import ApiError
from local.sagemaker.runner import Runner

Body = dict[str, Any]


class Api:
    """``answer("StartPipelineExecution", {...})`` -> the response body."""

    def __init__(self, runner: Runner) -> None:
        self._runner, self._journal, self._registry = runner, runner.journal, runner.registry
        self._own: dict[str, Callable[[Body], Body]] = {
            "CreatePipeline": self._create_pipeline,
            "UpdatePipeline": self._update_pipeline,
            "StartPipelineExecution": self._start,
            "StopPipelineExecution": self._stop,
            "DescribePipelineExecution": self._describe,
            "DescribePipelineDefinitionForExecution": self._definition,
            "ListPipelineExecutions": self._list,
            "ListPipelineExecutionSteps": self._list_steps,
            "ListPipelineParametersForExecution": self._list_parameters,
            "CreateModelPackage": lambda body: registration.create_package(runner.registry, runner.courier, body),
            "UpdateModelPackage": self._update_package,
            "DescribeProcessingJob": lambda body: self._job("ProcessingJob", body),
            "DescribeTrainingJob": lambda body: self._job("TrainingJob", body),
            "DescribeTransformJob": lambda body: self._job("TransformJob", body),
        }

    def answer(self, operation: str, body: Body) -> Body:
        """The response to one call.

        Raises:
            ApiError: as the API would.
        """
        if operation in self._own:
            return self._own[operation](body)
        return self._registry.call(operation, body)

    def _create_pipeline(self, body: Body) -> Body:
        _check_definition(body)
        return self._registry.call("CreatePipeline", body)

    def _update_pipeline(self, body: Body) -> Body:
        _check_definition(body)
        return self._registry.call("UpdatePipeline", body)

    def _start(self, body: Body) -> Body:
        name = body["PipelineName"].rpartition("/")[2]
        definition = self._pipeline(name)["PipelineDefinition"]
        given = {p["Name"]: p["Value"] for p in body.get("PipelineParameters", [])}
        try:
            parameters(json.loads(definition), given)
        except DefinitionError as error:
            raise ApiError("ValidationException", str(error)) from error
        wanted = Execution(
            id=uuid.uuid4().hex[:12], pipeline=name, token=body.get("ClientRequestToken") or uuid.uuid4().hex,
            definition=definition, parameters=given,
            display=body.get("PipelineExecutionDisplayName"), description=body.get("PipelineExecutionDescription"),
        )  # fmt: skip
        with self._journal.together():
            execution = self._journal.add(wanted)
            if execution.id == wanted.id:
                self._runner.courier.send(execution_changed(execution, "Executing"))
        if execution.parameters != given:
            raise ApiError(
                "ValidationException", f"ClientRequestToken {execution.token} was used with other parameters"
            )
        if execution.id == wanted.id:
            self._runner.begin(execution)
        return {"PipelineExecutionArn": execution_arn(execution)}

    def _stop(self, body: Body) -> Body:
        execution = self._execution(body)
        self._runner.stop(execution)
        return {"PipelineExecutionArn": execution_arn(execution)}

    def _describe(self, body: Body) -> Body:
        e = self._execution(body)
        return _without_none(
            {
                "PipelineArn": pipeline_arn(e.pipeline),
                "PipelineExecutionArn": execution_arn(e),
                "PipelineExecutionDisplayName": e.display or e.id,
                "PipelineExecutionStatus": e.status,
                "PipelineExecutionDescription": e.description,
                "FailureReason": e.failure,
                "CreationTime": e.created,
                "LastModifiedTime": e.modified,
            }
        )

    def _definition(self, body: Body) -> Body:
        execution = self._execution(body)
        return {"PipelineDefinition": execution.definition, "CreationTime": execution.created}

    def _list(self, body: Body) -> Body:
        name = body["PipelineName"].rpartition("/")[2]
        self._pipeline(name)
        start, size = _place(body)
        found = self._journal.page(name, start, size + 1, newest_first=body.get("SortOrder") != "Ascending")
        summaries = [
            _without_none(
                {
                    "PipelineExecutionArn": execution_arn(e),
                    "StartTime": e.created,
                    "PipelineExecutionStatus": e.status,
                    "PipelineExecutionDescription": e.description,
                    "PipelineExecutionDisplayName": e.display or e.id,
                    "PipelineExecutionFailureReason": e.failure,
                }
            )
            for e in found[:size]
        ]
        more = {"NextToken": str(start + size)} if len(found) > size else {}
        return {"PipelineExecutionSummaries": summaries, **more}

    def _list_steps(self, body: Body) -> Body:
        steps = [_step_summary(step) for step in self._journal.steps(self._execution(body).id)]
        if body.get("SortOrder", "Descending") == "Descending":
            steps.reverse()
        return _page(steps, body, "PipelineExecutionSteps")

    def _list_parameters(self, body: Body) -> Body:
        values = self._execution(body).parameters
        return _page([{"Name": n, "Value": v} for n, v in values.items()], body, "PipelineParameters")

    def _update_package(self, body: Body) -> Body:
        # moto forgets what an update does not mention; the API keeps it.
        present = self._registry.call("DescribeModelPackage", {"ModelPackageName": body["ModelPackageArn"]})
        kept: Body = {name: present[name] for name in ("ModelApprovalStatus", "ApprovalDescription") if name in present}
        merged = {**present.get("CustomerMetadataProperties", {}), **body.get("CustomerMetadataProperties", {})}
        complete: Body = {**kept, **body}
        if merged:
            complete["CustomerMetadataProperties"] = merged
        answer = self._registry.call("UpdateModelPackage", complete)
        registration.announce(self._registry, self._runner.courier, answer["ModelPackageArn"])
        return answer

    def _job(self, kind: str, body: Body) -> Body:
        step = self._journal.job(kind, body[f"{kind}Name"])
        if step is None:
            raise ApiError("ResourceNotFound", f"{kind} {body[f'{kind}Name']} does not exist")
        return {**step.properties, "CreationTime": step.started}

    def _pipeline(self, name: str) -> Body:
        try:
            return self._registry.call("DescribePipeline", {"PipelineName": name})
        except ApiError as error:
            raise ApiError("ResourceNotFound", f"Pipeline {name} does not exist") from error

    def _execution(self, body: Body) -> Execution:
        arn = body["PipelineExecutionArn"]
        found = self._journal.executions("id = ?", arn.rpartition("/")[2])
        if not found:
            raise ApiError("ResourceNotFound", f"Pipeline execution {arn} does not exist")
        return found[0]


def _check_definition(body: Body) -> None:
    if (text := body.get("PipelineDefinition")) is None:
        return
    try:
        definition = json.loads(text)
        names = [step["Name"] for step in all_steps(definition["Steps"])]
    except (ValueError, KeyError, TypeError) as error:
        raise ApiError("ValidationException", f"PipelineDefinition cannot be read: {error!r}") from error
    if len(set(names)) != len(names):
        raise ApiError("ValidationException", f"step names must be unique: {sorted(names)}")


_METADATA = {
    "Processing": ("ProcessingJob", "ProcessingJobArn"),
    "Training": ("TrainingJob", "TrainingJobArn"),
    "Transform": ("TransformJob", "TransformJobArn"),
    "Model": ("Model", "ModelArn"),
    "RegisterModel": ("RegisterModel", "ModelPackageArn"),
}


def _step_summary(step: Step) -> Body:
    metadata: Body = {}
    if step.type in _METADATA and _METADATA[step.type][1] in step.properties:
        name, arn = _METADATA[step.type]
        metadata = {name: {"Arn": step.properties[arn]}}
    elif step.type == "Condition" and "Outcome" in step.properties:
        metadata = {"Condition": {"Outcome": step.properties["Outcome"]}}
    elif step.type == "Fail":
        metadata = {"Fail": {"ErrorMessage": step.failure}}
    return _without_none(
        {
            "StepName": step.name,
            "StartTime": step.started,
            "EndTime": step.ended,
            "StepStatus": step.status,
            "AttemptCount": step.attempts,
            "FailureReason": step.failure,
            "Metadata": metadata,
        }
    )


def _place(body: Body) -> tuple[int, int]:
    """Where a page begins, and how many it may hold."""
    return int(body.get("NextToken") or 0), int(body.get("MaxResults", 100))


def _page(items: list[Body], body: Body, name: str) -> Body:
    start, size = _place(body)
    more = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return {name: items[start : start + size], **more}


def _without_none(body: Body) -> Body:
    return {name: value for name, value in body.items() if value is not None}
