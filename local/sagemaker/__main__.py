"""Serve the SageMaker API on loopback: ``python -m local.sagemaker --port 4567 --root .local``."""

import argparse
import json
import logging
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from local.loopback import answers
from local.process import wait_until
from local.sagemaker.api import Api
from local.sagemaker.events import Courier
from local.sagemaker.journal import Journal
from local.sagemaker.registry import ApiError, Registry
from local.sagemaker.rights import Rights
from local.sagemaker.runner import Runner
from local.settings import HOST, REPOSITORY, Layout

log = logging.getLogger("local.sagemaker")
_GATEWAY_SECONDS: Final = 600


def build(layout: Layout, environment: dict[str, str], *, rights: bool) -> Runner:
    """The stand-in over one world's folder; AWS clients find the emulator by the environment."""
    journal = Journal(layout.sagemaker / "journal.db")
    journal.reopen_events()
    courier = Courier(journal)
    return Runner(
        journal, Registry(journal), courier, Rights(rights),
        scratch=layout.scratch, logs=layout.logs, environment=environment,
    )  # fmt: skip


def application(api: Api) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The API as a WSGI application: JSON 1.1, one POST a call."""

    @Request.application
    def serve(request: Request) -> Response:
        if request.method == "GET":
            return Response("ok")
        operation = request.headers.get("X-Amz-Target", "").removeprefix("SageMaker.")
        try:
            answer, status = api.answer(operation, json.loads(request.get_data() or b"{}")), 200
        except ApiError as error:
            answer, status = {"__type": error.code, "Message": error.message, "message": error.message}, error.status
        except Exception as error:
            log.exception("%s failed", operation)
            answer, status = {"__type": "InternalFailure", "message": f"{type(error).__name__}: {error}"}, 500
        return Response(json.dumps(answer), status=status, content_type="application/x-amz-json-1.1")

    return serve


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Calls are not worth a line each."""


def main() -> None:
    """Serve until killed; unfinished executions go on at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--rights", action="store_true", help="hold each job to what its role may")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("botocore").setLevel(logging.WARNING)
    runner = build(
        Layout(options.root),
        {**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"},
        rights=options.rights,
    )
    server = make_server(HOST, options.port, application(Api(runner)), threaded=True, request_handler=_Quiet)
    runner.courier.start()
    threading.Thread(target=_resume, args=(runner,), name="resume", daemon=True).start()
    server.serve_forever()


def _resume(runner: Runner) -> None:
    """Go on with what had not ended, once the rest of AWS answers."""
    gateway = os.environ["AWS_ENDPOINT_URL"]
    wait_until(lambda: answers(gateway), seconds=_GATEWAY_SECONDS, what=f"an answer of {gateway}")
    runner.resume()


if __name__ == "__main__":
    main()
