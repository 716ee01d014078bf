"""Wide tables read block by block give what they give when the file is read as a whole."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.reading.test_stream import assert_same, both, zipped
from training.reading.parsing import sums
from training.reading.streaming import passes

DAYS = [date(2024, 1, 25) + timedelta(days=number) for number in range(15)]
IDS = "item_id,store_id,dept"
HEAD = ",".join([IDS, *map(str, DAYS)])
BODY = [
    f"P{number // 3:03d},S{number % 3},d{number % 7}," + ",".join(str((number * 7 + at * 5) % 11) for at in range(15))
    for number in range(300)
]
M5 = "id,item_id,dept_id,cat_id,store_id,state_id"
M5_BODY = [
    f"P{number // 3:03d}_S{number % 3}_evaluation,P{number // 3:03d},D{number % 2},C,S{number % 3},CA,"
    + row.split(",", 3)[3]
    for number, row in enumerate(BODY)
]


def wide(*extra: tuple[int, str], body: list[str] = BODY, head: str = HEAD) -> str:
    """The regular table with further lines put in."""
    rows = list(body)
    for place, row in extra:
        rows.insert(place, row)
    return head + "\n" + "\n".join(rows) + "\n"


def put(place: int, column: int, text: str, body: list[str] = BODY) -> list[str]:
    """The rows with another cell."""
    cells = body[place].split(",")
    cells[column] = text
    return [*body[:place], ",".join(cells), *body[place + 1 :]]


REGULAR: dict[str, str | bytes] = {
    "plain": wide(),
    "M5": wide(body=M5_BODY, head=",".join([M5, *(f"d_{number}" for number in range(1, 16))])),
    "days of another form": wide(head=",".join([IDS, *(f"{day:%d.%m.%Y}" for day in DAYS)])),
    "months": wide(head=",".join([IDS, *(f"{2022 + n // 12}-{n % 12 + 1:02d}" for n in range(15))])),
    "measures of days": wide(head=",".join([IDS, *(f"Units {day}" for day in DAYS)])),
    "semicolons and decimal commas": wide(
        body=[row.replace(",", ";").replace(";5;", ";5,25;") for row in BODY], head=HEAD.replace(",", ";")
    ),
    "a decimal far down": wide(body=put(280, 9, "2.5")),
    "blank cells": wide(body=put(200, 5, "", put(3, 4, ""))),
    "an item that begins late": wide(body=[put(0, 3, "", put(0, 4, "", [row]))[0] for row in BODY[:250]] + BODY[250:]),
    "a row without numbers": wide((250, "P999,S1,d1" + "," * 15)),
    "blank lines": wide((50, ""), (200, "," * 17)),
    "cells that say there is none": wide(body=put(200, 5, "-", put(3, 4, "n/a"))),
    "bad numbers": wide(body=put(200, 5, "12O4", put(3, 4, "x", put(200, 4, "y")))),
    "a store that was closed": wide(body=put(200, 5, "closed")),
    "returns": wide(body=put(200, 5, "-3")),
    "no item": wide((150, ",S1,d1" + ",4" * 15)),
    "totals": wide((300, "Total,,," + ",".join(["9000"] * 15)), (100, "P9,Total,d1" + ",9" * 15)),
    "quotes": wide((150, '"P9, large",S1,d1' + ",4" * 15)),
    "ragged": wide((150, "P9,S1,d1" + ",4" * 9), (240, "P9,S2,d1" + ",4" * 19)),
    "a note far down": wide((299, "Source: till" + "," * 17)),
    "no store": wide(
        body=[f"P{n:03d}," + row.split(",", 3)[3] for n, row in enumerate(BODY)],
        head=",".join(["item", *map(str, DAYS)]),
    ),
    "a member of an archive": zipped({"a.csv": wide(body=put(200, 5, "x"))}),
    "an older encoding": wide(body=[row.replace("P", "Ä") for row in BODY]).encode("cp1252"),
    "days in the future": wide(head=HEAD.replace("2024-02-08", "2095-02-08")),
}
IRREGULAR: dict[str, str | bytes] = {
    "an item twice": wide((290, BODY[3])),
    "an item in two rows": wide((290, BODY[3].replace(",0", ",1"))),
    "items on the first row of their group": wide(
        body=[row if n % 3 == 0 else row[row.index(",") :] for n, row in enumerate(BODY)]
    ),
    "headings closed by totals": wide(
        (0, "d1" + "," * 17), (150, "d1 Total" + "," * 3 + ",".join(["9"] * 15)),
        body=[row[row.index(",") :] if n % 2 else row for n, row in enumerate(BODY)],
    ),
    "the sum of all rows under another name": wide(
        (300, "X,S1,d1," + ",".join(str(sum(int(row.split(",")[at]) for row in BODY)) for at in range(3, 18)))
    ),
    "the header again": wide((250, HEAD)),
    "a total of an earlier name": wide((290, "P001 Total,,d1" + ",9" * 15)),
    "a column that is blank at first": wide(
        body=[row if n > 280 else put(0, 9, "", [row])[0] for n, row in enumerate(put(290, 9, "2024-05-01"))]
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "PIECE", 15 * 40)
    monkeypatch.setattr(sums, "MOST_CELLS", 100)


@pytest.mark.parametrize("what", sorted(REGULAR))
def test_a_regular_wide_table_is_read_in_blocks_with_the_same_answer(tmp_path: Path, what: str) -> None:
    parts, whole, streamed = both(tmp_path / "a.csv", REGULAR[what], 2500)
    assert_same(parts, whole)
    assert streamed


@pytest.mark.parametrize("what", sorted(IRREGULAR))
@pytest.mark.parametrize("most", [100, 100_000])
def test_what_only_all_rows_tell_is_read_as_a_whole(
    tmp_path: Path, what: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "MOST_CELLS", most)
    parts, whole, _ = both(tmp_path / "a.csv", IRREGULAR[what], 2500)
    assert_same(parts, whole)


def test_days_that_are_counted_from_one_that_the_configuration_tells(tmp_path: Path) -> None:
    text = wide(head=",".join([IDS, *(f"day {number}" for number in range(15))]))
    parts, whole, streamed = both(tmp_path / "a.csv", text, 2500, date_format="day 0 = 2024-01-01")
    assert_same(parts, whole)
    assert streamed


def random_wide(seed: int) -> str:
    """A wide table of random habits: some regular, some not."""
    rng = random.Random(seed)
    days = [date(2024, 1, 1) + timedelta(days=rng.randint(1, 9) * n) for n in range(rng.randint(3, 20))]
    form, mark = rng.choice(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "Units %Y-%m-%d"]), rng.choice([",", ";", "\t"])
    names = rng.choice([["item"], ["item_id", "store_id"], ["id", "item", "store", "colour"], ["branch", "size"]])
    odd = rng.choice([0.0, 0.0, 0.002, 0.02])
    decimal = rng.choice(["", "", ".5", ".25"])
    rows = [mark.join([*names, *(day.strftime(form) for day in dict.fromkeys(days))])]
    width = len(dict.fromkeys(days))
    for number in range(rng.randint(150, 350)):
        texts = {"id": f"x{number}", "item": f"P{number}", "item_id": f"P{number // 2}", "store_id": f"S{number % 2}"}
        texts |= {"store": f"S{number % 4}", "branch": f"B{number}", "colour": rng.choice(["red", "blue", ""])}
        ids = [texts.get(name, str(number % 5)) for name in names]
        if rng.random() < odd:
            ids[rng.randrange(len(ids))] = rng.choice(["", "Total", "P1 Total", "x y"])
        cells = [
            rng.choice(["", "-", "x", "closed", "-4", "1,5", "1.234", "2 kg", "2024-01-05"])
            if rng.random() < odd
            else "" if rng.random() < 0.1 else f"{rng.randint(0, 40)}{decimal if rng.random() < 0.2 else ''}"
            for _ in range(width)
        ]  # fmt: skip
        row = mark.join([*ids, *cells])
        rows += [row, *([rng.choice(["", rows[0], row, ids[0], row[:20]])] if rng.random() < odd else [])]
    return "\n".join(rows) + "\n"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), block=st.integers(1500, 6000), rule=st.sampled_from(["sum", "last", "reject"]))
def test_any_wide_table_read_in_blocks_is_that_of_the_whole(tmp_path: Path, seed: int, block: int, rule: str) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", random_wide(seed), block, duplicates=rule)
    assert_same(parts, whole)
