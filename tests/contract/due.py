"""A dataset that is due for training: its table and the decision of ingest lie in an emulator's buckets."""

import datetime as dt
from collections.abc import Mapping

import numpy as np
import polars as pl

from core.contracts import keys
from core.contracts.models import Decision
from core.contracts.uploads import Upload
from local.settings import aws_environment
from tests.contract.conftest import Parts
from training import table
from training.addresses import options_for
from training.steps.context import DECISION_FILE

RUN = "20240501t020304-0a1b2c"


def weekly(weeks: int = 150) -> pl.DataFrame:
    """24 series of smooth weekly sales."""
    rng = np.random.default_rng(4)
    dates = [dt.date(2021, 1, 4) + dt.timedelta(weeks=week) for week in range(weeks)]
    season = 1 + 0.3 * np.sin(np.arange(weeks) * 2 * np.pi / 52)
    frames = []
    for number in range(24):
        promo = (rng.random(weeks) < 0.2).astype(np.float64)
        units = rng.poisson(40 * (1 + number) * season * (1 + 0.4 * promo)).astype(np.float64)
        names = {"store_id": pl.lit(f"{number % 4:02d}"), "item_id": pl.lit(f"i{number // 4}")}
        frames.append(pl.DataFrame({"date": dates, "units": units, "promo": promo}).with_columns(**names))
    return pl.concat(frames).select("date", "store_id", "item_id", "units", "promo").with_row_index("_source_line")


def due(parts: Parts) -> Mapping[str, str]:
    """Environment of the train step, with a table and the decision to train on it."""
    names = {f"{kind.upper()}_BUCKET": parts.bucket(f"train-{kind}") for kind in ("raw", "lake", "artifacts")}
    env = {**aws_environment(parts.ports), **names, "ENVIRONMENT": "dev", "DATASET": "shop", "RUN_ID": RUN}
    lake = names["LAKE_BUCKET"]
    uri = f"s3://{lake}/{keys.table('shop', 'sales')}"
    source = Upload(
        bucket=names["RAW_BUCKET"], key="shop/sales.csv", version_id="1", size=1,
        uploaded_at=dt.datetime(2024, 5, 1, tzinfo=dt.UTC),
    )  # fmt: skip
    version = table.merge(uri, weekly(), source=source, storage_options=options_for(uri, env))
    decision = Decision(
        due=True, reason="first", dataset="shop", run_id=RUN, dataset_version=version, data_as_of=None,
        new_periods=1, champion_model_id=None, table_changed=True,
    )  # fmt: skip
    key = keys.run("shop", RUN, f"ingest/{DECISION_FILE}")
    parts.cloud.s3.put_object(Bucket=lake, Key=key, Body=decision.model_dump_json().encode())
    return env
