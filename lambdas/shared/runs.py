"""Names derived from a run, so that every repetition of a request is the same request.

A run id is ``<UTC time>-<6 hex digits>``: it sorts by time, and ``<dataset>-<run id>`` stays within
SageMaker's 63 characters for the longest dataset name.
"""

import hashlib
import re
from datetime import UTC, datetime

from core.contracts import keys

_RUN_NAME = re.compile(r"(?P<dataset>[a-z0-9](?:-?[a-z0-9])*)-(?P<run_id>\d{8}t\d{6}-[0-9a-f]{6})")


def run_id(now: datetime, seed: str) -> str:
    """Id of a run that begins at ``now`` (aware); the same seed and second give the same id."""
    digest = hashlib.sha256(seed.encode()).hexdigest()[:6]
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}-{digest}"


def run_name(dataset: str, run: str) -> str:
    """Display name of a run's executions: ``<dataset>-<run id>``."""
    return f"{dataset}-{run}"


def parse_run_name(name: str) -> tuple[str, str] | None:
    """Dataset and run id of an execution's display name; None for executions that are not ours."""
    match = _RUN_NAME.fullmatch(name)
    return (match["dataset"], match["run_id"]) if match else None


def decision_key(dataset: str, run: str) -> str:
    """Lake key of what the ingest step decided."""
    return keys.run(dataset, run, "ingest/decision.json")


def evaluation_key(dataset: str, run: str) -> str:
    """Lake key of what the gate decided."""
    return keys.run(dataset, run, "evaluation/evaluation.json")


def manifest_key(dataset: str, run: str) -> str:
    """Lake key of what a run was started for."""
    return keys.run(dataset, run, "manifest.json")
