import json
from pathlib import Path

import pytest

from core.contracts.errors import ConfigError
from stacks.config import ENVIRONMENTS, load
from stacks.platform_config import OfficeHours
from tests.unit.stacks.synthesis import Json, Template, templates, text

pytestmark = pytest.mark.xdist_group("synth")
HOURS = OfficeHours(time_zone="Asia/Singapore", opens="08:50", closes="19:30")


def schedules(template: Template) -> dict[str, Json]:
    """Name -> properties, the call's parameters read."""
    found = {}
    for each in template.of_type("AWS::Scheduler::Schedule").values():
        found[each["Name"]] = each | {"says": json.loads(text(each["Target"]["Input"]))}
    return found


def test_nodes_of_dev_go_when_the_office_closes_and_come_when_it_opens() -> None:
    cluster = templates("dev")["cluster"]
    found = schedules(cluster)
    assert set(found) == {"mlops-dev-nodes-off", "mlops-dev-nodes-on"}
    off, on = found["mlops-dev-nodes-off"], found["mlops-dev-nodes-on"]
    assert off["says"]["ScalingConfig"] == {"MinSize": 0, "MaxSize": 3, "DesiredSize": 0}
    assert on["says"]["ScalingConfig"] == {"MinSize": 1, "MaxSize": 3, "DesiredSize": 1}
    assert (off["ScheduleExpression"], on["ScheduleExpression"]) == ("cron(0 19 * * ? *)", "cron(0 8 ? * MON-FRI *)")
    assert {each["ScheduleExpressionTimezone"] for each in found.values()} == {"Asia/Singapore"}
    for each in found.values():
        assert text(each["Target"]["Arn"]).endswith(":aws-sdk:eks:updateNodegroupConfig")
        role = text(each["Target"]["RoleArn"]).strip("<>").removesuffix(".Arn")
        by_action = {each["Action"][0]: each for each in cluster.statements(role)}
        assert set(by_action) == {"eks:UpdateNodegroupConfig", "sqs:SendMessage", "kms:Decrypt"}
        assert "*" not in "".join(resource for each in by_action.values() for resource in each["Resource"])


def test_alarms_of_what_is_off_rest_meanwhile_and_no_other_does() -> None:
    found = schedules(templates("dev")["observability"])
    off, on = found["mlops-dev-alarms-off"], found["mlops-dev-alarms-on"]
    assert off["says"] == on["says"]
    assert off["says"]["AlarmNames"] == [
        f"mlops-dev-{name}" for name in ("api-errors", "api-slow", "pods-few", "nodes-failed")
    ]
    assert on["ScheduleExpression"] == "cron(20 8 ? * MON-FRI *)", "when the pods are back"
    alarms = templates("dev")["observability"].of_type("AWS::CloudWatch::Alarm").values()
    assert set(off["says"]["AlarmNames"]) <= {each["AlarmName"] for each in alarms}


def test_the_alarms_of_calls_that_were_missed_never_rest() -> None:
    template = templates("dev")["observability"]
    resting = set(schedules(template)["mlops-dev-alarms-off"]["says"]["AlarmNames"])
    made = {each["AlarmName"] for each in template.of_type("AWS::CloudWatch::Alarm").values()}
    assert {f"mlops-dev-office-hours-{what}-missed" for what in ("nodes", "alarms")} <= made - resting


def test_production_is_always_on() -> None:
    for template in templates("prod").values():
        assert not template.of_type("AWS::Scheduler::Schedule")
        assert not [each for each in template.of_type("AWS::SQS::Queue").values() if "hours" in each["QueueName"]]


def test_minutes_carry_into_the_next_hour() -> None:
    assert HOURS.opening(20) == "cron(10 9 ? * MON-FRI *)"
    assert HOURS.closing == "cron(30 19 * * ? *)"
    assert pytest.approx(53.333 / 168, rel=1e-3) == HOURS.share


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{ time_zone = "Singapore!" }',
            "cluster.office_hours.time_zone = 'Singapore!': give a time zone by its name",
        ),
        ('{ time_zone = "Asia/Singapore", opens = "8" }', "opens = '8': give hours and minutes, such as '08:00'"),
        (
            '{ time_zone = "Asia/Singapore", opens = "20:00" }',
            "opens is 20:00, which is not before closes = 19:00: change one",
        ),
    ],
)
def test_hours_that_cannot_be_are_a_sentence(tmp_path: Path, line: str, said: str) -> None:
    before = (ENVIRONMENTS / "dev.toml").read_text().splitlines()
    lines = [f"office_hours = {line}" if each.startswith("office_hours") else each for each in before]
    (tmp_path / "dev.toml").write_text("\n".join(lines))
    with pytest.raises(ConfigError, match="office_hours") as caught:
        load("dev", tmp_path)
    assert said in str(caught.value)
