"""Whether a deployed service works, as its pods tell of it."""

import argparse
import json
import logging
import time
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from core.contracts.errors import RetryableError
from core.contracts.names import REQUESTS_LINE
from service.__main__ import about
from service.board import Board
from service.logs import JsonFormatter
from service.settings import Settings
from stacks.config import Config, load
from stacks.delivery_steps import __main__ as steps
from stacks.delivery_steps import cloud, pods
from stacks.delivery_steps.health import ClosedError, looked_after
from stacks.delivery_steps.pods import Pod, told, wrong
from stacks.platform_config import OfficeHours

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
BUILD = "sha256:" + 64 * "a"


def pod(name: str = "one", *, up: int = 60, ready: bool = True) -> Pod:
    return Pod(name=name, up_seconds=up, ready=ready, state="forecasts are served" if ready else "no champion yet")


def line(name: str, **said: object) -> str:
    """A line of a pod as CloudWatch's agent keeps it."""
    about_it = about(Settings(build=BUILD), Board())
    record = logging.makeLogRecord({"msg": REQUESTS_LINE, "levelname": "INFO", **about_it, **said})
    return json.dumps(
        {"log_processed": json.loads(JsonFormatter().format(record)), "kubernetes": {"pod_name": name}, "log": ""}
    )


def test_the_newest_line_of_each_pod_of_the_wanted_build_counts() -> None:
    client = boto3.client("logs", region_name="ap-southeast-1", aws_access_key_id="x", aws_secret_access_key="x")
    lines = [line("b", up_seconds=1), line("a", up_seconds=100), line("b", up_seconds=61, ready=True)]
    with Stubber(client) as stub:
        stub.add_response(
            "filter_log_events",
            {"events": [{"message": each} for each in lines]},
            {
                "logGroupName": "/aws/containerinsights/mlops-dev-cluster/application",
                "filterPattern": f'{{ ($.log_processed.message = "requests") && ($.log_processed.build = "{BUILD}") }}',
                "startTime": int(NOW.timestamp() * 1000) - 180_000,
            },
        )
        found = told(client, "dev", BUILD, NOW)
        assert found is not None
        assert [(each.name, each.up_seconds, each.ready) for each in found] == [("a", 100, False), ("b", 61, True)]
        assert "the champions have not all been looked at yet" in found[0].state
        stub.add_client_error("filter_log_events", "ResourceNotFoundException")
        assert told(client, "dev", BUILD, NOW) is None


def test_before_the_first_champion_pods_that_are_up_are_enough() -> None:
    waiting = [pod("a", ready=False), pod("b", ready=False)]
    assert wrong(waiting, fewest=2, champions=False) is None
    assert wrong(waiting, fewest=2, champions=True) == "2 of 2 pods are not ready: no champion yet"
    assert wrong([pod("a"), pod("b")], fewest=2, champions=True) is None


@pytest.mark.parametrize("few", [[], [pod()], [pod("a"), pod("b", up=3)]])
def test_too_few_pods_and_pods_that_end_again_and_again_are_no_service(few: list[Pod]) -> None:
    for champions in (False, True):
        assert "pods of this build have been up for a minute" in str(wrong(few, fewest=2, champions=champions))


class Account:
    """What the look asks of an account."""

    def __init__(self, *, champions: bool, targets: list[str] | None) -> None:
        self.champions, self.targets = champions, targets

    def client(self, _: str) -> "Account":
        return self

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": "123456789012"}

    def list_objects_v2(self, **asked: object) -> dict[str, int]:
        assert asked == {"Bucket": "mlops-prod-artifacts-123456789012", "Prefix": "champions/", "MaxKeys": 1}
        return {"KeyCount": int(self.champions)}


def look(
    monkeypatch: pytest.MonkeyPatch, account: Account, found: list[Pod] | None, config: Config | None = None
) -> str:
    now = iter(range(0, 10_000, 100))
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(pods, "told", lambda *_: found)
    monkeypatch.setattr(cloud, "target_states", lambda *_: account.targets)
    return looked_after(account, config or load("prod"), BUILD)  # type: ignore[arg-type]


def test_a_service_is_looked_at_with_its_champions_and_its_load_balancer(monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, served = [pod("a", ready=False), pod("b", ready=False)], [pod("a"), pod("b")]
    assert "waiting: no champion yet" in look(monkeypatch, Account(champions=False, targets=[]), waiting)
    assert "forecasts are served" in look(monkeypatch, Account(champions=True, targets=["healthy"]), served)
    assert "was not looked at" in look(monkeypatch, Account(champions=True, targets=None), None)
    for account, found, why in (
        (Account(champions=False, targets=None), waiting, "the load balancer is not made yet"),
        (Account(champions=True, targets=["unhealthy"]), served, "1 of 1 targets are unhealthy"),
        (Account(champions=True, targets=["healthy"]), waiting, "2 of 2 pods are not ready"),
    ):
        with pytest.raises(RetryableError, match=f"{why}.*still after 900 s"):
            look(monkeypatch, account, found)


def test_nodes_that_are_off_by_the_clock_are_no_reason_to_go_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    never = OfficeHours(time_zone="UTC", opens="08:00", closes="09:00")
    monkeypatch.setattr(OfficeHours, "open_at", lambda *_: False)
    config = load("dev")
    closed = config.model_copy(update={"cluster": config.cluster.model_copy(update={"office_hours": never})})
    with pytest.raises(ClosedError, match=r"nodes of dev are off until 08:00 \(UTC, MON-FRI\)"):
        look(monkeypatch, Account(champions=True, targets=["healthy"]), [pod()], closed)
    never_there = look(monkeypatch, Account(champions=True, targets=None), None, closed)
    assert "was not looked at" in never_there, "what is not deployed is not off"

    def smoke(_: argparse.Namespace, __: Any) -> None:
        raise ClosedError("closed")

    monkeypatch.setitem(steps.STEPS, "smoke", smoke)
    assert steps.main(["smoke"]) == 3
    assert capsys.readouterr().err == "smoke: closed\n"


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), True),  # Thursday 08:00 in Singapore
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 11, 0, tzinfo=UTC), False),  # 19:00
        (datetime(2026, 11, 28, 3, 0, tzinfo=UTC), False),  # Saturday
    ],
)
def test_hours_are_those_of_the_team(moment: datetime, is_open: bool) -> None:
    assert OfficeHours(time_zone="Asia/Singapore").open_at(moment) == is_open
