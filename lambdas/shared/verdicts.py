"""Verdicts beside the files, in the raw bucket: written once, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import ValidationError

from core.contracts import keys
from core.contracts.uploads import Upload
from core.contracts.verdict import Kind, Note, Reason, Verdict
from lambdas.shared.at_once import at_once
from lambdas.shared.log import logger
from lambdas.shared.objects import Bucket


class Verdicts(Protocol):
    """Store of verdicts."""

    def read(self, upload: Upload) -> Verdict | None:
        """The verdict on an upload; None when it has none."""
        ...

    def read_all(self, uploads: Sequence[Upload]) -> list[Verdict | None]:
        """The verdict on each upload; None for those that have none."""
        ...

    def create(self, upload: Upload, verdict: Verdict) -> Verdict:
        """Write a verdict unless the upload has one; return the one that stands."""
        ...


class VerdictObjects:
    """``Verdicts`` in the raw bucket."""

    def __init__(self, raw: Bucket) -> None:
        self._raw = raw

    def read(self, upload: Upload) -> Verdict | None:
        """The verdict on an upload; None when it has none.

        An object that is no verdict counts as one that says so: it must not hold up the others.
        """
        key = keys.verdict(upload.key, upload.version_id)
        found = self._raw.read(key)
        if found is None:
            return None
        try:
            return Verdict.model_validate_json(found[0])
        except ValidationError as error:
            logger.error("not a verdict", key=key, problems=error.error_count())
            return refuse(
                upload, None, Reason.INGEST_FAILED, f"{key} is not a readable verdict; upload the file again."
            )

    def read_all(self, uploads: Sequence[Upload]) -> list[Verdict | None]:
        """The verdict on each upload; None for those that have none."""
        return at_once(self.read, uploads)

    def create(self, upload: Upload, verdict: Verdict) -> Verdict:
        """Write a verdict unless the upload has one; return the one that stands."""
        key = keys.verdict(upload.key, upload.version_id)
        if self._raw.create(key, verdict.model_dump_json(indent=1).encode()):
            return verdict
        return self.read(upload) or verdict


def refuse(
    upload: Upload,
    dataset: str | None,
    reason: Reason,
    sentence: str,
    *,
    kind: Kind = Kind.REJECTED,
    run_id: str | None = None,
    now: datetime | None = None,
) -> Verdict:
    """A verdict on a file that was not read, for one reason."""
    return Verdict(
        kind=kind,
        sentence=sentence,
        upload=upload,
        dataset=dataset,
        run_id=run_id,
        notes=(Note(reason=reason, sentence=sentence),),
        decided_at=now,
    )
