"""What ``forecast --explain`` writes and shows: units by cause."""

import json
from pathlib import Path
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from core.contracts.errors import ConfigError
from core.contracts.sales import DATE, ITEM, KEY, SERIES, STORE
from core.forecasting.groups import BASELINE, GROUPS

_SHOWN: Final = 14
"""Dates in the table; the file holds all."""


def chosen(answer: pl.DataFrame, future: pl.DataFrame | None, store: str | None, item: str | None) -> pl.DataFrame:
    """Rows to explain: all that were forecast, or one store's, or one item's.

    Raises:
        ConfigError: nothing of that store or item was forecast.
    """
    rows = answer.select(KEY) if future is None else future
    for name, wanted in ((STORE, store), (ITEM, item)):
        if wanted is not None:
            rows = rows.filter(pl.col(name).cast(pl.String) == wanted)
    if rows.is_empty():
        raise ConfigError(
            f"store {store or 'any'}, item {item or 'any'}: nothing of it was forecast, so nothing explains it"
        )
    return rows


def write(told: pl.DataFrame, path: Path) -> None:
    """Write every forecast's explanation in the format the file's name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        told.write_parquet(path)
    elif path.suffix == ".json":
        path.write_text(json.dumps(document(told), indent=1))
    else:
        told.write_csv(path, float_precision=4)


def document(told: pl.DataFrame) -> dict[str, object]:
    """One JSON document: a series an entry, its dates with units by cause."""
    series = [
        {
            STORE: store,
            ITEM: item,
            "tier": part["tier"][0],
            "basis": part["basis"][0],
            "forecasts": [
                {"date": str(row[DATE]), "mean": round(row["mean"], 4)}
                | {"units": {name: round(row[name], 4) for name in GROUPS}}
                for row in part.iter_rows(named=True)
            ],
        }
        for (store, item), part in told.group_by(SERIES, maintain_order=True)
    ]
    return {"groups": list(GROUPS), "series": series}


def show(told: pl.DataFrame) -> None:
    """Print units by cause, summed over all series: one line a date, the whole horizon last."""
    groups = [name for name in GROUPS if name == BASELINE or told[name].abs().max()]
    by_date = told.group_by(DATE).agg(pl.col("mean", *groups).sum()).sort(DATE)
    table = Table(title=f"Why: units by cause, {told.select(SERIES).n_unique()} series together")
    for name in (DATE, *groups, "forecast"):
        table.add_column(name, justify="left" if name == DATE else "right")
    for row in by_date.head(_SHOWN).iter_rows(named=True):
        table.add_row(str(row[DATE]), *_cells(row, groups))
    if by_date.height > _SHOWN:
        table.add_row(f"... {by_date.height - _SHOWN} more", *[""] * (len(groups) + 1))
    table.add_section()
    table.add_row("all", *_cells(by_date.select("mean", *groups).sum().row(0, named=True), groups))
    Console().print(table)
    for basis, count in told.select(*SERIES, "basis").unique()["basis"].value_counts(sort=True).rows():
        Console().print(f"{count} series: {basis}", highlight=False)


def _cells(row: dict[str, float], groups: list[str]) -> list[str]:
    return [f"{row[name]:,.1f}" if name == BASELINE else f"{row[name]:+,.1f}" for name in groups] + [
        f"{row['mean']:,.1f}"
    ]
