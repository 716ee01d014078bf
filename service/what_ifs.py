"""What a what-if takes of a publication: a file on the disk, read a series at a time, and the boosters in memory.

Memory: 16 bytes a series, and what xgboost and the trees take. Disk, until the publication goes: 1.1 to 1.3 kB a series
of 28 days and 60 features.
"""

import hashlib
import logging
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Final

import numpy as np

from core.contracts.errors import RejectedModelError, RetryableError
from core.contracts.models import Publication
from service.forecast_store import NUMBERS, ForecastStore
from service.objects import Objects, key_in

if TYPE_CHECKING:
    from core.forecasting.what_if.file import Horizons

_NEAR: Final = 1e-3
"""Of a forecast and a unit: the same trees on another machine, and four decimals, differ by far less."""

log = logging.getLogger(__name__)


def load(objects: Objects, lake: str, publication: Publication, store: ForecastStore) -> "Horizons | None":
    """A publication's horizons, tried out on one series; None where it has none.

    Raises:
        RejectedModelError: the file is not what its publication says, or of other forecasts.
        RetryableError: it is not there (yet).
    """
    uri = publication.horizons_uri
    if uri is None:
        return None
    from core.forecasting.what_if.file import Horizons  # noqa: PLC0415 - xgboost is loaded only where a model runs

    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 - closed with the horizons that are read from it
    if not objects.copy(lake, key_in(lake, uri), file):
        raise RetryableError(f"{uri}: the publication names it, but there is no such object")
    _prove(file, uri, publication.horizons_sha256)
    try:
        horizons = Horizons.read(file)
    except (ValueError, KeyError) as error:
        raise RejectedModelError(f"{uri}: cannot be read as horizons: {error}") from error
    if horizons.forecasts != publication.sha256 or len(horizons) != len(store):
        raise RejectedModelError(f"{uri}: is of other forecasts than its publication")
    _try_out(horizons, store, uri)
    return horizons


def _prove(file: IO[bytes], uri: str, expected: str | None) -> None:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    if digest != expected:
        raise RejectedModelError(f"{uri}: sha256 is {digest}, its publication says {expected}")


def _try_out(horizons: "Horizons", store: ForecastStore, uri: str) -> None:
    """Without a change the model says what is stored, before any request asks it."""
    position, model = len(store) // 2, horizons.model
    ready = horizons.ready(position)
    told = model.forecast(ready, {}, whole=True).numbers
    stored = np.array([[row[name] for name in NUMBERS] for row in store.forecasts(position, len(told))])
    if told.shape != stored.shape or np.any(np.abs(told - stored) > _NEAR * (1 + stored)):
        raise RejectedModelError(f"{uri}: of {store.name(position)} the model says {told[:1]}, stored is {stored[:1]}")
