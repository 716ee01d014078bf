"""Model registry and bookkeeping, answered by moto and remembered by the journal.

Changing calls are recorded and replayed into moto at start. Moto then stamps them
with the time of the replay, so answers are corrected to the time of the call.
"""

import json
import os
import threading
from typing import Any, Final

from local.sagemaker.journal import Journal
from local.settings import ACCOUNT, REGION

os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT)  # read by moto when it is imported

from moto.server import create_backend_app  # type: ignore[attr-defined]
from werkzeug.test import Client

_AUTHORIZATION: Final = f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/sagemaker/aws4_request, SignedHeaders=host"
_CHANGES: Final = ("Create", "Update", "Delete", "Add", "Put", "Register", "Deregister")


class ApiError(Exception):
    """An error as the API gives it: code, message, HTTP status."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Registry:
    """SageMaker calls by name: ``call("CreateModel", {...})``."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.RLock()
        Client(create_backend_app("moto_api")).post("/moto-api/reset")  # moto's state belongs to the process, not to us
        self._client = Client(create_backend_app("sagemaker"))
        self._created: dict[str, float] = {}
        self._changed: dict[str, float] = {}
        for operation, body, response, at in journal.calls():
            self._ask(operation, body)
            self._note(operation, body, response, at)

    def call(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        """Answer one call.

        Raises:
            ApiError: as the API would.
        """
        with self._lock:
            answer = self._ask(operation, body)
            if operation.startswith(_CHANGES):
                self._note(operation, body, answer, self._journal.add_call(operation, body, answer))
            corrected: dict[str, Any] = self._correct(answer)
            return corrected

    def once(self, operation: str, body: dict[str, Any], by: str) -> dict[str, Any]:
        """Call, unless a call with the same value of field ``by`` has been answered: then that answer again."""
        with self._lock:
            known = self._journal.find_call(operation, by, body[by]) if by in body else None
            return known or self.call(operation, body)

    def _ask(self, operation: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {
            "X-Amz-Target": f"SageMaker.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": _AUTHORIZATION,
        }
        reply = self._client.post("/", headers=headers, data=json.dumps(body))
        answer: dict[str, Any] = json.loads(reply.get_data(as_text=True) or "{}")
        if reply.status_code >= 400:  # noqa: PLR2004
            message = answer.get("Message") or answer.get("message") or f"{operation} failed"
            raise ApiError(answer.get("__type", "InternalFailure"), message, reply.status_code)
        return answer

    def _note(self, operation: str, body: dict[str, Any], answer: dict[str, Any], at: float) -> None:
        arn = next((v for k, v in answer.items() if k.endswith("Arn")), None) or next(
            (v for k, v in body.items() if k.endswith("Arn") and k != "RoleArn"), None
        )
        if arn:
            self._changed[arn] = at
            if operation.startswith("Create"):
                self._created.setdefault(arn, at)

    def _correct(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._correct(part) for part in value]
        if not isinstance(value, dict):
            return value
        fixed = {name: self._correct(part) for name, part in value.items()}
        arn = next((v for k, v in value.items() if k.endswith("Arn") and v in self._created), None) if value else None
        if arn and "CreationTime" in fixed:
            fixed["CreationTime"] = self._created[arn]
        if arn and "LastModifiedTime" in fixed:
            fixed["LastModifiedTime"] = self._changed[arn]
        return fixed
