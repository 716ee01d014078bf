"""The service as the benchmark asks it: ``serving_ours.py PORT FOLDER`` serves forecasts from memory and a bundle.

FOLDER holds a bundle (model), forecasts.parquet and horizons.bin, as serving.py leaves them.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.contracts.models import Publication
from core.forecasting.what_if.file import Horizons
from service.app import create_app
from service.board import Board, Serving, State
from service.bundle import load_bundle
from service.forecast_store import ForecastStore
from service.measures import Measures
from service.memory import settle
from service.settings import Settings


def board(folder: Path) -> Board:
    """One dataset in memory, as the loader leaves it."""
    frame = pl.read_parquet(folder / "forecasts.parquet")
    days = frame["date"].unique().sort()
    publication = Publication(
        dataset="shop", model_id="shop-1", run_id="r", dataset_version=1, data_as_of=days[0] - timedelta(days=1),
        frequency="D", horizon=len(days), quantiles=(0.1, 0.5, 0.9), series=frame["store_id"].n_unique(),
        rows=frame.height, uri="s3://lake/f", sha256="0", published_at=datetime.now(UTC),
    )  # fmt: skip
    horizons = Horizons.read((folder / "horizons.bin").open("rb"))
    held = Board(looked=True)
    store = ForecastStore.of(frame)
    held.put(State("shop", serving=Serving(publication, None, store, datetime.now(UTC), horizons=horizons)))
    return held


def main(port: int, folder: Path) -> None:
    app = create_app(Settings(), board=board(folder), bundle=load_bundle(folder / "model"))
    settle()  # as the loader does
    uvicorn.run(Measures(app, dict), host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
