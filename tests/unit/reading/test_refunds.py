"""Sales that came back, by the word of their status; orders that never became sales."""

import pytest

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import Read, note, rows

_HEAD = "order id,date,sku,qty,status\n1,2024-03-13,A,2,paid\n"


@pytest.mark.parametrize(
    "said",
    ["Refunded", "wc-refunded", "Vollst\u00e4ndig erstattet", "Rembours\u00e9e",
     "Reembolsado", "Devolvido", "Rimborsato",
     "Terugbetaald", "Returned", "Retourniert", "Shipped - Returned to Seller"],
)  # fmt: skip
def test_a_sale_that_was_taken_back_whole_is_no_net_sale(read: Read, said: str) -> None:
    reading = read(f"{_HEAD}2,2024-03-13,B,3,{said}\n")
    assert rows(reading) == [("2024-03-13", "all", "A", 2.0)]
    told = note(reading.verdict, Reason.REFUNDED)
    assert told.lines == (3,)
    assert told.sentence.startswith(
        "a sale of which it is said that it was taken back whole is no net sale and was left out; a later file that"
    )
    assert "1 refunded sale left out" in reading.verdict.sentence


def test_a_refunded_sale_counts_where_its_state_is_a_column_of_ones_own_so_that_a_later_file_takes_it_back_once(
    read: Read,
) -> None:
    sold, back = f"{_HEAD}2,2024-03-13,B,3,Refunded\n", _HEAD.replace("1,2024-03-13,A,2", "2,2024-03-15,B,-3")
    assert "such as reading.columns.payment_state" in note(read(sold).verdict, Reason.REFUNDED).sentence
    own = {"payment_state": "status"}
    assert rows(read(sold, columns=own), "item_id", "units") == [("A", 2.0), ("B", 3.0)]
    assert rows(read(back, columns=own), "date", "units") == [("2024-03-15", -3.0)]


@pytest.mark.parametrize("said", ["Return requested", "Refund pending", "Not returned", "Return policy accepted"])
def test_a_return_that_was_only_asked_for_takes_nothing_back(read: Read, said: str) -> None:
    assert rows(read(f"{_HEAD}2,2024-03-13,B,3,{said}\n"), "units") == [(2.0,), (3.0,)]


@pytest.mark.parametrize("said", ["partially_refunded", "Teilweise erstattet", "Partiellement rembours\u00e9"])
def test_of_a_sale_taken_back_in_part_it_is_told_that_it_counts_whole(read: Read, said: str) -> None:
    reading = read(f"{_HEAD}2,2024-03-13,B,3,{said}\n")
    assert rows(reading, "units") == [(2.0,), (3.0,)]
    assert note(reading.verdict, Reason.REFUNDED_IN_PART).lines == (3,)


def test_what_a_line_of_its_own_takes_back_is_netted_on_the_day_of_that_line(read: Read) -> None:
    wanted = [("2024-03-13", "A", 2.0), ("2024-03-13", "B", 3.0), ("2024-03-15", "B", -3.0)]
    sold = f"{_HEAD}2,2024-03-13,B,3,Refunded\n"
    for back in ("2,2024-03-15,B,-3,Refunded\n", "2,2024-03-15,B,-3,paid\n", "9,2024-03-15,B,-3,paid\n"):
        reading = read(sold + back)
        assert rows(reading, "date", "item_id", "units") == wanted
        assert all(entry.reason is not Reason.REFUNDED for entry in reading.verdict.notes)


def test_sales_of_which_lines_take_back_only_some_are_refused_until_the_status_is_named(read: Read) -> None:
    text = f"{_HEAD}2,2024-03-13,B,3,Refunded\n2,2024-03-15,B,-3,paid\n3,2024-03-16,C,7,Refunded\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "takes line 3 back and none takes back line 5" in verdict.sentence
    assert "reading.columns.status = 'status'" in verdict.sentence
    assert rows(read(text, columns={"status": "status"}), "item_id", "units") == [("A", 2.0), ("B", 3.0), ("B", -3.0)]


def test_without_orders_a_returned_row_may_be_the_return_itself(read: Read) -> None:
    text = "date,store,sku,qty,status\n2024-03-13,S,A,9,sold\n2024-03-14,S,A,2,returned\n"
    verdict = read(text).verdict
    assert verdict.kind is Kind.REJECTED
    assert "line 3 may be a sale that came back or the return itself" in verdict.sentence
    assert rows(read(text, columns={"status": "status"}), "units") == [(9.0,)]


