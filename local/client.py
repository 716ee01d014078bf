"""What commands, demo and tests do with a world: drop files, wait, read what came of them."""

import json
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

import httpx
from botocore.exceptions import BotoCoreError

from core.contracts import keys, names
from core.contracts.errors import RejectedDataError, RetailForecastError
from core.contracts.verdict import Verdict
from local.cloud import Cloud
from local.info import WorldInfo
from local.papers import Papers
from local.state import Flight, Run, State, Upload

Say = Callable[[str], None]
_T = TypeVar("_T")
_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 5.0
_SECONDS: Final = 600.0


class NoAnswerError(RetailForecastError):
    """The service does not answer."""


class WaitedTooLongError(RetailForecastError):
    """Something did not come; the message says what was seen last."""


def _silent(_: str) -> None:
    """Nobody is told."""


class Client(Papers):
    """One world, from outside. Everything goes through AWS's and the service's own APIs."""

    def __init__(self, info: WorldInfo) -> None:
        super().__init__(Cloud(info), info)
        self.state = State(self.cloud, info)

    def put(self, key: str, body: bytes) -> str:
        """Drop a file into the raw bucket, nothing else; its version id."""
        return self.cloud.s3.put_object(Bucket=self.info.buckets.raw, Key=key, Body=body)["VersionId"]

    def wait_for_verdict(self, key: str, version_id: str, *, say: Say = _silent, seconds: float = _SECONDS) -> Verdict:
        """The verdict on a version, once it is there.

        Raises:
            WaitedTooLongError: it did not come in time.
        """

        def look() -> Verdict | None:
            if (found := self.verdict(key, version_id)) is None:
                say(f"{key}: {self._doing_with(key)}")
            return found

        return self.wait_for(look, f"the verdict on {key}", seconds)

    def wait_until_settled(self, dataset: str, *, say: Say = _silent, seconds: float = _SECONDS) -> None:
        """Wait until nothing is under way for a dataset and the service serves its champion's newest forecasts.

        Raises:
            WaitedTooLongError: something still was, and what.
        """
        last = ""

        def look() -> bool:
            nonlocal last
            last = self.unsettled(dataset)
            if last:
                say(last)
            return not last

        self.wait_for(look, f"{dataset} to settle", seconds, lambda: last)

    def unsettled(self, dataset: str) -> str:
        """What is still under way, a sentence; empty when nothing is.

        The order matters: each thing asked about can only be followed by those asked about after it.
        """
        waiting = [u for u in self.state.uploads(dataset) if u.status in ("queued", "running")]
        flight = self.state.flight(dataset)
        if waiting or flight.running:
            return self._doing(dataset)
        if flight.owed:
            return "closing the run"
        if queue := self.state.busy_queue():
            return f"messages in {queue}"
        if self.state.running(dataset):
            return self._doing(dataset)
        return self._unserved(dataset)

    def _doing_with(self, key: str) -> str:
        try:
            return self._doing(keys.dataset_of(key))
        except RejectedDataError:
            return "being looked at"

    def _doing(self, dataset: str) -> str:
        runs = self.state.running(dataset)
        if not runs:
            return "between runs"
        steps = [s for s in self.state.steps(runs[0].arn) if s.status == "Executing"]
        return f"{runs[0].short}: {steps[0].name if steps else 'between steps'}"

    def _unserved(self, dataset: str) -> str:
        pointer = self.pointer(dataset)
        if pointer is None:
            return ""
        wanted = self.publication(dataset, pointer.current.model_id)
        if wanted is None:
            failed = self.state.last_run(dataset, names.forecast_pipeline(self.info.env))
            return "" if failed and failed.status == "Failed" else "waiting for the champion's forecasts"
        served = (self.current_model(dataset) or {}).get("publication") or {}
        same = all(
            served.get(name) == getattr(wanted, name) for name in ("model_id", "run_id", "horizons_uri", "causes_uri")
        )
        return "" if same else f"the service loads {wanted.model_id}"

    def forecast(
        self, store: str, item: str, *, dataset: str | None = None, horizon: int | None = None, explain: bool = False
    ) -> dict[str, Any]:
        """What the service answers for one store and item, with the causes of each forecast where asked.

        Raises:
            RetailForecastError: with its own sentence, when it refuses.
        """
        query = {"store_id": store, "item_id": item, "dataset": dataset, "horizon": horizon}
        query |= {"explain": "true"} if explain else {}
        reply = self._get("/v1/forecasts", **query)
        if reply.status_code != httpx.codes.OK:
            raise RetailForecastError(_problem(reply))
        answer: dict[str, Any] = reply.json()
        return answer

    def what_if(
        self, store: str, item: str, plan: list[dict[str, Any]], *, dataset: str | None = None
    ) -> dict[str, Any]:
        """What the service answers for one store and item under another plan, a row of it a date.

        Raises:
            RetailForecastError: with its own sentence, when it refuses.
        """
        body = {"store_id": store, "item_id": item, "dataset": dataset, "plan": plan}
        reply = self._ask("POST", "/v1/what-if", json=body)
        if reply.status_code != httpx.codes.OK:
            raise RetailForecastError(_problem(reply))
        answer: dict[str, Any] = reply.json()
        return answer

    def total(self, by: str, name: str = "total", *, dataset: str | None = None) -> dict[str, Any]:
        """What the service answers for a sum: by ``store``, ``item``, ``department`` or ``total``.

        Raises:
            RetailForecastError: with its own sentence, when it refuses.
        """
        reply = self._get("/v1/totals", by=by, id=name, dataset=dataset)
        if reply.status_code != httpx.codes.OK:
            raise RetailForecastError(_problem(reply))
        answer: dict[str, Any] = reply.json()
        return answer

    def current_model(self, dataset: str) -> dict[str, Any] | None:
        """What the service says of the model it serves; None when it serves none."""
        reply = self._get("/v1/models/current", dataset=dataset)
        answer: dict[str, Any] | None = reply.json() if reply.status_code == httpx.codes.OK else None
        return answer

    def uploads(self, dataset: str) -> list[Upload]:
        """Uploads of a dataset, oldest first."""
        return self.state.uploads(dataset)

    def flight(self, dataset: str) -> Flight:
        """Whether a run is in flight, and how the last one failed."""
        return self.state.flight(dataset)

    def runs(self) -> list[Run]:
        """Executions of all pipelines together, newest first."""
        return self.state.runs()

    def rollback(self, dataset: str, reason: str) -> dict[str, Any]:
        """Have the promote function put the former champion back.

        Raises:
            RetailForecastError: with the function's sentence, when it could not.
        """
        return self.invoke("promote", {"action": "rollback", "dataset": dataset, "reason": reason})

    def warm(self) -> None:
        """Have our functions started by an empty batch, so that the first real one need not wait for that."""
        for function in ("promote", "on-pipeline-change"):
            name = names.resource(self.info.env, function)
            self.cloud.functions.invoke(FunctionName=name, InvocationType="Event", Payload=b'{"Records": []}')

    def sweep(self) -> dict[str, Any]:
        """Have the on_upload function look for what events did not bring."""
        return self.invoke("on-upload", {"action": "sweep"})

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke one of our functions and give back its answer."""
        name = names.resource(self.info.env, function)
        reply = self.cloud.functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
        answer = json.loads(reply["Payload"].read() or b"null") or {}
        if "FunctionError" in reply:
            raise RetailForecastError(f"{name}: {answer.get('errorMessage', answer)}")
        return dict(answer)

    def _get(self, path: str, **query: Any) -> httpx.Response:
        return self._ask("GET", path, params={name: value for name, value in query.items() if value is not None})

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            return httpx.request(method, f"{self.info.endpoints.service}{path}", timeout=30, trust_env=False, **more)
        except httpx.HTTPError as error:
            raise NoAnswerError(f"the service does not answer at {self.info.endpoints.service}: {error}") from error

    @staticmethod
    def wait_for(look: Callable[[], _T | None], what: str, seconds: float, seen: Callable[[], str] = str) -> _T:
        """Ask again and again until something is found; a server that is being restarted has found nothing yet.

        Where asking takes long it is done less often, so that it does not keep the answerer from its work.

        Raises:
            WaitedTooLongError: nothing was; names what was waited for and what was seen last.
        """
        deadline = time.monotonic() + seconds
        while True:
            asked = time.monotonic()
            try:
                if found := look():
                    return found
            except (BotoCoreError, NoAnswerError) as error:
                if time.monotonic() > deadline:
                    raise WaitedTooLongError(f"waited {seconds:.0f} s for {what}: {error}") from error
            if time.monotonic() > deadline:
                raise WaitedTooLongError(f"waited {seconds:.0f} s for {what}{': ' + seen() if seen() else ''}")
            time.sleep(max(_PAUSE, min(_LONGEST_PAUSE, 4 * (time.monotonic() - asked))))


def _problem(reply: httpx.Response) -> str:
    try:
        body = reply.json()
    except ValueError:
        body = {}
    return str(body.get("detail") or body.get("title") or f"the service answered {reply.status_code}")
