"""The service as the benchmark asks it: ``serving_ours.py PORT FOLDER`` serves forecasts from memory and a bundle.

FOLDER/model is a bundle; the forecasts of 1,000 series for 28 days are made up.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.contracts.models import Publication
from service.app import create_app
from service.board import Board, Serving, State
from service.bundle import load_bundle
from service.forecast_store import ForecastStore
from service.measures import Measures
from service.settings import Settings

SERIES, DAYS, AS_OF = 1_000, 28, date(2024, 5, 31)


def board() -> Board:
    """One dataset in memory, as the loader leaves it."""
    days = pl.DataFrame({"date": [AS_OF + timedelta(days=day + 1) for day in range(DAYS)]})
    frame = pl.DataFrame({"store_id": [f"{number:04}" for number in range(SERIES)]}).join(days, how="cross")
    numbers = {name: 5263.25 * share for name, share in (("mean", 1.0), ("p10", 0.8), ("p50", 0.99), ("p90", 1.2))}
    frame = frame.with_columns(
        item_id=pl.lit("all"), tier=pl.lit("model"), **{n: pl.lit(v) for n, v in numbers.items()}
    )
    publication = Publication(
        dataset="shop", model_id="shop-1", run_id="r", dataset_version=1, data_as_of=AS_OF, frequency="D", horizon=DAYS,
        quantiles=(0.1, 0.5, 0.9), series=SERIES, rows=frame.height, uri="s3://lake/f", sha256="0",
        published_at=datetime.now(UTC),
    )  # fmt: skip
    held = Board(looked=True)
    held.put(State("shop", serving=Serving(publication, None, ForecastStore.of(frame), datetime.now(UTC))))
    return held


def main(port: int, folder: Path) -> None:
    app = create_app(Settings(), board=board(), bundle=load_bundle(folder / "model"))
    uvicorn.run(Measures(app, dict), host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
