"""Quantities that move and are no sales, and figures beside columns of items that are none of them."""

from pathlib import Path

import pytest

from core.contracts.verdict import Kind
from tests.unit.reading.conftest import Read, rows
from tests.unit.reading.test_stream import assert_same, both

_DAYS = range(1, 20)


def _csv(header: str, line: str, *kinds: str) -> str:
    return "\n".join([header, *(line.format(day, *(kind.split("/")[day % 2] for kind in kinds)) for day in _DAYS)])


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("Type", "OUT/IN"),
        ("Direction", "Outbound/Inbound"),
        ("Transaction", "Sale/Restock"),
        ("Buy/Sell", "Sell/Buy"),
        ("anything", "Verkauf/Einkauf"),
        ("Vorgang", "Abgang/Zugang"),
    ],
)
def test_rows_of_what_came_in_beside_what_went_out_are_refused(read: Read, name: str, kinds: str) -> None:
    text = _csv(f"Date,SKU,Quantity,{name}", "2024-03-{0:02d},A,5,{1}", kinds)
    came_in = kinds.split("/")[1]
    assert f"{name!r} says {came_in!r} of line 2, which is no sale" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"kind": name}))) == len(_DAYS)


def test_what_came_in_is_seen_however_far_down_it_stands(read: Read) -> None:
    out = [f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d},A,5,OUT" for n in range(80)]
    text = "\n".join(["Date,SKU,Quantity,moved", *out, "2024-05-01,A,900,IN"])
    assert "'moved' says 'IN' of line 82, which is no sale" in read(text).verdict.sentence


def test_purchases_of_customers_alone_are_sales(read: Read) -> None:
    text = _csv("Date,SKU,Quantity,Transaction Type", "2024-03-{0:02d},A,5,{1}", "Purchase/Purchase")
    assert len(rows(read(text))) == len(_DAYS)


def test_orders_to_suppliers_are_no_sales_and_suppliers_of_what_was_sold_may_be_named(read: Read) -> None:
    bought = _csv("PO Number,PO Date,Supplier,SKU,Qty,Unit Cost", "{0},2024-03-{0:02d},Acme,A,5,2.5")
    assert "'PO Number' and 'Supplier' (line 1) say that this was bought, not sold" in read(bought).verdict.sentence
    sold = _csv("Date,Supplier,Vendor Number,SKU,Bottles Sold", "2024-03-{0:02d},Acme,7,A,5")
    assert len(rows(read(sold))) == len(_DAYS)


@pytest.mark.parametrize("name", ["Wasted Qty", "Qty Produced", "Scrapped Units", "Estimated Units", "Qty on order"])
def test_what_was_wasted_or_made_was_not_sold(read: Read, name: str) -> None:
    assert read(_csv(f"Date,Item,{name}", "2024-03-{0:02d},A,5")).verdict.kind is Kind.REJECTED


def test_a_day_of_production_is_not_the_day_of_the_sale(read: Read) -> None:
    verdict = read(_csv("Production Date,Product,Quantity", "2024-03-{0:02d},A,5")).verdict
    assert verdict.sentence.startswith("'Production Date' is a day on which something is due or was made")


@pytest.mark.parametrize("name", ["Rank", "Market share", "Profit", "Cash", "Latitude", "Staff", "Hours"])
def test_further_figures_beside_columns_of_items(read: Read, name: str) -> None:
    text = _csv(f"Date,Milk,Bread,{name}", "2024-03-{0:02d},5,6,7")
    assert f"{name!r} is named like a figure beside sales" in read(text).verdict.sentence


def test_rainfall_describes_the_day(read: Read) -> None:
    found = read(_csv("Date,Milk,Bread,Rainfall mm", "2024-03-{0:02d},5,6,7"))
    assert {row[2] for row in rows(found)} == {"Milk", "Bread"}


def test_totals_that_are_multiples_of_prices_show_that_lines_are_not_one_unit_each(read: Read) -> None:
    text = "\n".join(
        ["order,date,item,Price,Total", *(f"{n},2024-03-{n:02d},A,2.50,{2.5 * (n % 3 + 1)}" for n in _DAYS)]
    )
    assert "'Total' is 2 times 'Price' on line 2, so not each line is one unit" in read(text).verdict.sentence
    taxed = "\n".join(["order,date,item,Price,Total", *(f"{n},2024-03-{n:02d},A,2.50,2.68" for n in _DAYS)])
    assert {row[3] for row in rows(read(taxed))} == {1.0}


@pytest.mark.parametrize(("day", "cure"), [("2024-05-03", "write '03/05/2024', or '05/03/2024' where a spreadsheet"),
                                           ("2024-03-21", "write '21/03/2024'")])  # fmt: skip
def test_of_days_that_a_spreadsheet_may_have_turned_both_are_told(read: Read, day: str, cure: str) -> None:
    lines = [f"{number:02d}/03/2024,A,5" for number in range(1, 30)]
    verdict = read("\n".join(["date,item,qty", *lines, f"{day},A,5"])).verdict
    assert cure in verdict.refusals[0].cure
    assert verdict.kind is Kind.QUARANTINED


@pytest.mark.parametrize(
    ("column", "kinds"),
    [("Sold", "Yes/No"), ("Sold?", "true/false"), ("Status", "Sold/Active"), ("Listing status", "sold/unsold")],
)
@pytest.mark.parametrize("first", ["Listing", "Order ID"])
def test_offers_of_which_a_column_says_whether_they_were_sold_are_neither_a_plan_nor_sales(
    read: Read, column: str, kinds: str, first: str
) -> None:
    verdict = read(_csv(f"{first},Date,Item,Price,{column}", "L{0},2024-03-{0:02d},A,9.50,{1}", kinds)).verdict
    assert verdict.kind is Kind.REJECTED
    assert f"{column!r} says of each row by" in verdict.sentence


