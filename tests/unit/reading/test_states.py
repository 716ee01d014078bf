"""Words of states and kinds of rows are listed by what became of their rows, and those that nobody knows are told."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from tests.unit.reading.test_stream import assert_same, both
from training.reading import Reading
from training.reading.outcomes import is_denied, is_sold, is_unpaid
from training.reading.verdicts.page import html_page
from training.reading.verdicts.show import show

_HEAD = "Order ID,Created,Product,Quantity,Order state\n"
_ORDERS = (
    "1,2025-03-01,Bread,2,Fulfilled\n2,2025-03-01,Milk,1,Unfulfilled\n3,2025-03-02,Milk,3,Cancelled\n"
    "4,2025-03-02,Milk,4,Awaiting pickup\n5,2025-03-03,Milk,5,Awaiting pickup\n"
)


def _reasons(reading: Reading) -> set[Reason]:
    return {each.reason for each in reading.verdict.notes}


def test_the_words_of_a_state_are_listed_by_what_became_of_their_rows(read: Read) -> None:
    verdict = read(_HEAD + _ORDERS).verdict
    assert verdict.dialect is not None
    listed = "'Order state' sold: Fulfilled, Unfulfilled, Awaiting pickup; left out: Cancelled"
    assert verdict.dialect.states == (listed,)
    out = StringIO()
    show(verdict, Console(file=out, width=200))
    assert listed in out.getvalue()
    assert "sold: Fulfilled, Unfulfilled, Awaiting pickup; left out: Cancelled" in html_page(verdict, "sales.csv")


def test_a_word_that_nobody_knows_counts_and_is_told_with_its_cure(read: Read) -> None:
    reading = read(_HEAD + _ORDERS)
    told = note(reading.verdict, Reason.WORD_UNKNOWN)
    assert (told.count, told.lines) == (2, (5,))
    assert "'Awaiting pickup' (2 rows, the first on line 5) count as sold" in told.sentence
    assert "reading.states = { \"Awaiting pickup\" = 'no_sale' } to leave them out" in told.sentence
    out = read(_HEAD + _ORDERS, states={"Awaiting pickup": "no_sale"})
    assert rows(out, "units") == [(2.0,), (1.0,)]
    assert Reason.WORD_UNKNOWN not in _reasons(out)
    kept = read(_HEAD + _ORDERS, states={"awaiting PICKUP": "sold", "Cancelled": "sold", "Unfulfilled": "sold"})
    assert sum(units for (units,) in rows(kept, "units")) == 15  # type: ignore[misc]
    assert _reasons(kept).isdisjoint({Reason.WORD_UNKNOWN, Reason.UNSETTLED, Reason.CANCELLED})


def test_a_state_that_denies_that_something_was_done_waits(read: Read) -> None:
    told = note(read(_HEAD + _ORDERS).verdict, Reason.UNSETTLED)
    assert (told.count, told.lines) == (1, (3,))
    assert "reading.states = { \"Unfulfilled\" = 'no_sale' }" in told.sentence
    assert read(_HEAD + _ORDERS, states={"Unfulfilled": "no_sale"}).verdict.counts.left_out == 2


@pytest.mark.parametrize(
    "word", ["Unshipped", "Not delivered", "Nicht versandt", "Non livrée", "No entregado", "Ikke levert", "Nie wysłano"]
)
def test_denials_are_known(word: str) -> None:
    assert is_denied(word)
    assert not is_sold(word)


@pytest.mark.parametrize("word", ["Not yet paid", "noch nicht bezahlt", "Non réglée", "Nezaplaceno", "unpaid"])
def test_denials_of_a_payment_are_known(word: str) -> None:
    assert is_unpaid(word)


@pytest.mark.parametrize(
    "word",
    [
        "wc-completed", "Shipped - Delivered to Buyer", "Teilweise versandt", "En cours de livraison",
        "Kargoya verildi", "已完成", "배송완료", "Hoàn thành", "w realizacji", "Выполнен", "En camino",
        "Ready to ship", "payment-approved",
    ],
)  # fmt: skip
def test_states_of_what_was_sold_are_known(word: str) -> None:
    assert is_sold(word)


@pytest.mark.parametrize(
    "name", ["Outcome", "Status final do pedido", "Reason for Credit Entry", "Trạng thái", "حالة الطلب"]
)
def test_a_column_whose_cells_are_states_is_one_whatever_its_name(read: Read, name: str) -> None:
    text = (_HEAD + _ORDERS).replace("Order state", name)
    reading = read(text, states={"Awaiting pickup": "no_sale", "Unfulfilled": "sold"})
    assert rows(reading, "units") == [(2.0,), (1.0,)]


def test_a_column_of_states_is_told_by_the_most_of_its_rows_whatever_its_name(read: Read) -> None:
    text = (_HEAD + _ORDERS).replace("Order state", "Stand").replace("Cancelled", "entfallen").replace("Unf", "F")
    told = note(read(text.replace("Awaiting pickup", "geliefert")).verdict, Reason.WORD_UNKNOWN)
    assert "'Stand' says 'entfallen' (one row, on line 4) count as sold" in told.sentence


def test_a_lone_word_of_none_in_a_column_of_another_name_is_told(read: Read) -> None:
    text = _HEAD.replace("Order state", "Outcome") + _ORDERS.replace("Fulfilled", "Good").replace("Unfulfilled", "Fine")
    told = note(read(text).verdict, Reason.WORD_UNKNOWN)
    assert "'Outcome' says 'Cancelled' (one row, on line 4) count as sold" in told.sentence
    assert sum(n for (n,) in rows(read(text, states={"Cancelled": "no_sale"}), "units")) == 12  # type: ignore[misc]


@pytest.mark.parametrize("name", ["Membership", "Customer group", "Warranty"])
def test_words_of_what_has_states_of_its_own_leave_no_sale_out(read: Read, name: str) -> None:
    text = f"Order ID,Created,Product,Quantity,{name}\n1,2025-03-01,Bread,2,Confirmed\n2,2025-03-02,Milk,1,Expired\n"
    assert len(rows(read(text))) == 2


def test_a_place_called_state_is_no_state_of_sales(read: Read) -> None:
    text = "Order ID,Created,Product,Quantity,Ship State\n1,2025-03-01,Bread,2,Texas\n2,2025-03-02,Milk,1,Ohio\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.ACCEPTED
    assert not verdict.notes


def test_kinds_of_rows_that_nobody_knows_are_told(read: Read) -> None:
    head = "Receipt,Date,Transaction Type,Item,Qty\n"
    text = head + "1,2025-03-01,Sale,Bread,2\n2,2025-03-01,Pfandbuchung,Milk,1\n3,2025-03-02,Return,Milk,-1\n"
    reading = read(text)
    assert reading.verdict.dialect is not None
    assert reading.verdict.dialect.states == ("'Transaction Type' counted: Sale, Pfandbuchung, Return",)
    assert "'Pfandbuchung' (one row, on line 3) count as sold" in note(reading.verdict, Reason.WORD_UNKNOWN).sentence
    assert rows(read(text, states={"Pfandbuchung": "no_sale"}), "units") == [(2.0,), (-1.0,)]


def test_flags_that_deny_that_something_was_sold_are_told(read: Read) -> None:
    text = "Order ID,Created,Product,Quantity,Delivered\n1,2025-03-01,Bread,2,yes\n2,2025-03-01,Milk,1,no\n"
    assert "'Delivered' says 'no' (one row, on line 3)" in note(read(text).verdict, Reason.UNSETTLED).sentence


@pytest.mark.parametrize(
    "head", ["order id,date,sku,qty,status", "store,date,sku,qty,status", "order id,date,sku,qty,outcome"]
)
def test_words_of_a_file_in_blocks_are_those_of_the_whole(tmp_path: Path, head: str) -> None:
    said = ("paid", "held", "shipped", "cancelled")
    body = [f"{at // 28},2024-01-{at % 28 + 1:02d},A{at % 28},{at % 7},{said[at // 300 % 4]}" for at in range(1200)]
    parts, whole, _ = both(tmp_path / "sales.csv", head + "\n" + "\n".join(body) + "\n", duplicates="sum")
    assert_same(parts, whole)
    assert Reason.WORD_UNKNOWN in _reasons(whole)
    assert whole.verdict.counts.left_out == 300


def test_the_state_beside_a_city_is_a_place_unless_a_word_tells_of_a_sale(read: Read) -> None:
    head = "Order ID,Date,Product,Quantity,City,State,Status\n"
    lines = "".join(f"{n},2025-03-0{n},Tea,{n},Town,{place},Paid\n" for n, place in enumerate(("OK", "CA", "PE"), 1))
    assert Reason.WORD_UNKNOWN not in _reasons(read(head + lines))
    called_off = read(head + lines.replace("CA", "Cancelled"))
    assert rows(called_off, "units") == [(1.0,), (3.0,)]
