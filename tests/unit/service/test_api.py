from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from core.contracts import keys
from service import problems
from service.app import create_app
from service.routes import forecasts
from service.settings import Settings
from tests.unit.service.shop import ARTIFACTS, HORIZON, NAMES, World


@pytest.fixture
def documented(serving: World) -> Iterator[TestClient]:
    """The routes as FastAPI serves them, without the fast one in front."""
    app = FastAPI()
    problems.install(app)
    app.include_router(forecasts.routes(serving.board))
    with TestClient(app) as client:
        yield client


def problem(answer: Response, status: int, code: str) -> str:
    """The problem's sentence, after checking that it is one."""
    body = answer.json()
    assert answer.status_code == status, body
    assert answer.headers["content-type"] == "application/problem+json"
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"]
    assert body["instance"] == answer.request.url.path
    detail = body["detail"]
    assert isinstance(detail, str)
    return detail


def test_a_forecast_names_the_model_the_data_and_the_tier(client: TestClient) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "bread", "horizon": 2})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "dataset": "shop",
        "store_id": "01",
        "item_id": "bread",
        "model_id": "shop-1",
        "data_as_of": "2024-05-31",
        "frequency": "D",
        "tier": "cold_start",
        "forecasts": [
            {"date": "2024-06-01", "mean": 11.0, "p10": 10.0, "p50": 11.0, "p90": 12.0},
            {"date": "2024-06-02", "mean": 12.0, "p10": 11.0, "p50": 12.0, "p90": 13.0},
        ],
    }


def test_without_a_horizon_everything_there_is_is_given(client: TestClient) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "milk", "dataset": "shop"}).json()
    assert len(answer["forecasts"]) == HORIZON
    assert date.fromisoformat(answer["forecasts"][-1]["date"]) == date(2024, 6, 14)


@pytest.mark.parametrize(("store_id", "item_id"), NAMES)
def test_ids_with_spaces_accents_and_slashes_are_found(client: TestClient, store_id: str, item_id: str) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": store_id, "item_id": item_id}).json()
    assert (answer["store_id"], answer["item_id"]) == (store_id, item_id)


def test_an_unknown_store_is_named_and_the_way_to_list_them(client: TestClient) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": "9999", "item_id": "milk"})
    sentence = problem(answer, 404, "unknown_store")
    assert "'9999'" in sentence
    assert "GET /v1/series?dataset=shop lists" in sentence


def test_an_unknown_item_is_named_and_the_way_to_list_its_stores(client: TestClient) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "caviar"})
    sentence = problem(answer, 404, "unknown_item")
    assert "store '01' has no item 'caviar'" in sentence
    address = sentence.split("GET ")[1].split(" ")[0]
    assert [row["item_id"] for row in client.get(address).json()["series"]] == ["bread", "milk"]


@pytest.mark.parametrize("horizon", ["0", "-1", "15", "1000000000000000000000000000"])
def test_a_horizon_out_of_range_names_the_limit(client: TestClient, horizon: str) -> None:
    answer = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "milk", "horizon": horizon})
    assert f"horizon is {horizon[:24]}; ask for 1 to 14" in problem(answer, 422, "horizon_out_of_range")
    assert answer.json()["limit"] == HORIZON


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("store_id=1&item_id=a&horizon=soon", "horizon: 'soon': "),
        ("store_id=1", "item_id: is required and was not given"),
        ("store_id=&item_id=a", "store_id: '': "),
        ("store_id=1&item_id=a&horizn=3", "horizn: is no parameter of this request"),
    ],
)
def test_a_wrong_parameter_is_named_with_its_value(client: TestClient, query: str, sentence: str) -> None:
    answer = client.get(f"/v1/forecasts?{query}")
    assert sentence in problem(answer, 422, "invalid_request")
    assert answer.json()["errors"][0]["name"] == sentence.split(":", maxsplit=1)[0]


def test_a_path_or_method_that_is_none_is_a_problem_too(client: TestClient) -> None:
    assert "'/v1/nothing'" in problem(client.get("/v1/nothing"), 404, "not_found")
    answer = client.post("/v1/forecasts")
    problem(answer, 405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


def test_a_crash_is_a_problem_that_tells_nothing_of_the_inside(serving: World, client: TestClient) -> None:
    serving.board.states = {"shop": None}  # type: ignore[dict-item]
    answer = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "milk"})
    assert "NoneType" not in problem(answer, 500, "internal_error")


def test_several_datasets_must_be_told_apart(serving: World, client: TestClient) -> None:
    serving.shop.promote("other-1", "other")
    serving.shop.publish("other-1", "other")
    serving.look()
    for path in ("/v1/forecasts?store_id=01&item_id=milk", "/v1/series", "/v1/models/current"):
        answer = client.get(path)
        assert "there are other, shop" in problem(answer, 422, "dataset_required")
        assert answer.json()["datasets"] == ["other", "shop"]
    named = client.get("/v1/forecasts", params={"store_id": "01", "item_id": "milk", "dataset": "other"})
    assert named.json()["model_id"] == "other-1"
    answer = client.get("/v1/series", params={"dataset": "third"})
    assert "'third'" in problem(answer, 404, "unknown_dataset")


def test_series_come_page_by_page(client: TestClient) -> None:
    seen, after = [], None
    while True:
        page = client.get("/v1/series", params={"limit": 2} | ({"after": after} if after else {})).json()
        assert page["total"] == len(NAMES)
        seen += [(row["store_id"], row["item_id"]) for row in page["series"]]
        after = page["next"]
        if after is None:
            break
    assert seen == sorted(NAMES)


