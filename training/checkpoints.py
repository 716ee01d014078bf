"""Progress of a training on disk: one file a booster, taken up again only by the training it belongs to.

SageMaker copies the folder to S3 while a job runs, and back before it is run again. Each file is
replaced in one step and proves its own content, so that what a kill, or a copy cut short, leaves
behind is either the progress of some round or is not used.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

SUFFIX: Final = ".checkpoint"


class Header(BaseModel):
    """First line of a checkpoint: whose progress it is, and the hash of what follows."""

    training: str
    task: str
    round: int
    sha256: str


@dataclass(frozen=True)
class Checkpoints:
    """A folder of checkpoints.

    Attributes:
        folder: theirs; other files in it, such as SageMaker's ``*.sagemaker-uploading``, are left alone.
        training: whose progress is read and written; that of others is not taken up.
    """

    folder: Path
    training: str

    def read(self, task: str) -> tuple[int, bytes] | None:
        """Round and booster of a task; None, with a sentence in the log, where there is none to go on from."""
        file = self._file(task)
        if not file.is_file():
            return None
        line, _, body = file.read_bytes().partition(b"\n")
        fault = self._fault(task, line, body)
        if fault is not None:
            print(f"train: {file.name} {fault}: it is not gone on from", flush=True)  # noqa: T201
            return None
        return Header.model_validate_json(line).round, body

    def _fault(self, task: str, line: bytes, body: bytes) -> str | None:
        try:
            header = Header.model_validate_json(line)
        except ValidationError:
            return "is no checkpoint"
        if header.sha256 != hashlib.sha256(body).hexdigest():
            return "is damaged"
        if (header.training, header.task) != (self.training, task):
            return "belongs to another training"
        return None

    def write(self, task: str, number: int, booster: bytes) -> None:
        """Replace the task's checkpoint."""
        sha256 = hashlib.sha256(booster).hexdigest()
        header = Header(training=self.training, task=task, round=number, sha256=sha256)
        file = self._file(task)
        draft = file.with_suffix(".draft")
        with draft.open("wb") as stream:
            stream.write(header.model_dump_json().encode() + b"\n" + booster)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)

    def _file(self, task: str) -> Path:
        return self.folder / f"{task}{SUFFIX}"


def identity(**parts: object) -> str:
    """One word for everything that makes two trainings the same; parts are plain values."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
