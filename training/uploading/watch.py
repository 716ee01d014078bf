"""A folder watched by looking at it again and again: what stands still is sent, each content of a name once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ValidationError

from core.contracts.errors import RejectedDataError
from core.contracts.verdict import Kind, Verdict
from training.store import sha256_of
from training.uploading.sender import Sender, Sent

_UNFINISHED: Final = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".swp")
Stamp = tuple[int, int]
"""Size and time of change; the same at two looks: nobody writes any more."""


class Line(BaseModel):
    """One line of the memory; later ones of the same name and content count."""

    key: str
    sha256: str
    version_id: str | None = None
    kind: Kind | None = None
    """None as long as the environment has not judged."""


class Memory:
    """What was sent to one bucket, in a file of one JSON document a line; survives being killed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[tuple[str, str], Line] = {}
        self._newest: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
            try:
                read = Line.model_validate_json(line)
            except ValidationError:
                continue  # torn by a kill: that file is sent again, which the environment recognises
            self._learn(read)
        self._torn = path.exists() and not path.read_bytes().endswith(b"\n")

    def known(self, key: str, sha256: str) -> Line | None:
        """What is known of a name with this content; nothing once another content came under that name.

        So a file that is put back as it was before a correction is sent again.
        """
        return self._known.get((key, sha256)) if self._newest.get(key) == sha256 else None

    def note(self, line: Line) -> None:
        """Remember."""
        self._learn(line)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as out:
            out.write("\n" * self._torn + line.model_dump_json() + "\n")
        self._torn = False

    def _learn(self, line: Line) -> None:
        before = self._known.get((line.key, line.sha256))
        heard = before is not None and line.version_id is not None and before.version_id == line.version_id
        if not heard:  # more than the verdict on what was sent earlier
            self._newest[line.key] = line.sha256
        self._known[line.key, line.sha256] = line


@dataclass
class Watch:
    """One folder under watch."""

    folder: Path
    dataset: str | None
    """Dataset of all files; without one each subfolder is a dataset."""
    sender: Sender
    memory: Memory
    tell: Callable[[str, Verdict], None]
    """Told of each verdict: this machine's when it refuses a file, the environment's otherwise."""
    refused: Callable[[str], None]
    """Told in a sentence of files that cannot be sent at all."""
    pending: list[Sent] = field(default_factory=list)
    _looks: dict[Path, Stamp] = field(default_factory=dict)
    _done: dict[Path, Stamp] = field(default_factory=dict)

    def look(self) -> bool:
        """Look once: send what stands still, tell the verdicts that came. True when nothing is left to wait for."""
        stamps = {path: stamp for path, stamp in self._files() if self._done.get(path) != stamp}
        still = [path for path, stamp in stamps.items() if self._looks.get(path) == stamp]
        self._looks = stamps
        for path in still:
            self._take(path)
            self._done[path] = stamps[path]
        self._tell_verdicts()
        return not self.pending and all(self._done.get(path) == stamp for path, stamp in stamps.items())

    def _files(self) -> Iterator[tuple[Path, Stamp]]:
        for path in sorted(self.folder.rglob("*")):
            parts = path.relative_to(self.folder).parts
            if any(part.startswith((".", "~")) for part in parts) or path.name.lower().endswith(_UNFINISHED):
                continue
            try:
                stat = path.stat()
            except OSError:
                continue  # gone between the listing and now
            if path.is_file():
                yield path, (stat.st_size, stat.st_mtime_ns)

    def _take(self, path: Path) -> None:
        key = path.relative_to(self.folder).as_posix()
        key = f"{self.dataset}/{key}" if self.dataset else key
        try:
            sha256 = sha256_of(path)
            known = self.memory.known(key, sha256)
            if known is not None and known.kind is not None:
                return
            if known is not None and known.version_id is not None:  # sent by a process that did not hear the verdict
                self.pending.append(Sent(path, key, sha256, known.version_id))
                return
            verdict = self.sender.check(path, key)
            if verdict is not None and not verdict.kind.merged:
                self.memory.note(Line(key=key, sha256=sha256, kind=verdict.kind))
                self.tell(key, verdict)
                return
            sent = self.sender.send(path, key)
        except (RejectedDataError, OSError) as error:
            self.refused(str(error))
            return
        self.memory.note(Line(key=key, sha256=sent.sha256, version_id=sent.version_id))
        self.pending.append(sent)

    def _tell_verdicts(self) -> None:
        for sent in list(self.pending):
            verdict = self.sender.verdict(sent)
            if verdict is not None:
                self.memory.note(Line(key=sent.key, sha256=sent.sha256, version_id=sent.version_id, kind=verdict.kind))
                self.pending.remove(sent)
                self.tell(sent.key, verdict)
