"""Ending a world from another terminal."""

import os
import signal
from pathlib import Path

from core.contracts.errors import ConfigError
from local.info import WorldInfo, locked
from local.process import wait_until

_SECONDS = 30


def end(folder: Path) -> str:
    """Ask the world of a folder to end and wait until it has; a sentence about it."""
    try:
        info = WorldInfo.read(folder)
    except ConfigError:
        return f"no world is up in {folder}"
    os.kill(info.pid, signal.SIGTERM)
    wait_until(lambda: not locked(folder), seconds=_SECONDS, what=f"the end of process {info.pid}")
    return f"the world in {folder} has ended; its state is kept"
