"""Checkov, run on a folder, and its findings compared with the reasons there are."""

import json
import re
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.contracts.errors import RetailForecastError

ACCEPTED: Final = Path(__file__).with_name("accepted.toml")


class CheckovError(RetailForecastError):
    """Checkov could not be run, or did not look at anything."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A finding that stays, and why."""

    rule: str
    resources: str
    """Pattern of logical ids, or of Kubernetes objects."""
    because: str
    environments: tuple[str, ...] = ()
    """Where it may be found; anywhere when empty."""

    def covers(self, finding: "Finding") -> bool:
        """Whether this is the reason for a finding."""
        here = not self.environments or finding.environment in self.environments
        return here and self.rule == finding.rule and re.fullmatch(self.resources, finding.resource) is not None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One failed check."""

    environment: str
    rule: str
    name: str
    resource: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run found."""

    passed: int
    findings: tuple[Finding, ...]


def accepted(file: Path = ACCEPTED) -> list[Accepted]:
    """The reasons there are."""
    found = tomllib.loads(file.read_text())["accepted"]
    return [Accepted(**{**each, "environments": tuple(each.get("environments", ()))}) for each in found]


def run(checkov: Path, framework: str, folder: Path, environment: str) -> Report:
    """Run checkov on a folder, without its network.

    Raises:
        CheckovError: it could not run, could not parse a file, or checked nothing.
    """
    command: list[str | Path] = [
        checkov,
        "--skip-download",
        "--compact",
        "--quiet",
        "--framework",
        framework,
        "-d",
        folder,
        "-o",
        "json",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
        found = json.loads(done.stdout)
    except (OSError, json.JSONDecodeError) as error:
        raise CheckovError(f"checkov on {folder}: {error}") from error
    reports = found if isinstance(found, list) else [found]
    return _report(reports, environment, folder)


def _report(reports: list[dict[str, Any]], environment: str, folder: Path) -> Report:
    if any(each["summary"]["parsing_errors"] for each in reports):
        raise CheckovError(f"checkov could not parse a file of {folder}")
    passed = sum(each["summary"]["passed"] for each in reports)
    if not passed:
        raise CheckovError(f"checkov found nothing to check in {folder}")
    failed = [check for each in reports for check in each["results"]["failed_checks"]]
    return Report(
        passed=passed,
        findings=tuple(
            Finding(
                environment=environment,
                rule=each["check_id"],
                name=each["check_name"],
                resource=each["resource"].rpartition("::")[2].partition(".")[2]
                if framework_is_aws(each["resource"])
                else each["resource"],
            )
            for each in failed
        ),
    )


def framework_is_aws(resource: str) -> bool:
    """``AWS::S3::Bucket.LogBucket`` is a logical id of a type; ``Deployment.forecast.api`` is an object's own name."""
    return "::" in resource


def unexplained(findings: list[Finding], reasons: list[Accepted]) -> list[Finding]:
    """Findings nobody has a reason for."""
    return [each for each in findings if not any(reason.covers(each) for reason in reasons)]


def unneeded(findings: list[Finding], reasons: list[Accepted]) -> list[Accepted]:
    """Reasons that nothing needs any more."""
    return [reason for reason in reasons if not any(reason.covers(each) for each in findings)]
