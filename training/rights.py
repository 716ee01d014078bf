"""A job's rights: SageMaker starts its containers as root and mounts their folders for root alone (ADR 12)."""

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from training.container import OptMl


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
    os.setuid(user)


def _below(root: Path) -> Iterator[Path]:
    yield root
    for folder, folders, files in os.walk(root):
        yield from (Path(folder, name) for name in (*folders, *files))
