"""A physical line of an uploaded file, as an editor shows it."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Final

from core.contracts import keys
from core.contracts.sniff import SNIFF_BYTES, Kind, sniff
from core.contracts.verdict import Verdict
from training.reading.files.encoding import older_text
from training.store import Bucket

_LONGEST: Final = 10_000
_KEPT: Final = "surrogateescape"
"""Bytes that are no letters of the encoding are kept as they are."""


def line_of(raw: Bucket, key: str, version_id: str, line: int) -> str | None:
    """Text of a line of one version of a raw object; None where the format has no lines a person sees.

    Lines are counted from 1 as the reader counts them: CR LF, LF and a CR alone each end one, in quotes too.
    """
    verdict = raw.document(Verdict, keys.verdict(key, version_id))
    encoding = verdict.dialect.encoding if verdict and verdict.dialect else None
    with TemporaryDirectory() as folder:
        path = raw.download(key, Path(folder) / "file", version_id)
        with _text(path, encoding or "utf-8-sig") as lines:
            if lines is None:
                return None
            found = next(islice(lines, line - 1, None), None)
    return None if found is None else _as_read(found.rstrip("\n"))[:_LONGEST]


def _as_read(line: str) -> str:
    """A line that is not UTF-8, in a file of which others are, as the reader took it."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return older_text(line.encode(errors=_KEPT))
    return line


@contextmanager
def _text(path: Path, encoding: str) -> Iterator[IO[str] | None]:
    with path.open("rb") as stream:
        kind = sniff(stream.read(SNIFF_BYTES))
    if kind is Kind.TEXT:
        with path.open(encoding=encoding, errors=_KEPT) as lines:
            yield lines
    elif kind is Kind.GZIP:
        with gzip.open(path, "rt", encoding=encoding, errors=_KEPT) as lines:
            yield lines
    else:
        yield None
