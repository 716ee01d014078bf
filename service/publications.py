"""From a publication to a store fit to serve: fetched, proven, built, tried."""

import hashlib
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite
from typing import Final

import orjson
import polars as pl
from pydantic import ValidationError

from core.contracts import keys
from core.contracts.errors import RejectedModelError, RetryableError
from core.contracts.models import Manifest, Publication
from core.contracts.sales import DATE, ITEM, MODEL_TIER, STORE
from service import causes, what_ifs
from service.board import Card, Serving
from service.causes import Causes
from service.forecast_store import NUMBERS, ForecastStore
from service.objects import Found, Objects, key_in

_SCHEMA = {
    DATE: pl.Date,
    STORE: pl.String,
    ITEM: pl.String,
    **dict.fromkeys(NUMBERS, pl.Float64),
    "tier": pl.String,
}
_LATER: Final = ("horizons_uri", "horizons_sha256", "causes_uri", "causes_sha256")
"""Of a publication: what comes to it when its forecasts are out."""


def load(objects: Objects, lake: str, publication: Publication, former: Serving | None = None) -> Serving:
    """Everything a publication needs to be served; ``former`` lends what is the same.

    Raises:
        RejectedModelError: its file is not what it says, or its forecasts break a rule.
        RetryableError: its file is not there (yet).
    """
    same = former if former and _same_forecasts(former.publication, publication) else None
    if same:
        store = same.store
    else:
        store = build(_fetch(objects, lake, publication.uri), publication)
        try_out(store, publication)
    if same and same.publication.horizons_sha256 == publication.horizons_sha256:
        horizons = same.horizons
    else:
        horizons = what_ifs.load(objects, lake, publication, store)
    return Serving(
        publication,
        _manifest(objects, lake, publication),
        store,
        datetime.now(UTC),
        _totals(objects, lake, publication),
        _causes(objects, lake, publication, store),
        _card(objects, lake, publication),
        horizons,
    )


def _same_forecasts(former: Publication, publication: Publication) -> bool:
    """True where nothing but what follows the forecasts has changed."""
    later = {name: getattr(former, name) for name in _LATER}
    return former == publication.model_copy(update=later)


def build(body: bytes, publication: Publication) -> ForecastStore:
    """Prove the file against its publication and lay it out in memory.

    Raises:
        RejectedModelError: naming the rule and both values.
    """
    _prove(body, publication.uri, publication.sha256)
    try:
        frame = pl.read_parquet(BytesIO(body), columns=list(_SCHEMA)).cast(_SCHEMA)  # type: ignore[arg-type]
    except pl.exceptions.PolarsError as error:
        raise RejectedModelError(f"{publication.uri}: cannot be read as forecasts: {error}") from error
    _check_rows(frame, publication)
    try:
        store = ForecastStore.of(frame)
    except ValueError as error:
        raise RejectedModelError(f"{publication.uri}: {error}") from error
    if len(store) != publication.series:
        raise RejectedModelError(
            f"{publication.uri}: holds {len(store)} series, its publication says {publication.series}"
        )
    return store


def try_out(store: ForecastStore, publication: Publication) -> None:
    """Ask the new store as a request would, before any request does.

    Raises:
        RejectedModelError: an answer is missing or not sound.
    """
    for position in {0, len(store) // 2, len(store) - 1}:
        name = store.name(position)
        if store.find(*name) != position:
            raise RejectedModelError(f"{publication.uri}: store and item {name} cannot be found again")
        rows = orjson.loads(orjson.dumps(store.forecasts(position, publication.horizon)))
        if not rows or not all(isfinite(row[number]) for row in rows for number in NUMBERS):
            raise RejectedModelError(f"{publication.uri}: store and item {name} give no sound answer")


def _totals(objects: Objects, lake: str, publication: Publication) -> ForecastStore | None:
    """Sums, None where a publication has none."""
    uri = publication.totals_uri
    if uri is None:
        return None
    body = _fetch(objects, lake, uri)
    _prove(body, uri, publication.totals_sha256)
    try:
        sums = pl.read_parquet(BytesIO(body)).rename({"level": STORE, "id": ITEM})
        frame = sums.with_columns(pl.lit(MODEL_TIER).alias("tier")).select(list(_SCHEMA)).cast(_SCHEMA)  # type: ignore[arg-type]
        return ForecastStore.of(frame)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise RejectedModelError(f"{uri}: cannot be read as sums: {error}") from error


def _causes(objects: Objects, lake: str, publication: Publication, store: ForecastStore) -> Causes | None:
    """Why the forecasts are what they are, None while a publication does not say."""
    uri = publication.causes_uri
    if uri is None:
        return None
    body = _fetch(objects, lake, uri)
    _prove(body, uri, publication.causes_sha256)
    try:
        frame = pl.read_parquet(BytesIO(body), columns=list(causes.SCHEMA)).cast(causes.SCHEMA)  # type: ignore[arg-type]
        return Causes.of(frame, store)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise RejectedModelError(f"{uri}: cannot be read as causes: {error}") from error


def _prove(body: bytes, uri: str, expected: str | None) -> None:
    digest = hashlib.sha256(body).hexdigest()
    if digest != expected:
        raise RejectedModelError(f"{uri}: sha256 is {digest}, its publication says {expected}")


def _fetch(objects: Objects, lake: str, uri: str) -> bytes:
    found = objects.read(lake, key_in(lake, uri))
    if not isinstance(found, Found):
        raise RetryableError(f"{uri}: the publication names it, but there is no such object")
    return found.body


def _check_rows(frame: pl.DataFrame, publication: Publication) -> None:
    if frame.height != publication.rows:
        raise RejectedModelError(
            f"{publication.uri}: holds {frame.height} rows, its publication says {publication.rows}"
        )
    if not frame.height:
        raise RejectedModelError(f"{publication.uri}: holds no forecast")
    rules = {
        "a value is missing": pl.any_horizontal(pl.all().is_null()),
        "a number is not finite": pl.any_horizontal(pl.col(NUMBERS).is_finite().not_()),
        "quantiles cross": (pl.col("p10") > pl.col("p50")) | (pl.col("p50") > pl.col("p90")),
        "a date is not after the data": pl.col(DATE) <= publication.data_as_of,
    }
    for rule, broken in rules.items():
        bad = frame.filter(broken)
        if bad.height:
            raise RejectedModelError(f"{publication.uri}: {rule} in {bad.height} rows, first {bad.row(0)}")


def _manifest(objects: Objects, lake: str, publication: Publication) -> Manifest | None:
    """The model's papers, kept beside its evaluation. Only told to people: their absence stops nothing."""
    body = _paper(objects, lake, publication, "manifest.json")
    try:
        return None if body is None else Manifest.model_validate_json(body)
    except ValidationError:
        return None


def _card(objects: Objects, lake: str, publication: Publication) -> Card | None:
    """The model's card, kept there as well."""
    markdown = _paper(objects, lake, publication, "card.md")
    return None if markdown is None else Card(markdown, _paper(objects, lake, publication, "card.json"))


def _paper(objects: Objects, lake: str, publication: Publication, name: str) -> bytes | None:
    run_id = publication.model_id.removeprefix(f"{publication.dataset}-")
    found = objects.read(lake, keys.run(publication.dataset, run_id, f"evaluation/{name}"))
    return found.body if isinstance(found, Found) else None
