"""Forecasts over REST: stored ones and what-ifs beside MLServer running XGBoost, one core each, 16 connections.

    python benchmarks/serving.py --peer PYTHON [--seconds 10] [--repeats 3]

PYTHON is that of an environment with benchmarks/requirements-serving.txt; wrk must be on the path (Debian package
``wrk``). The servers run one after the other on the first core, wrk on the second. MLServer gets 28 rows of 60 numbers
and a model of 300 trees; ours is asked for 28 stored days (``GET /v1/forecasts``), for 28 days with other promotions
(``POST /v1/what-if``: the plan alone, each request of another of 1,000 series; features and intervals are computed),
and for the same with two years of history sent along (``POST /invocations``). One JSON line a figure: the median of
the repeats. On a machine with other work read the processor time of a request, not how many there were.
"""

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import polars as pl

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.forecasting import ForecastSpec, Recipe, TrainedModel, refit  # noqa: E402
from core.forecasting.what_if.file import HorizonWriter  # noqa: E402
from core.forecasting.what_if.horizons import horizons  # noqa: E402

ROWS, FEATURES, TREES = 28, 60, 300
SERIES, FIRST = 1_000, date(2022, 6, 1)
GOALS: Final = {"stored_over_mlserver": 10.0, "what_if_over_mlserver": 1.5, "stored_p99_over_mlserver_p50": 1 / 3}
_MODEL: Final = """
import numpy as np, xgboost as xgb
rng = np.random.default_rng(7)
x = rng.random((4000, {features}), dtype=np.float32)
data = xgb.DMatrix(x, label=x[:, :5].sum(axis=1) + rng.random(4000))
xgb.train(dict(max_depth=6, tree_method="hist", nthread=1), data, {trees}).save_model("model.json")
"""
_UNITS: Final = {"us": 1e-3, "ms": 1.0, "s": 1e3}


def main() -> None:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--peer", required=True, help="python of an environment with benchmarks/requirements-serving.txt"
    )
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is not on the path; Debian: apt-get install wrk")
    found: dict[str, list[dict[str, float]]] = {}
    with TemporaryDirectory() as scratch:
        contests = prepared(Path(scratch), asked.peer)
        for _ in range(asked.repeats):
            for name, (command, port, script) in contests.items():
                with serving(command, port, Path(scratch)) as process:
                    found.setdefault(name, []).append(load(process, port, script, asked.seconds))
    told = {name: {key: statistics.median(run[key] for run in runs) for key in runs[0]} for name, runs in found.items()}
    for name, figure in told.items():
        say({"figure": "serving", "server": name, **{key: round(value, 3) for key, value in figure.items()}})
    peer = told["mlserver"]
    ratios = {
        "stored_over_mlserver": told["stored"]["per_second"] / peer["per_second"],
        "what_if_over_mlserver": told["what_if"]["per_second"] / peer["per_second"],
        "invocation_over_mlserver": told["invocation"]["per_second"] / peer["per_second"],
        "mlserver_processor_over_what_if": peer["processor_ms"] / told["what_if"]["processor_ms"],
        "stored_p99_over_mlserver_p50": told["stored"]["p99_ms"] / peer["p50_ms"],
    }
    for name, ratio in ratios.items():
        goal = {"goal": round(GOALS[name], 3)} if name in GOALS else {}
        say({"figure": name, "value": round(ratio, 3), **goal})
    say({"figure": "versions", **{name: version(name) for name in ("fastapi", "uvicorn", "xgboost-cpu", "polars")}})


def prepared(scratch: Path, peer: str) -> dict[str, tuple[Sequence[str], int, Path]]:
    """Command, port and wrk script of each contest."""
    ours, theirs = free_port(), free_port()
    model = scratch / "mlserver"
    model.mkdir()
    subprocess.run([peer, "-c", _MODEL.format(features=FEATURES, trees=TREES)], cwd=model, check=True)
    settings = {
        "name": "demand",
        "implementation": "mlserver_xgboost.XGBoostModel",
        "parameters": {"uri": "./model.json"},
    }
    (model / "model-settings.json").write_text(json.dumps(settings))
    ports = {"http_port": theirs, "grpc_port": free_port(), "metrics_port": free_port(), "parallel_workers": 0}
    (model / "settings.json").write_text(json.dumps({"host": "127.0.0.1", "debug": False, **ports}))
    data = np.random.default_rng(1).random(ROWS * FEATURES).round(4).tolist()
    tensor = {"name": "x", "shape": [ROWS, FEATURES], "datatype": "FP32", "data": data}
    command = [sys.executable, str(ROOT / "benchmarks" / "serving_ours.py"), str(ours), str(scratch)]
    publish(bundle(scratch / "model"), scratch)
    return {
        "mlserver": (
            [str(Path(peer).parent / "mlserver"), "start", str(model)], theirs,
            script(scratch, "mlserver", "/v2/models/demand/infer", {"inputs": [tensor]}),
        ),
        "stored": (command, ours, script(scratch, "stored", "/v1/forecasts?store_id=0042&item_id=all", None)),
        "what_if": (command, ours, script(scratch, "what_if", "/v1/what-if", plan(), series=SERIES)),
        "invocation": (command, ours, script(scratch, "invocation", "/invocations", invocation())),
    }  # fmt: skip


