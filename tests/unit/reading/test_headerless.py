"""What is said of lines that no line above them names: the header it offers makes them read."""

import pytest

from tests.unit.reading.conftest import Read


@pytest.mark.parametrize(
    ("text", "header"),
    [("2024-05-06;Tea;4\n2024-05-07;Coffee;6\n", "date;item_id;units"),
     ("North,Tea,4,2024-05-06\nSouth,Coffee,6,2024-05-07\n", "store_id,item_id,units,date")],
)  # fmt: skip
def test_the_header_that_is_offered_makes_the_lines_read(read: Read, text: str, header: str) -> None:
    assert f"add a header line such as {header!r}" in read(text).verdict.sentence
    assert read(f"{header}\n{text}").verdict.kind.merged


@pytest.mark.parametrize(
    ("text", "header"),
    [("Tea,4\nCoffee,6\n", "date,item_id,units"), ("North;Tea;4\nSouth;Coffee;6\n", "date;store_id;item_id;units")],
)
def test_lines_without_a_day_are_told_to_add_one(read: Read, text: str, header: str) -> None:
    told = f"its cells hold no day either: add a column of the day, and a header line such as {header!r}"
    assert told in read(text).verdict.sentence
    mark = "," if "," in text else ";"
    dated = "".join(f"2024-05-06{mark}{line}\n" for line in text.splitlines())
    assert read(f"{header}\n{dated}").verdict.kind.merged
