"""How the address of a Delta table is reached: storage options for deltalake and polars."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import boto3

_NAMES_OF_BOTO: Final = {
    "aws_endpoint": "endpoint_url",
    "aws_region": "region_name",
    "aws_access_key_id": "aws_access_key_id",
    "aws_secret_access_key": "aws_secret_access_key",
    "aws_session_token": "aws_session_token",
}


def options_for(uri: str, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Storage options of an address: for S3 conditional puts, and the endpoint of a laptop world."""
    if urlsplit(uri).scheme not in ("s3", "s3a"):
        return {}
    options = {"aws_conditional_put": "etag"}
    endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        options |= {"aws_endpoint": endpoint, "aws_virtual_hosted_style_request": "false"}
        if endpoint.startswith("http://"):
            options["aws_allow_http"] = "true"
    names = {
        "AWS_ACCESS_KEY_ID": "aws_access_key_id",
        "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key",
        "AWS_SESSION_TOKEN": "aws_session_token",
    }
    options |= {ours: environ[name] for name, ours in names.items() if environ.get(name)}
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    return options | ({"aws_region": region} if region else {})


def size_of(uri: str, options: Mapping[str, str]) -> int:
    """Bytes of one file, local or on S3, that storage options reach.

    Raises:
        OSError: there is no such local file.
        ClientError: S3 has no such object, or refuses.
        BotoCoreError: S3 does not answer.
    """
    address = urlsplit(uri)
    if address.scheme not in ("s3", "s3a"):
        return Path(uri).stat().st_size
    given: dict[str, Any] = {theirs: options[ours] for ours, theirs in _NAMES_OF_BOTO.items() if ours in options}
    found: int = boto3.client("s3", **given).head_object(Bucket=address.netloc, Key=address.path.lstrip("/"))[
        "ContentLength"
    ]
    return found
