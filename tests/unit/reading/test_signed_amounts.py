"""Goods that came back, of which an amount or a quantity of its own says so, and what the shop used itself."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_HEAD = "order,date,item,qty,price,amount\n"
_SOLD = "".join(f"{n},2024-03-{n + 1},Tea,2,3.00,6.00\n{n},2024-03-{n + 1},Mug,1,9.50,9.50\n" for n in range(10, 20))


def test_lines_of_a_negative_amount_take_back_what_was_sold_for_as_much(read: Read) -> None:
    reading = read(f"{_HEAD}{_SOLD}30,2024-03-30,Tea,2,3.00,-6.00\n")
    assert rows(reading, "date", "units")[-1] == ("2024-03-30", -2.0)
    assert "lines whose 'amount' is negative take back" in note(reading.verdict, Reason.RETURNS_NETTED).sentence


@pytest.mark.parametrize("line", ["30,2024-03-30,Tea,1,-0.50,-0.50", "30,2024-03-30,Voucher,1,-3.00,-3.00"])
def test_what_lowers_an_amount_is_no_return(read: Read, line: str) -> None:
    assert rows(read(f"{_HEAD}{_SOLD}{line}\n"), "date", "units")[-1] == ("2024-03-30", 1.0)


def test_a_ledger_of_negative_amounts_is_one_of_sales(read: Read) -> None:
    text = _HEAD + _SOLD.replace(",6.00", ",-6.00").replace(",9.50\n", ",-9.50\n")
    assert min(float(str(units)) for (units,) in rows(read(text), "units")) > 0


def test_a_refund_that_has_a_negative_price_is_the_return_itself(read: Read) -> None:
    head = "Order Number,Date,Financial Status,SKU,Item Price\n"
    sold = "".join(f"{n},2024-03-{n},Charged,A,4.00\n{n},2024-03-{n},Charged,B,5.00\n" for n in range(10, 16))
    reading = read(f"{head}{sold}12,2024-03-20,Refund,A,-4.00\n")
    assert rows(reading, "date", "item_id", "units")[-1] == ("2024-03-20", "A", -1.0)
    assert not [entry for entry in reading.verdict.notes if entry.reason is Reason.REFUNDED]


def test_a_quantity_credited_stands_on_lines_of_its_own(read: Read) -> None:
    text = (
        "invoice,date,item,quantity_invoiced,quantity_credited\n"
        "1,2024-03-13,Tea,5,\n2,2024-03-13,Mug,2,\n3,2024-03-14,Tea,,-1\n4,2024-03-14,Mug,3,\n"
    )
    found = [("2024-03-13", "Mug", 2.0), ("2024-03-13", "Tea", 5.0), ("2024-03-14", "Mug", 3.0)]
    assert rows(read(text), "date", "item_id", "units") == [*found, ("2024-03-14", "Tea", -1.0)]


def test_what_staff_ate_is_told_whatever_its_column_is_called(read: Read) -> None:
    text = (
        "receipt,date,item,qty,price,reason for discount\n1,2024-03-13,Soup,1,4.00,\n"
        "2,2024-03-13,Soup,1,0.00,Staff meal\n3,2024-03-14,Soup,2,3.00,Happy hour\n"
    )
    told = note(read(text).verdict, Reason.WORD_UNKNOWN).sentence
    assert "'Staff meal' (one row, on line 3)" in told
    assert "Happy hour" not in told
    assert rows(read(text, states={"Staff meal": "no_sale"}), "units") == [(1.0,), (2.0,)]


def test_a_column_of_what_was_cancelled_or_failed_is_one_of_voids(read: Read) -> None:
    text = (
        "order,date,item,qty,cancelled or failed\n1,2024-03-13,Tea,2,\n2,2024-03-13,Tea,1,failed\n3,2024-03-14,Tea,1,\n"
    )
    assert rows(read(text), "units") == [(2.0,), (1.0,)]


@pytest.mark.parametrize("name", ["productAmount", "Total pieces"])
def test_an_amount_of_few_units_is_asked_for_before_each_line_is_one(read: Read, name: str) -> None:
    text = f"order,date,item,{name}\n1,2024-03-13,Tea,2\n1,2024-03-13,Mug,1\n2,2024-03-14,Tea,3\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"{name!r} may be the quantity of each line" in verdict.sentence
    assert rows(read(text, columns={"units": name}), "units") == [(1.0,), (2.0,), (3.0,)]


def test_few_whole_numbers_beside_lines_of_one_unit_are_told(read: Read) -> None:
    text = "order,date,item,knorf\n1,2024-03-13,Tea,1\n1,2024-03-13,Mug,1\n2,2024-03-14,Tea,3\n"
    reading = read(text)
    assert rows(reading, "units") == [(1.0,), (1.0,), (1.0,)]
    told = note(reading.verdict, Reason.TAKEN_AS).sentence
    assert "'knorf' may be how many there are (line 4: '3'): set reading.columns.units = 'knorf'" in told
    assert not [entry for entry in read(text, one_each=True).verdict.notes if entry.reason is Reason.TAKEN_AS]
    assert rows(read(text, columns={"units": "knorf"}), "units") == [(1.0,), (1.0,), (3.0,)]


def test_what_has_negative_amounts_alone_is_told_to_be_no_product(read: Read) -> None:
    told = note(read(f"{_HEAD}{_SOLD}30,2024-03-30,DISC,1,-1.00,-1.00\n").verdict, Reason.CHARGES_KEPT).sentence
    assert "though 'amount' is negative on each of their lines, as discounts are: 'DISC'" in told


@pytest.mark.parametrize("yes", ["S", "O", "sí"])
def test_flags_of_returns_say_yes_in_a_letter(read: Read, yes: str) -> None:
    lines = f"1,13/03/2024,Pan,2,N\n2,13/03/2024,Pan,1,{yes}\n3,14/03/2024,Pan,1,N\n"
    text = f"ticket,fecha,artículo,unidades,devolución\n{lines}"
    assert "'devolución' says that sales were taken back whole" in read(text).verdict.sentence
    assert rows(read(text, columns={"status": "devolución"}), "units") == [(2.0,), (1.0,)]


def test_words_of_a_flag_of_returns_that_are_no_flags_are_told(read: Read) -> None:
    text = "order,date,item,qty,return\n1,2024-03-13,Tea,2,K\n2,2024-03-13,Tea,1,E\n3,2024-03-14,Tea,1,K\n"
    told = [entry.sentence for entry in read(text).verdict.notes if entry.reason is Reason.TAKEN_AS]
    assert any("'return' says one of 'K', 'E', and may mark what came back" in sentence for sentence in told)


def test_items_with_their_counts_behind_them_are_lists(read: Read) -> None:
    lines = "1,2024-03-13,Tea (2); Bun (1),3\n2,2024-03-13,Bun (3),3\n3,2024-03-14,Tea (1); Pie (1),2\n"
    text = f"order,date,menu,total item\n{lines}"
    assert "'menu' lists items with their counts in a cell" in read(text).verdict.sentence


def test_a_zone_in_brackets_ends_a_time(read: Read) -> None:
    text = 'order,date,sku,qty\n1,"Jan 8, 2024, 3:05 pm CET(UTC+1)",A,2\n2,"Jan 19, 2024, 9:15 am CET(UTC+1)",A,1\n'
    assert rows(read(text), "date", "units") == [("2024-01-08", 2.0), ("2024-01-19", 1.0)]


def test_what_a_line_leaves_after_fees_is_no_sign_of_a_return(read: Read) -> None:
    sold = "".join(f"{n},2024-03-{n},Tea,{n % 4 + 1},{(n % 4 + 1) * 7.5 - 10:.2f}\n" for n in range(10, 30))
    reading = read(f"order,date,item,qty,total\n{sold}")
    assert min(float(str(units)) for (units,) in rows(reading, "units")) > 0
    told = note(reading.verdict, Reason.TAKEN_AS).sentence
    assert "'total' is negative on lines of a positive quantity, and not the price of the item" in told
