import json
from pathlib import Path

import pytest

from stacks.policy.findings import Accepted, CheckovError, Finding, accepted, run, unexplained, unneeded

REASON = Accepted(rule="CKV_1", resources="Log.*", because="it is where logs go", environments=("dev",))


def finding(rule: str = "CKV_1", resource: str = "LogBucket", environment: str = "dev") -> Finding:
    return Finding(environment=environment, rule=rule, name="a rule", resource=resource)


def checkov(folder: Path, answer: object) -> Path:
    """A stand-in that answers as checkov does."""
    program = folder / "checkov"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\nexit 1\n")
    program.chmod(0o755)
    return program


def answer(passed: int = 3, broken: int = 0, *resources: str) -> dict[str, object]:
    failed = [{"check_id": "CKV_1", "check_name": "a rule", "resource": each} for each in resources]
    return {"summary": {"passed": passed, "parsing_errors": broken}, "results": {"failed_checks": failed}}


def test_a_reason_covers_its_rule_its_resources_and_its_environments_alone() -> None:
    assert unexplained([finding()], [REASON]) == []
    for other in (finding(rule="CKV_2"), finding(resource="Raw"), finding(environment="prod")):
        assert unexplained([other], [REASON]) == [other]


def test_a_reason_that_nothing_needs_is_told() -> None:
    assert unneeded([finding()], [REASON]) == []
    assert unneeded([finding(resource="Raw")], [REASON]) == [REASON]


def test_findings_are_told_by_logical_id_or_by_the_name_of_the_object(tmp_path: Path) -> None:
    program = checkov(tmp_path, [answer(3, 0, "AWS::S3::Bucket.LogBucket"), answer(1, 0, "Deployment.forecast.api")])
    report = run(program, "cloudformation", tmp_path, "dev")
    assert report.passed == 4
    assert [each.resource for each in report.findings] == ["LogBucket", "Deployment.forecast.api"]


@pytest.mark.parametrize(
    ("said", "why"),
    [(answer(0), "found nothing to check"), (answer(3, 1), "could not parse"), ("", "checkov on")],
)
def test_a_run_that_proves_nothing_is_no_success(tmp_path: Path, said: object, why: str) -> None:
    program = checkov(tmp_path, said)
    if said == "":
        program.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(CheckovError, match=why):
        run(program, "cloudformation", tmp_path, "dev")


def test_every_accepted_finding_says_why() -> None:
    assert all(len(each.because) > 30 for each in accepted())