def test_lines_of_orders_that_were_sold_and_refunded_are_no_offers(read: Read) -> None:
    text = _csv("Order ID,Date,Item,Price,Status", "L{0},2024-03-{0:02d},A,9.50,{1}", "Sold/Refunded")
    assert read(text).verdict.kind is Kind.REPAIRED


@pytest.mark.parametrize(
    "name",
    ["AOV", "Avg basket", "UPT", "Returns", "Discounts", "Fees", "COGS", "Ad spend", "Guests", "Page views", "Waste"],
)
def test_measures_beside_columns_of_items_are_no_items(read: Read, name: str) -> None:
    text = _csv(f"Date,Mug,Cup,{name}", "2024-03-{0:02d},5,6,77")
    assert f"{name!r} is named" in read(text).verdict.sentence
    kept = read(text, columns={"beside": name})
    assert {row[2] for row in rows(kept)} == {"Mug", "Cup"}


@pytest.mark.parametrize(
    ("sent", "came"),
    [("From Store", "To Store"), ("Source Location", "Destination Location"), ("Von Filiale", "Nach Filiale")],
)
def test_goods_moved_between_stores_are_refused_unless_the_quantity_is_named(read: Read, sent: str, came: str) -> None:
    text = _csv(f"Date,{sent},{came},SKU,Qty", "2024-03-{0:02d},S1,S2,A,5")
    assert f"'{sent}' and '{came}' (line 1) say that goods were moved between stores" in read(text).verdict.sentence
    assert len(rows(read(text, columns={"units": "Qty"}))) == len(_DAYS)


@pytest.mark.parametrize(
    ("whole", "part"), [("Bundle", "Bundle Component"), ("Kit", "Component"), ("Product", "Bundle component")]
)
def test_a_bundle_beside_its_parts_is_refused(read: Read, whole: str, part: str) -> None:
    text = "order,date,sku,qty,line type\n1,2024-03-13,KIT,1,{}\n1,2024-03-13,A,2,{}\n"
    assert f"'{whole}' and '{part}'" in read(text.format(whole, part)).verdict.sentence
    assert len(rows(read(text.format(whole, part), columns={"kind": "line type"}))) == 2
    assert len(rows(read(text.format("Product", "Component")))) == 2


def test_rows_of_stores_on_trial_are_sales_and_orders_of_a_test_are_none(read: Read) -> None:
    body = "1,2024-03-13,A,5,true\n2,2024-03-14,A,6,false\n"
    assert len(rows(read(f"order,date,sku,qty,test\n{body}"), "units")) == 1
    assert len(rows(read(f"store,date,sku,qty,test\n{body}"), "units")) == 2


@pytest.mark.parametrize("state", ["SUSPECTED_FRAUD", "Pending payment", "Error", "Reversed", "Removed"])
def test_orders_that_were_never_paid_or_taken_back_are_no_sales(read: Read, state: str) -> None:
    text = f"order,date,sku,qty,order status\n1,2024-03-13,A,5,Complete\n2,2024-03-14,A,6,{state}\n"
    assert rows(read(text), "units") == [(5.0,)]


def test_offers_that_stand_far_down_are_found_in_blocks_too(tmp_path: Path) -> None:
    sold = [f"L{at},2024-01-{at % 28 + 1:02d},A,sold" for at in range(900)]
    offered = ["L900,2024-01-05,A,active"]
    for rows_, kind in (([*sold, *offered], Kind.REJECTED), (sold, Kind.REPAIRED)):
        text = "Order ID,Date,Item,Status\n" + "\n".join(rows_) + "\n"
        parts, whole, _ = both(tmp_path / "sales.csv", text)
        assert_same(parts, whole)
        assert whole.verdict.kind is kind


@pytest.mark.parametrize(
    "day",
    ["Last Sold", "First Sale Date", "Launch Date", "Date Added", "Letzter Verkauf", "Última venta", "Last Updated",
     "Ship By", "Ship by date", "Use By", "Valid From", "Fällig am", "Join Date", "signup_date", "Hire Date",
     "Fecha de alta", "Entry", "Entry Date", "Processed Date", "Erfassungsdatum", "Date de saisie"],
)  # fmt: skip
def test_a_day_of_the_life_of_an_item_is_not_the_day_of_a_sale(read: Read, day: str) -> None:
    text = _csv(f"SKU,Units Sold,{day}", "A{0},5,2024-03-{0:02d}")
    assert (
        f"{day!r} is a day on which something is due or was made, received, keyed in, reported, changed"
        in read(text).verdict.sentence
    )
    assert len(rows(read(text, columns={"date": day}))) == len(_DAYS)


@pytest.mark.parametrize(
    "header",
    ["Units %", "Opening Qty", "Qté prévue", "Cantidad prevista", "Aantal op voorraad", "Baseline Units", "Qty Counted",
     "Variance Qty", "Transfer Qty", "Cart Qty"],
)  # fmt: skip
def test_quantities_of_other_kinds_are_not_what_was_sold(read: Read, header: str) -> None:
    text = _csv(f"Date,Store,SKU,{header}", "2024-03-{0:02d},S1,A,5")
    assert read(text).verdict.kind is Kind.REJECTED
    assert len(rows(read(text, columns={"units": header}))) == len(_DAYS)
