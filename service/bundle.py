"""The model bundle SageMaker puts beside the container: proven, then loaded."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import polars as pl
from pydantic import ValidationError

from core.contracts.errors import RejectedModelError
from core.contracts.models import Manifest

MANIFEST: Final = "manifest.json"

log = logging.getLogger(__name__)


class Forecaster(Protocol):
    """What the service needs of a model."""

    def predict(self, history: pl.DataFrame, future: pl.DataFrame | None) -> pl.DataFrame:
        """Forecasts: date, store_id, item_id, mean, p10, p50, p90, tier."""

    def explain(self, history: pl.DataFrame, future: pl.DataFrame | None) -> pl.DataFrame:
        """Why: date, store_id, item_id, mean, units by cause, tier, basis."""


@dataclass(frozen=True)
class Bundle:
    """A model and its papers; no papers when it was saved by hand."""

    model: Forecaster
    manifest: Manifest | None = None

    @property
    def model_id(self) -> str | None:
        """The model's name, None for one saved by hand."""
        return self.manifest.model_id if self.manifest else None


def load_bundle(folder: Path) -> Bundle:
    """Load a bundle, refusing one whose files are not those its manifest names.

    Raises:
        RejectedModelError: naming the file and what is wrong with it.
    """
    from core.forecasting import TrainedModel  # noqa: PLC0415 - xgboost is loaded only where a model runs

    manifest = _manifest(folder / MANIFEST)
    for name, expected in (manifest.files if manifest else {}).items():
        _prove(folder / name, expected)
    try:
        model = TrainedModel.load(folder)
    except (OSError, ValueError, KeyError) as error:
        raise RejectedModelError(f"{folder}: holds no model that can be loaded: {error}") from error
    bundle = Bundle(model, manifest)
    log.info("bundle loaded", extra={"folder": str(folder), "model_id": bundle.model_id})
    return bundle


def _manifest(path: Path) -> Manifest | None:
    if not path.exists():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise RejectedModelError(f"{path}: {error.errors()[0]['msg']}") from error


def _prove(path: Path, expected: str) -> None:
    if not path.is_file():
        raise RejectedModelError(f"{path}: the manifest names it, but it is not there")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != expected:
        raise RejectedModelError(f"{path}: sha256 is {digest}, the manifest says {expected}")
