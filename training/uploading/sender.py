"""Files to verdicts: checked here, sent, judged there."""

import hashlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.contracts import keys
from core.contracts.errors import RejectedDataError, RetryableError
from core.contracts.verdict import Reason, Verdict
from training.dataset import read_config
from training.place import Place
from training.reading import read_file
from training.store import sha256_of
from training.uploading.transfer import Say, send

_LONGEST_PAUSE: Final = 5.0


@dataclass(frozen=True)
class Sent:
    """A file that is in the raw bucket."""

    file: Path
    key: str
    sha256: str
    version_id: str


@dataclass
class Sender:
    """Brings files into one environment."""

    place: Place
    state: Path
    """Folder of the small files that remember what is under way."""
    say: Say = field(repr=False)
    unchecked: bool = False

    def check(self, file: Path, key: str) -> Verdict | None:
        """The verdict of this machine, by the dataset's own configuration; None where none is asked for.

        Raises:
            ConfigError: the configuration in the lake is wrong.
            RejectedDataError: no file can have this key.
        """
        dataset = keys.dataset_of(key)
        if keys.is_ours(key):
            raise RejectedDataError(f"{key!r}: folder {dataset!r} is the system's own; choose another dataset name")
        if self.unchecked:
            return None
        text = self.place.lake.text(keys.config(dataset))
        place = self.place.lake.uri(keys.config(dataset))
        config = read_config(text, place)
        return read_file(file, config=config, name=key).verdict

    def send(self, file: Path, key: str) -> Sent:
        """Upload a file, or go on where an earlier process stopped.

        Raises:
            RejectedDataError: the file changed meanwhile.
        """
        sha256 = sha256_of(file)
        name = hashlib.sha256(f"{self.place.raw.name}/{key}/{sha256}".encode()).hexdigest()[:32]
        version = send(self.place.raw, file, key, sha256=sha256, state=self.state / f"{name}.json", say=self.say)
        return Sent(file, key, sha256, version)

    def verdict(self, sent: Sent) -> Verdict | None:
        """What the environment says of it, None as long as it says nothing."""
        return self.place.raw.document(Verdict, keys.verdict(sent.key, sent.version_id))

    def wait(self, sent: Sent, seconds: float, sleep: Callable[[float], None] = time.sleep) -> Verdict:
        """The environment's verdict, once it is there.

        Raises:
            RetryableError: it did not come in time.
        """
        deadline, pause = time.monotonic() + seconds, 0.2
        while (found := self.verdict(sent)) is None:
            if time.monotonic() > deadline:
                raise RetryableError(
                    f"{sent.key}: uploaded as version {sent.version_id}, but no verdict within {seconds:.0f} s; "
                    f"it will be at {self.place.raw.uri(keys.verdict(sent.key, sent.version_id))}"
                )
            sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * 1.5)
        return found


def usable(verdict: Verdict) -> bool:
    """True when the file's rows are in the table: by this upload, or by an earlier one of the same content."""
    return verdict.kind.merged or any(note.reason is Reason.ALREADY_INGESTED for note in verdict.notes)


def state_folder() -> Path:
    """Where what is under way is remembered by default."""
    home = os.environ.get("XDG_STATE_HOME")
    return (Path(home) if home else Path.home() / ".local" / "state") / "retail-forecast"
