"""Champions swapped and pods replaced under load: how many requests fail?

    python benchmarks/swaps.py --swaps 100 --restarts 20

Two pods of the service serve a dataset of a laptop world, behind what stands for a load balancer: clients keep their
connections and choose among its targets. Meanwhile the champion pointer moves between two models, and pods are replaced
one after another as a Deployment does it: the new one must say that it is ready, then the old one is told to end; the
balancer hears of it while its preStop sleeps, and what is in flight is answered. A request fails when it is not
answered, not by 200, or with forecasts of no champion. One JSON line; exit code 1 when one failed.
"""

import argparse
import itertools
import json
import random
import statistics
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import permissive
from core.contracts import keys
from core.contracts.models import ChampionPointer
from local.client import Client
from local.process import Child
from local.settings import HOST, REPOSITORY, aws_environment, free_ports
from local.world import World
from training.store import Bucket

DATASET = "swaps"
STORES, DAYS = 20, 120
CLIENTS = 8
PRE_STOP, GRACE = 2.0, 10.0
"""Seconds; the chart's are longer, which is kinder."""


@dataclass
class Pods:
    """Pods of one service, and those of them a balancer sends requests to."""

    world: World
    folder: Path
    targets: dict[str, Child] = field(default_factory=dict)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    ended: list[int | None] = field(default_factory=list)

    def add(self) -> None:
        """Start a pod; it is a target once it is ready."""
        port = free_ports().service
        info = self.world.info
        environment = aws_environment(self.world.ports) | {
            "ENVIRONMENT": info.env, "LAKE_BUCKET": info.buckets.lake, "ARTIFACTS_BUCKET": info.buckets.artifacts,
            "HOST": HOST, "PORT": str(port), "POLL_SECONDS": "0.2", "OPT_ML": str(self.folder / "no-bundle"),
        }  # fmt: skip
        log = self.folder / f"pod-{next(self.numbers)}.log"
        pod = Child("a pod", [sys.executable, "-m", "service"], env=environment, log=log, cwd=REPOSITORY)
        pod.launch()
        address = f"http://{HOST}:{port}"
        pod.await_answer(f"{address}/readyz")
        self.targets[address] = pod

    def replace_oldest(self, random_: random.Random) -> None:
        """A rolling update's step: one more, then one less."""
        self.add()
        address = next(iter(self.targets))
        heard = random_.uniform(0.1, 0.8) * PRE_STOP
        time.sleep(heard)
        pod = self.targets.pop(address)
        time.sleep(PRE_STOP - heard)
        pod.stop(seconds=GRACE)

    def end(self) -> None:
        """End all."""
        for pod in self.targets.values():
            pod.stop()


@dataclass
class Load:
    """Clients that ask as fast as they are answered."""

    pods: Pods
    models: tuple[str, ...]
    stop: threading.Event = field(default_factory=threading.Event)
    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def run(self, number: int) -> None:
        """One client, from one pod to the next."""
        random_ = random.Random(number)
        with httpx.Client(timeout=30, limits=httpx.Limits(keepalive_expiry=50)) as client:
            while not self.stop.is_set():
                address = random_.choice(list(self.pods.targets))
                query = {"dataset": DATASET, "store_id": f"{random_.randrange(STORES):02}", "item_id": "A"}
                begun = time.perf_counter()
                outcome = self._ask(client, f"{address}/v1/forecasts", query)
                self.seconds.append(time.perf_counter() - begun)
                self.outcomes[outcome] += 1

    def _ask(self, client: httpx.Client, address: str, query: dict[str, str]) -> str:
        try:
            reply = client.get(address, params=query)
        except httpx.HTTPError as error:
            return f"failed: {type(error).__name__}"
        if reply.status_code != httpx.codes.OK:
            return f"failed: {reply.status_code} {reply.text[:200]}"
        told = reply.json()
        right = told["model_id"] in self.models and len(told["forecasts"]) > 0
        return told["model_id"] if right else f"failed: {told['model_id']!r} is no champion"


def sales(first: date, days: int) -> bytes:
    """One row a day and store."""
    lines = [
        f"{first + timedelta(day)},{store:02},A,{20 + store + (day * 7 + store * 3) % 11}"
        for day in range(days)
        for store in range(STORES)
    ]
    return "\n".join(["date,store_id,item_id,units", *lines, ""]).encode()


def champions(client: Client) -> ChampionPointer:
    """Train two models; the pointer with both."""
    permissive.configure(client, DATASET)
    first = date(2024, 1, 1)
    client.put(f"{DATASET}/history.csv", sales(first, DAYS))
    _champions(client, 1)
    client.put(f"{DATASET}/next.csv", sales(first + timedelta(DAYS), 1))
    return _champions(client, 2)


def _champions(client: Client, count: int) -> ChampionPointer:
    """The pointer, once so many models were champions and the newest has forecasts."""

    def look() -> ChampionPointer | None:
        pointer = client.pointer(DATASET)
        if pointer is None or 1 + len(pointer.history) < count:
            return None
        return pointer if client.publication(DATASET, pointer.current.model_id) else None

    return client.wait_for(look, f"champion {count}", 300)


def swap(client: Client, pointer: ChampionPointer, times: int, stop: threading.Event) -> int:
    """Move the pointer to and fro; how often it was."""
    artifacts = Bucket(client.cloud.s3, client.info.buckets.artifacts)
    both = (pointer.current, pointer.history[0])
    for number in range(times):
        now = both[(number + 1) % 2].model_copy(update={"promoted_at": datetime.now(UTC)})
        moved = pointer.model_copy(update={"current": now, "history": (both[number % 2],)})
        artifacts.put_document(keys.champion(DATASET), moved)
        if stop.wait(0.7):
            return number + 1
    return times


def measure(world: World, folder: Path, swaps: int, restarts: int) -> dict[str, object]:
    """Load, swaps and restarts at once."""
    pointer = champions(world.client)
    pods = Pods(world, folder)
    for _ in range(2):
        pods.add()
    load = Load(pods, (pointer.current.model_id, pointer.history[0].model_id))
    random_, begun = random.Random(7), time.monotonic()
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        clients = [pool.submit(load.run, number) for number in range(CLIENTS)]
        swapped = pool.submit(swap, world.client, pointer, swaps, load.stop)
        try:
            for _ in range(restarts):
                pods.replace_oldest(random_)
            done = swapped.result()
        finally:
            load.stop.set()
        for client in clients:
            client.result()
    pods.end()
    failed = {told: count for told, count in load.outcomes.items() if told.startswith("failed")}
    ranked = statistics.quantiles(load.seconds, n=100)
    return {
        "figure": "failed_requests", "value": sum(failed.values()), "goal": 0, "requests": load.outcomes.total(),
        "swaps": done, "restarts": restarts, "models_served": len(load.outcomes) - len(failed),
        "failures": failed, "p50_ms": round(1000 * ranked[49], 1), "p99_ms": round(1000 * ranked[98], 1),
        "seconds": round(time.monotonic() - begun),
        "versions": {name: version(name) for name in ("fastapi", "uvicorn")},
    }  # fmt: skip


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--swaps", type=int, default=100)
    parser.add_argument("--restarts", type=int, default=20)
    given = parser.parse_args()
    with TemporaryDirectory() as folder, World(Path(folder) / "world", free_ports(), service=False) as world:
        told = measure(world, Path(folder), given.swaps, given.restarts)
    print(json.dumps(told))
    return 1 if told["value"] else 0


if __name__ == "__main__":
    sys.exit(main())
