"""Texts of wide tables as codes of one or two bytes: each line becomes many rows, each with all labels of the line."""

from typing import Final

import polars as pl
from polars.exceptions import ComputeError

_SHORT: Final = (pl.UInt8, pl.UInt16)
_WIDTHS: Final = (*_SHORT, pl.UInt32)


class Narrow:
    """For each column the codes of all blocks: as short as its distinct texts are few."""

    def __init__(self) -> None:
        self._kinds: dict[str, list[pl.Categorical]] = {}
        self._full: set[pl.Categorical] = set()

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Texts, or codes of them, as short codes; a column of more texts than two bytes can count stays as it is."""
        texts = [name for name, kind in rows.schema.items() if kind == pl.String or isinstance(kind, pl.Categorical)]
        return rows.with_columns(self._short(rows[name]) for name in texts)

    def _short(self, column: pl.Series) -> pl.Series:
        kinds = self._kinds.setdefault(column.name, [_codes(width) for width in _SHORT])
        for kind in kinds:
            if kind not in self._full:
                try:
                    return column.cast(kind)
                except ComputeError:  # no room for a further text
                    self._full.add(kind)
        return column


def of_one_kind(frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """Frames of one table whose texts are coded alike, where some blocks have them by shorter codes than others."""
    for name, kinds in _kinds(frames).items():
        if len(kinds) > 1:
            coded = [frame[name] for frame in frames]
            try:
                longest = max(kinds, key=_width)
                coded = [column.cast(longest) for column in coded]
            except ComputeError:  # the texts of the shorter codes find no room among those of the longer ones
                anew = _codes(pl.UInt32)
                coded = [column.cast(anew) for column in coded]
            frames = [frame.with_columns(column) for frame, column in zip(frames, coded, strict=True)]
    return frames


def _kinds(frames: list[pl.DataFrame]) -> dict[str, set[pl.Categorical]]:
    found: dict[str, set[pl.Categorical]] = {}
    for frame in frames:
        for name, kind in frame.schema.items():
            if isinstance(kind, pl.Categorical):
                found.setdefault(name, set()).add(kind)
    return found


def _width(kind: pl.Categorical) -> int:
    return _WIDTHS.index(kind.categories.physical())


def _codes(width: type[pl.DataType]) -> pl.Categorical:
    return pl.Categorical(pl.Categories.random(physical=width))
