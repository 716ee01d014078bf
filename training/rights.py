"""A job's rights: SageMaker starts its containers as root and mounts their folders for root alone (ADR 12)."""

import ctypes
import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from training.container import OptMl

_NO_NEW_PRIVILEGES: Final = 38
"""``PR_SET_NO_NEW_PRIVS`` of ``prctl(2)``."""


def give_up_root(environ: Mapping[str, str] = os.environ) -> None:
    """Hand SageMaker's folders to the user whose number the image names in ``JOB_USER``, and go on as that user.

    Nothing happens to who is not root, nor where nobody is named: on a laptop, in a pod.

    Raises:
        OSError: a folder cannot be handed over, or root not given up.
    """
    named = environ.get("JOB_USER")
    if not named or os.geteuid() != 0:
        return
    user = int(named)
    for path in _below(OptMl.from_env().root):
        try:
            os.chown(path, user, user, follow_symlinks=False)
        except OSError as error:
            if error.errno != errno.EROFS:  # an input that is mounted for reading stays whose it is
                raise
    Path(tempfile.gettempdir()).chmod(0o1777)
    os.environ["HOME"] = tempfile.gettempdir()
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)  # which takes every capability as well
    _for_good()


def _for_good() -> None:
    """No program that is started from here on has more rights than this one, whoever's it is and whatever its mode."""
    system = ctypes.CDLL(None, use_errno=True)
    if system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "new privileges cannot be ruled out")


def _below(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        yield from (Path(folder, name) for name in (*folders, *files))