def test_the_state_of_a_payment_stands_on_the_first_line_of_its_order(read: Read) -> None:
    text = (
        "Name,Financial Status,Created at,Lineitem quantity,Lineitem sku,Cancelled at,Total\n"
        "#1,paid,2024-03-13 10:00:00,2,A,,20.00\n#2,refunded,2024-03-14 10:00:00,5,A,,90.00\n"
        "#2,,2024-03-14 10:00:00,7,B,,\n#3,voided,2024-03-14 11:00:00,1,B,,10.00\n"
    )
    reading = read(text)
    assert rows(reading, "item_id", "units") == [("A", 2.0)]
    assert note(reading.verdict, Reason.REFUNDED).lines == (3, 4)
    assert note(reading.verdict, Reason.CANCELLED).lines == (5,)


@pytest.mark.parametrize("flag", ["Is Return", "Return flag"])
def test_a_flag_of_return_may_mark_the_return_itself(read: Read, flag: str) -> None:
    text = f"order id,date,sku,qty,{flag}\n1,2024-03-13,A,2,No\n1,2024-03-13,A,1,Yes\n"
    assert "line 3 may be a sale that came back or the return itself" in read(text).verdict.sentence
    assert rows(read(text, columns={"status": flag}), "units") == [(2.0,)]
    assert rows(read(text.replace(",1,Yes", ",-1,Yes")), "units") == [(1.0,)]


@pytest.mark.parametrize(
    "flag",
    ["Credit", "R", "Ret", "Is Exchange", "Is Credit Note", "Gutschrift", "Umtausch", "Échange", "Abono",
     "Nota de crédito", "Troca", "Scambio", "Ruilen"],
)  # fmt: skip
def test_a_flag_that_may_mark_what_came_back_is_refused_until_it_is_named(read: Read, flag: str) -> None:
    text = f"order id,date,sku,qty,{flag}\n1,2024-03-13,A,2,0\n1,2024-03-13,B,1,1\n"
    sentence = read(text).verdict.sentence
    assert f"{flag!r} says '1' of line 3, which may be a return, a credit or an exchange" in sentence
    assert f"reading.columns.flag = {flag!r}" in sentence
    assert rows(read(text, columns={"flag": flag}), "units") == [(2.0,), (1.0,)]
    assert rows(read(text.replace("B,1,1", "B,-1,1")), "units") == [(2.0,), (-1.0,)]
    assert rows(read(text.replace("B,1,1", "B,1,0")), "units") == [(2.0,), (1.0,)]


def test_other_flags_and_sums_of_credit_mark_no_returns(read: Read) -> None:
    for flag, told in (("Promo day", "1"), ("P", "1"), ("Credit", "12.50"), ("Credit card", "1")):
        text = f"order id,date,sku,qty,{flag}\n1,2024-03-13,A,2,0\n1,2024-03-13,B,1,{told}\n"
        assert rows(read(text), "units") == [(2.0,), (1.0,)]
    paid = "order id,date,sku,qty,Cash,Credit\n1,2024-03-13,A,2,1,0\n1,2024-03-13,B,1,0,1\n"
    assert rows(read(paid), "units") == [(2.0,), (1.0,)]
    store = "date,sku,qty,R\n2024-03-13,A,2,0\n2024-03-13,B,1,1\n"  # one letter, beside no document
    assert rows(read(store), "units") == [(2.0,), (1.0,)]


@pytest.mark.parametrize("flag", ["Refunded", "Is Returned"])
def test_a_flag_of_returned_lines_is_believed(read: Read, flag: str) -> None:
    text = f"order id,date,sku,qty,{flag}\n1,2024-03-13,A,2,No\n2,2024-03-13,B,3,Yes\n"
    assert rows(read(text), "item_id") == [("A",)]


@pytest.mark.parametrize(("header", "left"), [("Refunded at", 1), ("Refund date", 1), ("Return date", 2)])
def test_the_day_on_which_a_sale_was_refunded_says_so_and_the_day_of_return_may_be_due(
    read: Read, header: str, left: int
) -> None:
    text = f"order id,date,sku,qty,{header}\n1,2024-03-13,A,2,\n2,2024-03-13,B,3,2024-03-20\n"
    assert len(rows(read(text))) == left


