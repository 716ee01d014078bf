"""Writes down what was inferred from a file, as the configuration a person may adopt."""

import json

from core.contracts.dataset import DatasetConfig
from core.contracts.sales import DATE, ITEM, OPTIONAL, STORE, UNITS
from training.reading.reader import Reading


def proposed_config(reading: Reading, config: DatasetConfig) -> str:
    """``config/<dataset>.toml`` that reads this file as it was read, with a word on each entry.

    Valid input for ``DatasetConfig.from_toml``.
    """
    dialect = reading.verdict.dialect
    out = ["# Inferred from the first file. Copy it to config/<dataset>.toml and change what is wrong.", ""]
    if config.frequency:
        out += [f'frequency = "{config.frequency}"', ""]
    out.append("[reading]")
    if dialect is not None:
        out += _entry("delimiter", dialect.delimiter, "what divides the cells")
        out += _entry(
            "date_format", dialect.date_format, "every row proved it", only="%" in (dialect.date_format or "")
        )
        out += _entry("decimal", dialect.decimal, "the decimal mark")
    out += _entry(
        "duplicates", config.reading.duplicates, "different rows of one date, store and item: reject, sum, last"
    )
    out.append(f"max_refused_share = {config.reading.max_refused_share}  # above it the whole file is rejected")
    if dialect is not None and dialect.shape in ("long", "transactions", "plan"):
        out += ["", "[reading.columns]  # our column = the file's column"]
        names = (DATE, STORE, ITEM, UNITS, *OPTIONAL)
        out += [
            f"{name} = {json.dumps(dialect.columns[name], ensure_ascii=False)}"
            for name in names
            if name in dialect.columns
        ]
    return "\n".join(out) + "\n"


def _entry(name: str, value: str | None, why: str, *, only: bool = True) -> list[str]:
    return [f"{name} = {json.dumps(value, ensure_ascii=False)}  # {why}"] if value and only else []