def sales(days: int, series: int) -> pl.DataFrame:
    """Daily sales with a week and promotions."""
    rng = np.random.default_rng(7)
    frames = []
    for number in range(series):
        promo = (np.arange(days) % 14 < 5).astype(float)
        level = 20 * (1 + number % 7) * (1 + 0.3 * np.sin(np.arange(days) * 2 * np.pi / 7)) * (1 + 0.5 * promo)
        dates = [FIRST + timedelta(days=day) for day in range(days)]
        columns = {"date": dates, "units": rng.poisson(level).astype(float), "promo": promo}
        frames.append(pl.DataFrame(columns).with_columns(store_id=pl.lit(f"{number:04}"), item_id=pl.lit("all")))
    return pl.concat(frames)


def bundle(folder: Path) -> TrainedModel:
    """A model of as many trees as the peer's."""
    spec = ForecastSpec(horizon=ROWS, frequency="D", known=("promo",))
    model = refit(sales(800, 50), spec, Recipe(weights={"tweedie": 1.0}, rounds=TREES, rows=20_000))
    model.save(folder)
    return model


def publish(model: TrainedModel, folder: Path) -> None:
    """Forecasts, and what a what-if takes, as the publish step leaves them."""
    history = sales(800, SERIES)
    series = history.select("store_id", "item_id").unique().sort("store_id")
    future = series.join(pl.DataFrame({"date": days()}), how="cross").with_columns(promo=pl.lit(0.0))
    model.predict(history, future).write_parquet(folder / "forecasts.parquet")
    with HorizonWriter(folder / "horizons.bin") as writer:
        for name, ready, shape in horizons(model, history, future):
            writer.add(name, ready, shape)
        writer.finish(model, order=series.rows(), dates=days(), forecasts="")


def days() -> list[date]:
    """Of the horizon."""
    return [FIRST + timedelta(days=800 + day) for day in range(ROWS)]


def plan() -> dict[str, Any]:
    """Promotions on every second day: each day's features change. The series' number is filled in by wrk."""
    told = [{"date": str(day), "promo": number % 2} for number, day in enumerate(days())]
    return {"store_id": "%04d", "item_id": "all", "plan": told}


def invocation() -> dict[str, Any]:
    """One series' two years, and its next days with a promotion."""
    history = sales(800, 1)[-784:].with_columns(pl.col("date").cast(pl.String))
    future = [{"date": str(day), "store_id": "0000", "item_id": "all", "promo": 1.0} for day in days()]
    return {"history": history.to_dicts(), "future": future}


def script(scratch: Path, name: str, path: str, body: dict[str, Any] | None, series: int = 0) -> Path:
    """What wrk sends; with ``series``, of one after the other."""
    file = scratch / f"{name}.lua"
    lines = [f'wrk.path = "{path}"']
    if body is not None:
        (scratch / f"{name}.json").write_text(json.dumps(body))
        lines += [
            'wrk.method = "POST"',
            'wrk.headers["Content-Type"] = "application/json"',
            f'wrk.body = io.open("{scratch / name}.json"):read("*a")',
        ]
    if series:
        next_one = f"at = (at + 1) % {series}; return wrk.format(nil, nil, nil, string.format(body, at))"
        lines += ["local body, at = wrk.body, 0", f"function request() {next_one} end"]
    file.write_text("\n".join(lines) + "\n")
    return file


@contextmanager
def serving(command: Sequence[str], port: int, scratch: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A server on the first core, once it answers."""
    with (scratch / "server.log").open("wb") as log:
        process = subprocess.Popen(["taskset", "-c", "0", *command], stdout=log, stderr=log, cwd=scratch)
        try:
            wait(process, port, scratch / "server.log")
            yield process
        finally:
            process.terminate()
            process.wait()


def wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until something answers at the port."""
    for _ in range(1200):
        for path in ("/v2/health/ready", "/readyz"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                    return
            except (urllib.error.URLError, OSError):
                pass
        if process.poll() is not None:
            raise SystemExit(f"{process.args!r} ended: {log.read_text()[-2000:]}")
        time.sleep(0.1)
    raise SystemExit(f"{process.args!r} did not answer: {log.read_text()[-2000:]}")


def load(server: "subprocess.Popen[bytes]", port: int, script: Path, seconds: int) -> dict[str, float]:
    """Requests a second, the server's processor time for each, and latencies, after a warm-up.

    Raises:
        SystemExit: an answer was no success.
    """
    address = f"http://127.0.0.1:{port}"
    command = ["taskset", "-c", "1", "wrk", "-t1", "-c16", "--latency", "-s", str(script)]
    subprocess.run([*command, "-d2s", address], check=True, capture_output=True)
    before = processor_ms(server.pid)
    text = subprocess.run([*command, f"-d{seconds}s", address], check=True, capture_output=True, text=True).stdout
    spent = processor_ms(server.pid) - before
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{script.stem}: {text}")
    (rate,), (count,) = re.findall(r"Requests/sec:\s+([\d.]+)", text), re.findall(r"(\d+) requests in", text)
    figures = {"per_second": float(rate), "processor_ms": spent / int(count)}
    return figures | {f"p{share}_ms": latency(text, share) for share in (50, 99)}


def processor_ms(number: int) -> float:
    """Of a process, since its start."""
    parts = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def latency(text: str, share: int) -> float:
    """Milliseconds below which that share of the answers came."""
    ((number, unit),) = re.findall(rf"{share}%\s+([\d.]+)(us|ms|s)", text)
    return float(number) * _UNITS[unit]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


def say(figure: dict[str, Any]) -> None:
    """Print a figure."""
    print(json.dumps(figure), flush=True)


if __name__ == "__main__":
    main()
