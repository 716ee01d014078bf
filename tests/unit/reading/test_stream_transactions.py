"""Lines of transactions read block by block give what they give when the file is read as a whole."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.reading.test_stream import assert_same, both, zipped
from training.reading.streaming import folded

HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


def line(number: int) -> str:
    """Four lines an invoice, some of them for the same item on the same day, some returns."""
    invoice, day = 536_000 + number // 4, number // 40 % 28 + 1
    item, units = f"P{number * 7 % 9}", -1 if number % 17 == 0 else number % 5 + 1
    return (
        f"{invoice},{item},text {number % 700},{units},2024-{number // 1200 + 1:02d}-{day:02d} {number % 9 + 8:02d}:15,"
        f"{number % 3}.5{number % 7},{17000 + number % 11},{('France', 'Spain')[number // 40 % 2]}"
    )


BODY = [line(number) for number in range(1500)]


def till(*extra: tuple[int, str], body: list[str] = BODY, head: str = HEAD) -> str:
    """The regular lines with further ones put in."""
    rows = list(body)
    for place, row in extra:
        rows.insert(place, row)
    return head + "\n".join(rows) + "\n"


def beside(name: str, told: Callable[[int], str]) -> str:
    """The regular lines with a further column, which says of each line what ``told`` says of its number."""
    return till(body=[f"{row},{told(n)}" for n, row in enumerate(BODY)], head=f"{HEAD.strip()},{name}\n")


def on_first(word: str) -> Callable[[int], str]:
    """``paid``, or for some orders the word, on the first line of each order."""
    return lambda n: "" if n % 4 else word if n % 40 == 0 else "paid"


CANCELLED = "C536007,P1,text 9,-3,2024-01-02 10:15,1.5,17001,France"
WITH_STATUS = [f"{row},{'paid' if n % 6 else 'cancelled'}" for n, row in enumerate(BODY)]
WHOLE = [row.replace(",-1,", ",1,") for row in BODY]
WITH_REFUNDS = [
    f"{row},{'paid' if n % 6 else 'refunded' if n % 4 else 'partly refunded'}" for n, row in enumerate(WHOLE)
]
WITH_DRAFTS = [
    f"{row},{'quotation' if n % 5 == 2 else 'cancelled' if n % 7 == 1 else 'ok'},paid,no" for n, row in enumerate(BODY)
]
REGULAR: dict[str, str | bytes] = {
    "plain": till(),
    "a cancelled document": till((700, CANCELLED), (20, CANCELLED)),
    "marks that most documents do not bear": till((700, CANCELLED), body=[f"A{row}" for row in BODY]),
    "marks that only later lines show": till((700, CANCELLED), body=[*(f"A{row}" for row in BODY[:300]), *BODY[300:]]),
    "repeated lines near and far": till((5, BODY[4]), (900, BODY[4]), (901, BODY[899]), (1400, BODY[4])),
    "a repeat but for white space": till((900, BODY[4].replace(",", " , "))),
    "unsorted": till(body=BODY[::-1]),
    "charges among the items": till(*((n, BODY[n].replace(",P", ",POST", 1)) for n in range(30, 1400, 90))),
    "bad numbers": till((90, BODY[90].replace(",2", ",x2")), (1200, BODY[0].replace("2024", "2095"))),
    "a status on each line": till(body=WITH_STATUS, head=HEAD.strip() + ",Status\n"),
    "sales that came back on each line": till(body=WITH_REFUNDS, head=HEAD.strip() + ",Status\n"),
    "what never was sold": till(body=WITH_DRAFTS, head=HEAD.strip() + ",Status,Payment status,test order\n"),
    "a covariate that is the day's": till(),
    "a text of each sale beside no item, to be summed": till(
        body=[",".join(row.split(",")[i] for i in (0, 3, 4, 7)) for row in BODY], head="InvoiceNo,qty,date,country\n"
    ),
    "a member of an archive": zipped({"a/till.csv": till((700, BODY[3]))}),
    "no quantity": till(
        body=[",".join(row.split(",")[i] for i in (0, 1, 4, 7)) for row in BODY],
        head="InvoiceNo,StockCode,InvoiceDate,Country\n",
    ),
    "times without documents": till(
        body=[",".join(row.split(",")[i] for i in (1, 3, 4)) for row in BODY], head="sku,qty,date\n"
    ),
    "a column of times": till(
        body=[",".join(row.split(",")[i] for i in (1, 3, 4)).replace(" ", ",") for row in BODY],
        head="sku,qty,date,time\n",
    ),
    "customers alone": till(
        body=[",".join(row.split(",")[i] for i in (1, 3, 4, 6)) for row in BODY], head="sku,qty,date,CustomerID\n"
    ),
    "an item in one unit": beside("uom", lambda _: "ea"),
    "kinds of line that are all items": beside("itemization type", lambda _: "goods"),
    "items that are no numbers of lines": till(
        head=HEAD.replace("StockCode", "Item").replace("Description", "Product")
    ),
}
IRREGULAR: dict[str, str | bytes] = {
    "sales that came back beside returns": beside("Status", lambda n: "paid" if n % 6 else "refunded"),
    "sales that came back in part, and a return far down": till(
        body=[*(f"{row},partly refunded" for row in WHOLE), f"{BODY[0]},paid"], head=HEAD.strip() + ",Status\n"
    ),
    "a payment that failed, on the first line of each order": beside("Payment status", on_first("failed")),
    "a text that may be the item": till(
        body=[",".join(row.split(",")[i] for i in (0, 2, 3, 4)) for row in BODY], head="InvoiceNo,flavour,qty,date\n"
    ),
    "packs of two sizes far down": beside("pack size", lambda n: "6" if n != 1400 else "12"),
    "a qualifier far down": beside("qty qualifier", lambda n: "153" if n != 1400 else "145"),
    "pieces, and kilos far down": till(
        body=[row.replace(",", ";") for row in BODY[:1400]]
        + [row.replace(",", ";").replace(";2;2024", ";2 kg;2024") for row in BODY[1400:]],
        head=HEAD.replace(",", ";"),
    ),
    "pieces and kilos of one item far down": till(
        body=[*BODY[:1000], *(row.replace(f",{n % 5 + 1},2024", f",{n % 5 + 1} {('kg', 'pcs')[n % 2]},2024")
              for n, row in enumerate(BODY[1000:], 1000))]
    ),
    "a status on the first line of each order": beside("Status", on_first("cancelled")),
    "charges without the code of an item": till(
        *((place, "536050,,Postage,1,2024-01-02 10:15,2.5,17001,France") for place in (1400, 200, 11))
    ),
    "shipping far down": beside("itemization type", lambda n: "goods" if n != 1400 else "shipping"),
    "all stores far down": beside("store", lambda n: "S1" if n != 1400 else "All Stores"),
    "a reason to void on some lines": beside("void reason", lambda n: "" if n % 6 else "late"),
    "a reason to void on the first lines of orders": beside("void reason", lambda n: "" if n % 40 else "late"),
    "keys of no role": till(
        body=[",".join(row.split(",")[i] for i in (0, 3, 4, 6)) for row in BODY], head="InvoiceNo,qty,date,TrackId\n"
    ),
    "orders, and an invoice far down": beside("reason", lambda n: "order" if n != 1400 else "invoice"),
    "a transfer far down": beside("reason", lambda n: "sold" if n != 1400 else "transfer"),
    "a purchase far down": beside("reason", lambda n: "sold" if n < 300 else "purchase"),
    "a return far down, under a name of no kind": beside("was", lambda n: "sale" if n != 1400 else "return"),
    "a sign far down": beside("sign", lambda n: "+" if n != 1400 else "-"),
    "an item in two units far down": beside("uom", lambda n: "ea" if n != 1400 else "cs"),
    "amounts of several kinds far down": beside("amount type", lambda n: "price" if n != 1400 else "tax"),
    "items that number the lines": till(
        body=[f"{n % 4 + 1},{row}" for n, row in enumerate(BODY)], head="Item,Invoice,Material" + HEAD[19:]
    ),
    "a clock far down in a long file": "date,sku,qty\n" + "".join(
        f"2024-0{n // 280 + 1}-{n % 28 + 1:02d}{' 10:15' if n == 900 else ''},P{n // 28},{n % 5}\n" for n in range(1000)
    ),
    "an order that goes on in the next block": till(
        body=[row if n % 4 == 0 else row[row.index(",") :] for n, row in enumerate(BODY)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REGULAR))
def test_regular_lines_are_read_in_blocks_with_the_same_answer(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folded, "_PIECE", 50)  # several pieces, however few the rows
    for block in (4500, 12_001):
        parts, whole, streamed = both(tmp_path / "a.csv", REGULAR[what], block)
        assert_same(parts, whole)
        assert streamed


@pytest.mark.parametrize("what", sorted(IRREGULAR))
def test_what_only_all_lines_tell_is_read_as_a_whole(tmp_path: Path, what: str) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", IRREGULAR[what], 9000)
    assert_same(parts, whole)


def random_till(seed: int) -> str:
    """A file of transactions of random habits: some regular, some not."""
    rng = random.Random(seed)
    items, days, count = rng.randint(2, 30), rng.randint(2, 40), rng.randint(150, 500)
    status, kinds, document = rng.choice([0, 0, 1, 2]), rng.random() < 0.2, rng.choice(["", "A", "INV-"])
    names = ["invoice", "sku", "qty", "date", "price", "region"]
    names += (["status"] if status else []) + (["line type"] if kinds else [])
    rows: list[str] = []
    for number in range(count):
        if rows and rng.random() < 0.1:
            rows.append(rng.choice(rows[-40:] if rng.random() < 0.5 else rows))
            continue
        mark = "C" if rng.random() < 0.05 else document
        day, first = number * days // count, number % 3 == 0
        cells = [
            f"{mark}{50_000 + number // 3}", rng.choice(["POST", *(f"P{i}" for i in range(items))]),
            str(rng.choice([1, 1, 2, 3, -1, 12, "x", ""]) if rng.random() < 0.1 else rng.randint(1, 9)),
            f"2024-{day // 28 + 1:02d}-{day % 28 + 1:02d}" + (f" {rng.randint(8, 19)}:30" if seed % 3 else ""),
            f"{rng.randint(1, 9)}.{rng.randint(0, 99):02d}", f"r{day % 3 if seed % 2 else rng.randint(0, 3)}",
        ]  # fmt: skip
        if status:
            cells.append(("paid" if rng.random() < 0.9 else "cancelled") if status == 1 or first else "")
        if kinds:
            cells.append("product" if rng.random() < 0.99 else "shipping")
        rows.append(",".join(cells))
    return ",".join(names) + "\n" + "\n".join(rows) + "\n"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), block=st.integers(2500, 9000), rule=st.sampled_from(["sum", "last", "reject"]))
def test_any_lines_read_in_blocks_are_those_of_the_whole(tmp_path: Path, seed: int, block: int, rule: str) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", random_till(seed), block, duplicates=rule)
    assert_same(parts, whole)
