"""Damaged files never end in a traceback or in a row that is neither taken, left out nor refused."""

import gzip
import io
import math
import os
import random
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tests.unit.reading.conftest import TODAY
from training.reading import read_file
from training.reading.verdicts.page import html_page

LONG = "date,store,item,qty,price\n" + "".join(
    f'2024-{month:02d}-{day:02d},S{day % 3},"item ""{day % 5}""",{day * 3},{day}.5\n'
    for month in (1, 2)
    for day in range(1, 28)
)
WIDE = "Datum;A;B;C\n" + "".join(f"{day:02d}.01.2024;{day};{day},5;1.{day:03d},0\n" for day in range(1, 29))
TILL = "InvoiceNo\tStockCode\tQuantity\tInvoiceDate\n" + "".join(
    f"{10000 + n}\tP{n % 7}\t{n % 5 - 1}\t01/{n % 28 + 1:02d}/2024 {n % 24}:10\n" for n in range(160)
)
EXPORT = "date,store,item,qty,price,promo,weather\n" + "".join(
    f"2024-{month:02d}-{day:02d},S{store},Käse,{day * store},{store}.{day},{day % 2},{day % 3}\n"
    for month in (1, 2)
    for day in range(1, 28)
    for store in (1, 2, 3, 4)
)
SEEDS = {"long": LONG, "wide": WIDE, "till": TILL, "export": EXPORT}
WHOLE, BLOCK = 1 << 40, 1500
JUNK = [b'"', b"\n", b"\r", b"\x00", b",", b";", b"\t", b"\xff", b"\xe2\x82", b"Total", b"=1+1", b"NaN", b"\x1f", b"-"]
JUNK += [b"9" * 400, b"\x01", b"''"]


def damaged(text: str, rng: random.Random) -> bytes:
    """One file with a few wounds: bytes lost, doubled, swapped, replaced by junk, lines moved."""
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 6)):
        kind = rng.randrange(6)
        at = rng.randrange(max(len(data), 1))
        if kind == 0:
            del data[at : at + rng.randint(1, 40)]
        elif kind == 1:
            data[at:at] = data[at : at + rng.randint(1, 60)]
        elif kind == 2:
            data[at:at] = rng.choice(JUNK)
        elif kind == 3:
            data[at : at + 1] = bytes([rng.randrange(256)])
        elif kind == 4:
            lines = bytes(data).split(b"\n")
            rng.shuffle(lines)
            data = bytearray(b"\n".join(lines)) if rng.random() < 0.3 else data
        else:
            data = data[: max(at, 1)]
    packed = bytes(data)
    return gzip.compress(packed)[: rng.randint(10, 4000)] if rng.random() < 0.05 else packed


VARIANTS = int(os.environ.get("DAMAGED_VARIANTS", "200"))
"""``DAMAGED_VARIANTS=1000 pytest tests/unit/reading/test_damage.py`` runs the thousand."""
SEEDS_EACH = 8


@pytest.mark.parametrize("seed", range(SEEDS_EACH))
@pytest.mark.parametrize("shape", sorted(SEEDS))
def test_damage_ends_in_a_verdict_whose_rows_add_up(tmp_path: Path, shape: str, seed: int) -> None:
    rng = random.Random(f"{shape} {seed}")
    path = tmp_path / "file"
    for _ in range(math.ceil(VARIANTS / len(SEEDS) / SEEDS_EACH)):
        path.write_bytes(damaged(SEEDS[shape], rng))
        reading = read_file(path, today=TODAY, block_bytes=WHOLE)
        in_blocks = read_file(path, today=TODAY, block_bytes=BLOCK)
        assert in_blocks.verdict == reading.verdict
        assert in_blocks.quarantine == reading.quarantine
        assert in_blocks.table is None or in_blocks.table.equals(
            reading.table if reading.table is not None else in_blocks.table.clear()
        )
        page = html_page(reading.verdict, "file")
        assert page.encode()
        verdict = reading.verdict  # the model itself asserts that the counts add up
        assert verdict.sentence
        if verdict.kind.merged:
            assert reading.table is not None
            assert reading.table.height == verdict.counts.canonical > 0
            assert reading.table.select("date", "store_id", "item_id").is_unique().all()
            assert len(verdict.refusals) == verdict.counts.refused
        else:
            assert reading.table is None
            assert verdict.notes


def _packed(text: str) -> dict[str, bytes]:
    """The same rows in every container."""
    frame = pl.read_csv(text.encode(), try_parse_dates=True)
    parquet, workbook, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame.write_parquet(parquet, compression="uncompressed")
    book = openpyxl.Workbook()
    for row in (frame.columns, *frame.iter_rows()):
        book.worksheets[0].append(row)
    book.save(workbook)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.csv", text)
        file.writestr("b.csv.gz", gzip.compress(text.replace("2024", "2023").encode()))
    texts = {name: text.encode(name) for name in ("utf-16", "utf-32-be")}
    return {"parquet": parquet.getvalue(), "xlsx": workbook.getvalue(), "zip": archive.getvalue(), **texts}


def _wounded(data: bytes, rng: random.Random) -> bytes:
    """Bits flipped, stretches doubled or lost, the end cut off."""
    wounded = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(max(len(wounded), 1)), rng.randint(1, 200)
        match rng.randrange(4):
            case 0 if wounded:
                wounded[at] ^= 1 << rng.randrange(8)
            case 1:
                wounded[at:at] = wounded[at : at + length]
            case 2:
                del wounded[at : at + length]
            case _ if rng.random() < CUT:
                del wounded[at:]
    return bytes(wounded)


CUT = 0.3


@pytest.mark.parametrize("kind", ["parquet", "xlsx", "zip", "utf-16", "utf-32-be"])
def test_a_damaged_container_ends_in_a_verdict_whose_rows_add_up(tmp_path: Path, kind: str) -> None:
    rng, whole, path = random.Random(kind), _packed(LONG)[kind], tmp_path / "file"
    for _ in range(math.ceil(VARIANTS / 5)):
        path.write_bytes(_wounded(whole, rng))
        reading = read_file(path, today=TODAY)
        counts = reading.verdict.counts
        assert counts.read == counts.kept + counts.merged + counts.left_out + counts.refused
        assert (reading.table is not None) is reading.verdict.kind.merged
        assert reading.verdict.sentence
