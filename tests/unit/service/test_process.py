"""The real process: started, asked while champions change, told to stop."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer

from tests.unit.service.shop import ARTIFACTS, LAKE, NAMES, Shop

REPOSITORY = Path(__file__).parents[3]
DEADLINE = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    aws = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    return {**kept, **aws, "HOST": "127.0.0.1", **more}


def start(**more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "service", "serve"],
        cwd=REPOSITORY,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture
def s3_address() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def wait_for(client: httpx.Client, path: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        assert process.poll() is None, process.communicate()[0]
        try:
            if client.get(path).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail(f"{path} was not ready in {DEADLINE} s")


def test_swaps_under_load_fail_no_request_and_a_stop_is_clean(s3_address: str) -> None:
    s3 = boto3.client(
        "s3",
        endpoint_url=s3_address,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    for bucket in (LAKE, ARTIFACTS):
        s3.create_bucket(Bucket=bucket)
    shop = Shop(lambda bucket, key, body: s3.put_object(Bucket=bucket, Key=key, Body=body))
    shop.publish("shop-0")
    shop.promote("shop-0")
    port = free_port()
    process = start(
        PORT=str(port), LAKE_BUCKET=LAKE, ARTIFACTS_BUCKET=ARTIFACTS, POLL_SECONDS="0.05", AWS_ENDPOINT_URL=s3_address
    )
    done = Event()

    def ask() -> list[object]:
        failures: list[object] = []
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            while not done.is_set():
                for store, item in NAMES:
                    answer = client.get("/v1/forecasts", params={"store_id": store, "item_id": item})
                    if answer.status_code != 200 or len(answer.json()["forecasts"]) != 14:
                        failures.append(answer.text)
        return failures

    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client, ThreadPoolExecutor(2) as pool:
            wait_for(client, "/readyz", process)
            asking = [pool.submit(ask) for _ in range(2)]
            try:
                for number in range(1, 11):
                    shop.publish(f"shop-{number}")
                    shop.promote(f"shop-{number}")
                    wait_until_served(client, f"shop-{number}")
            finally:
                done.set()
            assert [future.result() for future in asking] == [[], []]
    finally:
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=DEADLINE)[0]
    assert process.returncode == 0, output
    lines = [json.loads(line) for line in output.splitlines()]
    assert {"serving", "champion serving"} <= {line["message"] for line in lines}


def wait_until_served(client: httpx.Client, model_id: str) -> None:
    end = time.monotonic() + DEADLINE
    while client.get("/v1/models/current").json()["publication"]["model_id"] != model_id:
        assert time.monotonic() < end, f"{model_id} was not served in {DEADLINE} s"
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        ({}, 2, "nothing to serve: set LAKE_BUCKET and ARTIFACTS_BUCKET"),
        ({"PORT": "high"}, 2, "environment variable PORT is 'high'"),
        ({"LAKE_BUCKET": "lake"}, 2, "ARTIFACTS_BUCKET is not set"),
    ],
)
def test_a_process_that_cannot_serve_says_why_in_a_sentence(
    more: dict[str, str], code: int, sentence: str, tmp_path: Path
) -> None:
    process = start(OPT_ML=str(tmp_path), **more)
    output = process.communicate(timeout=DEADLINE)[0]
    assert process.returncode == code
    assert sentence in output
    assert "Traceback" not in output


def test_a_spoiled_bundle_ends_the_process_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "manifest.json").write_text("{}")
    process = start(OPT_ML=str(tmp_path))
    output = process.communicate(timeout=DEADLINE)[0]
    assert process.returncode == 1
    assert "manifest.json: " in output
    assert "Traceback" not in output
