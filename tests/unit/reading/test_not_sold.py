"""What was offered or came in, states and kinds of documents in further languages, and what came back of a row."""

import pytest

from core.contracts.verdict import Reason
from tests.unit.reading.conftest import Read, note, rows
from training.reading import Reading

_DAYS = range(1, 13)


def _csv(header: str, line: str) -> str:
    return "\n".join([header, *(line.format(day=day, odd=day % 2, left=day % 4 + 2 - day % 2) for day in _DAYS)])


def _sold(reading: Reading) -> float:
    assert reading.table is not None, reading.verdict.sentence
    return float(reading.table["units"].sum())


@pytest.mark.parametrize("day", ["Estimate Date", "Quote Date", "Angebotsdatum", "Date du devis", "Fecha presupuesto"])
def test_what_was_offered_is_refused(read: Read, day: str) -> None:
    text = _csv(f"{day},Number,SKU,Quantity,Price", "2024-01-{day:02d},E{day},A,2,1.50")
    assert "says that this was offered, not sold" in read(text).verdict.sentence


def test_what_was_offered_is_read_on_purpose(read: Read) -> None:
    text = _csv("Estimate Date,Estimate Number,SKU,Quantity", "2024-01-{day:02d},E{day},A,2")
    assert len(rows(read(text, columns={"units": "Quantity"}))) == len(_DAYS)


@pytest.mark.parametrize(
    ("supplier", "cost"),
    [
        ("Lieferant", "EK-Preis"),
        ("Fournisseur", "Prix d'achat"),
        ("Proveedor", "Precio de compra"),
        ("Dostawca", "Cena zakupu"),
        ("Supplier", "Purchase price"),
    ],
)
def test_goods_from_a_supplier_at_their_cost_alone_are_refused(read: Read, supplier: str, cost: str) -> None:
    text = _csv(f"Date,{supplier},Item,Qty,{cost}", "2024-01-{day:02d},Acme,A,12,1.50")
    told = read(text).verdict.sentence
    assert repr(cost) in told
    assert f"{supplier!r} (line 1) say that this was bought, not sold" in told


def test_a_supplier_and_cost_beside_what_was_paid_are_those_of_a_sale(read: Read) -> None:
    text = _csv("Datum;Artikel;Lieferant;Menge;VK-Preis;EK-Preis", "2024-01-{day:02d};A;Acme;2;3,50;1,50")
    assert len(rows(read(text))) == len(_DAYS)


@pytest.mark.parametrize(
    ("column", "good", "off", "reason"),
    [
        ("Statü", "Teslim Edildi", "İptal Edildi", Reason.CANCELLED),
        ("Statü", "Teslim Edildi", "İade Edildi", Reason.REFUNDED),
        ("주문상태", "배송완료", "반품완료", Reason.REFUNDED),
        ("注文ステータス", "発送済み", "返品済み", Reason.REFUNDED),
        ("Makulerad", "Nej", "Ja", Reason.CANCELLED),
        ("Annulleret", "nej", "ja", Reason.CANCELLED),
        ("Stornováno", "Ne", "Ano", Reason.CANCELLED),
        ("payment_status", "PAID", "INCOMPLETE", Reason.CANCELLED),
    ],
)
def test_states_in_further_words(read: Read, column: str, good: str, off: str, reason: Reason) -> None:
    lines = [f"{day},2024-01-{day:02d},A,2,{off if day == 5 else good}" for day in _DAYS]
    reading = read("\n".join([f"order,date,item,qty,{column}", *lines]))
    assert len(rows(reading)) == len(_DAYS) - 1
    assert note(reading.verdict, reason)


@pytest.mark.parametrize("code", ["ORC", "ECL", "GT", "4"])
def test_codes_of_documents_that_may_be_no_sales_are_asked_for(read: Read, code: str) -> None:
    lines = [f"2024-01-{day:02d};{code if day == 5 else 'FA'};{day};A;2" for day in _DAYS]
    sentence = read("\n".join(["Data;TipoDoc;NumDoc;Artigo;Quantidade", *lines])).verdict.sentence
    assert f"'TipoDoc' says {code!r} of line 6, which may be no sale" in sentence


