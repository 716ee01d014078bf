"""From a dropped file to its verdict, and to a new champion being served: how many seconds on the laptop world?

    python benchmarks/latency.py --repeats 5 --series 100

A laptop world is brought up and given a year of daily sales of that many stores. Then one CSV of one day is dropped,
again and again, each when the world is at rest. The dataset is configured to train on every new day and its gate to let
every model through, so that each drop ends in a new champion and the whole way is timed, whatever the gate would say.
One JSON line a figure: median and worst of the repeats, and where the seconds of a verdict went.
"""

import argparse
import json
import math
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import permissive
from local.client import Client
from local.settings import free_ports
from local.world import World

DATASET = "latency"
FIRST = date(2024, 1, 1)
GOALS = {"drop_to_verdict_s": 2.0, "drop_to_new_champion_serving_s": 60.0}
_PAUSE = 0.02
_LONGEST = 600.0
T = TypeVar("T")


def sales(first: date, days: int, series: int) -> bytes:
    """One row a day and store: a week's rhythm and noise, the same for the same day."""
    lines = ["date,store_id,item_id,units"]
    for number in range(days):
        day = first + timedelta(number)
        random_ = random.Random(day.toordinal())
        for store in range(series):
            level = 20 + store % 7 + 8 * math.sin(2 * math.pi * day.weekday() / 7)
            lines.append(f"{day},{store:04},A,{max(0, round(random_.gauss(level, 3)))}")
    return "\n".join([*lines, ""]).encode()


class Drop:
    """One file dropped, and the clock that began with it."""

    def __init__(self, client: Client, name: str, body: bytes) -> None:
        self._client, self._key = client, f"{DATASET}/{name}"
        self._served = _served(client)
        self._wall, self._begun = time.time(), time.perf_counter()
        self._version = client.put(self._key, body)

    def seconds(self) -> dict[str, float]:
        """Seconds to the verdict, part by part, and to the new champion."""
        verdict = _until(lambda: self._client.verdict(self._key, self._version))
        judged = time.perf_counter() - self._begun
        _until(lambda: _served(self._client) not in (None, self._served))
        serving = time.perf_counter() - self._begun
        (run,) = [r for r in self._client.state.runs_of(DATASET) if r.short == "retrain"][:1]
        begun = run.started.timestamp() - self._wall
        told = {"drop_to_verdict_s": judged, "drop_to_new_champion_serving_s": serving}
        return told | {"drop_to_run_s": begun, "run_to_verdict_s": judged - begun, "rows": verdict.counts.kept}


def _served(client: Client) -> str | None:
    model = client.current_model(DATASET)
    return model["publication"]["model_id"] if model and model.get("publication") else None


def _until(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + _LONGEST
    while not (found := look()):
        if time.monotonic() > deadline:
            raise SystemExit(f"nothing came within {_LONGEST:.0f} s")
        time.sleep(_PAUSE)
    return found


def measure(world: World, repeats: int, days: int, series: int) -> Iterator[dict[str, float]]:
    """Drop the history, then one day after another."""
    client = world.client
    permissive.configure(client, DATASET)
    Drop(client, "history.csv", sales(FIRST, days, series)).seconds()
    for number in range(repeats):
        client.wait_until_settled(DATASET)
        day = FIRST + timedelta(days + number)
        yield Drop(client, f"{day}.csv", sales(day, 1, series)).seconds()


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--days", type=int, default=365, help="of history")
    parser.add_argument("--series", type=int, default=100)
    given = parser.parse_args()
    with TemporaryDirectory() as folder, World(Path(folder) / "world", free_ports()) as world:
        found = list(measure(world, given.repeats, given.days, given.series))
    tools = {name: version(name) for name in ("ministack", "moto", "deltalake", "polars", "xgboost-cpu")}
    about = {"series": given.series, "days": given.days, "repeats": given.repeats, "load": os.getloadavg()[1]}
    for figure in ("drop_to_verdict_s", "drop_to_run_s", "run_to_verdict_s", "drop_to_new_champion_serving_s"):
        values = [each[figure] for each in found]
        told = {"figure": figure, "value": round(statistics.median(values), 3), "worst": round(max(values), 3)}
        goal = {"goal": GOALS[figure]} if figure in GOALS else {}
        print(json.dumps({**told, **goal, **about, "versions": tools}))


if __name__ == "__main__":
    main()
