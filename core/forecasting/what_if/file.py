"""One file of all series' horizons, the boosters, and where each lies in it; read a series at a time, from the disk.

The blocks come first, each as ``Ready.pack`` wrote it; behind them the boosters, then the index (start and size of each
series' block, in the order of the published forecasts), a JSON document, and the document's length in eight bytes.
"""

import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO, Any, Final, Self

import numpy as np
import xgboost as xgb

from core.contracts.errors import RejectedModelError
from core.forecasting.model import TrainedModel
from core.forecasting.placed import OPEN
from core.forecasting.what_if.model import WhatIfModel
from core.forecasting.what_if.ready import Ready, Shape
from core.forecasting.what_if.values import coder, flag

VERSION: Final = 2
"""Of a file that is written; those of version 1 have no spread booster, and are read as well."""
_READ: Final = (1, VERSION)
_INDEX: Final = "<i8"
_LENGTH: Final = 8
Series = tuple[str, str]


class HorizonWriter:
    """Writes one file: ``add`` every series, then ``finish``.

    Args:
        path: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")
        self._found: dict[Series, tuple[int, int]] = {}
        self._shape: Shape | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, series: Series, ready: Ready, shape: Shape) -> None:
        """Append one series.

        Raises:
            RejectedModelError: it has other features than those before.
        """
        if self._shape not in (None, shape):
            raise RejectedModelError(f"store and item {series} have other features than the series before")
        self._shape = shape
        self._found[series] = self._append(ready.pack())

    def finish(self, model: TrainedModel, *, order: Iterable[Series], dates: list[date], forecasts: str) -> None:
        """Append what finds the series, and the model.

        Args:
            model: that made the forecasts.
            order: of the series in the published forecasts.
            dates: of the horizon.
            forecasts: sha256 of the published forecasts.

        Raises:
            RejectedModelError: a published series was not added.
        """
        order = list(order)
        missing = [series for series in order if series not in self._found]
        if missing or self._shape is None:
            raise RejectedModelError(f"{len(missing)} published series were in no request, first {missing[:1]}")
        kept = WhatIfModel.of(model, self._shape)
        raw = {name: self._append(bytes(booster.save_raw("ubj"))) for name, booster in kept.boosters().items()}
        start, _ = self._append(np.array([self._found[series] for series in order], dtype=_INDEX).tobytes())
        told = {"version": VERSION, "series": len(order), "index": start, "boosters": raw, "forecasts": forecasts}
        document = json.dumps(told | {"dates": [str(day) for day in dates], "model": kept.to_json()}).encode()
        self._append(document)
        self._append(len(document).to_bytes(_LENGTH, "little"))

    def _append(self, body: bytes) -> tuple[int, int]:
        start = self._file.tell()
        self._file.write(body)
        return start, len(body)


class Horizons:
    """A file of horizons that lies on the disk; in memory are its index and the boosters.

    Args:
        file: open; closed with this.
        index: (series, 2) start and size.
        model: of the forecasts.
        dates: of the horizon, as texts.
        forecasts: sha256 of the published forecasts.

    Attributes:
        places: row of each date.
        coders: of the covariates that a plan may name, ``open`` among them.
    """

    def __init__(
        self, file: IO[bytes], index: np.ndarray[Any, Any], model: WhatIfModel, dates: list[str], forecasts: str
    ) -> None:
        self._file, self._index = file, index
        self.model, self.dates, self.forecasts = model, dates, forecasts
        self.places = {day: place for place, day in enumerate(dates)}
        self.coders = {each.name: coder(each) for each in model.shape.known} | {OPEN: flag}

    def __len__(self) -> int:
        return len(self._index)

    @classmethod
    def read(cls, file: IO[bytes]) -> Self:
        """Load what ``HorizonWriter`` wrote.

        Raises:
            RejectedModelError: it is of another version.
        """
        number, end = file.fileno(), file.seek(0, os.SEEK_END)
        length = int.from_bytes(os.pread(number, _LENGTH, max(0, end - _LENGTH)), "little")
        told = json.loads(os.pread(number, length, max(0, end - _LENGTH - length)))
        if told["version"] not in _READ:
            raise RejectedModelError(
                f"horizons of version {told['version']}; this service reads {_READ[0]} to {_READ[-1]}"
            )
        raw = {name: os.pread(number, size, start) for name, (start, size) in told["boosters"].items()}
        boosters = {name: xgb.Booster(model_file=bytearray(body)) for name, body in raw.items()}
        series = told["series"]
        index = np.frombuffer(os.pread(number, 16 * series, told["index"]), _INDEX).reshape(series, 2)
        return cls(file, index, WhatIfModel.from_json(told["model"], boosters), told["dates"], told["forecasts"])

    def ready(self, position: int) -> Ready:
        """Horizon of one series, by its place among the published forecasts."""
        start, size = self._index[position].tolist()
        return Ready.unpack(os.pread(self._file.fileno(), size, start), self.model.shape)
