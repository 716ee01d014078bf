"""Accuracy on public sets: ours beside the field's usual ways, several windows, one default configuration.

    python -m venv build/accuracy && build/accuracy/bin/pip install -r benchmarks/requirements-accuracy.txt
    python benchmarks/accuracy.py --data FOLDER --peers build/accuracy/bin/python [--write docs/benchmarks.md]

``benchmarks/accuracy_sets.py`` says what FOLDER (or RETAIL_DATA) may hold. Each window is cut off the
end; the command ``python -m training forecast`` and every peer are run on what lies before it, one
after the other, and their files are scored alike. One JSON line a window and method goes to stdout
as soon as it is known, the table at the end to stderr. With ``--keep`` the peers' answers are kept
in a folder and taken from there as long as the files that make them are the same.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks"))

import accuracy_page as page  # noqa: E402
from accuracy_scores import score  # noqa: E402
from accuracy_sets import KEY, SETS, Benchmark  # noqa: E402

from core.forecasting.naive import seasonal_naive  # noqa: E402

OURS, NAIVE = "ours", "seasonal_naive"
COMMAND = "python benchmarks/accuracy.py --data FOLDER --peers build/accuracy/bin/python{} --write docs/benchmarks.md"
PEERS = ("autoets", "mlforecast_lightgbm", "mlforecast_xgboost")


@dataclass(frozen=True)
class Window:
    """What is known at an origin, and what came after it."""

    past: pl.DataFrame
    ahead: pl.DataFrame


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("RETAIL_DATA"))
    parser.add_argument("--peers", type=Path, help="Python of the peers' environment; without it they are left out")
    parser.add_argument("--keep", type=Path, help="folder of the peers' answers, used again by the next run")
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--skip", type=int, default=0, help="newest windows left out, when a choice is to be made")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--methods", default=",".join((OURS, NAIVE, *PEERS)))
    parser.add_argument("--write", type=Path, help="write the table as Markdown")
    asked = parser.parse_args()
    if asked.data is None:
        parser.error("--data or RETAIL_DATA is needed")
    if unknown := sorted({*asked.sets.split(",")} - {*SETS}):
        parser.error(f"--sets: {unknown[0]!r} is no set; there are {', '.join(SETS)}")
    methods = [name for name in asked.methods.split(",") if asked.peers or name not in PEERS]
    lines = []
    for line in run(Path(asked.data), asked.sets.split(","), methods, asked):
        lines.append(line)
        print(json.dumps(line), flush=True)
    print(page.table(lines), file=sys.stderr)
    if asked.write:
        asked.write.write_text(page.document(lines, COMMAND.format(narrowed(parser, asked))))


def narrowed(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> str:
    """Options by which a run was less than the whole benchmark, as they were given."""
    names = ("windows", "skip", "sets", "methods")
    told = [(name, getattr(asked, name)) for name in names if getattr(asked, name) != parser.get_default(name)]
    return "".join(f" --{name} {value}" for name, value in told)


def run(folder: Path, names: list[str], methods: list[str], asked: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """Every method on every window of every set that is there."""
    for name in names:
        benchmark = SETS[name]
        found = sorted(folder.glob(benchmark.files))
        if not found:
            print(f"{name}: {folder / benchmark.files} is not there, left out", file=sys.stderr)
            continue
        sales = benchmark.read(found[-1])
        for back in range(asked.windows + asked.skip, asked.skip, -1):
            origin, window = cut(sales, benchmark, back)
            for method in methods:
                answer, told = forecast(method, benchmark, window, asked)
                head = {"set": name, "origin": str(origin), "method": method, "measure": benchmark.measure}
                yield head | score(answer.with_columns(window.ahead["units"]), window.past) | told


def cut(sales: pl.DataFrame, benchmark: Benchmark, back: int) -> tuple[date, Window]:
    """The window that begins ``back`` horizons before the end; series begun after its origin are left out."""
    length = timedelta(days=benchmark.horizon * (7 if benchmark.frequency == "W" else 1))
    last = sales["date"].max()
    assert isinstance(last, date)  # noqa: S101
    origin = last - back * length
    past = sales.filter(pl.col("date") <= origin)
    ahead = sales.filter((pl.col("date") > origin) & (pl.col("date") <= origin + length))
    begun = past.filter(pl.col("units") > 0).select(KEY[1:]).unique()
    return origin, Window(past, ahead.join(begun, on=KEY[1:], how="semi", maintain_order="left"))


def forecast(
    method: str, benchmark: Benchmark, window: Window, asked: argparse.Namespace
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """What a method answers for the rows of the window, in their order, and its seconds, memory and versions."""
    if method == NAIVE:
        naive = seasonal_naive(window.past, window.ahead.select(KEY), benchmark.frequency)
        return naive.rename({"naive": "mean"}), {}
    with tempfile.TemporaryDirectory() as scratch:
        if method == OURS:
            answer, told = ours(Path(scratch), benchmark, window)
        else:
            answer, told = peer(Path(scratch), method, benchmark, window, asked)
    if not answer.select(KEY).equals(window.ahead.select(KEY)) or answer["mean"].null_count():
        raise SystemExit(f"{method}: the forecast's rows are not the window's")
    return answer, told


def ours(scratch: Path, benchmark: Benchmark, window: Window) -> tuple[pl.DataFrame, dict[str, Any]]:
    """The command line's answer."""
    window.past.write_parquet(scratch / "sales.parquet")
    static = [name for name in window.past.columns if name not in (*KEY, "units", *benchmark.known)]
    window.ahead.select(*KEY, *benchmark.known, *static).write_parquet(scratch / "future.parquet")
    out, report = scratch / "out.parquet", scratch / "report.json"
    seconds, _ = measured([
        sys.executable, "-m", "training", "forecast", "--sales", scratch / "sales.parquet",
        "--future", scratch / "future.parquet", "--horizon", str(benchmark.horizon), "--out", out, "--report", report,
    ])  # fmt: skip
    memory = json.loads(report.read_text())["peak_memory_mib"]
    versions = {name: version(name) for name in ("xgboost-cpu", "polars")}
    return pl.read_parquet(out), {"cpu_seconds": seconds, "peak_memory_mib": memory} | versions