def test_a_cursor_that_is_none_is_refused(client: TestClient) -> None:
    for cursor in ("xyz", "é", "W10", "e30", "WzEsMl0", "bnVsbA"):
        problem(client.get("/v1/series", params={"after": cursor}), 422, "bad_cursor")
    problem(client.get("/v1/series", params={"store_id": "7"}), 404, "unknown_store")
    problem(client.get("/v1/series", params={"limit": 1001}), 422, "invalid_request")


def test_the_current_model_is_told_with_its_scores(client: TestClient) -> None:
    answer = client.get("/v1/models/current").json()
    assert answer["state"] == "serving"
    assert answer["champion"]["model_id"] == "shop-1"
    assert answer["publication"]["run_id"] == "r1"
    assert answer["scores"]["backtest"]["wape"] == 0.2
    assert answer["scores"]["naive"]["wape"] == 0.4
    assert (answer["pending"], answer["last_error"]) == (None, None)


def test_the_current_model_tells_what_stands_in_the_way(serving: World, client: TestClient) -> None:
    serving.shop.promote("shop-2")
    serving.look()
    answer = client.get("/v1/models/current").json()
    assert (answer["champion"]["model_id"], answer["publication"]["model_id"]) == ("shop-2", "shop-1")
    assert "shop-2" in answer["pending"]
    serving.shop.publish("shop-2", sha256="0" * 64)
    serving.look()
    answer = client.get("/v1/models/current").json()
    assert answer["publication"]["model_id"] == "shop-1"
    assert answer["last_error"]["reason"] == "RejectedModelError"
    assert "sha256" in answer["last_error"]["sentence"]


def test_the_probes_differ(world: World) -> None:
    client = TestClient(create_app(Settings(), board=world.board))
    assert client.get("/livez").json() == {"status": "alive"}
    assert "not all been looked at" in problem(client.get("/readyz"), 503, "not_ready")
    world.look()
    assert "no dataset has a champion yet" in problem(client.get("/readyz"), 503, "not_ready")
    problem(client.get("/v1/series"), 503, "no_champion")
    world.shop.promote("shop-1")
    world.look()
    assert "has not published" in problem(client.get("/readyz"), 503, "not_ready")
    answer = client.get("/v1/forecasts?store_id=1&item_id=1")
    assert "has not published" in problem(answer, 503, "not_ready")
    assert answer.headers["retry-after"] == "2"
    world.shop.publish("shop-1")
    world.look()
    assert client.get("/readyz").json() == {"status": "ready"}
    world.objects.held.pop((ARTIFACTS, keys.champion("shop")))
    world.look()
    assert client.get("/readyz").status_code == 200, "what serves once serves on"


def test_the_openapi_document_is_valid_and_has_examples(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    validate(document)
    assert document["components"]["schemas"]["ForecastAnswer"]["example"]["forecasts"]
    for path in ("/v1/forecasts", "/v1/series", "/v1/models/current"):
        invalid = document["paths"][path]["get"]["responses"]["422"]["content"]
        assert list(invalid) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_an_answer_has_exactly_the_documented_members(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    answer = client.get("/v1/forecasts?store_id=01&item_id=milk").json()
    assert set(answer) == set(schemas["ForecastAnswer"]["properties"])
    assert set(answer["forecasts"][0]) == set(schemas["Forecast"]["properties"])
    page = client.get("/v1/series").json()
    assert set(page) == set(schemas["SeriesAnswer"]["properties"])
    assert set(page["series"][0]) == set(schemas["Series"]["properties"])
    error = client.get("/v1/forecasts?store_id=x&item_id=milk").json()
    assert set(error) <= set(schemas["Problem"]["properties"])


def test_the_docs_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/").text
    assert "https://" not in page
    for asset in ("swagger-ui-bundle.min.js", "swagger-ui.min.css"):
        assert f"/docs/assets/{asset}" in page
        assert len(client.get(f"/docs/assets/{asset}").content) > 50_000


_ANY = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.floats().map(str),
    st.sampled_from(["01", "milk", "shop", "\x00", "%", "null", "1e5", "9" * 5000, "é" * 500, "-0", " 1"]),
)
_PARAMETERS = st.lists(
    st.tuples(st.sampled_from(["store_id", "item_id", "horizon", "dataset", "limit", "after", "x"]), _ANY), max_size=7
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(["/v1/forecasts", "/v1/series", "/v1/models/current"]), parameters=_PARAMETERS)
def test_no_query_whatever_ends_in_a_crash(client: TestClient, path: str, parameters: list[tuple[str, str]]) -> None:
    clean = [(name, value.encode(errors="ignore").decode()) for name, value in parameters]
    answer = client.get(path, params=clean)
    assert answer.status_code in (200, 404, 422), (clean, answer.text)
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert len(answer.json()["detail"]) < 2000


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parameters=_PARAMETERS)
@example(parameters=[("store_id", "01"), ("item_id", "milk"), ("horizon", "3")])
@example(parameters=[("store_id", "2"), ("store_id", "01"), ("item_id", "milk"), ("dataset", "shop")])
def test_the_fast_route_answers_as_the_documented_one(
    client: TestClient, documented: TestClient, parameters: list[tuple[str, str]]
) -> None:
    clean = [(name, value.encode(errors="ignore").decode()) for name, value in parameters]
    here, there = (at.get("/v1/forecasts", params=clean) for at in (client, documented))
    assert (here.status_code, here.content) == (there.status_code, there.content)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.text(alphabet=st.characters(codec="utf-8"), max_size=20), query=st.binary(max_size=30))
def test_no_address_whatever_ends_in_a_crash(client: TestClient, path: str, query: bytes) -> None:
    answer = client.get(f"/v1/forecasts?store_id={quote(query)}&item_id=milk")
    assert answer.status_code < 500
    assert client.get("/v1/" + quote(path)).status_code < 500