@pytest.mark.parametrize("said", ["Failed", "wc-failed", "Quotation Sent", "Angebot", "Devis", "Presupuesto", "Draft"])
def test_what_never_became_an_order_is_no_sale(read: Read, said: str) -> None:
    reading = read(f"{_HEAD}2,2024-03-13,B,3,{said}\n3,2024-03-13,C,4,cancelled\n")
    assert rows(reading, "item_id") == [("A",)]
    told = note(reading.verdict, Reason.CANCELLED)
    assert (told.count, told.lines) == (2, (3, 4))
    assert told.sentence == "orders that were cancelled or never became sales were left out"


def test_an_order_that_a_flag_calls_a_test_is_no_sale(read: Read) -> None:
    text = "order id,date,sku,qty,Test Order\n1,2024-03-13,A,2,false\n2,2024-03-13,B,3,true\n"
    assert rows(read(text), "item_id") == [("A",)]


@pytest.mark.parametrize("kind", ["TRAN_TYPE", "Receipt type", "Type"])
def test_a_void_line_is_no_sale_unless_its_sign_takes_another_back(read: Read, kind: str) -> None:
    text = f"order id,date,sku,qty,{kind}\n1,2024-03-13,A,2,SALE\n2,2024-03-14,A,{{}},VOID\n"
    assert rows(read(text.format(7)), "units") == [(2.0,)]
    assert rows(read(text.format(-2)), "units") == [(2.0,), (-2.0,)]


def test_a_reversal_without_a_sign_is_refused(read: Read) -> None:
    text = "Bonnr;Datum;Belegart;Artikel;Menge\n1;13.03.2024;Verkauf;A;5\n2;13.03.2024;Storno;A;{}\n"
    assert rows(read(text.format(-5)), "units") == [(0.0,)]
    sentence = read(text.format(5)).verdict.sentence
    assert "'Belegart' says 'Storno' of line 3 with a positive quantity" in sentence


def test_a_file_of_which_no_line_is_a_sale_says_what_its_lines_are(read: Read) -> None:
    verdict = read("order id,date,sku,qty,status\n1,2024-03-13,A,2,returned\n2,2024-03-14,B,1,cancelled\n").verdict
    assert verdict.notes[0].reason is Reason.NO_ROWS
    assert verdict.sentence == "No row of sales is left: 1 cancelled, 1 refunded sale left out; upload sales."


def test_an_order_cancelled_on_its_first_line_is_so_on_lines_that_do_not_name_it(read: Read) -> None:
    head = "Order Reference,Order Date,Status,Order Lines/Product,Order Lines/Quantity\n"
    text = (
        f"{head}S1,2024-03-13,Sale,A,2\n,,,B,1\nS2,2024-03-13,Cancelled,A,5\n,,,B,4\nS3,2024-03-13,Sale,C,1\n,,,B,1\n"
    )
    assert rows(read(text), "item_id", "units") == [("A", 2.0), ("B", 2.0), ("C", 1.0)]


def test_the_state_of_a_subscription_or_a_return_is_none_of_the_sale(read: Read) -> None:
    text = "order id,date,sku,qty,Subscription status,Return status\n1,2024-03-13,A,2,cancelled,\n"
    assert rows(read(f"{text}2,2024-03-13,B,3,active,cancelled\n"), "units") == [(2.0,), (3.0,)]


@pytest.mark.parametrize(
    ("said", "left"),
    [("CANCELLED_BY_PARTNER", 1), ("Venta cancelada", 1), ("Storniert / Abgelehnt", 1), ("Anulowane", 1),
     ("Cancelled at request", 1), ("Not cancelled", 2), ("Partially cancelled", 2), ("Cancelled: pending", 2)],
)  # fmt: skip
def test_a_state_of_several_words_calls_an_order_off_unless_one_of_them_says_that_it_does_not(
    read: Read, said: str, left: int
) -> None:
    assert len(rows(read(f"{_HEAD}2,2024-03-13,B,3,{said}\n"))) == left


@pytest.mark.parametrize("kind", ["Sales credit note", "Credit Memo", "Customer Refund", "Sales Return"])
def test_a_kind_of_sales_document_takes_goods_back_in_several_words(read: Read, kind: str) -> None:
    text = f"order id,date,sku,qty,Type\n1,2024-03-13,A,2,Sales invoice\n2,2024-03-14,A,1,{kind}\n"
    assert rows(read(text), "units") == [(2.0,), (-1.0,)]
