"""Ending a world from another terminal."""

import fcntl
import os
import signal
from pathlib import Path

from core.contracts.errors import ConfigError
from local.info import WorldInfo
from local.process import wait_until
from local.settings import Layout

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


def locked(folder: Path) -> bool:
    """True while a living world holds the folder."""
    path = Layout(folder).root / "lock"
    if not path.exists():
        return False
    with path.open("r+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False
