"""Wide tables read block by block give what they give when the file is read as a whole."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.unit.reading.test_stream import assert_same, both, zipped
from training.reading.parsing import sums
from training.reading.streaming import encoded

DAYS = [date(2024, 1, 25) + timedelta(days=number) for number in range(15)]
IDS = "item_id,store_id,dept"
BLOCK = 3500
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
ITEMS = "date,store,holiday,Apples,Pears,Plums,Figs"
ITEMS_BODY = [
    f"2024-{n // 56 + 1:02d}-{n // 2 % 28 + 1:02d},S{n % 2},{n % 5 // 4},"
    + ",".join(str((n * 7 + at) % 11) for at in range(4))
    for n in range(336)
]
REGULAR |= {
    "items": wide(body=ITEMS_BODY, head=ITEMS),
    "items, one of them a return": wide(body=put(200, 5, "-3", ITEMS_BODY), head=ITEMS),
    "items, bad cells": wide(body=put(200, 5, "12O4", put(320, 4, "closed", put(310, 4, "-", ITEMS_BODY))), head=ITEMS),
    "items, bad days": wide(body=put(200, 0, "2024-02-31", put(320, 1, "", ITEMS_BODY)), head=ITEMS),
    "items, days first": wide(body=[f"{r[8:10]}.{r[5:7]}.{r[:4]}{r[10:]}" for r in ITEMS_BODY], head=ITEMS),
    "items, totals": wide((336, "Total,,,9,9,9,9"), (150, "2024-07-01,Total,0,9,9,9,9"), body=ITEMS_BODY, head=ITEMS),
    "stores": wide(
        body=[f"{r[:10]},I{r[12:]}" for r in ITEMS_BODY],
        head="date,item,holiday,Store A,Store B,Store C,Store D",
    ),
}  # fmt: skip
PAIRS = "date,store,Tea units,Tea price,stock,Units Fig,Fig price"
PAIRS_BODY = [f"{row[:13]},{n * 7 % 11},{n % 5}.5,{n % 9},{n * 5 % 11},{n % 3}.25" for n, row in enumerate(ITEMS_BODY)]
MEASURED = ",".join([IDS, *(f"Units {day},Revenue {day}" for day in DAYS[:7])])
MEASURED_BODY = [row[: row.rindex(",")] + ".5" for row in BODY]
REGULAR |= {
    "an item twice": wide((290, BODY[3])),
    "an item in two rows": wide((290, BODY[3].replace(",0", ",1")), (3, BODY[100]), (5, BODY[30].replace(",1", ",x"))),
    "an item in rows of some days": wide((290, put(3, 4, "", put(3, 9, "-5"))[3]), body=put(3, 5, "", put(3, 6, "-"))),
    "an item in two rows, and a store that was closed": wide((290, BODY[3]), body=put(200, 5, "closed")),
    "an item in two rows of a member": zipped({"a.csv": wide((290, BODY[3].replace(",0", ",1")))}),
    "an item in two members": zipped({"a.csv": wide(), "b.csv": wide(body=[row.replace("P00", "Q") for row in BODY])}),
    "each item in two rows": wide(body=[again for row in BODY[:150] for again in (row, row.replace(",1", ",2", 1))]),
    "items, a day twice": wide(
        (300, ITEMS_BODY[3]), (310, ITEMS_BODY[4].replace(",9", ",8")), body=ITEMS_BODY, head=ITEMS
    ),
    "measures of days side by side, an item in two rows": wide(
        (290, MEASURED_BODY[3]), (30, MEASURED_BODY[40][:-1] + "6"), body=MEASURED_BODY, head=MEASURED
    ),
    "pairs, a day twice": wide(
        (300, PAIRS_BODY[3]), (310, PAIRS_BODY[40][:-1] + "6"), (315, PAIRS_BODY[30][:13] + ",1,x,1,1,1"),
        body=PAIRS_BODY, head=PAIRS,
    ),
    "pairs": wide(body=PAIRS_BODY, head=PAIRS),
    "pairs, their prices of stores": wide(
        body=[f"{row[:10]},I{row[12:]}" for row in PAIRS_BODY],
        head="date,item,Store A units,Store A price,stock,Store B units,Store B stock",
    ),
    "pairs, bad cells": wide(
        body=put(200, 2, "12O4", put(320, 6, "x", put(310, 3, "-", put(300, 4, "y", PAIRS_BODY)))), head=PAIRS
    ),
    "pairs, an item that begins late": wide(
        body=[put(0, 2, "", put(0, 3, "", [row]))[0] for row in PAIRS_BODY[:300]] + put(10, 2, "x", PAIRS_BODY[300:]),
        head=PAIRS,
    ),
    "pairs, no price of one": wide(body=[row[:-5] for row in PAIRS_BODY], head=PAIRS[:-10]),
    "pairs, revenue": wide(body=put(310, 2, "x", PAIRS_BODY), head=PAIRS.replace("price", "revenue")),
    "measures of days side by side": wide(body=MEASURED_BODY, head=MEASURED),
    "measures of days side by side, bad cells": wide(
        body=put(200, 5, "12O4", put(3, 7, "x", MEASURED_BODY)), head=MEASURED
    ),
}  # fmt: skip
IRREGULAR: dict[str, str | bytes] = {
    "pairs, and a text that differs far down": wide(
        body=[f"{row},{'x' if n < 330 else 'y'}" for n, row in enumerate(PAIRS_BODY)], head=f"{PAIRS},range"
    ),
    "pairs, and a note below": wide((336, "Source: till,,,,,,"), body=PAIRS_BODY, head=PAIRS),
    "pairs, and a total told beside them": wide(
        (3, "2024-01-02,S9,1,1,1,1,x"), (330, ",S9,1,1,1,1,x Total"), body=PAIRS_BODY, head=PAIRS
    ),
    "an item in two rows, and two columns of one day": wide(
        (290, BODY[3].replace(",0", ",1")), head=HEAD.replace("2024-02-08", "2024-2-7")
    ),
    "an item in two members of other days": zipped(
        {"a.csv": wide(), "b.csv": wide(body=[f"{row},1" for row in BODY], head=f"{HEAD},2024-03-01")}
    ),
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
    "items, and a note below": wide((336, "Source: till,,,,,,"), body=ITEMS_BODY, head=ITEMS),
    "items, and what they are of far down": wide(
        body=put(330, 2, "y", [",".join([r[:13], "x", r[16:]]) for r in ITEMS_BODY]),
        head=ITEMS.replace("holiday", "range"),
    ),
    "items, days on the first row of their group": wide(
        body=[row if n % 2 == 0 else row[10:] for n, row in enumerate(ITEMS_BODY)], head=ITEMS
    ),
    "a total of an earlier name": wide((290, "P001 Total,,d1" + ",9" * 15)),
    "a column that is blank at first": wide(
        body=[row if n > 280 else put(0, 9, "", [row])[0] for n, row in enumerate(put(290, 9, "2024-05-01"))]
    ),
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("small_pieces")


@pytest.mark.parametrize("what", sorted(REGULAR))
def test_a_regular_wide_table_is_read_in_blocks_with_the_same_answer(tmp_path: Path, what: str) -> None:
    parts, whole, streamed = both(tmp_path / "a.csv", REGULAR[what], BLOCK)
    assert_same(parts, whole)
    assert streamed


@pytest.mark.parametrize("what", sorted(IRREGULAR))
def test_what_only_all_rows_tell_is_read_as_a_whole(tmp_path: Path, what: str) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", IRREGULAR[what], BLOCK)
    assert_same(parts, whole)


@pytest.mark.parametrize("rule", ["sum", "last"])
@pytest.mark.parametrize("what", ["an item in two rows", "pairs, a day twice"])
def test_rows_of_one_item_and_day_are_made_one_as_the_configuration_says(tmp_path: Path, what: str, rule: str) -> None:
    parts, whole, streamed = both(tmp_path / "a.csv", REGULAR[what], BLOCK, duplicates=rule)
    assert_same(parts, whole)
    assert streamed


def test_sums_are_looked_for_in_a_table_of_few_cells_however_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sums, "MOST_CELLS", 100_000)
    parts, whole, streamed = both(tmp_path / "a.csv", IRREGULAR["the sum of all rows under another name"], BLOCK)
    assert not streamed
    assert "is the sum of all others" in whole.verdict.sentence
    assert_same(parts, whole)


def test_rows_laid_on_the_disk_while_they_are_put_in_order_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded, "MANY", 1)
    body = [f"Q{number:03d}" + row[4:] for number, row in enumerate(put(200, 5, "closed"))]  # more than a byte counts
    parts, whole, streamed = both(tmp_path / "a.csv", wide(body=[*body[::2], *body[1::2]]), BLOCK)
    assert_same(parts, whole)
    assert streamed
    assert parts.rows is not None
    assert parts.rows["open"].null_count() == 0


def test_days_that_are_counted_from_one_that_the_configuration_tells(tmp_path: Path) -> None:
    text = wide(head=",".join([IDS, *(f"day {number}" for number in range(15))]))
    parts, whole, streamed = both(tmp_path / "a.csv", text, BLOCK, date_format="day 0 = 2024-01-01")
    assert_same(parts, whole)
    assert streamed
