"""Columns that no word is known for, and that may be the store, the item, a kind of document or what was delivered."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows
from training.reading import Reading


def _reasons(reading: Reading) -> set[Reason]:
    return {each.reason for each in reading.verdict.notes}


def _orders(header: str, texts: tuple[str, ...], rare: int = 2) -> str:
    """Orders of two lines each; each order has one of the texts, and the last of them each ``rare``-th."""
    lines = []
    for at in range(60):
        order = at // 2
        text = texts[-1] if order % rare == 0 else texts[order % (len(texts) - 1)]
        lines.append(f"{order},2024-03-{at // 6 + 1:02d},{'AB'[at % 2]},{at % 4 + 1},{text}")
    return f"Order,Date,Item,Qty,{header}\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("texts", "rare", "told"),
    [
        (("101", "205"), 2, "'Zwk' may be it (line 2: '205', line 4: '101')"),
        (("1", "2"), 10, "'Zwk' says one of '1', '2' of each document"),
        (("", "tagastus"), 10, "'Zwk' is filled on a few lines alone (line 2: 'tagastus')"),
    ],
)
def test_numbers_and_marks_that_may_be_more_are_told(read: Read, texts: tuple[str, str], rare: int, told: str) -> None:
    text = _orders("Zwk", texts, rare=rare)
    assert told in note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"note": "Zwk"}))


def test_a_text_of_each_order_may_be_the_store_and_is_told(read: Read) -> None:
    text = _orders("Griffe", ("Nord", "Sud"))
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert "no column is known as the store, and 'Griffe' may be it (line 2: 'Sud', line 4: 'Nord')" in told
    stores = {store for (store,) in rows(read(text, columns={"store_id": "Griffe"}), "store_id")}
    assert stores == {"Nord", "Sud"}
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"note": "Griffe"}))


@pytest.mark.parametrize("header", ["Payment method", "Country", "Salesman", "Status", "Coupon"])
def test_what_is_known_to_describe_a_sale_is_no_store(read: Read, header: str) -> None:
    assert Reason.TAKEN_AS not in _reasons(read(_orders(header, ("Nord", "Sud"))))


def test_a_text_of_each_day_may_be_the_item_and_is_told(read: Read) -> None:
    text = "Date,Qty,Griffe\n" + "".join(
        f"2024-03-{d:02d},{d % 5 + 3},{('Tea', 'Milk')[d % 2]}\n" for d in range(1, 21)
    )
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert "no column is known as the item, and 'Griffe' may be it" in told
    assert {item for (item,) in rows(read(text, columns={"item_id": "Griffe"}), "item_id")} == {"Tea", "Milk"}


def test_rare_codes_of_documents_are_told(read: Read) -> None:
    text = "Store," + _orders("Cls", ("F2", "RE"), rare=10).replace("\n", "\nS1,").removesuffix("S1,")
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert "'Cls' says one of 'F2', 'RE' of each document" in told
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"note": "Cls"}))


@pytest.mark.parametrize("header", ["Delivered", "Qty Shipped"])
def test_what_was_delivered_of_a_quantity_is_told_where_it_differs(read: Read, header: str) -> None:
    text = f"Date,SKU,Quantity,{header}\n" + "".join(f"2024-03-{d:02d},A,{d + 5},{d + 2}\n" for d in range(1, 21))
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert f"'Quantity' was counted, and {header!r} beside it, which may be what was sold, differs from it" in told
    assert rows(read(text, columns={"units": header}), "units")[0] == (3.0,)
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"units": "Quantity"}))


def test_names_that_may_be_months_beside_days_are_refused(read: Read) -> None:
    text = "Date,May 10,May 12\n" + "".join(f"2024-03-{d:02d},{d},{30 - d}\n" for d in range(1, 20))
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "'May 10' and 'May 12' may be days, or names of what is sold on the days of 'Date'" in verdict.sentence
    assert rows(read(text, columns={"date": "Date"}), "item_id", "units")[:2] == [("May 10", 1.0), ("May 12", 29.0)]


def test_lists_under_the_name_of_one_item_are_told_in_orders(read: Read) -> None:
    text = 'Order,Date,Item,Qty\n1,2024-03-01,"Tea, Milk",1\n2,2024-03-02,Sugar,1\n3,2024-03-02,"Bread, Jam",2\n'
    assert "'Item' may name several items in a cell" in note(read(text).verdict, Reason.TAKEN_AS).sentence


def test_days_in_digits_are_days_under_any_name(read: Read) -> None:
    text = "UCIVDT,Item,Qty\n" + "".join(f"202403{d:02d},A,{d}\n" for d in range(1, 20))
    assert rows(read(text))[0] == ("2024-03-01", "all", "A", 1.0)


@pytest.mark.parametrize("price", ["R 12.50", "Rp 12.50", "\u20ba12.50", "12.50 lei"])
def test_prices_of_further_currencies_are_read(read: Read, price: str) -> None:
    assert rows(read(f"Date,Item,Qty,Price\n2024-03-01,A,2,{price}\n"), "price") == [(12.5,)]


def test_codes_of_documents_under_the_names_of_business_software_are_asked_for(read: Read) -> None:
    body = "".join(f"{d},2024-03-{d:02d},{'RE' if d == 7 else 'F2'},A,{d}\n" for d in range(1, 20))
    sentence = read("VBELN,FKDAT,FKART,MATNR,FKIMG\n" + body).verdict.sentence
    assert "'FKART' says 'F2' of line 2, which may be no sale" in sentence


def test_flags_of_a_few_lines_under_an_unknown_name_are_told(read: Read) -> None:
    text = _orders("Zwk", ("nein", "ja"), rare=10)
    assert "'Zwk' says 'ja' of a few lines" in note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"note": "Zwk"}))
    assert Reason.TAKEN_AS not in _reasons(read(text.replace("Zwk", "Promo")))


def test_flags_of_credit_invoices_are_asked_for(read: Read) -> None:
    sentence = read(_orders("Kreditfaktura", ("Nej", "Ja"), rare=10)).verdict.sentence
    assert "which may be a return, a credit or an exchange" in sentence


def test_a_net_quantity_is_no_ordered_one_that_was_delivered_in_part(read: Read) -> None:
    text = "Order,Date,Item,Quantity ordered,Net quantity\n"
    text += "".join(f"{d},2024-03-{d:02d},A,{d},{d - (d == 7)}\n" for d in range(1, 20))
    assert rows(read(text), "units")[6] == (6.0,)


def test_lists_with_counts_are_refused_without_a_cure_that_fails(read: Read) -> None:
    body = "".join(
        f'{d},2024-03-{d:02d},"2\u00d7 Tea, 1\u00d7 Milk",3\n{d}0,2024-03-{d:02d},1\u00d7 Tea,1\n' for d in range(1, 9)
    )
    sentence = read("Order,Date,Product(s),Items sold\n" + body).verdict.sentence
    assert "lists several products in one cell" in sentence
    assert "item_id" not in sentence


@pytest.mark.parametrize(
    ("header", "days"),
    [("Cidade", [f"2024-03-{d:02d} 1{d % 10}:0{d % 7}:30" for d in range(1, 25)]),
     ("Region", [f"2024-03-{d:02d}" for d in range(1, 25)])],
)  # fmt: skip
def test_a_place_of_rows_of_no_order_may_be_the_store_and_is_told(read: Read, header: str, days: list[str]) -> None:
    lines = "".join(f"{day},{'TM'[at % 2]},{at % 5 + 1},{'ABC'[at % 3]}\n" for at, day in enumerate(days))
    text = f"Date,Item,Qty,{header}\n{lines}"
    told = note(read(text).verdict, Reason.TAKEN_AS).sentence
    assert f"no column is known as the store, and '{header}' may be it (line 2: 'A', line 3: 'B')" in told
    assert {store for (store,) in rows(read(text, columns={"store_id": header}), "store_id")} == {"A", "B", "C"}
    assert Reason.TAKEN_AS not in _reasons(read(text, columns={"note": header}))
    of_customers = text.replace("Qty", "Qty,Email").replace(",1,", ",1,a@b.c,")
    assert Reason.TAKEN_AS not in _reasons(read(of_customers.replace(",2,", ",2,,")))
