"""Whatever is sent to whatever the OpenAPI document lists, the answer is one that the document lists, too."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from service.app import create_app
from service.board import Board
from service.bundle import Bundle
from service.frames import JSON, PARQUET
from service.settings import Settings
from tests.unit.service.shop import LAKE, World, manifest, parquet
from tests.unit.service.test_card import serve as serve_card
from tests.unit.service.test_causes import publish, told
from tests.unit.service.test_sagemaker import LastValue
from tests.unit.service.test_totals import sums

DOCUMENT: Final[dict[str, Any]] = create_app(Settings(), board=Board()).openapi()
_OFTEN: Final = ("/v1", "/invocations")
OPERATIONS: Final = [
    (path, method)
    for path, found in DOCUMENT["paths"].items()
    for method in found
    for _ in range(5 if path.startswith(_OFTEN) else 1)
]
REAL: Final = ("shop", "01", "milk", "2", "total", "store", "café au lait", "a/b+c", "true", "3", "14", "")
RIGHT: Final = {"dataset": "shop", "store_id": "01", "item_id": "milk", "by": "store", "id": "01", "explain": "true"}
ROW: Final = {"date": "2024-05-31", "store_id": "01", "item_id": "milk", "units": 3, "promo": 0}
_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)
_ODD = st.sampled_from(["\x00", "null", "NaN", "1e400", "-0", "9" * 5000, "é" * 500, "%", "../..", "<b>", " 01"])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_ROWS = st.lists(
    st.dictionaries(st.sampled_from([*ROW, "_future", "x"]), st.sampled_from([*ROW.values(), None]) | _JSON, max_size=6)
    | st.just(ROW)
    | st.just(ROW | {"date": "2024-06-01", "_future": True}),
    max_size=4,
)
_BODY = st.one_of(
    _JSON.map(lambda value: json.dumps(value).encode()),
    st.one_of(_ROWS, st.fixed_dictionaries({"history": _ROWS, "future": _ROWS})).map(
        lambda value: json.dumps(value).encode()
    ),
    st.binary(max_size=60),
    st.just(b"PAR1" + b"\x00" * 40 + b"PAR1"),
)
_HEADERS = st.fixed_dictionaries(
    {"X-Api-Key": st.sampled_from([*["key"] * 8, "other"])},
    optional={
        "Accept": st.sampled_from(["*/*", JSON, PARQUET, "text/markdown", "text/*", "image/png;q=0.1", "", ",;="]),
        "Content-Type": st.sampled_from([JSON, PARQUET, "text/csv", f"{JSON}; charset=latin-1", "", ";"]),
    },
)


def of_parameter(parameter: dict[str, Any]) -> st.SearchStrategy[str]:
    """Texts of a parameter: mostly the right one, else what its schema allows, the shop holds, or nobody expects."""
    schema, right = parameter["schema"], st.just(RIGHT.get(parameter["name"], "3"))
    kinds = {one.get("type") for one in schema.get("anyOf", [schema])}
    allowed = {
        "integer": st.integers().map(str),
        "boolean": st.sampled_from(["true", "false", "1", "off"]),
        "string": st.sampled_from(schema["enum"]) if "enum" in schema else _TEXT,
    }
    odd = st.one_of(st.sampled_from(REAL), _ODD, *(allowed[kind] for kind in sorted(kinds - {"null"})))
    return st.integers(0, 4).flatmap(lambda dice: right if dice else odd)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    """Method, path and the rest of a request that the document lists, more or less."""
    path, method = draw(st.sampled_from(OPERATIONS))
    parameters = [each for each in DOCUMENT["paths"][path][method].get("parameters", []) if each["name"] != "after"]
    query = [(each["name"], draw(of_parameter(each))) for each in parameters if draw(st.integers(0, 9))]
    if not draw(st.integers(0, 9)):
        query.append((draw(st.sampled_from(["after", "x", *RIGHT])), draw(_TEXT)))
    body = draw(_BODY) if method == "post" else None
    return method, path, {"params": query, "headers": draw(_HEADERS), "content": body}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    world = World()
    serve_card(world, md=b"# Model card", json=b"{}")
    body = parquet(sums())
    world.shop.put(LAKE, "totals.parquet", body)
    publish(world, told(), totals_uri=f"s3://{LAKE}/totals.parquet", totals_sha256=hashlib.sha256(body).hexdigest())
    app = create_app(Settings(api_key="key"), board=world.board, bundle=Bundle(LastValue(), manifest("shop-1")))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(request=requests())
def test_no_request_ends_in_an_answer_that_the_document_does_not_list(
    client: TestClient, request: tuple[str, str, dict[str, Any]]
) -> None:
    method, path, rest = request
    answer = client.request(method, path, **rest)
    event(f"{path} {answer.status_code}")
    listed = DOCUMENT["paths"][path][method]["responses"]
    assert answer.status_code < 500, (request, answer.text)
    assert str(answer.status_code) in listed, (request, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) < 2000
    elif answer.headers["content-type"] == JSON:
        schema = listed["200"]["content"][JSON]["schema"] | {"components": DOCUMENT["components"]}
        jsonschema.validate(answer.json(), schema)
