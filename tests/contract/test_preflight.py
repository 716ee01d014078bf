"""Preflight against an AWS that is not empty: the emulator."""

from typing import Any

import boto3
import pytest

from core.contracts import names
from local.settings import REGION, aws_environment
from stacks.config import load
from stacks.preflight import __main__ as command
from stacks.preflight.checks import findings
from tests.contract.conftest import Parts


def test_preflight_says_what_the_emulator_lacks_and_what_it_cannot_tell(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in aws_environment(parts.ports).items():
        monkeypatch.setenv(name, value)
    assert command.main(["--env", "dev"]) == 1
    before = capsys.readouterr().out
    assert "missing bootstrap: the CDK has no place here yet" in before
    assert "missing image mlops/training" in before
    parts.cloud.ssm.put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")
    assert command.main(["--env", "dev"]) == 1
    after = capsys.readouterr().out
    assert "ok      bootstrap: version 30" in after
    assert "ok      credentials:" in after


def test_each_thing_that_is_there_is_missing_no_more(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_environment(parts.ports).items():
        monkeypatch.setenv(name, value)

    def client(service: str) -> Any:
        return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def outcomes() -> dict[str, str]:
        return {each.check: each.outcome for each in findings(client, config)}

    arn = client("acm").request_certificate(DomainName="forecast.example", ValidationMethod="DNS")["CertificateArn"]
    dev = load("dev")
    ingress = dev.service.ingress.model_copy(update={"certificate_arn": arn})
    config = dev.model_copy(update={"service": dev.service.model_copy(update={"ingress": ingress})})
    client("logs").create_log_group(logGroupName=names.JOB_LOG_GROUPS[0])
    found = outcomes()
    assert found["credentials"] == found["region"] == found["certificate"] == "ok"
    assert found["job logs"] == "missing", "somebody else's"
    assert found["image mlops/training"] == found["image mlops/inference-api"] == "missing"

    client("logs").delete_log_group(logGroupName=names.JOB_LOG_GROUPS[0])
    for image in ("training", "inference-api"):
        client("ecr").create_repository(repositoryName=f"mlops/{image}")
        client("ecr").put_image(repositoryName=f"mlops/{image}", imageManifest="{}", imageTag=dev.images.training)
    found = outcomes()
    assert found["job logs"] == found["image mlops/training"] == found["image mlops/inference-api"] == "ok"
    elsewhere = config.model_copy(update={"account": "210987654321"})
    (only,) = findings(client, elsewhere)
    assert (only.check, only.outcome) == ("credentials", "missing")
