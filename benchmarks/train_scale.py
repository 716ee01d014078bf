"""Time, memory and accuracy of training at scale: ours beside mlforecast + XGBoost (500 trees).

    python benchmarks/train_scale.py [--data FOLDER] [--series 2800,30490] [--peer PYTHON] [--hosts]

FOLDER (or RETAIL_DATA) holds m5/sales_280.parquet (280 daily M5 series); without it such series are
made up. They are tiled to each size, every copy thinned at random, the last 28 days are held out,
and ``python -m training forecast`` is run on the rest. PYTHON is that of an environment with
benchmarks/requirements-accuracy.txt; the peer is left out where its size is above ``--peer-most``. ``--hosts``
also trains the smallest size on one host and on two, one core each. One JSON line a figure.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow.parquet as pq

ROOT: Final = Path(__file__).resolve().parents[1]
HORIZON: Final = 28
DAYS: Final = 1941
KNOWN: Final = ("snap", "sell_price", "event_name_1", "event_type_1")
HOST: Final = ROOT / "benchmarks" / "train_scale_host.py"
PEER: Final = ROOT / "benchmarks" / "train_scale_peer.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("RETAIL_DATA"))
    parser.add_argument("--series", default="2800,30490")
    parser.add_argument("--peer", help="python of an environment with benchmarks/requirements-accuracy.txt")
    parser.add_argument("--peer-most", type=int, default=5_000, help="most series the peer is given")
    parser.add_argument("--hosts", action="store_true")
    given = parser.parse_args()
    sizes = sorted(int(word) for word in given.series.split(","))
    with TemporaryDirectory() as scratch:
        for size in sizes:
            folder = Path(scratch) / str(size)
            folder.mkdir()
            tile(source(given.data), size, folder)
            ours = told(folder, "ours", [sys.executable, "-m", "training", "forecast", *files(folder)], size)
            if given.peer and size <= given.peer_most:
                peer = told(folder, "mlforecast_xgboost", [given.peer, str(PEER), str(folder)], size)
                ratios = {name: round(ours[name] / peer[name], 3) for name in ("seconds", "peak_mib", "wape")}
                say({"figure": "train_scale_ratio", "series": size, **ratios})
            if given.hosts and size == sizes[0]:
                several(folder, size)


def source(data: Path | None) -> pl.DataFrame:
    """M5's 280 series from their launch on, or as many made up."""
    file = Path(data) / "m5" / "sales_280.parquet" if data else None
    if file is None or not file.exists():
        return made_up()
    frame = pl.read_parquet(file).filter(pl.col("sell_price").is_not_null())
    return frame.select(
        pl.col("date").cast(pl.Date), "store_id", "item_id", "dept_id", "cat_id", "state_id",
        pl.col("value").cast(pl.Int64).alias("units"), pl.col("snap").cast(pl.Int8),
        pl.col("sell_price").cast(pl.Float32), "event_name_1", "event_type_1",
    ).sort("item_id", "store_id", "date")  # fmt: skip


def made_up() -> pl.DataFrame:
    """280 series of counts with a week, a year and events."""
    rng = np.random.default_rng(7)
    day = np.arange(DAYS)
    dates = pl.Series("date", np.datetime64("2011-01-29") + day)
    event = np.where(day % 61 == 0, "Feast", "")
    frames = []
    for number in range(280):
        rate = rng.lognormal(0, 1) * (1 + 0.3 * np.sin(day * 2 * np.pi / 7)) * (1 + 0.2 * np.sin(day * 2 * np.pi / 364))
        columns = {"units": rng.poisson(rate * (1 + (event != ""))), "snap": (day % 30 < 10).astype(np.int8)}
        columns |= {"event_name_1": event, "event_type_1": event}
        price = np.float32(rng.uniform(1, 20)) * np.ones(DAYS, dtype=np.float32)
        frames.append(
            pl.DataFrame(columns).with_columns(
                dates, pl.Series("sell_price", price), store_id=pl.lit(f"S{number % 10}"),
                item_id=pl.lit(f"I{number // 10:02d}"), dept_id=pl.lit(f"D{number // 40}"),
                cat_id=pl.lit(f"C{number // 100}"), state_id=pl.lit(f"T{number % 3}"),
            )
        )  # fmt: skip
    return pl.concat(frames)