def test_credit_notes_by_code_are_taken_off(read: Read) -> None:
    lines = [f"2024-01-{day:02d};{'NC' if day == 5 else 'FA'};{day};A;2" for day in _DAYS]
    told = read("\n".join(["Data;TipoDoc;NumDoc;Artigo;Quantidade", *lines]))
    assert _sold(told) == 2 * (len(_DAYS) - 2)


def test_bills_of_suppliers_are_no_sales(read: Read) -> None:
    lines = [f"2024-01-{day:02d},{'in_invoice' if day == 5 else 'out_invoice'},A,{day}" for day in _DAYS]
    assert (
        "'Type' says 'in_invoice' of line 6, which is no sale"
        in read("\n".join(["Date,Type,Product,Quantity", *lines])).verdict.sentence
    )


@pytest.mark.parametrize("names", ["Manhã;Tarde;Noite", "Lunch;Dinner;Late Night", "Früh;Spät;Nacht"])
def test_parts_of_the_day_are_no_stores(read: Read, names: str) -> None:
    text = _csv(f"date;item;{names}", "2024-01-{day:02d};A;1;2;3")
    assert "are named by times of the day" in read(text).verdict.sentence


@pytest.mark.parametrize("name", ["Returns", "Resi", "Retouren"])
def test_ones_that_the_amounts_take_off_are_units_that_came_back(read: Read, name: str) -> None:
    lines = [f"2024-01-{day:02d},A,{day + 1},{day % 2},2.00,{2 * (day + 1 - day % 2):.2f}" for day in _DAYS]
    told = read("\n".join([f"Date,Item,Units Sold,{name},Price,Net amount", *lines]))
    assert _sold(told) == sum(day + 1 - day % 2 for day in _DAYS)


def test_ones_that_no_amount_takes_off_are_asked_for(read: Read) -> None:
    lines = [f"2024-01-{day:02d},A,{day + 1},{day % 2}" for day in _DAYS]
    text = "\n".join(["Date,Item,Units Sold,Resi", *lines])
    assert "name it 'Resi qty' where it counts units that came back" in read(text).verdict.sentence
    assert len(rows(read(text.replace("Resi", "Resi qty")))) == len(_DAYS)


def test_what_came_back_of_what_was_shipped_is_not_taken_off_what_was_sold(read: Read) -> None:
    lines = [f"2024-01-{day:02d},A,{2 * day},{2 * day - day % 3},{day % 3}" for day in _DAYS]
    told = read("\n".join(["date,item,qty_shipped,qty_sold,qty_returned", *lines]))
    assert _sold(told) == sum(2 * day - day % 3 for day in _DAYS)


def test_the_document_that_cancels_another_is_no_sale(read: Read) -> None:
    lines = [f"{day},2024-01-{day:02d},A,2,{'YC'[day % 2] if day < 5 else 'N'}" for day in _DAYS]
    told = rows(read("\n".join(["DocEntry,DocDate,ItemCode,Quantity,CANCELED", *lines])))
    assert len(told) == len(_DAYS) - 4


def test_ledgers_of_items_in_further_languages_count_what_was_sold(read: Read) -> None:
    lines = [
        f"2024-01-{day:02d};{'Køb' if day == 5 else 'Salg'};B{day};A;BUTIK;{30 if day == 5 else -day}" for day in _DAYS
    ]
    told = read("\n".join(["Bogføringsdato;Posttype;Bilagsnr.;Varenr.;Lokationskode;Antal", *lines]))
    assert _sold(told) == sum(_DAYS) - 5


def test_gift_cards_and_shipping_by_the_kind_of_their_line_are_no_items(read: Read) -> None:
    kinds = {3: "gift_card", 4: "shipping"}
    lines = [f"2024-01-{day:02d},#{day},{kinds.get(day, 'product')},A,{day}" for day in _DAYS]
    told = read("\n".join(["Day,Order name,Sale line type,SKU,Net quantity", *lines]))
    assert _sold(told) == sum(_DAYS) - 7


