"""``python -m stacks.policy --tools VENV``: templates and manifests of every environment against others' rules."""

import argparse
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from core.contracts.errors import RetailForecastError
from core.contracts.names import Environment
from stacks.config import load
from stacks.policy.actions import Actions, wrong
from stacks.policy.findings import Finding, Report, accepted, run, unexplained, unneeded
from stacks.policy.manifests import validate
from stacks.templates import read, synthesise


def main(arguments: list[str] | None = None) -> int:
    """0 when everything found has a reason, and every reason is needed."""
    parser = argparse.ArgumentParser(prog="python -m stacks.policy", description=__doc__)
    parser.add_argument("--tools", type=Path, required=True, help="venv of checkov and kubernetes-validate")
    asked = parser.parse_args(arguments)
    reasons, passed, objects = accepted(), 0, 0
    found: list[Finding] = []
    vain: list[str] = []
    try:
        actions = Actions.of(asked.tools)
        for environment in get_args(Environment):
            report, valid, wrongs = _looked_at(environment, asked.tools / "bin", actions)
            found += report.findings
            passed += report.passed
            objects += valid
            vain += wrongs
    except RetailForecastError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lost, old = unexplained(found, reasons), unneeded(found, reasons)
    for each in lost:
        sys.stdout.write(f"{each.environment}: {each.rule} {each.resource}: {each.name}\n")
    for sentence in vain:
        sys.stdout.write(f"{sentence}\n")
    for reason in old:
        sys.stdout.write(f"{reason.rule} {reason.resources}: accepted, but no longer found: remove it\n")
    sys.stdout.write(f"IAM: {len(vain)} actions are named in vain\n")
    sys.stdout.write(f"kubernetes-validate: {objects} objects are as Kubernetes wants them\n")
    sys.stdout.write(f"checkov: {passed} checks passed, {len(found)} findings, {len(lost)} without a reason\n")
    return 1 if lost or old or vain else 0


def _looked_at(environment: Environment, tools: Path, actions: Actions) -> tuple[Report, int, list[str]]:
    """What checkov found in one environment, how many Kubernetes objects are valid, what policies name in vain."""
    config = load(environment)
    with TemporaryDirectory() as folder:
        templates, manifests = Path(folder, "templates"), Path(folder, "manifests")
        synthesise(config, templates)
        vain = [
            f"{environment} {name}.{each}"
            for name, template in read(templates, environment).items()
            for each in wrong(template, actions)
        ]
        manifests.mkdir()
        command = [sys.executable, "-m", "k8s_charts", "--env", environment]
        yaml = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
        (manifests / "service.yaml").write_text(yaml)
        valid = validate(tools / "kubernetes-validate", manifests / "service.yaml", config.cluster.version)
        places = {"cloudformation": templates, "kubernetes": manifests}
        reports = [run(tools / "checkov", framework, place, environment) for framework, place in places.items()]
    findings = tuple(finding for report in reports for finding in report.findings)
    return Report(passed=sum(report.passed for report in reports), findings=findings), valid, vain


if __name__ == "__main__":
    sys.exit(main())
