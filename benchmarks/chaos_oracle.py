"""What the story of ``chaos_ingest`` must have come to, by SQL over the raw files: tables and verdicts."""

import sys
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.contracts import keys
from local.client import Client
from training import table
from training.place import Place
from training.store import Bucket

SHOWN = 10
SCHEMA = {
    "date": pl.Date, "store_id": pl.String, "item_id": pl.String, "units": pl.Float64, "price": pl.Float64,
    "_source_key": pl.String, "_source_version": pl.String,
}  # fmt: skip
COLUMNS = list(SCHEMA)


def raw_of(client: Client) -> Bucket:
    """The raw bucket."""
    return Bucket(client.cloud.s3, client.info.buckets.raw)


def versions(client: Client, folder: str) -> list[Any]:
    """Every version of what lies in a folder of the raw bucket, as in a dataset's."""
    return _listed(client, folder, "Versions")


def judged(client: Client, dataset: str) -> set[str]:
    """Keys of the verdicts that there must be: on every version and every deletion."""
    found = [*versions(client, dataset), *_listed(client, dataset, "DeleteMarkers")]
    return {keys.verdict(each["Key"], each["VersionId"]) for each in found}


def _listed(client: Client, folder: str, kind: str) -> list[Any]:
    pages = client.cloud.s3.get_paginator("list_object_versions").paginate(
        Bucket=client.info.buckets.raw, Prefix=f"{folder}/"
    )
    listed: list[dict[str, Any]] = [dict(page) for page in pages]
    return [found for page in listed for found in page.get(kind, [])]


def oracle(client: Client, dataset: str, folder: Path) -> pl.DataFrame:
    """What the raw files say, by SQL."""
    folder.mkdir(parents=True)
    newest = [each for each in versions(client, dataset) if each["IsLatest"]]
    for number, each in enumerate(newest):
        body = client.cloud.s3.get_object(Bucket=client.info.buckets.raw, Key=each["Key"])["Body"].read()
        (folder / f"{number}.csv").write_bytes(body)
    papers = pl.DataFrame(  # noqa: F841 - the query reads it
        {
            "filename": [str(folder / f"{number}.csv") for number in range(len(newest))],
            "key": [each["Key"] for each in newest],
            "version": [each["VersionId"] for each in newest],
            "written": [each["LastModified"].replace(microsecond=0) for each in newest],  # all that S3 promises
        }
    )
    answer = duckdb.sql(
        f"""
        SELECT CAST(date AS DATE) AS date, store_id, item_id, CAST(units AS DOUBLE) AS units,
               CAST(price AS DOUBLE) AS price, key AS _source_key, version AS _source_version
        FROM read_csv('{folder}/*.csv', all_varchar = true, filename = true) JOIN papers USING (filename)
        QUALIFY row_number() OVER (PARTITION BY date, store_id, item_id ORDER BY written DESC, key DESC) = 1
        ORDER BY date, store_id, item_id
        """  # noqa: S608 - our own folder
    )
    return pl.DataFrame(answer.fetchall() if answer else [], schema=SCHEMA, orient="row")


def differences(client: Client, place: Place, dataset: str, folder: Path) -> int:
    """Rows that the table and the oracle do not agree on."""
    uri, options = place.table(dataset, "sales")
    mine, theirs = table.read(uri, storage_options=options).select(COLUMNS), oracle(client, dataset, folder)
    ours, only = mine.join(theirs, on=COLUMNS, how="anti"), theirs.join(mine, on=COLUMNS, how="anti")
    for name, odd in (("the table", ours), ("the files", only)):
        for row in odd.head(SHOWN).iter_rows():
            print(f"{dataset}: only {name} say{'s' if odd is ours else ''} {row}", file=sys.stderr)
    return ours.height + only.height + abs(mine.height - theirs.height)


def verdicts(client: Client, dataset: str) -> tuple[int, int]:
    """Versions and deletions without exactly one verdict, verdicts that are nobody's, and versions and deletions."""
    wanted = judged(client, dataset)
    given: dict[str, set[str]] = {}
    for paper in versions(client, f"{keys.VERDICTS}{dataset}"):
        given.setdefault(paper["Key"], set()).add(paper["ETag"])  # the same once more is a repeated put
    changed = [key for key, papers in given.items() if len(papers) > 1]
    return len(wanted ^ given.keys()) + len(changed), len(wanted)