@pytest.mark.parametrize("title", ["Tagesbericht vom 31.01.2024 23:14", "Rapport journalier 31/01/2024"])
def test_a_report_of_a_day_tells_it_in_its_title(read: Read, title: str) -> None:
    told = rows(read(f"Gasthaus Krone\n{title}\n\nPLU;Text;Anzahl;Umsatz\n1;Bier;4;12,00\n2;Suppe;3;18,00\n"))
    assert [row[0] for row in told] == ["2024-01-31"] * 2


def test_states_and_kinds_of_orders_in_russian(read: Read) -> None:
    kinds, states = {3: "Тестовая доставка"}, {4: "Возвращено"}
    lines = [
        f"{day},2024-01-{day:02d},A,2,{kinds.get(day, 'Обычный порядок')},{states.get(day, 'Оплачено')}"
        for day in _DAYS
    ]
    head = "Номер заказа,Дата заказа,Товар,Количество,Тип заказа,Статус платежа"
    assert (
        "'Тип заказа' says 'Тестовая доставка' of line 4, which is no sale"
        in read("\n".join([head, *lines])).verdict.sentence
    )
    told = read("\n".join([head, *(line for line in lines if "Тест" not in line)]))
    assert len(rows(told)) == len(_DAYS) - 2
    assert note(told.verdict, Reason.REFUNDED)


def test_promotions_by_the_kind_of_their_line_are_no_items(read: Read) -> None:
    lines = [f"{day};2024-01-{day:02d};{'promotion' if day == 5 else 'product'};A;{day}" for day in _DAYS]
    told = read("\n".join(["Bestellnummer;Bestelldatum;Positionstyp;Produktnummer;Anzahl", *lines]))
    assert _sold(told) == sum(_DAYS) - 5


def test_measures_under_the_name_of_an_unpivoted_table_are_not_added_up(read: Read) -> None:
    lines = [
        f"2024-01-{day:02d},S1,A,{what},{value}" for day in _DAYS for what, value in (("Units", day), ("Revenue", 50))
    ]
    assert _sold(read("\n".join(["Date,Store,SKU,Attribute,Value", *lines]))) == sum(_DAYS)


@pytest.mark.parametrize("names", ["Produzierte Menge;Ausschuss", "Qty Wasted;Qty Donated"])
def test_quantities_of_something_else_are_no_stores(read: Read, names: str) -> None:
    sentence = read(_csv(f"Datum;Artikel;{names}", "2024-01-{day:02d};A;10;1")).verdict.sentence
    assert f"{names.split(';', maxsplit=1)[0]!r} is named by a quantity of something else than sales" in sentence


@pytest.mark.parametrize(
    ("ordered", "left"),
    [("Cant", "Entregada"), ("Quantity", "Shipped Qty"), ("Menge", "Geliefert"), ("Qty", "Delivered")],
)
def test_what_was_delivered_of_what_was_ordered_is_asked_for(read: Read, ordered: str, left: str) -> None:
    lines = [f"2024-01-{day:02d},A,{day},{day - (day > 9)}" for day in _DAYS]
    text = "\n".join([f"Date,SKU,{ordered},{left}", *lines])
    assert f"oth {ordered!r} and {left!r} could be the quantity sold" in read(text).verdict.sentence
    assert _sold(read(text, columns={"units": ordered})) == sum(_DAYS)
    assert _sold(read(text, columns={"units": left})) == sum(_DAYS) - 3


def test_what_was_all_delivered_and_a_day_of_delivery_are_not_asked_for(read: Read) -> None:
    assert _sold(read(_csv("Date,SKU,Quantity,Shipped", "2024-01-{day:02d},A,{day},{day}"))) == sum(_DAYS)
    assert _sold(read(_csv("Date,SKU,Quantity,Delivered", "2024-01-{day:02d},A,{day},yes"))) == sum(_DAYS)


def test_pages_of_a_shop_with_what_each_has_sold_since_are_no_sales(read: Read) -> None:
    text = "sku;total_sales;post_date;post_type\n11;3;2018-02-12 13:46:23;product\n12;5;2018-04-17 15:29:17;product\n"
    assert "'post_type' says that the rows are pages of a shop" in read(text).verdict.sentence
    assert _sold(read(text.replace("product", "shop_order"))) == 8
