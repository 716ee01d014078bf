"""Errors as people and programs read them: ``application/problem+json`` (RFC 9457), everywhere."""

import logging
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE: Final = "application/problem+json"
_LONGEST_VALUE: Final = 80

log = logging.getLogger(__name__)


class Fault(BaseModel):
    """One wrong part of a request."""

    name: str = Field(description="parameter, or path into the body")
    detail: str


class Problem(BaseModel):
    """Body of every error."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "code": "unknown_store",
                "detail": "dataset 'rossmann' has no store '9999'; GET /v1/series?dataset=rossmann lists what there is",
                "instance": "/v1/forecasts",
            }
        }
    )

    type: str = "about:blank"
    title: str = Field(description="the status in words")
    status: int
    code: str = Field(description="stable, for programs")
    detail: str = Field(description="what was wrong, with the value, and what to do")
    instance: str = Field(description="path of the request")
    errors: list[Fault] | None = None


class ProblemError(Exception):
    """Ends a request with a problem.

    Args:
        status: HTTP status.
        code: stable name of the problem.
        detail: sentence naming the value and the cure.
        headers: such as ``Retry-After``.
        more: further members of the body.
    """

    def __init__(
        self, status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.headers, self.more = headers, more


def quoted(value: str) -> str:
    """A caller's value for a sentence, cut where it is long."""
    return repr(value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…")


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """``responses=`` of a route: these statuses answer with a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Make every error of an app a problem."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_crash)


def _respond(
    request: Request, status: int, code: str, detail: str, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.url.path,
        **more,
    }
    return Response(orjson.dumps(body), status, headers, MEDIA_TYPE)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for it
    return _respond(request, error.status, error.code, error.detail, error.headers, **error.more)


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    faults = [_fault(found) for found in error.errors()]
    detail = "; ".join(f"{fault['name']}: {fault['detail']}" for fault in faults)
    return _respond(request, 422, "invalid_request", detail, errors=faults)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    phrase = HTTPStatus(error.status_code).phrase
    detail = f"{error.detail}: {request.method} {quoted(request.url.path)}; /docs lists what there is"
    code = phrase.lower().replace(" ", "_").replace("-", "_")
    return _respond(request, error.status_code, code, detail, dict(error.headers or {}))


async def _on_crash(request: Request, error: Exception) -> Response:
    log.error("request failed", exc_info=error, extra={"path": request.url.path, "method": request.method})
    return _respond(request, 500, "internal_error", "the request failed on our side; it is logged, try again later")


def _fault(found: dict[str, Any]) -> dict[str, str]:
    place = ".".join(str(part) for part in found["loc"][1:]) or str(found["loc"][0])
    given = found.get("input")
    if found["type"] == "missing":
        return {"name": place, "detail": "is required and was not given"}
    if found["type"] == "extra_forbidden":
        return {"name": place, "detail": "is no parameter of this request; /docs lists them"}
    value = quoted(given if isinstance(given, str) else str(given))
    return {"name": place, "detail": f"{value}: {found['msg']}"}
