"""Uploads doubled, copied, reordered, overwritten, taken back, their workers killed: is the table what the files say?

    python benchmarks/chaos_ingest.py --uploads 10000 --kill-every 5

A laptop world takes the uploads of two datasets from several clients at once; events are delivered again and out of
order; files are deleted and withdrawn while others write them; one of its servers, and the steps at work there, get
kill -9 every few seconds. In the end each version of a file, and each deletion, must have exactly one verdict, and
each table must equal, row for row and source for source, what DuckDB makes of the raw files: the newest version of
every file that is there, and of all files that speak of a day, store and item the newest. One JSON line a figure; exit
code 1 when anything differs.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from deltalake.exceptions import DeltaError

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.chaos_oracle import differences, judged, raw_of, verdicts
from core.contracts import keys, names
from core.contracts.errors import RetailForecastError, RetryableError
from local.client import Client
from local.settings import free_ports
from local.world import World
from training.place import Place, on_laptop
from training.store import Bucket
from training.trouble import is_of_a_service
from training.withdrawal import withdraw

FIRST = date(2024, 1, 1)
DAYS, STORES, ITEMS = 28, 4, 5
NOTHING_DUE = "[model]\nhorizon = 400\n"
"""Asks for more history than there is, so that runs ingest and nothing else."""
CLIENTS = 8
SWEEP_SECONDS, LOOK_SECONDS = 180.0, 20.0
"""Between sweeps, and between looks at every verdict: for each the emulator lists all there is, and only that."""


@dataclass
class Chaos:
    """One story of uploads; the same seed tells the same."""

    client: Client
    place: Place
    datasets: tuple[str, ...]
    uploads: int
    seed: int = 7
    rate: float = 0.0
    """Uploads a second, so that what kills has time to hit all of it; 0: as fast as they go."""
    repeats: float = 0.3
    """Share of events that are delivered once more, later."""
    copies: float = 0.1
    """Share of uploads whose content other files have, too."""
    withdrawals: float = 0.05
    """Share of uploads after which some file is deleted and withdrawn."""
    withdrawn: int = 0
    sent: list[tuple[str, str]] = field(default_factory=list)
    """Key and version of what a put answered for; a killed server may have taken more."""
    look_every: float = 0.0
    """Seconds between looks at all verdicts."""
    sweep_every: float = 60.0
    """Seconds between sweeps, which find what no event told of, while the end is waited for."""
    looked: float = 0.0
    swept: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Send everything."""
        for dataset in self.datasets:
            lake = Bucket(self.client.cloud.s3, self.client.info.buckets.lake)
            lake.put(keys.config(dataset), NOTHING_DUE)
        random_ = random.Random(self.seed)
        files = max(1, self.uploads // 3)  # each is written three times or so
        plan = [
            (random_.choice(self.datasets), random_.randrange(files), random_.random()) for _ in range(self.uploads)
        ]
        begun, pause = time.monotonic(), 1 / self.rate if self.rate else 0.0
        times = [begun + number * pause for number in range(self.uploads)]
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in pool.map(self._one, plan, times):
                pass

    def _one(self, what: tuple[str, int, float], at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))
        dataset, number, fate = what
        key = f"{dataset}/{number % 7}/file {number}+ä.csv"
        copied = fate > 1 - self.copies
        body = content(random.Random(f"{self.seed}/{number % 3 if copied else what}"))
        self.sent.append((key, _patiently(lambda: self.client.put(key, body))))
        if fate < self.repeats:
            again = random.Random(f"{fate}").choice(self.sent)
            _patiently(lambda: self._deliver(*again))
        if (fate * 100) % 1 < self.withdrawals:
            gone, _ = random.Random(f"{fate}").choice(self.sent)
            _patiently(lambda: withdraw(self.place, keys.dataset_of(gone), gone, delete=True))
            self.withdrawn += 1

    def _deliver(self, key: str, version_id: str) -> None:
        """The event of a version once more, as EventBridge puts it on the queue."""
        info = self.client.info
        detail = {"bucket": {"name": info.buckets.raw}, "object": {"key": key, "version-id": version_id, "size": 1}}
        event = {
            "version": "0", "id": "0", "source": "aws.s3", "detail-type": "Object Created", "account": "000000000000",
            "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", "region": info.region, "resources": [], "detail": detail,
        }  # fmt: skip
        sqs = self.client.cloud.sqs
        queue = sqs.get_queue_url(QueueName=names.resource(info.env, "on-upload"))["QueueUrl"]
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))

    def settle(self, seconds: float) -> None:
        """Wait until every version has its verdict and nothing is under way."""
        for dataset in self.datasets:
            self.client.wait_for(partial(self._judged, dataset), f"the verdicts of {dataset}", seconds)
            self.client.wait_until_settled(dataset, seconds=seconds)

    def _judged(self, dataset: str) -> bool:
        if time.monotonic() - self.looked < self.look_every:
            return False
        self.looked = time.monotonic()
        if time.monotonic() - self.swept > self.sweep_every:  # as the schedule does
            self.swept = time.monotonic()
            with suppress(RetailForecastError, ClientError):  # it has said why in its log; the next one may do
                self.client.sweep()
        return judged(self.client, dataset) <= set(raw_of(self.client).keys(f"{keys.VERDICTS}{dataset}/"))


