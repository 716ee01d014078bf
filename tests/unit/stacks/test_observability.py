import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.contracts import names
from core.contracts.models import Evaluation, LiveAccuracy, Scores
from core.contracts.verdict import Kind
from lambdas.shared import measures
from tests.unit.stacks.synthesis import Template, templates, text

pytestmark = pytest.mark.xdist_group("synth")
RUNBOOK = Path(__file__).parents[3] / "docs" / "runbook.md"
SCORES = Scores(rows=1, wape=0.1, bias=0.0, coverage=0.8)


@pytest.fixture
def observability() -> Template:
    return templates("dev")["observability"]


def emitted() -> set[str]:
    """Names of all measures the functions can emit."""
    shown: dict[str, Any] = {"challenger": SCORES, "model": SCORES, "naive": SCORES, "approved": True}
    evaluation, report = Evaluation.model_construct(**shown), LiveAccuracy.model_construct(**shown)
    found = [*measures.of_evaluation(evaluation), *measures.of_accuracy([report])]
    found += [measures.RETRAIN_FAILED, measures.FORECAST_FAILED]
    return {each.name for each in found} | {f"Uploads{kind.value.capitalize()}" for kind in Kind} | {"RowsRefused"}


def alarms(template: Template) -> list[dict[str, Any]]:
    return list(template.of_type("AWS::CloudWatch::Alarm").values())


def widgets(template: Template) -> list[dict[str, Any]]:
    _, board = template.one("AWS::CloudWatch::Dashboard", DashboardName="mlops-dev-overview")
    return [widget["properties"] for widget in json.loads(text(board["DashboardBody"]))["widgets"]]


def test_every_alarm_tells_the_topic_when_it_starts_and_when_it_ends(observability: Template) -> None:
    topic, _ = observability.one("AWS::SNS::Topic", TopicName="mlops-dev-alarms")
    assert alarms(observability)
    for alarm in alarms(observability):
        assert {"Ref": topic} in alarm["AlarmActions"]
        assert alarm["OKActions"] == [{"Ref": topic}]


def test_cloudwatch_may_publish_to_the_topic_and_use_its_key(observability: Template) -> None:
    topic, properties = observability.one("AWS::SNS::Topic")
    key, found = observability.one("AWS::KMS::Key")
    assert text(properties["KmsMasterKeyId"]) == f"<{key}.Arn>"
    cloudwatch = {"Service": "cloudwatch.amazonaws.com"}
    (opened,) = [each for each in found["KeyPolicy"]["Statement"] if each["Principal"] == cloudwatch]
    assert set(opened["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    _, policy = observability.one("AWS::SNS::TopicPolicy", Topics=[{"Ref": topic}])
    statements = policy["PolicyDocument"]["Statement"]
    (allowed,) = [each for each in statements if each["Principal"] == cloudwatch]
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "sns:Publish")
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert any(each["Effect"] == "Deny" for each in statements), "without TLS"


def test_every_alarm_links_to_a_chapter_of_the_runbook_that_exists(observability: Template) -> None:
    chapters = {
        re.sub(r"[^a-z0-9 -]", "", line.removeprefix("## ").lower()).replace(" ", "-")
        for line in RUNBOOK.read_text().splitlines()
        if line.startswith("## ")
    }
    for alarm in alarms(observability):
        address, anchor = alarm["AlarmDescription"].rsplit(" ", 1)[1].split("#")
        assert address.endswith("/docs/runbook.md")
        assert anchor in chapters


def test_alarms_watch_every_queue_function_and_pipeline(observability: Template) -> None:
    watched = {
        (alarm["MetricName"], dimension["Value"])
        for alarm in alarms(observability)
        for dimension in alarm["Dimensions"]
        if dimension["Name"] in ("QueueName", "FunctionName", "PipelineName")
    }
    ml = templates("dev")["ml"]
    queues = [each["QueueName"] for each in ml.of_type("AWS::SQS::Queue").values()]
    for name in queues:
        metric = "ApproximateNumberOfMessagesVisible" if name.endswith("-dlq") else "ApproximateAgeOfOldestMessage"
        assert (metric, name) in watched
    for properties in ml.of_type("AWS::Lambda::Function").values():
        assert ("Errors", properties["FunctionName"]) in watched
    for properties in ml.of_type("AWS::SageMaker::Pipeline").values():
        assert ("ExecutionFailed", properties["PipelineName"]) in watched


def test_accuracy_is_watched_under_the_dimensions_the_functions_write(observability: Template) -> None:
    ours = [alarm for alarm in alarms(observability) if alarm["Namespace"] == names.METRIC_NAMESPACE]
    assert {alarm["MetricName"] for alarm in ours} == {"LiveWape", "LiveBias", "LiveCoverage"} <= emitted()
    for alarm in ours:
        dimensions = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        assert dimensions == {"Environment": "dev", "Dataset": "default"}


def test_only_the_accuracy_of_forecasts_asks_for_a_rollback(observability: Template) -> None:
    rollback = "arn:aws:sns:ap-southeast-1:<AWS::AccountId>:mlops-dev-rollback"
    asking = {
        alarm["AlarmName"]
        for alarm in alarms(observability)
        if rollback in [text(action) for action in alarm["AlarmActions"]]
    }
    assert asking == {"mlops-dev-default-live-wape"}


def test_alarms_are_on_one_metric_each_so_that_every_cloudformation_takes_them(observability: Template) -> None:
    assert not [alarm["AlarmName"] for alarm in alarms(observability) if "Metrics" in alarm]


def test_the_dashboard_shows_only_measures_that_the_functions_emit(observability: Template) -> None:
    searched = set(re.findall(r'MetricName=\\?"(\w+)\\?"', json.dumps(widgets(observability)).replace("\\\\", "\\")))
    assert searched
    assert searched <= emitted()


@pytest.mark.parametrize(
    "metric",
    [
        "UploadsAccepted", "UploadsRejected", "RowsRefused", "ExecutionSucceeded", "ExecutionFailed",
        "BacktestWape", "LiveWape", "LiveBias", "LiveCoverage", "Errors", "Duration",
        "ApproximateNumberOfMessagesVisible", "mlops-dev-on-upload-dlq",
    ],
)  # fmt: skip
def test_the_dashboard_shows(observability: Template, metric: str) -> None:
    assert metric in json.dumps(widgets(observability))
