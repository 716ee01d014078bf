"""Rows that say of themselves that they are no sales, and sums that stand beside their parts."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows


@pytest.mark.parametrize(
    ("header", "sold", "other"),
    [
        ("Transaction Type", "Sale", "Transfer Out"),
        ("Version", "Actual", "Budget"),
        ("Reason", "Sold", "Expired"),
        ("Kind", "Sale", "Purchase"),
        ("event_type", "purchase", "remove_from_cart"),
        ("Vorgangsart", "Verkauf", "Umlagerung"),
        ("Doc Type", "Invoice", "Quotation"),
    ],
)
def test_a_kind_of_row_that_is_no_sale_is_refused_unless_its_column_is_named(
    read: Read, header: str, sold: str, other: str
) -> None:
    text = f"date,sku,qty,{header}\n2024-03-13,A,5,{sold}\n2024-03-14,B,50,{other}\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"'{header}' says '{other}' of line 3, which is no sale" in note(verdict, Reason.AMBIGUOUS).sentence
    assert rows(read(text, columns={"kind": header}), "units") == [(5.0,), (50.0,)]


@pytest.mark.parametrize(
    ("header", "kinds"),
    [("Type", "Waste bags|Transfer paper"), ("Transaction Type", "Purchase|Purchase"), ("Event", "Sale|Black Friday")],
)
def test_names_that_only_sound_so_are_kinds_of_sale(read: Read, header: str, kinds: str) -> None:
    one, other = kinds.split("|")
    assert len(rows(read(f"date,sku,qty,{header}\n2024-03-13,A,5,{one}\n2024-03-14,B,50,{other}\n"))) == 2


@pytest.mark.parametrize(("header", "sides"), [("VZ", "+-"), ("S/H", "SH"), ("Soll/Haben-Kennzeichen", "HS")])
def test_signs_and_sides_of_an_account_beside_the_quantity_are_refused(read: Read, header: str, sides: str) -> None:
    text = f"Datum;Beleg;Artikel;Menge;{header}\n13.03.2024;1;A;2;{sides[0]}\n14.03.2024;2;A;1;{sides[1]}\n"
    assert f"'{header}' says" in read(text).verdict.sentence
    assert rows(read(text, columns={"side": header}), "units") == [(2.0,), (1.0,)]
    assert rows(read(text.replace(f";{sides[1]}\n", f";{sides[0]}\n")), "units") == [(2.0,), (1.0,)]


def test_a_short_code_of_returns_takes_goods_back_and_a_letter_may_be_another_kind(read: Read) -> None:
    text = "order,date,sku,qty,Trans Type\n1,2024-03-13,A,2,{}\n2,2024-03-14,A,{},{}\n"
    assert rows(read(text.format("SALE", 1, "RTN")), "units") == [(2.0,), (-1.0,)]
    assert "may be returns and sales" in read(text.format("S", 1, "R")).verdict.sentence
    assert rows(read(text.format("S", -1, "R")), "units") == [(2.0,), (-1.0,)]
    assert len(rows(read(text.format("S", 1, "R"), columns={"kind": "Trans Type"}))) == 2


def test_a_sale_on_credit_is_a_sale(read: Read) -> None:
    text = "order,date,sku,qty,Sales Type\n1,2024-03-13,A,2,Cash Sale\n2,2024-03-14,A,1,Credit Sale\n"
    assert rows(read(text), "units") == [(2.0,), (1.0,)]
    assert rows(read(text.replace("Cash Sale", "RET").replace("Credit Sale", "WHS")), "units") == [(2.0,), (1.0,)]


def test_a_letter_among_several_kinds_of_price_is_no_return(read: Read) -> None:
    text = "order,date,sku,qty,Sales Type\n1,2024-03-13,A,2,S\n2,2024-03-14,A,1,R\n3,2024-03-15,A,1,P\n"
    assert rows(read(text), "units") == [(2.0,), (1.0,), (1.0,)]


@pytest.mark.parametrize("every", ["All Stores", "Alle Filialen", "Tous les magasins"])
def test_all_stores_beside_stores_are_their_total_and_alone_the_only_store(read: Read, every: str) -> None:
    total = f"2024-03-13,{every},A,11\n"
    reading = read(f"date,store,sku,units\n2024-03-13,S1,A,5\n2024-03-13,S2,A,6\n{total}")
    assert rows(reading, "store_id", "units") == [("S1", 5.0), ("S2", 6.0)]
    assert note(reading.verdict, Reason.TOTAL_ROW).lines == (4,)
    assert rows(read(f"date,store,sku,units\n{total}"), "store_id") == [(every,)]


def test_rows_of_several_levels_are_refused(read: Read) -> None:
    text = "Level,Date,Product,Units\nBrand,2024-03-13,Acme,5\n{},2024-03-13,Mug,5\n"
    assert "'Level' says on which level each row is ('Brand', 'SKU')" in read(text.format("SKU")).verdict.sentence
    assert len(rows(read(text.format("Brand")))) == 2


def test_a_measure_of_each_row_across_days_is_looked_at(read: Read) -> None:
    text = "SKU,Measure,2024-03-13,2024-03-14\nA,{},5,6\nB,{},1,2\n"
    assert "'Measure' says what the values of each row are" in read(text.format("Price", "Price")).verdict.sentence
    beside = read(text.format("Units", "Price"))
    assert rows(beside, "item_id", "units") == [("A", 5.0), ("A", 6.0)]
    assert note(beside.verdict, Reason.NO_ITEM).lines == (3,)
    assert len(rows(read(text.format("Units", "Units")))) == 4


@pytest.mark.parametrize(
    ("header", "said"),
    [("Void Reason", "Customer left"), ("Voided By", "Ann"), ("Voided At", "2024-03-13 10:00"), ("Deleted", "1"),
     ("Storno-Kz", "S"), ("Cancel reason", "late"), ("Training", "Y")],
)  # fmt: skip
def test_a_cell_that_stands_only_where_a_line_was_called_off_says_so(read: Read, header: str, said: str) -> None:
    none = "N" if header == "Training" else "0" if said == "1" else ""
    text = f"order,date,sku,qty,{header}\n1,2024-03-13,A,2,{none}\n2,2024-03-13,A,9,{said}\n3,2024-03-14,A,3,{none}\n"
    reading = read(text)
    assert rows(reading, "units") == [(2.0,), (3.0,)]
    assert note(reading.verdict, Reason.CANCELLED).lines == (3,)


@pytest.mark.parametrize("header", ["Cancellation policy", "Return/Cancel type", "Void Qty limit"])
def test_what_is_only_said_of_calling_off_calls_nothing_off(read: Read, header: str) -> None:
    assert len(rows(read(f"order,date,sku,qty,{header}\n1,2024-03-13,A,2,\n2,2024-03-14,A,9,x\n"))) == 2


def test_lines_that_only_a_key_of_something_tells_apart_are_no_lines_of_one_item(read: Read) -> None:
    text = "InvoiceLineId,InvoiceId,TrackId,Quantity,InvoiceDate\n"
    text += "1,1,2,1,2009-01-01\n2,1,4,1,2009-01-01\n3,2,4,1,2009-01-02\n"
    assert "rows of one day differ in 'TrackId'" in note(read(text).verdict, Reason.AMBIGUOUS).sentence
    assert rows(read(text, columns={"item_id": "TrackId"}), "item_id") == [("2",), ("4",), ("4",)]


def test_events_of_customers_are_no_plan(read: Read) -> None:
    text = "event_time,product_id,price,user_id,kind\n2019-11-01,1003461,4.5,520,view\n2019-11-02,1003461,4.5,520,buy\n"
    assert read(text).verdict.kind is Kind.REJECTED


@pytest.mark.parametrize(
    ("header", "kinds"), [("Doc Type", ("Invoice", "Order")), ("Belegart", ("Rechnung", "Lieferschein"))]
)
def test_goods_that_may_stand_in_an_order_and_in_its_invoice_are_refused(
    read: Read, header: str, kinds: tuple[str, str]
) -> None:
    text = f"doc no,date,sku,qty,{header}\n1,2024-03-13,A,2,{kinds[0]}\n2,2024-03-14,A,2,{{}}\n"
    told = note(read(text.format(kinds[1])).verdict, Reason.AMBIGUOUS).sentence
    assert told.startswith(f"'{header}' says '{kinds[1]}' and '{kinds[0]}', and the same goods may stand in both")
    assert len(rows(read(text.format(kinds[1]), columns={"kind": header}))) == 2
    assert len(rows(read(text.format(kinds[0])))) == 2


def test_a_unit_in_words_is_what_the_quantity_counts(read: Read) -> None:
    text = "Date,Item,Qty,Unit\n2024-03-13,Mug,2,dozen\n2024-03-14,Mug,5,{}\n"
    assert "'Unit' counts one item in several units" in read(text.format("each")).verdict.sentence
    assert len(rows(read(text.format("dozen")))) == 2


@pytest.mark.parametrize(
    "header", ["Customers,Transactions,Average basket", "Sessions,Users,Bounce rate", "Mug,Cup,Visitors"]
)
def test_who_came_is_no_item(read: Read, header: str) -> None:
    text = f"Date,{header}\n2024-03-13,100,90,25.5\n2024-03-14,110,95,26.5\n"
    assert "is named by what is counted beside sales" in note(read(text).verdict, Reason.COLUMNS_MISSING).sentence


def test_who_came_may_be_told_beside_items(read: Read) -> None:
    text = "Date,Mug,Cup,Visitors\n2024-03-13,5,6,100\n2024-03-14,1,2,90\n"
    reading = read(text, columns={"visitors": "Visitors"})
    assert rows(reading, "item_id", "units", "visitors")[:2] == [("Cup", 6.0, 100.0), ("Mug", 5.0, 100.0)]


def test_an_open_that_is_no_flag_keeps_a_name_of_its_own(read: Read) -> None:
    text = "Date,Open,Qty\n2024-03-13,10.5,12\n2024-03-14,10.9,13\n"
    assert rows(read(text), "units", "open_2") == [(12.0, 10.5), (13.0, 10.9)]


@pytest.mark.parametrize("day", ["return-date", "Rückgabedatum", "Refund Date"])
def test_days_on_which_goods_came_back_are_no_days_of_sales(read: Read, day: str) -> None:
    text = f"{day},order-id,sku,quantity\n2024-03-13,113-1,MUG,1\n2024-03-14,113-2,CUP,1\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"{day!r} (line 1) is a day on which goods came back" in verdict.sentence
    assert rows(read(text.replace(",1\n", ",-1\n"), negative="returns"), "units") == [(-1.0,), (-1.0,)]
    assert rows(read(text, columns={"units": "quantity"}), "units") == [(1.0,), (1.0,)]


@pytest.mark.parametrize("kinds", [("Credit", "Cash"), ("Credit", "Credit")])
def test_credit_by_which_a_line_was_paid_is_no_return(read: Read, kinds: tuple[str, str]) -> None:
    text = "transaction,date,sku,qty,type\n" + "".join(
        f"{n},2024-03-1{n},A,{n},{kind}\n" for n, kind in enumerate(kinds, 3)
    )
    assert rows(read(text), "units") == [(3.0,), (4.0,)]
    text = text.replace(f"4,{kinds[1]}", "4,Invoice")
    assert rows(read(text), "units") == [(-3.0,), (4.0,)]


def test_kinds_of_no_sale_are_left_out_by_the_entry_that_the_refusal_names(read: Read) -> None:
    text = "date,item,qty,movement type\n2024-01-01,A,5,sale\n2024-01-01,B,3,transfer\n2024-01-02,A,2,waste\n"
    sentence = read(text).verdict.sentence
    assert """set reading.states = { "transfer" = 'no_sale', "waste" = 'no_sale' } to leave them out""" in sentence
    told = read(text, states={"transfer": "no_sale", "waste": "no_sale"})
    assert rows(told, "item_id", "units") == [("A", 5.0)]
