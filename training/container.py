"""SageMaker's folder layout inside a container.

The root is ``/opt/ml``; ``OPT_ML`` moves it, so that the same code runs where nobody
may write there.
"""

import os
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from core.contracts.errors import RejectedModelError

_REASON_BYTES: Final = 1024
"""What SageMaker keeps of either."""


@dataclass(frozen=True)
class OptMl:
    """Paths of one job."""

    root: Path

    @classmethod
    def from_env(cls) -> Self:
        """The layout of this container."""
        return cls(Path(os.environ.get("OPT_ML", "/opt/ml")))

    @property
    def model(self) -> Path:
        """What a training job leaves here becomes ``model.tar.gz``."""
        return self._folder("model")

    @property
    def checkpoints(self) -> Path:
        """Synchronised with S3 while a training job runs."""
        return self._folder("checkpoints")

    def fail(self, reason: str) -> None:
        """Leave why the job failed: a training job's failure reason, a processing job's exit message."""
        text = reason.encode(errors="replace")[:_REASON_BYTES].decode(errors="ignore")  # half a letter fails the job
        for name in ("failure", "message"):
            (self._folder("output") / name).write_text(text, encoding="utf-8")

    def lost(self, host: str) -> None:
        """Leave as the failure reason that another host of the job is gone."""
        self.fail(f"RetryableError: host {host} was lost; the job goes on from its last checkpoint")

    def processing_input(self, name: str) -> Path:
        """Folder of one input of a processing job."""
        return self.root / "processing" / "input" / name

    def processing_output(self, name: str) -> Path:
        """Folder of one output of a processing job."""
        return self._folder("processing", "output", name)

    def _folder(self, *parts: str) -> Path:
        folder = self.root.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def extract_bundle(archive: Path, folder: Path) -> Path:
    """Unpack a ``model.tar.gz`` into a folder, refusing members that would leave it or are no files.

    tarfile's own filters came with Python 3.11.4, and Debian 12 has 3.11.2.

    Raises:
        RejectedModelError: not a readable archive, or one with unsafe members.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                _extract(tar, member, folder.resolve())
    except (tarfile.TarError, EOFError, OSError) as error:
        raise RejectedModelError(f"{archive.name}: not a usable model archive: {error}") from error
    return folder


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    target = (folder / member.name).resolve()
    if not target.is_relative_to(folder):
        raise tarfile.TarError(f"{member.name!r} lies outside of it")
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    source = tar.extractfile(member) if member.isreg() else None
    if source is None:
        raise tarfile.TarError(f"{member.name!r} is no file")
    target.parent.mkdir(parents=True, exist_ok=True)
    with source, target.open("wb") as written:
        shutil.copyfileobj(source, written)