def peer(
    scratch: Path, method: str, benchmark: Benchmark, window: Window, asked: argparse.Namespace
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """A peer's answer, from its own environment or from where an earlier run has kept it."""
    past, ahead = as_numbers(window, benchmark.known)
    past.write_parquet(scratch / "sales.parquet")
    ahead.write_parquet(scratch / "future.parquet")
    script = ROOT / "benchmarks" / "accuracy_peers.py"
    needed = (
        script,
        script.parent / "requirements-accuracy.txt",
        scratch / "sales.parquet",
        scratch / "future.parquet",
    )
    kept = (asked.keep or scratch) / f"{method}-{sha256(b''.join(path.read_bytes() for path in needed)).hexdigest()}"
    if not kept.exists():
        out = scratch / "out"
        out.mkdir()
        seconds, told = measured([
            asked.peers, script, method, "--sales", scratch / "sales.parquet", "--future", scratch / "future.parquet",
            "--frequency", benchmark.frequency, "--horizon", str(benchmark.horizon), "--out", out / "answer.parquet",
        ])  # fmt: skip
        (out / "told.json").write_text(json.dumps({"cpu_seconds": seconds} | json.loads(told.splitlines()[-1])))
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(out, kept)
    return pl.read_parquet(kept / "answer.parquet"), json.loads((kept / "told.json").read_text())


def measured(command: list[str | Path]) -> tuple[float, str]:
    """Processor seconds of a command and all it starts, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1), done.stdout


def as_numbers(window: Window, known: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Covariates as numbers, words by their rank, as the peers want them; what does not change gets ``static_``."""
    both = pl.concat([window.past, window.ahead.with_columns(units=pl.lit(None, pl.Float64))])
    others = [name for name in both.columns if name not in (*KEY, "units")]
    words = [name for name in others if not both[name].dtype.is_numeric()]
    codes = [pl.col(name).cast(pl.String).fill_null("").rank("dense").cast(pl.Int32) for name in words]
    static = {name: f"static_{name}" for name in others if name not in known}
    numbers = both.with_columns(codes).rename(static)
    origin = window.past["date"].max()
    return numbers.filter(pl.col("date") <= origin), numbers.filter(pl.col("date") > origin).drop("units")


if __name__ == "__main__":
    main()
