"""Doubled, reordered, crowded, failed: the same result as once."""

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.contracts import keys, names
from core.contracts.verdict import Kind, Reason
from local.client import Client
from local.state import Run
from tests import shop
from tests.twin.shops import DAYS, NEXT, START


def retrains(client: Client, dataset: str) -> list[Run]:
    pipeline = names.retrain_pipeline(client.info.env)
    return [run for run in client.state.runs_of(dataset) if run.pipeline == pipeline]


def drop(client: Client, key: str, body: bytes) -> Kind:
    version = client.put(key, body)
    return client.wait_for_verdict(key, version).kind


def test_an_event_delivered_three_times_out_of_order_ingests_once(client: Client, dataset: str) -> None:
    first = client.put(f"{dataset}/a.csv", shop.csv(START, 5))
    second = client.put(f"{dataset}/b.csv", shop.csv(START + timedelta(days=5), 5))
    for key, version in [("b", second), ("a", first), ("b", second), ("a", first)]:
        send_event(client, f"{dataset}/{key}.csv", version)
    for key, version in [("a", first), ("b", second)]:
        assert client.wait_for_verdict(f"{dataset}/{key}.csv", version).counts.kept == 30
    client.wait_until_settled(dataset)
    assert len(client.uploads(dataset)) == 2
    assert sum(sum(decision.verdicts.values()) for decision in client.decisions(dataset)) == 2


def send_event(client: Client, key: str, version: str) -> None:
    """What EventBridge puts on the queue for one object."""
    detail = {"bucket": {"name": client.info.buckets.raw}, "object": {"key": key, "version-id": version, "size": 1}}
    event = {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": client.info.region,
        "account": "000000000000",
        "resources": [],
        "detail": detail,
    }
    queue = client.cloud.sqs.get_queue_url(QueueName=names.resource(client.info.env, "on-upload"))["QueueUrl"]
    client.cloud.sqs.send_message(QueueUrl=queue, MessageBody=json.dumps(event))


def test_forty_files_at_once_give_one_run_and_one_follow_up(client: Client, dataset: str) -> None:
    days = [START + timedelta(days=n) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        versions = [client.put(f"{dataset}/{days[0]}.csv", shop.csv(days[0], 1))]
        with held(wait_for_step(client, dataset)):
            versions += pool.map(lambda day: client.put(f"{dataset}/{day}.csv", shop.csv(day, 1)), days[1:])
            client.wait_for(lambda: len(client.uploads(dataset)) == len(days), "forty uploads to be known", 60)
    for day, version in zip(days, versions, strict=True):
        assert client.wait_for_verdict(f"{dataset}/{day}.csv", version).kind is Kind.ACCEPTED
    client.wait_until_settled(dataset)
    assert len(retrains(client, dataset)) == 2


@contextmanager
def held(process: int) -> Iterator[None]:
    """A process that stands still meanwhile: a slow one, whatever else the machine does."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_the_same_file_again_is_said_to_be_in_the_table_already(client: Client, dataset: str) -> None:
    assert drop(client, f"{dataset}/a.csv", shop.csv(START, 5)) is Kind.ACCEPTED
    version = client.put(f"{dataset}/copy.csv", shop.csv(START, 5))
    verdict = client.wait_for_verdict(f"{dataset}/copy.csv", version)
    assert verdict.kind is Kind.IGNORED
    assert verdict.notes[0].reason is Reason.ALREADY_INGESTED
    client.wait_until_settled(dataset)


def test_a_file_no_run_can_read_has_its_verdict_without_a_run(client: Client, dataset: str) -> None:
    assert drop(client, f"{dataset}/picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8) is Kind.REJECTED
    assert drop(client, f"{dataset}/empty.csv", b"") is Kind.REJECTED
    assert retrains(client, dataset) == []


def test_a_failed_step_leaves_the_champion_serving_and_the_next_upload_free_to_run(
    client: Client, dataset: str
) -> None:
    drop(client, f"{dataset}/history.csv", shop.csv(START, DAYS))
    client.wait_until_settled(dataset)
    champion = client.champions(dataset)[0]
    bucket, key = champion.bundle_uri.removeprefix("s3://").split("/", 1)
    bundle = client.cloud.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    client.cloud.s3.put_object(Bucket=bucket, Key=key, Body=b"damaged")
    drop(client, f"{dataset}/next.csv", shop.csv(NEXT, 30))
    client.wait_until_settled(dataset)
    failure = client.flight(dataset).last_failure
    assert failure is not None
    assert "Evaluate" in failure
    assert "not a usable model archive" in failure
    assert client.champions(dataset)[0].model_id == champion.model_id
    assert client.forecast("000", "00", dataset=dataset)["model_id"] == champion.model_id

    client.cloud.s3.put_object(Bucket=bucket, Key=key, Body=bundle)
    drop(client, f"{dataset}/after.csv", shop.csv(NEXT + timedelta(days=30), 5))
    client.wait_until_settled(dataset)
    assert client.champions(dataset)[0].model_id != champion.model_id
    assert client.flight(dataset).last_failure is None


def test_a_step_killed_in_its_middle_is_a_visible_failure_and_the_upload_is_tried_again(
    client: Client, dataset: str
) -> None:
    version = client.put(f"{dataset}/a.csv", shop.csv(START, 5))
    os.kill(wait_for_step(client, dataset), signal.SIGKILL)
    verdict = client.wait_for_verdict(f"{dataset}/a.csv", version)
    client.wait_until_settled(dataset)
    assert verdict.kind is Kind.ACCEPTED
    statuses = [run.status for run in retrains(client, dataset)]
    assert statuses == ["Succeeded", "Failed"]


def wait_for_step(client: Client, dataset: str) -> int:
    """Process id of the dataset's step that runs now."""
    return client.wait_for(lambda: step_process(dataset), "a step of the run", 60)


def step_process(dataset: str) -> int | None:
    """The process whose environment says it is a step for this dataset."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if f"DATASET={dataset}".encode() in environment:
            return int(folder.name)
    return None


def test_an_older_version_that_was_replaced_before_its_run_is_superseded_not_lost(client: Client, dataset: str) -> None:
    drop(client, f"{dataset}/first.csv", shop.csv(START, 3))
    old = client.put(f"{dataset}/a.csv", shop.csv(START + timedelta(days=3), 5, seed=1))
    new = client.put(f"{dataset}/a.csv", shop.csv(START + timedelta(days=3), 5, seed=2))
    kinds = {client.wait_for_verdict(f"{dataset}/a.csv", version).kind for version in (old, new)}
    client.wait_until_settled(dataset)
    assert Kind.ACCEPTED in kinds
    assert client.verdict(f"{dataset}/a.csv", new).kind is Kind.ACCEPTED  # type: ignore[union-attr]
    assert keys.verdict(f"{dataset}/a.csv", old) != keys.verdict(f"{dataset}/a.csv", new)