def tile(base: pl.DataFrame, series: int, folder: Path) -> None:
    """Write sales.parquet, future.parquet and actuals.parquet of so many series, copy by copy."""
    split = base["date"].max() - timedelta(days=HORIZON)  # type: ignore[operator]
    sales, future, actuals = (_Rows(folder / f"{name}.parquet") for name in ("sales", "future", "actuals"))
    keys = base.select("store_id", "item_id").unique(maintain_order=True)
    for copy in range(-(-series // keys.height)):
        rng = np.random.default_rng([7, copy])
        part = base.join(keys.head(series - copy * keys.height), on=["store_id", "item_id"], how="semi")
        thinned = rng.binomial(part["units"].to_numpy(), rng.uniform(0.6, 1) if copy else 1.0)
        part = part.with_columns(
            pl.Series("units", thinned.astype(np.float32)), (pl.col("item_id") + f"_{copy:03d}").alias("item_id")
        )
        window = part.filter(pl.col("date") > split)
        sales.add(part.filter(pl.col("date") <= split))
        future.add(window.drop("units"))
        actuals.add(window.select("date", "store_id", "item_id", "units"))
    for rows in (sales, future, actuals):
        rows.close()


class _Rows:
    """A parquet file that grows."""

    def __init__(self, file: Path) -> None:
        self._file, self._writer = file, None
        self._writer: pq.ParquetWriter | None

    def add(self, frame: pl.DataFrame) -> None:
        table = frame.to_arrow()
        self._writer = self._writer or pq.ParquetWriter(self._file, table.schema)
        self._writer.write_table(table.cast(self._writer.schema))

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


def files(folder: Path) -> list[str]:
    """Options of our command."""
    places = {"sales": "sales.parquet", "future": "future.parquet", "out": "out.parquet", "report": "report.json"}
    return [word for name, file in places.items() for word in (f"--{name}", str(folder / file))] + [
        "--horizon", str(HORIZON),
    ]  # fmt: skip


def told(folder: Path, method: str, command: Sequence[str], series: int) -> dict[str, Any]:
    """Run one method and print its figures."""
    (seconds, processor, peak), *_ = run([command])
    rows = pl.scan_parquet(folder / "sales.parquet").select(pl.len()).collect().item()
    answer = pl.read_parquet(folder / "out.parquet").select("date", "store_id", "item_id", "mean")
    joined = pl.read_parquet(folder / "actuals.parquet").join(answer, on=["date", "store_id", "item_id"])
    error = (joined["mean"] - joined["units"]).abs().sum() / joined["units"].sum()
    figure = {
        "figure": "train_scale", "method": method, "series": series, "rows": rows, "seconds": seconds,
        "processor_seconds": processor, "peak_mib": peak, "wape": round(float(error), 4), "forecasts": joined.height,
    }  # fmt: skip
    note = folder / "versions.json"
    versions = json.loads(note.read_text()) if note.exists() else {}
    own = {name: version(name) for name in ("xgboost-cpu", "polars")}
    say(figure | {"versions": own if method == "ours" else versions})
    return figure


def run(commands: Iterable[Sequence[str]], cores: Sequence[int] | None = None) -> list[tuple[float, float, float]]:
    """Wall seconds, processor seconds and peak MiB of processes that run at the same time."""
    started = time.perf_counter()
    running = []
    for number, command in enumerate(commands):
        pinned = ["taskset", "-c", str(cores[number]), *command] if cores else command
        running.append(subprocess.Popen(pinned, cwd=ROOT, stdout=subprocess.DEVNULL))
    figures = []
    for process in running:
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{process.args!r} ended with status {status}")
        seconds, processor = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
        figures.append((round(seconds, 1), round(processor, 1), round(usage.ru_maxrss / 1024, 1)))
    return figures


def several(folder: Path, series: int) -> None:
    """The same training on one host and on two, a core each: by the clock, and by the busier host's processor time."""
    seconds, processor = [], []
    for names in (["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]):
        with socket.create_server(("127.0.0.1", 0)) as free:
            os.environ["TRAINING_PORT"] = str(free.getsockname()[1])
        roots = [folder / f"{len(names)}-{name}" for name in names]
        for root, name in zip(roots, names, strict=True):
            (root / "input" / "config").mkdir(parents=True)
            hosts = json.dumps({"current_host": name, "hosts": names})
            (root / "input" / "config" / "resourceconfig.json").write_text(hosts)
        commands = [[sys.executable, str(HOST), str(root), str(folder / "sales.parquet")] for root in roots]
        figures = run(commands, cores=range(len(names)))
        seconds.append(max(figure[0] for figure in figures))
        processor.append(max(figure[1] for figure in figures))
        said = json.loads((roots[0] / "told.json").read_text())
        peak = max(figure[2] for figure in figures)
        say(
            {
                "figure": "hosts",
                "hosts": len(names),
                "series": series,
                "seconds": seconds[-1],
                "peak_mib": peak,
                **said,
                "processor_seconds": [figure[1] for figure in figures],
            }
        )
    say({"figure": "two_hosts_processor_ratio", "value": round(processor[1] / processor[0], 3), "goal": 0.65})
    say({"figure": "two_hosts_time_ratio", "value": round(seconds[1] / seconds[0], 3), "goal": 0.65})


def say(figure: dict[str, Any]) -> None:
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
