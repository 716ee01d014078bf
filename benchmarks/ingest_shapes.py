"""Files of one size in each shape that an upload may have, by fixed rules: for benchmarks/ingest.py."""

import os
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

STORES, ITEMS = 20, 500
FIRST = date(2010, 1, 1)
MEMBERS = 4
LINES_AN_INVOICE = 20
DAYS_ACROSS = 1000
M5_DAYS = 1941
SIDES = 50
_ROW = pl.col("row")
_NOISE = _ROW * 2_654_435_761 % 4_294_967_296


def _rows(first: int, count: int) -> pl.LazyFrame:
    return pl.LazyFrame({"row": [0]}).select(pl.int_range(first, first + count).alias("row"))


def _day(number: pl.Expr) -> pl.Expr:
    return (number + (FIRST - date(1970, 1, 1)).days).cast(pl.Int32).cast(pl.Date)


def _long(first: int, count: int) -> pl.LazyFrame:
    """One row each day for every store and item, in order."""
    place = _ROW % (STORES * ITEMS)
    return _rows(first, count).select(
        date=_day(_ROW // (STORES * ITEMS)),
        store_id="S" + (place // ITEMS).cast(pl.String).str.zfill(3),
        item_id="I" + (place % ITEMS).cast(pl.String).str.zfill(5),
        units=_NOISE % 40,
        price=(_NOISE % 1000 + 100) / 100,
        promo=(_NOISE % 7 == 0).cast(pl.Int8),
    )


def long(path: Path, rows: int) -> None:
    """A long file."""
    _long(0, rows).sink_csv(path)


def returns(path: Path, rows: int) -> None:
    """A long file whose lines end in a CR alone."""
    _long(0, rows).sink_csv(path, line_terminator="\r")


def archive(path: Path, rows: int) -> None:
    """A zip of several long files, one after the other in time."""
    with TemporaryDirectory(dir=path.parent) as folder, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(MEMBERS):
            member = Path(folder) / f"part-{number}.csv"
            _long(rows // MEMBERS * number, rows // MEMBERS).sink_csv(member)
            packed.write(member, member.name)
            member.unlink()


def twice(path: Path, rows: int) -> None:
    """A long file that holds each row twice."""
    half = _long(0, rows // 2)
    pl.concat([half, half]).sink_csv(path)


def transactions(path: Path, rows: int) -> None:
    """Lines of invoices: several of a day and item, some returned, some cancelled."""
    invoice = _ROW // LINES_AN_INVOICE
    item = _NOISE % 4000
    _rows(0, rows).select(
        InvoiceNo=pl.when(invoice % 50 == 0).then(pl.lit("C")).otherwise(pl.lit(""))
        + (536_365 + invoice).cast(pl.String),
        StockCode="P" + (20_000 + item).cast(pl.String),
        Description=pl.lit("a thing of the kind ") + item.cast(pl.String),
        Quantity=pl.when(_ROW % 97 == 0).then(-1).otherwise(_NOISE % 24 + 1),
        InvoiceDate=_day(_ROW // 20_000).cast(pl.String) + pl.format(" {}:26:00", invoice % 10 + 10),
        UnitPrice=(item % 500 + 10) / 100,
        CustomerID=12_000 + invoice % 4000,
        Country=pl.lit("United Kingdom"),
    ).sink_csv(path)


def wide(path: Path, rows: int) -> None:
    """One row for each store and item, one column for each day; as many cells as ``rows``."""
    days = [(FIRST + timedelta(days=number)).isoformat() for number in range(DAYS_ACROSS)]
    cells = [((_NOISE + number * 97) % 40).alias(day) for number, day in enumerate(days)]
    store, item = (_ROW // ITEMS).cast(pl.String).str.zfill(3), (_ROW % ITEMS).cast(pl.String).str.zfill(5)
    _rows(0, rows // DAYS_ACROSS).select(
        ("S" + store).alias("store_id"), ("I" + item).alias("item_id"), *cells
    ).sink_csv(path)


def again(path: Path, rows: int) -> None:
    """As ``wide``, the first of its rows once more at the end."""
    wide(path, rows)
    with path.open("r+") as file:
        first = [next(file) for _ in range(2)][1]
        file.seek(0, os.SEEK_END)
        file.write(first)


def measures(path: Path, rows: int) -> None:
    """One row for each store and item, units and revenue of each day side by side; as many of both as ``rows``."""
    wide(path, rows)
    frame = pl.scan_csv(path)
    days = [name for name in frame.collect_schema().names() if "-" in name]
    beside = [
        of for day in days for of in (pl.col(day).alias(f"Units {day}"), (pl.col(day) * 1.25).alias(f"Revenue {day}"))
    ]
    frame.select("store_id", "item_id", *beside).sink_csv(path.with_suffix(".beside"))
    path.with_suffix(".beside").replace(path)


def m5(path: Path, rows: int) -> None:
    """As M5's sales_train_evaluation.csv: mostly zeros, its days numbered; 59,181,090 ``rows`` are its size."""
    item = (_ROW // 10).cast(pl.String).str.zfill(4)
    store = pl.lit("CA_") + (_ROW % 10).cast(pl.String)
    units = [((_NOISE + number * 97) % 10 - 6).clip(0).alias(f"d_{number + 1}") for number in range(M5_DAYS)]
    _rows(0, rows // M5_DAYS).select(
        ("I" + item + "_" + store + "_evaluation").alias("id"),
        ("I" + item).alias("item_id"),
        ("D" + (_ROW % 7).cast(pl.String)).alias("dept_id"),
        ("C" + (_ROW % 3).cast(pl.String)).alias("cat_id"),
        store.alias("store_id"),
        pl.lit("CA").alias("state_id"),
        *units,
    ).sink_csv(path)


def pairs(path: Path, rows: int) -> None:
    """One row for each day and store, units and price of several items side by side; as many pairs as ``rows``."""
    cells = [
        cell
        for number in range(SIDES)
        for cell in (
            ((_NOISE + number * 97) % 40).alias(f"Tea {number} units"),
            (((_NOISE + number * 31) % 1000 + 100) / 100).alias(f"Tea {number} price"),
        )
    ]
    store = pl.lit("S") + (_ROW % STORES).cast(pl.String).str.zfill(3)
    _rows(0, rows // SIDES).select(_day(_ROW // STORES).alias("date"), store.alias("store_id"), *cells).sink_csv(path)


SHAPES: dict[str, Callable[[Path, int], None]] = {
    write.__name__: write for write in (long, transactions, archive, returns, twice, wide, again, measures, m5, pairs)
}
