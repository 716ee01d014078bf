"""Reading, judging and merging one large sales file, beside pandas + pandera on the same file.

    python -m venv build/bench && build/bench/bin/pip install -r benchmarks/requirements.txt
    python benchmarks/ingest.py --rows 5000000 --peer build/bench/bin/python

    python benchmarks/ingest.py --shape transactions --rows 3500000 --rounds 1

One JSON line a figure. Each side runs in a process of its own, in turns, so that its peak memory is its own and a noisy
machine is noisy for both. Ours reads the file, accounts for every row and merges a Delta table (ingest_ours.py); the
peer reads it and validates every row: types, nulls, ranges, one row a key (ingest_peer.py). 1 GB needs --rows 27000000.
The other shapes of ingest_shapes.py are measured alone: most of them have no peer that would read them as they are.
"""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ingest_shapes import SHAPES

HERE = Path(__file__).resolve().parent
GOAL_RATIO = 0.6
GOAL_MIB = 2048
BIG_FILE = 1_000_000_000


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
    parser.add_argument("--shape", choices=sorted(SHAPES), default="long")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", help="python of an environment with benchmarks/requirements.txt; ours alone without")
    given = parser.parse_args()
    if given.peer and given.shape != "long":
        parser.error(f"--peer reads long files only; leave --peer or --shape {given.shape} out")
    mine: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    with TemporaryDirectory() as folder:
        file = Path(folder) / "sales.csv"
        SHAPES[given.shape](file, given.rows)
        size = file.stat().st_size
        for _ in range(given.rounds):
            mine.append(measure(sys.executable, "ingest_ours", file))
            if given.peer:
                others.append(measure(given.peer, "ingest_peer", file))
    ours = figure("ingest_ours" if given.shape == "long" else f"ingest_ours_{given.shape}", mine, size)
    print(json.dumps(ours))
    if others:
        peer = figure("ingest_pandas_pandera", others, size)
        print(json.dumps(peer))
        goal("ingest_time_ratio", round(ours["seconds"] / peer["seconds"], 3), GOAL_RATIO)
        cpu = round(ours["cpu_seconds"] / peer["cpu_seconds"], 3)  # on a machine that others use, too, the steadier one
        print(json.dumps({"figure": "ingest_cpu_ratio", "value": cpu}))
        print(json.dumps({"figure": "ingest_memory_ratio", "value": round(ours["peak_mib"] / peer["peak_mib"], 3)}))
    if size >= BIG_FILE:
        goal(
            "ingest_1gb_peak_mib" if given.shape == "long" else f"ingest_1gb_{given.shape}_peak_mib",
            ours["peak_mib"],
            GOAL_MIB,
        )


def goal(name: str, value: float, most: float) -> None:
    """A figure beside its goal."""
    print(json.dumps({"figure": name, "value": value, "goal": most, "met": value <= most}))


if __name__ == "__main__":
    main()
