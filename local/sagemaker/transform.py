"""Batch transform: the model server of the image, asked once for each input object."""

import socket
import time
import urllib.error
import urllib.request
from typing import Any, Final

from local.loopback import answers, call
from local.sagemaker.container import Container, JobFailedError, JobStoppedError, Running
from local.sagemaker.jobs import NewContainer, Properties
from local.sagemaker.storage import Storage
from local.settings import HOST
from training.container import extract_bundle

_START_SECONDS: Final = 120
_REQUEST_SECONDS: Final = 600


def transform(
    name: str, arguments: dict[str, Any], model: dict[str, Any], new: NewContainer, storage: Storage
) -> Properties:
    """Run a batch transform job with SplitType None; ``model`` is what DescribeModel answers.

    Raises:
        JobFailedError: the server did not come up, or refused an input; with its answer.
    """
    source = arguments["TransformInput"]
    if source.get("SplitType", "None") != "None":
        raise JobFailedError("ClientError: only SplitType None is run here: one object, one request")
    box = new(
        image=model["PrimaryContainer"]["Image"],
        arguments=("serve",),
        env={
            **model["PrimaryContainer"].get("Environment", {}),
            **arguments.get("Environment", {}),
            "SAGEMAKER_BATCH": "true",
        },
    )
    _unpack(model["PrimaryContainer"]["ModelDataUrl"], box, storage)
    uri = source["DataSource"]["S3DataSource"]["S3Uri"]
    inputs = storage.objects(uri)
    if not inputs:
        raise JobFailedError(f"ClientError: no objects at {uri}")
    port = _free_port()
    headers = {"Content-Type": source.get("ContentType") or "application/octet-stream"}
    if accept := arguments["TransformOutput"].get("Accept"):
        headers["Accept"] = accept
    running = box.start({"SAGEMAKER_BIND_TO_PORT": str(port)})
    try:
        _wait_for_ping(box, running, port)
        for key, relative in inputs:
            body = storage.read(f"s3://{storage.split(uri)[0]}/{key}")
            answer = _ask(box, port, key, body, headers)
            storage.write(f"{arguments['TransformOutput']['S3OutputPath'].rstrip('/')}/{relative}.out", answer)
    finally:
        running.end()
    return {**arguments, "TransformJobName": name, "TransformJobStatus": "Completed"}


def _unpack(uri: str, box: Container, storage: Storage) -> None:
    archive = box.root / "model.tar.gz"
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(storage.read(uri))
    extract_bundle(archive, box.path("/opt/ml/model"))
    archive.unlink()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_for_ping(box: Container, running: Running, port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not answers(f"http://{HOST}:{port}/ping", below=300):
        if running.code is not None:
            raise JobFailedError(box.failure(running.code))
        if time.monotonic() > deadline:
            raise JobFailedError(f"AlgorithmError: /ping did not answer within {_START_SECONDS} s")
        if box.stop.wait(0.05):
            raise JobStoppedError("stopped on request")


def _ask(box: Container, port: int, key: str, body: bytes, headers: dict[str, str]) -> bytes:
    if box.stop.is_set():
        raise JobStoppedError("stopped on request")
    request = urllib.request.Request(f"http://{HOST}:{port}/invocations", data=body, headers=headers)
    try:
        return call(request, seconds=_REQUEST_SECONDS)
    except urllib.error.HTTPError as error:
        text = error.read(1000).decode("utf-8", errors="replace")
        raise JobFailedError(f"AlgorithmError: {key}: the server answered {error.code}: {text}") from error
    except OSError as error:
        raise JobFailedError(f"AlgorithmError: {key}: the server did not answer: {error}") from error
