"""Object keys: where everything lies in the three buckets.

raw        <dataset>/<any file>            dropped by people, never changed by us
           verdicts/<key>/<version>.json   what became of that file
           quarantine/<key>/<version>.csv  its refused rows, verbatim
lake       config/<dataset>.toml           how to read and train a dataset
           config/<dataset>.proposed.toml  what was inferred without one
           tables/<dataset>/sales          Delta table of sales
           tables/<dataset>/plan           Delta table of covariates known in advance
           runs/<dataset>/<run>/...        manifest, decision, evaluation of one run
           forecasts/<dataset>/<model>/... requests, answers, publication
           accuracy/<dataset>/<run>.json   live accuracy measured on one arrival
           ingested/<dataset>/<sha256>.json which upload brought this content
           withdrawn/<key>/<version>.json  that a person took this version of a file back
           athena/                         results of people's queries, for a week
artifacts  models/<dataset>/<run>/...      model bundles
           checkpoints/<dataset>/<run>/    training checkpoints
           champions/<dataset>.json        the champion pointer
"""

import hashlib
import re
from typing import Final

from core.contracts.errors import RejectedDataError

VERDICTS: Final = "verdicts/"
QUARANTINE: Final = "quarantine/"
OUR_RAW_PREFIXES: Final = (VERDICTS, QUARANTINE)
CHAMPIONS: Final = "champions/"
TABLES: Final = "tables/"
WITHDRAWN: Final = "withdrawn/"
ATHENA: Final = "athena/"
DEFAULT_DATASET: Final = "default"

_MAX_KEY: Final = 1024
"""Longest object key of S3, in bytes."""

_DATASET: Final = re.compile(r"(?=.{1,40}\Z)[a-z0-9](-?[a-z0-9])*")


def dataset_of(key: str) -> str:
    """Dataset a raw object belongs to: its first folder, or ``default`` at the top.

    Raises:
        RejectedDataError: the folder is not a dataset name.
    """
    folder, slash, _ = key.partition("/")
    dataset = folder if slash else DEFAULT_DATASET
    if not is_dataset(dataset):
        raise RejectedDataError(
            f"{key!r}: folder {dataset!r} is not a dataset name; use 1-40 lower-case letters, digits "
            f"and single hyphens, as in 'grocery/2024-05.csv'"
        )
    return dataset


def is_dataset(name: str) -> bool:
    """True for what a dataset may be called."""
    return _DATASET.fullmatch(name) is not None


def is_ours(key: str) -> bool:
    """True for objects the system itself writes into the raw bucket."""
    return key.startswith(OUR_RAW_PREFIXES)


def verdict(key: str, version_id: str) -> str:
    """Key of the verdict on one version of a raw object."""
    return _beside(VERDICTS, key, f"/{version_id}.json")


def quarantine(key: str, version_id: str) -> str:
    """Key of the refused rows of one version of a raw object."""
    return _beside(QUARANTINE, key, f"/{version_id}.csv")


def _beside(prefix: str, key: str, end: str) -> str:
    """Key of a paper on a raw object; a key too long for that is cut and told apart by its hash."""
    plain = f"{prefix}{key}{end}"
    if len(plain.encode()) <= _MAX_KEY:
        return plain
    mark = f"~{hashlib.sha256(key.encode()).hexdigest()}"
    room = _MAX_KEY - len((prefix + mark + end).encode())
    return f"{prefix}{key.encode()[:room].decode(errors='ignore')}{mark}{end}"


def config(dataset: str, *, proposed: bool = False) -> str:
    """Key of a dataset's configuration, or of the one proposed for it."""
    return f"config/{dataset}{'.proposed' if proposed else ''}.toml"


def table(dataset: str, name: str) -> str:
    """Prefix of a Delta table: ``sales`` or ``plan``."""
    return f"{TABLES}{dataset}/{name}"


def run(dataset: str, run_id: str, name: str) -> str:
    """Key of one artefact of a run, such as ``manifest.json``."""
    return f"runs/{dataset}/{run_id}/{name}"


def forecasts(dataset: str, model_id: str, name: str = "") -> str:
    """Key or prefix of what one model has forecast."""
    return f"forecasts/{dataset}/{model_id}/{name}"


def publication(dataset: str, model_id: str) -> str:
    """Key of the newest publication of one model."""
    return forecasts(dataset, model_id, "current.json")


def accuracy(dataset: str, name: str = "") -> str:
    """Key or prefix of live accuracy reports."""
    return f"accuracy/{dataset}/{name}"


def ingested(dataset: str, sha256: str) -> str:
    """Key of the note that says which upload brought this content into the table."""
    return f"ingested/{dataset}/{sha256}.json"


def withdrawn(key: str, version_id: str) -> str:
    """Key of the note that a person took back one version of a raw object."""
    return _beside(WITHDRAWN, key, f"/{version_id}.json")


def models(dataset: str, run_id: str) -> str:
    """Prefix of the model bundle of one run."""
    return f"models/{dataset}/{run_id}"


def champion(dataset: str) -> str:
    """Key of the champion pointer."""
    return f"{CHAMPIONS}{dataset}.json"
