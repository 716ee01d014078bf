"""Reading, judging and merging one large sales file, beside pandas + pandera on the same file.

    python -m venv build/bench && build/bench/bin/pip install -r benchmarks/requirements.txt
    python benchmarks/ingest.py --rows 5000000 --peer build/bench/bin/python

One JSON line a figure. Each side runs in a process of its own, in turns, so that its peak memory is its own and a noisy
machine is noisy for both. Ours reads the file, accounts for every row and merges a Delta table (ingest_ours.py); the
peer reads it and validates every row: types, nulls, ranges, one row a key (ingest_peer.py). 1 GB needs --rows 27000000.
"""

import argparse
import json
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

HERE = Path(__file__).resolve().parent
GOAL_RATIO = 0.6
GOAL_MIB = 2048
BIG_FILE = 1_000_000_000
STORES, ITEMS = 20, 500
FIRST = date(2010, 1, 1)


def generate(path: Path, rows: int) -> None:
    """A long file, one row each day for every store and item, in order; numbers by a fixed rule."""
    day = pl.col("row") // (STORES * ITEMS)
    place = pl.col("row") % (STORES * ITEMS)
    noise = pl.col("row") * 2_654_435_761 % 4_294_967_296
    pl.LazyFrame({"row": [0]}).select(pl.int_range(rows).alias("row")).select(
        date=(day + (FIRST - date(1970, 1, 1)).days).cast(pl.Int32).cast(pl.Date),
        store_id="S" + (place // ITEMS).cast(pl.String).str.zfill(3),
        item_id="I" + (place % ITEMS).cast(pl.String).str.zfill(5),
        units=noise % 40,
        price=(noise % 1000 + 100) / 100,
        promo=(noise % 7 == 0).cast(pl.Int8),
    ).sink_csv(path)


def measure(python: str, side: str, file: Path) -> dict[str, Any]:
    """One side in a process of its own."""
    done = subprocess.run([python, str(HERE / f"{side}.py"), str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{side} failed: {done.stderr[-2000:]}")
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


def figure(name: str, runs: list[dict[str, Any]], size: int) -> dict[str, Any]:
    """Median of the times, largest memory."""
    times = {key: round(statistics.median(run[key] for run in runs), 3) for key in runs[0] if "seconds" in key}
    peak = round(max(run["peak_mib"] for run in runs))
    told = {"figure": name, **times, "peak_mib": peak, "file_mb": round(size / 1e6), "runs": len(runs)}
    return told | {key: runs[0][key] for key in ("rows", "versions")}


def main() -> None:
    """Generate, measure in turns, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="python of an environment with benchmarks/requirements.txt; ours alone without")
    given = parser.parse_args()
    mine: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        generate(file, given.rows)
        size = file.stat().st_size
        for _ in range(given.rounds):
            mine.append(measure(sys.executable, "ingest_ours", file))
            if given.peer:
                others.append(measure(given.peer, "ingest_peer", file))
    ours = figure("ingest_ours", mine, size)
    print(json.dumps(ours))
    if others:
        peer = figure("ingest_pandas_pandera", others, size)
        print(json.dumps(peer))
        goal("ingest_time_ratio", round(ours["seconds"] / peer["seconds"], 3), GOAL_RATIO)
        cpu = round(ours["cpu_seconds"] / peer["cpu_seconds"], 3)  # on a machine that others use, too, the steadier one
        print(json.dumps({"figure": "ingest_cpu_ratio", "value": cpu}))
        print(json.dumps({"figure": "ingest_memory_ratio", "value": round(ours["peak_mib"] / peer["peak_mib"], 3)}))
    if size >= BIG_FILE:
        goal("ingest_1gb_peak_mib", ours["peak_mib"], GOAL_MIB)


def goal(name: str, value: float, most: float) -> None:
    """A figure beside its goal."""
    print(json.dumps({"figure": name, "value": value, "goal": most, "met": value <= most}))


if __name__ == "__main__":
    main()
