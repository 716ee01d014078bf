"""Members of an archive read block by block give what they give when the archive is read as a whole."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.unit.reading.test_stream import BODY, HEAD, assert_same, both, lines, zipped
from tests.unit.reading.test_stream_transactions import BODY as SOLD
from tests.unit.reading.test_stream_transactions import random_till, till
from training.reading.streaming import folded

FIRST, SECOND = BODY[:300], BODY[300:]
BAD = "2024-07-01,S1,00A,12O4,1,0,1"


def dated(body: list[str], form: str) -> str:
    """The rows with their days in another form."""
    return lines(body=[form.format(y=r[:4], m=r[5:7], d=r[8:10]) + r[10:] for r in body])


def narrow(body: list[str]) -> str:
    """The rows without their last columns."""
    return "date,store,item,qty\n" + "".join(",".join(row.split(",")[:4]) + "\n" for row in body)


ARCHIVES: dict[str, dict[str, str | bytes]] = {
    "two of one shape": {"a.csv": lines(body=FIRST), "b.csv": lines(body=SECOND)},
    "bad rows in both": {
        "a.csv": lines((9, BAD), body=FIRST), "b.csv": lines((9, BAD), (90, "Total,,,9,,,"), body=SECOND),
    },
    "a row of too many cells": {"a.csv": lines(body=FIRST), "b.csv": lines((200, f"{BAD},9"), body=SECOND)},
    "many notes": {
        "a.csv": lines(*((n * 10, "") for n in range(25)), body=FIRST),
        "b.csv": lines(*((n * 5 + 3, ",,,,,,") for n in range(25)), body=SECOND),
    },
    "a small one beside": {"a.csv": lines(), "b.csv": lines(body=["2024-09-01,S1,00A,4,1,0,1"])},
    "small ones that are no tables of sales": {
        "readme.txt": "Exported on Monday.\n", "sales.csv": lines(),
        "stores.csv": "store,city\nS1,Bonn\n", "x.bin": b"\x00\x01",
    },
    "two tables in a small one": {
        "a.csv": lines(),
        "b.csv": "date,store,item,qty\n2025-01-01,S1,x,3\n\nday,branch,sku,units\n2025-01-02,S1,x,3\n",
    },
    "further columns in one": {"a.csv": narrow(FIRST), "b.csv": lines(body=SECOND)},
    "fewer columns in the second": {"a.csv": lines(body=FIRST), "b.csv": narrow(SECOND)},
    "columns in another order": {
        "a.csv": lines(body=FIRST),
        "b.csv": "qty,item,store,date\n" + "".join(",".join(r.split(",")[3::-1]) + "\n" for r in SECOND),
    },
    "rows of one in the other": {"a.csv": lines(body=BODY[:400]), "b.csv": lines(body=BODY[350:])},
    "rows of one in the other with fewer cells": {"a.csv": narrow(BODY[:400]), "b.csv": lines(body=BODY[350:])},
    "keys of one in the other": {
        "a.csv": lines(body=BODY[:400]), "b.csv": lines(body=[r.replace(",0,", ",1,") for r in BODY[350:]]),
    },
    "days that the other proves": {"a.csv": dated(BODY[:44], "{d}/{m}/{y}"), "b.csv": dated(BODY[44:], "{d}/{m}/{y}")},
    "days of two forms": {"a.csv": dated(FIRST, "{d}/{m}/{y}"), "b.csv": dated(SECOND, "{m}/{d}/{y}")},
    "marks of two kinds": {"a.csv": lines(body=FIRST), "b.csv": lines(body=SECOND).replace(",", ";").replace(".", ",")},
    "two encodings": {"a.csv": lines(body=FIRST).encode("cp1252"), "b.csv": lines(body=SECOND)},
    "returns in one": {"a.csv": lines(body=FIRST).replace("\n", "\r"), "b.csv": lines(body=SECOND)},
    "transactions": {"a.csv": till(body=SOLD[:700]), "b.csv": till(body=SOLD[690:])},
    "transactions and days": {"a.csv": till(body=SOLD[:700]), "b.csv": narrow(BODY)},
    "transactions without a quantity beside others": {
        "a.csv": till(body=SOLD[:700]),
        "b.csv": "InvoiceNo,StockCode,InvoiceDate\n" + "".join(
            ",".join(row.split(",")[i] for i in (0, 1, 4)) + "\n" for row in SOLD[690:]
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize("rule", ["sum", "last", "reject"])
@pytest.mark.parametrize("what", sorted(ARCHIVES))
def test_an_archive_is_read_in_blocks_with_the_same_answer(
    tmp_path: Path, what: str, rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folded, "_PIECE", 50)
    parts, whole, streamed = both(tmp_path / "a.zip", zipped(ARCHIVES[what]), 2600, duplicates=rule)
    assert_same(parts, whole)
    assert streamed


WHOLE: dict[str, dict[str, str | bytes]] = {
    "a plan beside sales": {"a.csv": lines(), "b.csv": "date,store,promo,holiday\n2025-01-01,S1,1,0\n"},
    "days of the files' names": {"2024-01-01.csv": "store,item,qty\nS1,x,3\n", "a.csv": lines()},
    "members that say the opposite": {"a.csv": dated(FIRST, "{d}/{m}/{y}"), "b.csv": dated(BODY[44:60], "{m}/{d}/{y}")},
    "small ones that are large together": {f"{n}.csv": lines(body=BODY[n * 40 : n * 40 + 40]) for n in range(16)},
    "a large one that is no table": {"a.csv": lines(), "b.csv": "no table, at all\n" * 4000},
    "a covariate of two kinds": {
        "a.csv": lines(body=FIRST),
        "b.csv": lines(body=[f"{row[:-1]}rain" for row in SECOND]),
    },
    "a member of returns": {"sales.csv": lines(body=FIRST), "returns.csv": lines(body=SECOND)},
    "a workbook": {"a.csv": lines(), "b.xlsx": zipped({"xl/workbook.xml": "x"})},
    "an archive": {"a.csv": lines(), "b.zip": zipped({"c.csv": lines()})},
}


@pytest.mark.parametrize("what", sorted(WHOLE))
def test_any_other_archive_is_read_as_a_whole(tmp_path: Path, what: str) -> None:
    parts, whole, _ = both(tmp_path / "a.zip", zipped(WHOLE[what]), 2600)
    assert_same(parts, whole)


def _random_days(seed: int) -> str:
    """A long file of random habits: rows that share keys, rows that are refused, blanks, days of another form."""
    rng = random.Random(seed)
    form = rng.choice(["{y}-{m:02d}-{d:02d}", "{d:02d}/{m:02d}/{y}", "{m:02d}/{d:02d}/{y}"])
    header = rng.choice([HEAD, "date,item,store,qty,price\n", "day,sku,units,stock\n"])
    rows: list[str] = []
    for number in range(rng.randint(5, 300)):
        day = {"y": 2023 + seed % 2, "m": number // 56 % 12 + 1, "d": number // 2 % 28 + 1}
        cells = [form.format(**day), f"S{number % 2}", f"P{rng.randint(0, 3)}", str(rng.choice([1, 2, 3, -1, "", "x"]))]
        if rng.random() < 0.9:
            cells[3] = str(number % 9)
        cells += [f"{number % 7}.5", str(number % 2), rng.choice(["a", "b"])]
        rows.append(rng.choice(rows) if rows and rng.random() < 0.1 else ",".join(cells[: header.count(",") + 1]))
    return header + "\n".join(rows) + "\n"


MAKE: tuple[Callable[[int], str], ...] = (_random_days, _random_days, random_till)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(seeds=[0, 5106202], rule="sum")  # the second alone has a covariate
@given(seeds=st.lists(st.integers(0, 1 << 30), min_size=1, max_size=3), rule=st.sampled_from(["sum", "last", "reject"]))
def test_any_archive_read_in_blocks_is_that_of_the_whole(tmp_path: Path, seeds: list[int], rule: str) -> None:
    members = {f"{at}.csv": MAKE[seed % len(MAKE)](seed) for at, seed in enumerate(seeds)}
    parts, whole, _ = both(tmp_path / "a.zip", zipped(members), 1500, duplicates=rule)
    assert_same(parts, whole)
