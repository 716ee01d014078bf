"""Kubernetes' own schemas, strictly, on what the chart prints."""

import subprocess
from pathlib import Path
from typing import Final

from core.contracts.errors import RetailForecastError

PASSED: Final = "INFO "
"""How the tool begins a line about an object it has checked; a kind that it has no schema of is a mere warning."""


class ManifestError(RetailForecastError):
    """An object is not as Kubernetes wants it, or was not checked."""


def validate(tool: Path, manifests: Path, version: str) -> int:
    """Check every object of a YAML file against one version of Kubernetes; how many there were.

    Raises:
        ManifestError: one has a field too many or of the wrong type, is of a kind that this version does not know
            (as custom resources are: the chart has none), or there was none.
    """
    command: list[str | Path] = [tool, "--kubernetes-version", version, "--strict", manifests]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own command
    except OSError as error:
        raise ManifestError(f"kubernetes-validate on {manifests}: {error}") from error
    lines = done.stdout.splitlines()
    refused = [line for line in lines if not line.startswith(PASSED)]
    if done.returncode or refused:
        raise ManifestError("\n".join(refused) or f"kubernetes-validate on {manifests}: {done.stderr.strip()}")
    if not lines:
        raise ManifestError(f"{manifests} holds no object")
    return len(lines)
