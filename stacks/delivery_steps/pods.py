"""The service as its pods tell of it in their log: the cluster's own API server is out of a build's reach."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from core.contracts import names

LOOK_BACK: Final = timedelta(minutes=3)
"""A pod says a line every minute, and CloudWatch shows it some seconds later."""
SETTLED_SECONDS: Final = 50
"""Up for less it may be one that ends again and again, and says a line each time it does."""


@dataclass(frozen=True, kw_only=True)
class Pod:
    """What one pod said last."""

    name: str
    up_seconds: int
    ready: bool
    state: str
    """What it waits for, in its own words."""


def told(logs: Any, environment: str, build: str, now: datetime) -> list[Pod] | None:
    """Pods of one build that spoke lately, by name; None where there is no cluster, and so no log of it."""
    pattern = f'{{ ($.log_processed.message = "{names.REQUESTS_LINE}") && ($.log_processed.build = "{build}") }}'
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=names.container_logs(environment, "application"),
        filterPattern=pattern,
        startTime=int((now - LOOK_BACK).timestamp() * 1000),
    )
    try:
        messages = [event["message"] for page in pages for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return None
    newest = {pod.name: pod for pod in map(_pod, messages)}
    return [newest[name] for name in sorted(newest)]


def _pod(message: str) -> Pod:
    line = json.loads(message)
    said = line["log_processed"]
    return Pod(
        name=line["kubernetes"]["pod_name"],
        up_seconds=said["up_seconds"],
        ready=said["ready"],
        state=said["state"],
    )


def wrong(pods: Iterable[Pod], *, fewest: int, champions: bool) -> str | None:
    """What is wrong with the service, None where nothing is.

    Before the first champion pods are alive and not ready: that is how it should be, and no fault of the build.
    """
    settled = [pod for pod in pods if pod.up_seconds >= SETTLED_SECONDS]
    if len(settled) < fewest:
        return f"{len(settled)} of {fewest} pods of this build have been up for a minute"
    waiting = [pod for pod in settled if not pod.ready]
    if waiting and champions:
        return f"{len(waiting)} of {len(settled)} pods are not ready: {waiting[0].state}"
    return None
