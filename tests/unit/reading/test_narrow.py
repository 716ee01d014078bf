"""Texts as codes of one or two bytes."""

import polars as pl
import pytest

from training.reading.streaming.narrow import Narrow, of_one_kind


def texts(first: int, count: int) -> pl.DataFrame:
    """Different texts and a blank."""
    return pl.DataFrame({"item": [f"I{number}" for number in range(first, first + count)] + [None]})


def width(frame: pl.DataFrame) -> object:
    kind = frame.schema["item"]
    return kind.categories.physical() if isinstance(kind, pl.Categorical) else kind


@pytest.mark.parametrize(
    ("count", "expected"), [(3, pl.UInt8), (255, pl.UInt8), (256, pl.UInt16), (65_535, pl.UInt16), (65_536, pl.String)]
)
def test_codes_are_as_short_as_the_distinct_texts_are_few(count: int, expected: object) -> None:
    coded = Narrow().of(texts(0, count))
    assert width(coded) == expected
    assert coded.cast(pl.String).equals(texts(0, count))


def test_blocks_of_shorter_and_longer_codes_are_coded_alike() -> None:
    narrow = Narrow()
    frames = [narrow.of(texts(first, 200)) for first in (0, 200, 100)]
    assert [width(frame) for frame in frames] == [pl.UInt8, pl.UInt16, pl.UInt16]
    alike = of_one_kind(frames)
    assert [width(frame) for frame in alike] == [pl.UInt16] * 3
    assert [frame.cast(pl.String).rows() for frame in alike] == [texts(first, 200).rows() for first in (0, 200, 100)]


def test_texts_that_find_no_room_among_the_longer_codes_get_codes_longer_still() -> None:
    narrow = Narrow()
    frames = [narrow.of(texts(0, 200)), narrow.of(texts(200, 65_500))]
    assert [width(frame) for frame in frames] == [pl.UInt8, pl.UInt16]
    alike = of_one_kind(frames)
    assert [width(frame) for frame in alike] == [pl.UInt32] * 2
    assert pl.concat(alike).cast(pl.String).equals(pl.concat([texts(0, 200), texts(200, 65_500)]))
