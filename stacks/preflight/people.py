"""Whom an environment's file names: who hears of alarms and where they read what to do, and who may use the cluster."""

from collections.abc import Iterator

from stacks.config import Config
from stacks.preflight.finding import Finding


def people(config: Config) -> Iterator[Finding]:
    """Look at the file alone."""
    runbook = config.runbook_missing
    yield Finding(check="runbook", outcome="missing" if runbook else "ok", says=runbook or config.alarms.runbook)
    yield _told(config)
    roles = ", ".join(config.cluster.admins) or "nobody may use it, for cluster.admins names no role"
    yield Finding(check="kubectl", outcome="ok", says=roles)


def _told(config: Config) -> Finding:
    if not config.alarms.emails:
        says = (
            f"alarms, budget and failed deliveries reach nobody: name somebody in alarms.emails of "
            f"environments/{config.environment}.toml"
        )
        return Finding(check="alarms", outcome="missing", says=says)
    return Finding(check="alarms", outcome="ok", says=f"told to {', '.join(config.alarms.emails)}")
