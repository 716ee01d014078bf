"""Opens what a file is wrapped in: gzip and zip, by content and within limits."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from core.contracts.sniff import SNIFF_BYTES, Kind, foreign, sniff
from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError
from training.reading.limits import Limits

_BLOCK: Final = 1 << 20
_RATIO_FROM: Final = 16 << 20
_FEW: Final = 5
_CFB_HEAD: Final = 512
_WORKBOOK: Final = "xl/workbook.xml"
_DOCUMENTS: Final = ("[Content_Types].xml", "META-INF/manifest.xml")


@dataclass(frozen=True)
class Part:
    """One table file: the upload itself, or one member of its archive.

    ``member`` is empty for the upload itself; ``wrapped`` says in what it lay.
    """

    member: str
    kind: Kind
    data: bytes
    wrapped: str = ""

    @property
    def format(self) -> str:
        """For people: ``csv in gzip``."""
        inner = "csv" if self.kind is Kind.TEXT else self.kind.value
        return f"{inner} in {self.wrapped}" if self.wrapped else inner


def open_parts(path: Path, name: str, limits: Limits) -> tuple[list[Part], list[str]]:
    """Parts of a file that may hold tables, and names of archive members that cannot.

    Raises:
        FileRefusedError: empty, of an unknown kind, damaged, or beyond a limit.
    """
    size = path.stat().st_size
    if size > limits.max_file_bytes:
        raise _beyond(name, "max_file_bytes", f"it is {size:,} bytes", limits.max_file_bytes)
    with path.open("rb") as file:
        head = file.read(SNIFF_BYTES)
    kind = sniff(head)
    if kind is Kind.EMPTY:
        raise FileRefusedError(Reason.EMPTY, f"{name}: the file is empty (0 bytes); upload it again with its rows.")
    if kind is Kind.UNKNOWN:
        raise _locked(name) if _is_locked(path) else _unknown(name, head)
    if kind is Kind.GZIP:
        return _gzip(path, name, limits)
    if kind in (Kind.ZIP, Kind.XLSX):
        return _zip(path, name, limits, packed=size)
    return [Part("", kind, path.read_bytes())], []


def _gzip(path: Path, name: str, limits: Limits) -> tuple[list[Part], list[str]]:
    with gzip.open(path) as stream:
        data = _bounded(stream, name, limits, packed=path.stat().st_size, used=0)
    kind = sniff(data[:SNIFF_BYTES])
    if kind is Kind.EMPTY:
        raise FileRefusedError(Reason.EMPTY, f"{name}: unpacks to an empty file; upload it again with its rows.")
    if kind in (Kind.GZIP, Kind.ZIP):
        raise FileRefusedError(
            Reason.FORMAT_UNKNOWN, f"{name}: inside gzip lies a further {kind.value} file; unpack the outer one."
        )
    if kind is Kind.UNKNOWN:
        raise _unknown(f"{name}: inside gzip", data[:SNIFF_BYTES])
    return [Part("", kind, data, "gzip")], []


def _zip(path: Path, name: str, limits: Limits, packed: int) -> tuple[list[Part], list[str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [info for info in archive.infolist() if not info.is_dir()]
            if any(info.filename == _WORKBOOK for info in members):
                _check_declared(members, name, limits, packed)
                return [Part("", Kind.XLSX, path.read_bytes())], []
            if any(info.filename in _DOCUMENTS for info in members):
                raise FileRefusedError(
                    Reason.FORMAT_UNKNOWN,
                    f"{name}: an office document that is no xlsx workbook; save it as xlsx or CSV.",
                )
            if len(members) > limits.max_members:
                raise _beyond(name, "max_members", f"it holds {len(members)} files", limits.max_members)
            return _members(archive, members, name, limits, packed)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: the zip archive cannot be opened ({error}); upload it whole, unencrypted."
        ) from error


def _members(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str, limits: Limits, packed: int
) -> tuple[list[Part], list[str]]:
    parts: list[Part] = []
    others: list[str] = []
    used = 0
    for info in members:
        if _of_the_system(info):
            continue
        try:
            with archive.open(info) as stream:
                data = _bounded(stream, name, limits, packed, used)
        except OSError as error:  # its directory points outside the archive
            raise FileRefusedError(
                Reason.NOT_A_TABLE, f"{name}: the archive is damaged at {info.filename!r} ({error}); upload it again."
            ) from error
        used += len(data)
        kind, wrapped = _member_kind(data), "zip"
        if kind is Kind.GZIP:
            with gzip.open(io.BytesIO(data)) as stream:
                data = _bounded(stream, f"{name}/{info.filename}", limits, packed, used)
            used += len(data)
            kind, wrapped = _member_kind(data), "gzip in zip"
        if kind in (Kind.TEXT, Kind.PARQUET, Kind.XLSX):
            parts.append(Part(info.filename, kind, data, wrapped))
        else:
            others.append(info.filename)
    if not parts:
        held = f" but {', '.join(others[:_FEW])}" if others else ""
        raise FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: the archive holds no table file{held}; it should hold CSV, xlsx or parquet."
        )
    return parts, others


def tables_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo] | None:
    """Members of an archive that may be tables; None for an office document."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.filename in (_WORKBOOK, *_DOCUMENTS) for info in members):
        return None
    return [info for info in members if not _of_the_system(info)]