def content(random_: random.Random) -> bytes:
    """A small sales file: some of the rows there could be, in any order."""
    places = [(day, store, item) for day in range(DAYS) for store in range(STORES) for item in range(ITEMS)]
    lines = [
        f"{FIRST + timedelta(day)},{store:02},{item:02},{random_.randrange(100)},{random_.randrange(1, 10**6) / 100}"
        for day, store, item in random_.sample(places, random_.randint(5, 60))
    ]
    return "\n".join(["date,store_id,item_id,units,price", *lines, ""]).encode()


def _patiently(act: Callable[[], Any]) -> Any:
    """Do it again while a server is down."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return act()
        except (BotoCoreError, ClientError, OSError, DeltaError, RetryableError) as error:
            known = isinstance(error, RetryableError) or is_of_a_service(error)
            if not known or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def kill(world: World, every: float, stop: threading.Event, seed: int) -> list[str]:
    """Kill -9 a random server of the world, with the steps at their work, every few seconds; who was killed.

    The time counts from when all parts answer again: on a busy machine, who is always killed
    while starting is never killed at work.
    """
    random_, killed = random.Random(seed), []
    while not stop.wait(random_.uniform(0.5, 1.5) * every):
        child = random_.choice([world.sagemaker, world.emulator.child])
        child.kill()
        killed.append(child.name)
        while not world.whole and not stop.wait(0.1):
            pass
    return killed


def tell(chaos: Chaos, stop: threading.Event) -> None:
    """Say how far it is, now and then, to who watches."""
    while not stop.wait(60):
        with suppress(BotoCoreError, ClientError):
            for dataset in chaos.datasets:
                kinds = Counter(each.status for each in chaos.client.uploads(dataset))
                print(f"{datetime.now(UTC):%H:%M:%S} {dataset} {dict(kinds)}", file=sys.stderr, flush=True)


def main() -> None:
    """Tell the story and judge its end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--kill-every", type=float, default=5.0, help="seconds between kills; 0 kills nobody")
    parser.add_argument("--rate", type=float, default=8.0, help="uploads a second")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--wait", type=float, default=3600.0, help="seconds for the end to settle")
    given = parser.parse_args()
    with TemporaryDirectory() as folder, World(Path(folder) / "world", free_ports()) as world:
        place = on_laptop(world.layout.root)
        chaos = Chaos(
            world.client, place, ("chaos-one", "chaos-two"), given.uploads, given.seed, given.rate,
            look_every=LOOK_SECONDS, sweep_every=SWEEP_SECONDS,
        )  # fmt: skip
        stop, begun = threading.Event(), time.monotonic()
        ended = threading.Event()
        threading.Thread(target=tell, args=(chaos, ended), daemon=True).start()
        with ThreadPoolExecutor(1) as pool:
            killer = pool.submit(kill, world, given.kill_every, stop, given.seed) if given.kill_every else None
            try:
                chaos.run()
            finally:
                stop.set()
            killed = killer.result() if killer else []
        sent = round(time.monotonic() - begun)
        chaos.settle(given.wait)
        ended.set()
        wrong = 0
        for dataset in chaos.datasets:
            rows = differences(world.client, place, dataset, Path(folder) / "oracle" / dataset)
            papers, uploaded = verdicts(world.client, dataset)
            wrong += rows + papers
            print(json.dumps({"figure": "chaos_rows_wrong", "dataset": dataset, "value": rows, "goal": 0}))
            print(json.dumps({"figure": "chaos_verdicts_wrong", "value": papers, "goal": 0, "versions": uploaded}))
        told = {
            "uploads": given.uploads,
            "withdrawals": chaos.withdrawn,
            "kills": len(killed),
            "sending": sent,
            "seconds": round(time.monotonic() - begun),
        }
        tools = {name: version(name) for name in ("ministack", "deltalake", "duckdb")}
        print(json.dumps({"figure": "chaos", **told, "versions": tools}))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
