"""The requests that a run's forecasts answer, and the model that answered them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from core.contracts.sales import UNITS
from core.forecasting import TrainedModel
from training.container import extract_bundle
from training.steps.context import Context
from training.steps.prepare import FUTURE_FLAG, forecast_key
from training.store import key_of


@dataclass(frozen=True)
class Requested:
    """A model and the files of the requests it was sent."""

    model: TrainedModel
    files: tuple[Path, ...]

    @classmethod
    def fetched(cls, context: Context, bundle_uri: str, scratch: Path) -> Self:
        """Of a publish step's run.

        Args:
            context: of the step.
            bundle_uri: address of the model's archive.
            scratch: folder for what is fetched.
        """
        archive = context.artifacts.download(key_of(bundle_uri), scratch / "model.tar.gz")
        model = TrainedModel.load(extract_bundle(archive, scratch / "model"))
        found = context.lake.keys(forecast_key(context, "requests/"))
        files = (context.lake.download(key, scratch / f"request-{number:05}") for number, key in enumerate(found))
        return cls(model, tuple(files))

    def parts(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """History and future of each request, as the model was given them."""
        for file in self.files:
            rows = pl.read_parquet(file)
            history = rows.filter(~pl.col(FUTURE_FLAG)).drop(FUTURE_FLAG)
            yield history, rows.filter(FUTURE_FLAG).drop(FUTURE_FLAG, UNITS)
