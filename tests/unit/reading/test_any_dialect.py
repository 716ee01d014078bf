"""A known table, written in a random dialect and shape, is read back exactly or refused for a true ambiguity."""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts.verdict import Kind, Reason
from tests.unit.reading.conftest import TODAY, rows
from training.reading import Reading, read_file

Row = tuple[date, str, str, float]
HEADERS = (
    ("date", "store_id", "item_id", "units"),
    ("Datum", "Filiale", "Artikelnr.", "Menge"),
    ("Fecha", "Tienda", "Producto", "Cantidad"),
    ("Date", "Magasin", "Article", "Quantité"),
    ("data", "negozio", "articolo", "quantità"),
)
DAYS: dict[str, Callable[[date], str]] = {
    "iso": lambda d: d.isoformat(),
    "dmy": lambda d: f"{d:%d/%m/%Y}",
    "mdy": lambda d: f"{d.month}/{d.day}/{d.year}",
    "dots": lambda d: f"{d.day}.{d.month}.{d.year}",
    "dashes": lambda d: f"{d:%d-%m-%y}",
    "compact": lambda d: f"{d:%Y%m%d}",
    "names": lambda d: f"{d:%d %b %Y}",
    "serial": lambda d: str((d - date(1899, 12, 30)).days),
    "ordinal": lambda d: f"{d:%Y-%j}",
    "midnight": lambda d: f"{d} 00:00:00",
}


class _AllQuoted(csv.excel):
    quoting = csv.QUOTE_ALL


csv.register_dialect("excel-all", _AllQuoted)


@dataclass(frozen=True)
class Dialect:
    """How a table is written."""

    header: tuple[str, ...]
    delimiter: str
    decimal: str
    grouped: bool
    day: str
    encoding: str
    end: str
    preamble: int
    blanks: bool
    padded: bool
    quoted: bool
    shape: str

    def number(self, value: float) -> str:
        whole = value == int(value)
        text = f"{value:,.0f}" if whole else f"{value:,.2f}"
        if not self.grouped:
            text = text.replace(",", "")
        swap = {",": ".", ".": ","} if self.decimal == "," else {}
        return "".join(swap.get(c, c) for c in text)


dialects = st.builds(
    Dialect,
    header=st.sampled_from(HEADERS),
    delimiter=st.sampled_from(",;\t|"),
    decimal=st.sampled_from(".,"),
    grouped=st.booleans(),
    day=st.sampled_from(sorted(DAYS)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be", "cp1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    preamble=st.integers(0, 3),
    blanks=st.booleans(),
    padded=st.booleans(),
    quoted=st.booleans(),
    shape=st.sampled_from(["long", "items", "stores", "dates"]),
)
ids = st.sampled_from(["1", "007", "S-1", "A b", "NA", "1e5", "Ärmel", "x;y", "q,r", 'in "q"'])
tables = st.builds(
    lambda start, days, stores, items, values: [
        (start + timedelta(days=day), store, item, values[(day * 31 + si * 7 + ii) % len(values)])
        for day in range(days)
        for si, store in enumerate(stores)
        for ii, item in enumerate(items)
    ],
    start=st.dates(date(2015, 1, 1), date(2025, 1, 1)),
    days=st.integers(3, 40),
    stores=st.lists(ids, min_size=2, max_size=3, unique=True),
    items=st.lists(ids, min_size=2, max_size=3, unique=True),
    values=st.lists(
        st.one_of(st.integers(0, 99999).map(float), st.integers(-999, 9999999).map(lambda n: n / 100)),
        min_size=5,
        max_size=20,
    ),
)


def grid(table: list[Row], how: Dialect) -> list[list[str]]:
    """The table in its shape: long, or one column an item, a store or a date."""
    day = DAYS[how.day]
    d, s, i, _ = how.header
    if how.shape == "long":
        return [list(how.header)] + [[day(r[0]), r[1], r[2], how.number(r[3])] for r in table]
    names: list[Callable[[Row], str]] = [lambda r: day(r[0]), lambda r: r[1], lambda r: r[2]]
    across = {"items": 2, "stores": 1, "dates": 0}[how.shape]
    heads = list(dict.fromkeys(names[across](row) for row in table))
    left = [name for index, name in enumerate(names) if index != across]
    lines: dict[tuple[str, ...], dict[str, str]] = {}
    for row in table:
        lines.setdefault(tuple(name(row) for name in left), {})[names[across](row)] = how.number(row[3])
    head = [name for index, name in enumerate((d, s, i)) if index != across]
    return [head + heads] + [[*key, *(cells.get(name, "") for name in heads)] for key, cells in lines.items()]


def written(table: list[Row], how: Dialect) -> bytes:
    out = io.StringIO()
    style = "excel-all" if how.quoted else "excel"
    writer = csv.writer(out, dialect=style, delimiter=how.delimiter, lineterminator=how.end)
    out.write("".join(f"Report {number}{how.end}" for number in range(how.preamble)))
    for index, cells in enumerate(grid(table, how)):
        writer.writerow([f" {cell} " for cell in cells] if how.padded and not how.quoted else cells)
        if how.blanks and index % 5 == 4:
            out.write(how.end)
    return out.getvalue().encode(how.encoding)


def is_truly_ambiguous(table: list[Row], how: Dialect) -> bool:
    """Days below 13 throughout, no number that shows its mark, or most quantities negative."""
    dates = how.day in ("dmy", "mdy", "dashes")
    marks = [how.number(row[3]) for row in table]
    unproven = any("." in text or "," in text for text in marks) and not any(_proves(text) for text in marks)
    outgoing = 2 * sum(row[3] < 0 for row in table) > sum(row[3] != 0 for row in table)
    return unproven or outgoing or (dates and len({row[0].day for row in table}) < 28)


def _proves(text: str) -> bool:
    body = text.lstrip("-")
    parts = body.replace(",", ".").split(".")
    return len(parts) > 1 and (len(parts[-1]) != 3 or len(parts) > 2 or parts[0] == "0")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables, how=dialects)
def test_it_is_read_back_exactly_or_refused_for_a_true_ambiguity(
    tmp_path_factory: pytest.TempPathFactory, table: list[Row], how: Dialect
) -> None:
    if how.shape != "long" and (how.day in ("serial", "ordinal") or (how.shape == "dates" and how.day == "midnight")):
        how = replace(how, day="iso")  # serials are no heads of columns
    if how.delimiter == "," and how.decimal == ",":
        how = replace(how, grouped=False)  # a point in a file divided by commas is decimal, says the rule
    path = tmp_path_factory.mktemp("t") / "f"
    path.write_bytes(written(table, how))
    reading: Reading = read_file(path, today=TODAY)
    if reading.verdict.kind is Kind.REJECTED:
        assert reading.verdict.notes[0].reason is Reason.AMBIGUOUS, reading.verdict.sentence
        assert is_truly_ambiguous(table, how), reading.verdict.sentence
        return
    expected = sorted((str(d), s, i, u) for d, s, i, u in table)
    assert sorted(rows(reading)) == expected
