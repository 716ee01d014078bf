"""Embedded metrics in the functions' logs become metrics that alarms see."""

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from local.aws.metrics import Relay, data_of
from tests.contract.conftest import Parts
from tests.contract.test_emulator import until

GROUP = "/aws/lambda/mlops-dev-tells"


def line(value: float) -> str:
    """What Powertools prints."""
    metrics = [{"Name": "LiveWape", "Unit": "None"}]
    directive = {"Namespace": "RetailForecast", "Dimensions": [["Environment", "Dataset"]], "Metrics": metrics}
    aws = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": aws, "Environment": "dev", "Dataset": "shop", "LiveWape": [value]})


def write(parts: Parts, text: str) -> None:
    event: Any = {"timestamp": int(time.time() * 1000), "message": text}
    parts.cloud.logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[event])


def test_a_measure_in_a_log_raises_the_alarm_and_is_carried_once(parts: Parts, tmp_path: Path) -> None:
    parts.cloud.logs.create_log_group(logGroupName=GROUP)
    parts.cloud.logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    parts.cloud.cloudwatch.put_metric_alarm(
        AlarmName="worse", Namespace="RetailForecast", MetricName="LiveWape", Statistic="Maximum", Period=60,
        Dimensions=[{"Name": "Environment", "Value": "dev"}, {"Name": "Dataset", "Value": "shop"}],
        EvaluationPeriods=1, Threshold=0.5, ComparisonOperator="GreaterThanThreshold",
    )  # fmt: skip
    write(parts, "plain words")
    write(parts, line(0.9))
    relay = Relay(parts.cloud, tmp_path / "cursors.json", threading.Event())
    assert relay.carry() == 1
    assert relay.carry() == 0
    assert Relay(parts.cloud, tmp_path / "cursors.json", threading.Event()).carry() == 0
    write(parts, line(0.8))
    assert relay.carry() == 1

    def state() -> str:
        return parts.cloud.cloudwatch.describe_alarms(AlarmNames=["worse"])["MetricAlarms"][0]["StateValue"]

    until(lambda: state() == "ALARM")


@pytest.mark.parametrize("text", ["", "x", '{"_aws": 1}', '{"_aws": {"CloudWatchMetrics": [{}]}}', '{"_aws'])
def test_lines_that_are_no_measures_are_passed_over(text: str) -> None:
    assert data_of(text) == []


def test_each_set_of_dimensions_is_a_metric_of_its_own() -> None:
    directive = {"Namespace": "N", "Dimensions": [["A"], []], "Metrics": [{"Name": "M"}]}
    text = json.dumps({"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, "A": "a", "M": 2})
    ((namespace, data),) = data_of(text)
    assert namespace == "N"
    assert [(d["Dimensions"], d["Values"]) for d in data] == [([{"Name": "A", "Value": "a"}], [2.0]), ([], [2.0])]
