"""Documents of several lines: what stands on one of them for all, and lines that are of no item."""

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_ORDERS = "order number,sale date,item number,title,quantity,total\n"


def test_the_head_of_an_order_that_holds_the_sum_of_its_lines_is_no_item(read: Read) -> None:
    reading = read(
        f"{_ORDERS}O1,2024-03-13,,,3,30.00\nO1,2024-03-13,A,Mug,2,20.00\nO1,2024-03-13,B,Tee,1,10.00\n"
        "O2,2024-03-14,A,Mug,1,10.00\n"
    )
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-03-13", "A", 2.0),
        ("2024-03-13", "B", 1.0),
        ("2024-03-14", "A", 1.0),
    ]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (2,)


def test_the_head_of_an_order_is_read_in_the_style_of_the_file(read: Read) -> None:
    text = (
        _ORDERS.replace(",", ";")
        + "O1;2024-03-13;;;{};30.25\nO1;2024-03-13;A;Mug;{};20.15\nO1;2024-03-13;B;Tee;{};10.10\n"
    )
    for sums in (("1,200", "1,000", "200"), ("0.3", "0.1", "0.2")):
        assert note(read(text.format(*sums)).verdict, Reason.NO_ITEM).lines == (2,)


def test_a_line_without_an_item_that_is_no_sum_is_refused(read: Read) -> None:
    days = "".join(f"O{day},2024-03-{day},A,Mug,2,20.00\n" for day in range(10, 31))
    verdict = read(f"{_ORDERS}{days}O30,2024-03-30,,,1,10.00\n").verdict
    assert (verdict.kind, verdict.counts.refused) == (Kind.QUARANTINED, 1)
    assert verdict.refusals[0].reason is Reason.ID_MISSING


def test_a_line_that_lacks_its_code_and_is_as_many_as_the_other_is_no_head(read: Read) -> None:
    text = f"{_ORDERS}O1,2024-03-13,,Tee,1,10.00\nO1,2024-03-13,A,Mug,1,10.00\n"
    for lacking in (text, text.replace("Tee", "")):
        assert [refusal.line for refusal in read(lacking).verdict.refusals] == [2]


def test_a_line_without_an_item_and_a_quantity_is_a_text(read: Read) -> None:
    head = "data;numero;cliente;codice;descrizione;quantita;importo\n"
    reading = read(f"{head}13/03/2024;1;Rossi;A;Vaso;2;20,00\n13/03/2024;1;Rossi;;Consegna al piano;;\n")
    assert rows(reading, "item_id", "units") == [("A", 2.0)]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (3,)


def test_the_day_and_the_store_of_a_document_are_those_of_its_first_line(read: Read) -> None:
    reading = read(
        "order id,date,store,sku,qty\nO1,2024-03-13,S1,A,2\nO1,,,B,1\nO2,2024-03-13,S2,A,3\n"
        "O3,2024-03-14,S1,A,1\nO3,,,B,4\n"
    )
    assert rows(reading) == [
        ("2024-03-13", "S1", "A", 2.0),
        ("2024-03-13", "S1", "B", 1.0),
        ("2024-03-13", "S2", "A", 3.0),
        ("2024-03-14", "S1", "A", 1.0),
        ("2024-03-14", "S1", "B", 4.0),
    ]
    assert note(reading.verdict, Reason.FILLED_DOWN).count == 4


def test_a_document_without_a_day_gets_none(read: Read) -> None:
    verdict = read("order id,date,store,sku,qty\nO1,2024-03-13,S1,A,2\nO1,,S1,B,1\nO9,,S1,B,1\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert {refusal.reason for refusal in verdict.refusals} == {Reason.DATE_MISSING}


def test_rows_of_an_order_and_of_its_lines_may_stand_in_one_file(read: Read) -> None:
    reading = read(
        "type,order id,date,sku,qty,total\norder,O1,2024-03-13,,,30.00\nlineItem,O1,,A,2,\nlineItem,O1,,B,1,\n"
        "order,O2,2024-03-14,,,10.00\nlineItem,O2,,A,1,\n"
    )
    assert rows(reading, "date", "item_id", "units") == [
        ("2024-03-13", "A", 2.0),
        ("2024-03-13", "B", 1.0),
        ("2024-03-14", "A", 1.0),
    ]


def test_an_acknowledged_order_and_its_shipment_are_not_both_counted(read: Read) -> None:
    head = "message date,order id,type,quantity,sku\n"
    verdict = read(f"{head}2024-03-13,1,ORDER_ACKNOWLEDGE,2,A\n2024-03-14,1,SHIP,2,A\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "the same goods may stand in both" in verdict.sentence


def test_measures_in_rows_of_their_own_are_read_for_the_quantity(read: Read) -> None:
    head = "Day,Store,Product ID,Measure Names,Measure Values\n"
    lines = [f"2024-03-{day},S1,A,Quantity,{day}\n2024-03-{day},S1,A,Sales,${day}.50\n" for day in (13, 14)]
    reading = read(head + "".join(lines))
    assert rows(reading) == [("2024-03-13", "S1", "A", 13.0), ("2024-03-14", "S1", "A", 14.0)]
    assert note(reading.verdict, Reason.NO_ITEM).lines == (3, 5)


def test_units_of_measure_are_no_measures(read: Read) -> None:
    verdict = read("date,item,measure,value\n2024-03-13,A,pcs,5\n2024-03-13,B,kg,2\n").verdict
    assert verdict.kind is Kind.REJECTED
    assert "'measure' says what each 'value' is ('pcs', 'kg')" in verdict.sentence
