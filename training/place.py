"""Where a person's commands find an environment: on AWS by the usual credentials, or in a laptop world."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ValidationError

from core.contracts import keys, names
from core.contracts.errors import ConfigError
from training.addresses import options_for
from training.store import Bucket

_REGION: Final = "ap-southeast-1"


@dataclass(frozen=True)
class Place:
    """One environment, from outside."""

    raw: Bucket
    lake: Bucket
    environ: Mapping[str, str] = field(repr=False)
    """Addresses and credentials, as the Delta library wants them."""

    def table(self, dataset: str, name: str) -> tuple[str, dict[str, str]]:
        """Address and storage options of a Delta table: ``sales`` or ``plan``."""
        uri = self.lake.uri(keys.table(dataset, name))
        return uri, options_for(uri, self.environ)


def on_aws(env: str) -> Place:
    """An environment of the account that the usual credentials open.

    Raises:
        ConfigError: there are no credentials, or they open nothing.
    """
    session = boto3.Session()
    region = session.region_name or _REGION
    try:
        account = session.client("sts", region_name=region).get_caller_identity()["Account"]
        credentials = session.get_credentials()
    except (BotoCoreError, ClientError) as error:
        raise ConfigError(f"AWS does not let us in: {error}; sign in, or say --local for a laptop world") from error
    environ = {**os.environ, "AWS_REGION": region}
    if credentials is not None:
        frozen = credentials.get_frozen_credentials()
        found = {
            "AWS_ACCESS_KEY_ID": frozen.access_key,
            "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
            "AWS_SESSION_TOKEN": frozen.token,
        }
        environ |= {name: value for name, value in found.items() if value}
    s3 = session.client("s3", region_name=region, config=_config())
    return Place(
        raw=Bucket(s3, names.bucket(env, "raw", account)),
        lake=Bucket(s3, names.bucket(env, "lake", account)),
        environ=environ,
    )


class _Endpoints(BaseModel):
    aws: str


class _Buckets(BaseModel):
    raw: str
    lake: str


class _World(BaseModel):
    """What we need of ``world.json``, which a laptop world writes when it is up."""

    endpoints: _Endpoints
    buckets: _Buckets
    region: str = _REGION


def on_laptop(folder: Path) -> Place:
    """The laptop world that is up in a folder.

    Raises:
        ConfigError: none is.
    """
    try:
        world = _World.model_validate_json((folder / "world.json").read_text(encoding="utf-8"))
    except (OSError, ValidationError) as error:
        raise ConfigError(f"no world is up in {folder}: start one with `python -m local up`") from error
    access: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    session = boto3.Session(**access, region_name=world.region)
    s3 = session.client("s3", endpoint_url=world.endpoints.aws, config=_config())
    environ = {
        "AWS_ENDPOINT_URL_S3": world.endpoints.aws,
        "AWS_REGION": world.region,
        **{name.upper(): value for name, value in access.items()},
    }
    return Place(raw=Bucket(s3, world.buckets.raw), lake=Bucket(s3, world.buckets.lake), environ=environ)


def _config() -> Config:
    return Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10)
