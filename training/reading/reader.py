"""Reads one file: from bytes to a canonical table and a verdict that accounts for every row."""

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from core.contracts.dataset import DatasetConfig
from core.contracts.verdict import Dialect, Verdict
from training.compact import plain
from training.reading.errors import FileRefusedError
from training.reading.files.containers import open_parts
from training.reading.gather import gather, tell_others
from training.reading.ledger import Ledger
from training.reading.limits import Limits
from training.reading.parsing.charges import charges_of
from training.reading.parsing.covariates import covariates
from training.reading.parsing.fold import MEMBER, ONE_EACH, ORDER, fold, varying
from training.reading.parsing.parse import parse
from training.reading.parsing.proof import Proof, prove_each
from training.reading.parsing.rows import clean, see_clock, spread
from training.reading.parsing.saidwords import tell_said
from training.reading.parsing.signs import check_signs, turned
from training.reading.parsing.slim import slim, with_idle
from training.reading.parsing.untold import check_untold
from training.reading.parsing.wholerows import tell, whole_rows
from training.reading.shapes.meaning import PLAN, WIDE, Meaning
from training.reading.shapes.prices import check_plan
from training.reading.streaming.seen import Terms
from training.reading.streaming.stream import BLOCK_BYTES, Streamed, in_blocks
from training.reading.verdicts import judge
from training.reading.verdicts.cures import Known
from training.reading.verdicts.doubts import tell_doubts
from training.reading.verdicts.flags import flag
from training.reading.verdicts.known import known_of
from training.reading.verdicts.paper import first_paper, full_paper, unused
from training.reading.verdicts.quarantine import quarantine_csv
from training.reading.verdicts.unnamed import tell_unnamed

_BLOCK: Final = 1 << 20


@dataclass(frozen=True)
class Reading:
    """What one file gave.

    Attributes:
        verdict: Kind, sentence, counts, dialect, refused rows and notes.
        rows: Canonical columns and ``_source_line``, sorted by key; None unless rows are usable. Ids and other texts
            may be categorical and numbers short: ``table`` has the types of the sales table.
        quarantine: Refused rows verbatim as CSV, None without any.
        is_plan: True for covariates known in advance: a table without ``units``.
    """

    verdict: Verdict
    rows: pl.DataFrame | None
    quarantine: bytes | None = None
    is_plan: bool = False

    @property
    def table(self) -> pl.DataFrame | None:
        """The rows with the types of the sales table."""
        return None if self.rows is None else plain(self.rows)


def read_file(
    path: Path | str,
    *,
    config: DatasetConfig | None = None,
    name: str | None = None,
    limits: Limits | None = None,
    today: date | None = None,
    block_bytes: int = BLOCK_BYTES,
) -> Reading:
    """Read a file of sales, or of covariates known in advance.

    Never raises for what the file contains: a file that cannot be used gives a rejected verdict.

    Args:
        path: The file; its suffix is not looked at.
        config: The dataset's configuration; what it names is not inferred.
        name: How sentences call the file; its own name by default.
        limits: Bounds on size and shape.
        today: Sales after it are implausible; the day of the clock by default.
        block_bytes: Text files of several such blocks are read block by block; the answer is the same.
    """
    path = Path(path)
    latest = (today or date.today()) + timedelta(days=1)
    reader = _Reader(name or path.name, config or DatasetConfig(), limits or Limits(), latest, block_bytes)
    return reader.read(path)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


