"""``python -m stacks.policy --checkov PATH``: templates and manifests of every environment against checkov's rules."""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from core.contracts.errors import RetailForecastError
from core.contracts.names import Environment
from stacks.config import load
from stacks.policy.findings import Finding, accepted, run, unexplained, unneeded
from stacks.templates import synthesise


def main(arguments: list[str] | None = None) -> int:
    """0 when everything found has a reason, and every reason is needed."""
    parser = argparse.ArgumentParser(prog="python -m stacks.policy", description=__doc__)
    parser.add_argument("--checkov", type=Path, required=True, help="where checkov is; it lives in a venv of its own")
    asked = parser.parse_args(arguments)
    reasons, found, passed = accepted(), [], 0
    try:
        for report in _reports(asked.checkov):
            found += report[1]
            passed += report[0]
    except RetailForecastError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    lost, old = unexplained(found, reasons), unneeded(found, reasons)
    for each in lost:
        sys.stdout.write(f"{each.environment}: {each.rule} {each.resource}: {each.name}\n")
    for reason in old:
        sys.stdout.write(f"{reason.rule} {reason.resources}: accepted, but no longer found: remove it\n")
    sys.stdout.write(f"checkov: {passed} checks passed, {len(found)} findings, {len(lost)} without a reason\n")
    return 1 if lost or old else 0


def _reports(checkov: Path) -> Iterator[tuple[int, list[Finding]]]:
    for environment in get_args(Environment):
        with TemporaryDirectory() as folder:
            templates, manifests = Path(folder, "templates"), Path(folder, "manifests")
            synthesise(load(environment), templates)
            manifests.mkdir()
            command = [sys.executable, "-m", "k8s_charts", "--env", environment]
            yaml = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own
            (manifests / "service.yaml").write_text(yaml)
            for framework, place in (("cloudformation", templates), ("kubernetes", manifests)):
                report = run(checkov, framework, place, environment)
                yield report.passed, list(report.findings)


if __name__ == "__main__":
    sys.exit(main())
