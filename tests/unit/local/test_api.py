"""The operations answered by the stand-in itself."""

import json
from typing import Any

import pytest

from local.sagemaker.api import Api
from local.sagemaker.registry import ApiError
from tests.unit.local.conftest import Bench, processing

TOKEN = "t" * 32


def deploy(bench: Bench, *steps: dict[str, Any]) -> Api:
    api = Api(bench.runner)
    definition = {"Version": "2020-12-01", "Parameters": [{"Name": "RunId", "Type": "String"}], "Steps": list(steps)}
    api.answer("CreatePipeline", {"PipelineName": "p", "PipelineDefinition": json.dumps(definition), "RoleArn": "r"})
    return api


def start(api: Api, **more: Any) -> str:
    parameters = [{"Name": "RunId", "Value": more.pop("run", "r1")}]
    body = {"PipelineName": "p", "ClientRequestToken": TOKEN, "PipelineParameters": parameters, **more}
    return str(api.answer("StartPipelineExecution", body)["PipelineExecutionArn"])


def test_the_same_token_gives_the_same_execution_and_runs_once(bench: Bench) -> None:
    path = bench.folder / "ran"
    step = processing("A", bench.script("a", f"with open({str(path)!r}, 'a') as f: f.write('x')"))
    api = deploy(bench, step)
    first = start(api)
    assert start(api) == first
    bench.wait(first.rpartition("/")[2])
    assert start(api) == first
    assert path.read_text() == "x"
    assert len(api.answer("ListPipelineExecutions", {"PipelineName": "p"})["PipelineExecutionSummaries"]) == 1


def test_a_token_used_again_with_other_parameters_is_refused(bench: Bench) -> None:
    api = deploy(bench, processing("A", bench.script("a", "")))
    start(api)
    with pytest.raises(ApiError, match="other parameters"):
        start(api, run="r2")


@pytest.mark.parametrize("given", [[], [{"Name": "Wrong", "Value": "1"}]])
def test_parameters_must_be_those_of_the_pipeline(bench: Bench, given: list[dict[str, str]]) -> None:
    api = deploy(bench)
    with pytest.raises(ApiError, match="Parameter"):
        start(api, PipelineParameters=given)


def test_steps_are_listed_with_their_reason_and_job(bench: Bench) -> None:
    bad = processing("Bad", bench.script("bad", "sys.exit('why')"), DependsOn=["Good"])
    api = deploy(bench, bad, processing("Good", bench.script("good", "")))
    arn = start(api)
    bench.wait(arn.rpartition("/")[2])
    newest, first = api.answer("ListPipelineExecutionSteps", {"PipelineExecutionArn": arn})["PipelineExecutionSteps"]
    assert (newest["StepName"], newest["StepStatus"]) == ("Bad", "Failed")
    assert "why" in newest["FailureReason"]
    job = first["Metadata"]["ProcessingJob"]["Arn"].rpartition("/")[2]
    assert api.answer("DescribeProcessingJob", {"ProcessingJobName": job})["ProcessingJobStatus"] == "Completed"
    assert "Step Bad failed" in api.answer("DescribePipelineExecution", {"PipelineExecutionArn": arn})["FailureReason"]


def test_an_execution_nobody_started_is_not_found(bench: Bench) -> None:
    with pytest.raises(ApiError) as error:
        deploy(bench).answer("DescribePipelineExecution", {"PipelineExecutionArn": "arn:x/execution/none"})
    assert error.value.code == "ResourceNotFound"


def test_a_definition_with_a_step_name_twice_is_refused(bench: Bench) -> None:
    with pytest.raises(ApiError, match="unique"):
        deploy(bench, processing("A", ["python3"]), processing("A", ["python3"]))


def test_a_changed_approval_is_announced(bench: Bench) -> None:
    api = deploy(bench)
    api.answer("CreateModelPackageGroup", {"ModelPackageGroupName": "g"})
    body = {"ModelPackageGroupName": "g", "ModelApprovalStatus": "PendingManualApproval", "ClientToken": TOKEN}
    arn = api.answer("CreateModelPackage", body)["ModelPackageArn"]
    assert api.answer("CreateModelPackage", body)["ModelPackageArn"] == arn
    api.answer("UpdateModelPackage", {"ModelPackageArn": arn, "ModelApprovalStatus": "Approved"})
    assert bench.collector.events[-1]["detail"]["ModelApprovalStatus"] == "Approved"
    assert bench.collector.events[-1]["resources"] == [arn]


@pytest.mark.parametrize(("order", "newest_first"), [({}, True), ({"SortOrder": "Ascending"}, False)])
def test_executions_are_listed_page_by_page_in_order(bench: Bench, order: dict[str, str], newest_first: bool) -> None:
    api = deploy(bench)
    made = [start(api, ClientRequestToken=f"{number:032}") for number in range(5)]
    listed: list[list[str]] = []
    token: dict[str, str] = {}
    for _ in range(3):
        answer = api.answer("ListPipelineExecutions", {"PipelineName": "p", "MaxResults": 2, **order, **token})
        listed.append([each["PipelineExecutionArn"] for each in answer["PipelineExecutionSummaries"]])
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    assert token == {}
    assert [arn for page in listed for arn in page] == (made[::-1] if newest_first else made)
    assert [len(page) for page in listed] == [2, 2, 1]


def test_only_the_newest_executions_keep_their_logs(bench: Bench) -> None:
    api = deploy(bench)
    made = [start(api, ClientRequestToken=f"{number:032}").rpartition("/")[2] for number in range(4)]
    assert bench.journal.ids_but_newest(1) == made[2::-1]