def _of_the_system(info: zipfile.ZipInfo) -> bool:
    """Is it what operating systems add?"""
    return info.filename.startswith("__MACOSX/") or Path(info.filename).name.startswith(".")


def _member_kind(data: bytes) -> Kind:
    kind = sniff(data[:SNIFF_BYTES])
    if kind is Kind.ZIP:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as inner:
                return Kind.XLSX if _WORKBOOK in inner.namelist() else Kind.ZIP
        except zipfile.BadZipFile:
            return Kind.UNKNOWN
    return kind


def _check_declared(members: list[zipfile.ZipInfo], name: str, limits: Limits, packed: int) -> None:
    total = sum(info.file_size for info in members)
    _check_size(name, limits, total, packed)


def _check_size(name: str, limits: Limits, total: int, packed: int) -> None:
    if total > limits.max_unpacked_bytes:
        raise _beyond(name, "max_unpacked_bytes", f"it unpacks to more than {total:,} bytes", limits.max_unpacked_bytes)
    if total > _RATIO_FROM and total > limits.max_ratio * max(packed, 1):
        raise _beyond(
            name, "max_ratio", f"it unpacks to {total / max(packed, 1):,.0f} times its size", limits.max_ratio
        )


def _bounded(stream: IO[bytes] | gzip.GzipFile, name: str, limits: Limits, packed: int, used: int) -> bytes:
    return b"".join(pieces(stream, name, limits, packed, used))


def pieces(stream: IO[bytes] | gzip.GzipFile, name: str, limits: Limits, packed: int, used: int) -> Iterator[bytes]:
    """What a stream of packed data unpacks to, a piece at a time; ``used`` bytes of the limits are used already.

    Raises:
        FileRefusedError: damaged, or beyond a limit.
    """
    total = used
    read: Callable[[int], bytes] = stream.read
    try:
        while block := read(_BLOCK):
            total += len(block)
            _check_size(name, limits, total, packed)
            yield block
    except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
        raise FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: the packed data is damaged or cut off ({error}); upload it again."
        ) from error


def _beyond(name: str, limit: str, what: str, value: float) -> FileRefusedError:
    return FileRefusedError(
        Reason.LIMIT_EXCEEDED, f"{name}: {what}, beyond the limit {limit} = {value:,g}; split the file."
    )


def _is_locked(path: Path) -> bool:
    """A workbook under a password is a compound file (MS-CFB), whose directory names an encrypted package."""
    with path.open("rb") as file:
        head = file.read(_CFB_HEAD)
        if not head.startswith(b"\xd0\xcf\x11\xe0") or len(head) < _CFB_HEAD:
            return False
        sector = 1 << min(int.from_bytes(head[30:32], "little"), 16)
        file.seek((int.from_bytes(head[48:52], "little") + 1) * sector)
        return "EncryptedPackage".encode("utf-16-le") in file.read(SNIFF_BYTES)


def _locked(name: str) -> FileRefusedError:
    return FileRefusedError(Reason.FORMAT_UNKNOWN, f"{name}: a workbook locked by a password; save it without one.")


def _unknown(name: str, head: bytes) -> FileRefusedError:
    what = foreign(head)
    told = f"by its first bytes {what}" if what else "neither text nor gzip, zip, parquet or xlsx by its first bytes"
    cure = "unpack it first" if what and what.startswith("packed") else "export it as CSV"
    return FileRefusedError(Reason.FORMAT_UNKNOWN, f"{name}: {told}; {cure}.")
