"""Blocks side by side, their rows in few bytes until all are read, and which of them are read once more."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, TypeVar

import polars as pl

from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from training.compact import compact
from training.reading.ledger import LINE
from training.reading.parsing.fold import ALL, hashed
from training.reading.streaming.blocks import Block
from training.reading.streaming.narrow import Narrow
from training.reading.streaming.seen import Guess

Result = TypeVar("Result")
Form = Callable[[pl.DataFrame], pl.DataFrame]
_WORKERS: Final = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Again:
    """Which lines of a text are read once more, and how.

    Attributes:
        guess: what was proven.
        wanted: their numbers.
        form: what is kept of those of a block.
        whole: also cells of wide tables that no value needs.
    """

    guess: Guess
    wanted: pl.Series
    form: Form
    whole: bool = False


def compacted(
    lines: pl.DataFrame, *, named: Iterable[str], width: int, texts: pl.Categorical, narrow: Narrow | None = None
) -> pl.DataFrame:
    """Parsed lines in few bytes, without their cells but for a hash of ``width`` of them, 0 for none.

    Texts are codes of ``narrow`` where it is given and has room for them, or else of ``texts``.
    """
    lines = hashed(lines, width) if width else lines
    names = (DATE, STORE, ITEM, UNITS, *OPTIONAL, *named, LINE, ALL)
    rows = lines.select(name for name in names if name in lines.columns)
    return compact(narrow.of(rows) if narrow else rows, texts)


def side_by_side(work: Callable[[Block], Result], blocks: Iterator[Block]) -> Iterator[Result]:
    """What each block gives, in order; no more of them are under way than there are workers."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for block in blocks:
                waiting.append(pool.submit(work, block))
                if len(waiting) > _WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