class _Reader:
    """One reading of one file; the ledger and the dialect grow as it goes on."""

    def __init__(self, name: str, config: DatasetConfig, limits: Limits, latest: date, block_bytes: int) -> None:
        self.name = name
        self.config = config.reading
        self.limits = limits
        self.latest = latest
        self.block_bytes = block_bytes
        self.ledger = Ledger()
        self.paper: Dialect | None = None

    def read(self, path: Path) -> Reading:
        with ThreadPoolExecutor(1) as pool:  # beside the reading, which mostly waits for other processors
            whole = path.stat().st_size <= self.limits.max_file_bytes
            digest = pool.submit(_sha256, path) if whole else None
            try:
                reading = self._of(path)
            except FileRefusedError as refused:
                reading = Reading(judge.refused_file(refused, self.ledger, self.paper), None)
            sha256 = None if digest is None else digest.result()
        verdict = judge.without_name(reading.verdict, self.name)
        return replace(reading, verdict=verdict.model_copy(update={"sha256": sha256}))

    def _of(self, path: Path) -> Reading:
        streamed = self._in_blocks(path)
        if streamed is not None:
            return self._of_stream(streamed)
        parts, others = open_parts(path, self.name, self.limits)
        meanings = gather(parts, self.name, self.config, self.limits, self.ledger)
        tell_others(others, self.ledger)
        return self._read(meanings)

    def _in_blocks(self, path: Path) -> Streamed | None:
        if path.stat().st_size > self.limits.max_file_bytes:
            return None
        terms = Terms(self.name, self.config, self.limits, self.latest)
        with TemporaryDirectory() as folder:
            return in_blocks(path, Path(folder), terms, self.block_bytes)

    def _of_stream(self, streamed: Streamed) -> Reading:
        """Rows of a stream have one key each, and are in the book."""
        self.ledger, meanings, proofs = streamed.ledger, streamed.meanings, streamed.proofs
        paper = full_paper(meanings, proofs, streamed.named, unused(meanings, streamed.named))
        own = zip(meanings, proofs, strict=True)
        known = {meaning.table.member: known_of(meaning, proof, self.latest) for meaning, proof in own}
        return self._judged(meanings, streamed.rows, paper, known)

    def _read(self, meanings: list[Meaning]) -> Reading:
        paper = self.paper = first_paper(meanings)
        is_plan = all(meaning.shape == PLAN for meaning in meanings)
        frames = [clean(meaning, self.ledger) for meaning in meanings]
        for meaning, frame in zip(meanings, frames, strict=True):
            see_clock(meaning, frame)
        before, lone = len(self.ledger.refused), len(meanings) == 1
        lines_of = slim if lone else spread  # which of several tables a refused line is of is not told
        frames = [lines_of(meaning, frame, self.ledger) for meaning, frame in zip(meanings, frames, strict=True)]
        table, known = pl.DataFrame(), {"": Known()}
        if any(frame.height for frame in frames):
            latest = None if is_plan else self.latest
            proofs = prove_each(meanings, frames, self.name, self.config, latest)
            read = zip(meanings, frames, proofs, strict=True)
            frames = [parse(meaning, lines, proof, self.ledger) for meaning, lines, proof in read]
            for meaning, lines in zip(meanings, frames, strict=True):
                check_plan(meaning, lines, self.latest, self.name)
                charges_of(meaning, lines).tell(self.ledger)
            frames = [turned(lines) for lines in frames] if self.config.negative == "sales" else frames
            table, kept, ignored = self._fold(meanings, frames, proofs)
            if lone:
                self.ledger.refused[before:] = with_idle(meanings[0], self.ledger.refused[before:])
            paper = full_paper(meanings, proofs, kept, ignored)
            own = zip(meanings, proofs, strict=True)
            known = {meaning.table.member: known_of(meaning, proof, latest) for meaning, proof in own}
        return self._judged(meanings, table, paper, known)

    def _judged(
        self, meanings: list[Meaning], table: pl.DataFrame, paper: Dialect, known: Mapping[str, Known]
    ) -> Reading:
        if self.config.negative is None:
            check_signs(table, self.name)
        listed, refused = judge.refusals(self.ledger, self.limits.max_listed, known)
        flag(table, self.ledger)
        for meaning in meanings:
            tell_doubts(meaning, self.ledger)
            tell_unnamed(meaning, self.ledger)
        paper = paper.model_copy(update={"states": tell_said(self.ledger)})
        verdict = judge.judged(
            self.name,
            table=table,
            ledger=self.ledger,
            dialect=paper,
            listed=listed,
            tolerance=self.config.max_refused_share,
        )
        alike = len({meaning.table.header for meaning in meanings}) == 1 and meanings[0].shape not in WIDE
        header = meanings[0].table.header if alike else ()
        kept_apart = quarantine_csv(refused, header) if refused.height else None
        return Reading(
            verdict,
            table if verdict.kind.merged else None,
            kept_apart,
            is_plan=all(meaning.shape == PLAN for meaning in meanings),
        )

    def _fold(
        self, meanings: list[Meaning], frames: list[pl.DataFrame], proofs: list[Proof]
    ) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
        """The canonical table, its covariates with the file's names, and the columns not used."""
        named: dict[str, str] = {}
        widened: list[pl.DataFrame] = []
        for order, (meaning, frame, proof) in enumerate(zip(meanings, frames, proofs, strict=True)):
            check_untold(meaning, frame, self.config, self.name)
            lines, found = covariates(meaning, frame, proof)
            named |= found
            marks = [pl.lit(order).alias(ORDER), *([pl.lit(value=True).alias(ONE_EACH)] if meaning.one_each else [])]
            if any(other.table.member for other in meanings):
                marks.append(pl.lit(meaning.table.member).alias(MEMBER))
            widened.append(lines.with_columns(marks))
        lines = pl.concat(widened, how="diagonal_relaxed") if len(widened) > 1 else widened[0]
        return self._folded(meanings, lines, named)

    def _folded(
        self, meanings: list[Meaning], lines: pl.DataFrame, named: dict[str, str]
    ) -> tuple[pl.DataFrame, dict[str, str], list[str]]:
        transactions = any(meaning.is_summed for meaning in meanings)
        unsteady = varying(lines, list(named)) if transactions or self.config.duplicates == "sum" else []
        kept = {name: header for name, header in named.items() if name not in unsteady}
        own, rule = Ledger(), self.config.duplicates
        table = fold(lines, list(kept), own, transactions=transactions, rule=rule)
        if wholes := whole_rows(table, meanings):
            own, lines = Ledger(), tell(wholes, lines, self.ledger)
            table = fold(lines, list(kept), own, transactions=transactions, rule=rule)
        self.ledger.absorb(own)
        return table, kept, unused(meanings, kept)
