"""Preflight against an AWS that is not empty: the emulator."""

import pytest

from local.settings import aws_environment
from stacks.preflight import __main__ as command
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
