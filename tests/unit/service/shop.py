"""A small shop's champions and forecasts, in a bucket that lives in memory."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import IO, Any, Literal

import polars as pl

from core.contracts import keys
from core.contracts.models import Champion, ChampionPointer, Manifest, Publication, Scores
from service.board import Board
from service.loader import ChampionLoader
from service.objects import Found

LAKE, ARTIFACTS = "lake", "artifacts"
AS_OF = date(2024, 5, 31)
HORIZON = 14
NOW = datetime(2024, 6, 1, tzinfo=UTC)
NAMES = [("01", "milk"), ("01", "bread"), ("2", "milk"), ("2", "café au lait"), ("2", "a/b+c")]


class MemoryObjects:
    """``Objects`` in a dictionary; counts what was sent in full."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.sent: Counter[str] = Counter()
        self.broken: Exception | None = None

    def read(self, bucket: str, key: str, unless: str | None = None) -> Found | Literal["unchanged"] | None:
        if self.broken:
            raise self.broken
        body = self.held.get((bucket, key))
        if body is None:
            return None
        tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
        if tag == unless:
            return "unchanged"
        self.sent[key] += 1
        return Found(body, tag)

    def copy(self, bucket: str, key: str, file: IO[bytes]) -> bool:
        found = self.read(bucket, key)
        if isinstance(found, Found):
            file.write(found.body)
        return found is not None

    def names(self, bucket: str, prefix: str) -> list[str]:
        if self.broken:
            raise self.broken
        return sorted(key for held, key in self.held if held == bucket and key.startswith(prefix))

    def parquets_sent(self) -> int:
        return sum(count for key, count in self.sent.items() if key.endswith(".parquet"))


class Shop:
    """Writes what promotion and the forecast pipeline write."""

    def __init__(self, put: Callable[[str, str, bytes], object]) -> None:
        self._put = put

    def promote(self, model_id: str, dataset: str = "shop") -> None:
        current = Champion(
            model_id=model_id,
            model_package_arn=f"arn:{model_id}",
            bundle_uri=f"s3://artifacts/{model_id}/model.tar.gz",
            promoted_at=NOW,
            reason="beat the champion",
        )
        pointer = ChampionPointer(dataset=dataset, current=current)
        self._put(ARTIFACTS, keys.champion(dataset), pointer.model_dump_json().encode())

    def publish(
        self, model_id: str, dataset: str = "shop", *, run: str = "r1", level: float = 10, **wrong: Any
    ) -> None:
        """Publish forecasts whose mean is ``level``; ``wrong`` overrides what the publication says."""
        body = parquet(forecasts(level))
        key = keys.forecasts(dataset, model_id, f"{run}/forecasts.parquet")
        said = {
            "dataset": dataset,
            "model_id": model_id,
            "run_id": run,
            "dataset_version": 1,
            "data_as_of": AS_OF,
            "frequency": "D",
            "horizon": HORIZON,
            "quantiles": (0.1, 0.5, 0.9),
            "series": len(NAMES),
            "rows": len(NAMES) * HORIZON,
            "uri": f"s3://{LAKE}/{key}",
            "sha256": hashlib.sha256(body).hexdigest(),
            "published_at": NOW,
        }
        self._put(LAKE, key, body)
        publication = Publication.model_validate({**said, **wrong})
        self._put(LAKE, keys.publication(dataset, model_id), publication.model_dump_json().encode())

    def describe(self, model_id: str, dataset: str = "shop") -> None:
        """Leave the model's manifest where its evaluation leaves it."""
        run_id = model_id.removeprefix(f"{dataset}-")
        body = manifest(model_id, dataset).model_dump_json().encode()
        self._put(LAKE, keys.run(dataset, run_id, "evaluation/manifest.json"), body)

    def put(self, bucket: str, key: str, body: bytes) -> None:
        self._put(bucket, key, body)


def forecasts(level: float = 10) -> pl.DataFrame:
    """Every series of ``NAMES``; quantiles around ``level``, which rises by 1 a day."""
    rows = [
        {
            "date": AS_OF + timedelta(days=day),
            "store_id": store,
            "item_id": item,
            "mean": level + day,
            "p10": level + day - 1,
            "p50": level + day,
            "p90": level + day + 1.00004,
            "tier": "cold_start" if item == "bread" else "model",
        }
        for store, item in NAMES
        for day in range(1, HORIZON + 1)
    ]
    return pl.DataFrame(rows).cast(dict.fromkeys(("mean", "p10", "p50", "p90"), pl.Float64))


def parquet(frame: pl.DataFrame) -> bytes:
    buffer = BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def manifest(model_id: str, dataset: str = "shop", **more: Any) -> Manifest:
    said = {
        "model_id": model_id,
        "dataset": dataset,
        "data_as_of": AS_OF,
        "frequency": "D",
        "horizon": HORIZON,
        "quantiles": (0.1, 0.5, 0.9),
        "known": (),
        "static": (),
        "features": ("lag_7",),
        "history_periods": 60,
        "series": len(NAMES),
        "rows": 1000,
        "seed": 7,
        "backtest": Scores(rows=100, wape=0.2),
        "naive": Scores(rows=100, wape=0.4),
        "libraries": {"xgboost": "3.2.0"},
    }
    return Manifest.model_validate({**said, **more})


class Clock:
    """Monotonic seconds a test moves by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class World:
    """Bucket, shop, board and loader together."""

    def __init__(self, **settings: Any) -> None:
        self.objects = MemoryObjects()
        self.shop = Shop(lambda bucket, key, body: self.objects.held.__setitem__((bucket, key), body))
        self.board, self.clock = Board(), Clock()
        self.loader = ChampionLoader(
            objects=self.objects, lake=LAKE, artifacts=ARTIFACTS, board=self.board, clock=self.clock, **settings
        )

    def look(self, after: float = 30) -> None:
        """One look, ``after`` seconds past the last."""
        self.clock.now += after
        self.loader.look()

    def serving_model(self, dataset: str = "shop") -> str | None:
        now = self.board.states[dataset].serving
        return now.publication.model_id if now else None

    def level(self, dataset: str = "shop") -> float:
        """Mean of the first series' first forecast, less one day's rise."""
        now = self.board.states[dataset].serving
        assert now is not None
        mean = now.store.forecasts(0, 1)[0]["mean"]
        assert isinstance(mean, float)
        return mean - 1
