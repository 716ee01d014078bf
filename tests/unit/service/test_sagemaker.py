"""``/ping`` and ``/invocations`` with a model that does nearly nothing."""

import hashlib
import json
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts.errors import RejectedDataError, RejectedModelError
from service.app import create_app
from service.bundle import Bundle, load_bundle
from service.frames import COLUMNS, JSON, PARQUET
from service.routes import sagemaker
from service.settings import Settings
from tests.unit.service.shop import manifest, parquet
from tests.unit.service.test_api import problem


class LastValue:
    """Forecasts a series' last units on each asked row; keeps what it was asked."""

    def __init__(self) -> None:
        self.history = self.future = pl.DataFrame()

    def predict(self, history: pl.DataFrame, future: pl.DataFrame | None) -> pl.DataFrame:
        self.history = history
        last = history.sort("date").group_by("store_id", "item_id").agg(pl.col("units").last().alias("mean"))
        if future is None:
            future = last.select("store_id", "item_id").with_columns(pl.lit(date(2024, 6, 1)).alias("date"))
        self.future = future
        if "spoil" in future.columns:
            raise RejectedDataError("column spoil is not wanted")
        answer = future.join(last, on=["store_id", "item_id"], how="left").with_columns(pl.col("mean").fill_null(0))
        return answer.with_columns(
            *(pl.col("mean").alias(name) for name in ("p10", "p50", "p90")), pl.lit("model").alias("tier")
        )

    def explain(self, history: pl.DataFrame, future: pl.DataFrame | None) -> pl.DataFrame:
        raise RejectedDataError("this model explains nothing")


@pytest.fixture
def model() -> LastValue:
    return LastValue()


@pytest.fixture
def client(model: LastValue) -> TestClient:
    app = create_app(Settings(), bundle=Bundle(model, manifest("shop-1")))
    return TestClient(app, raise_server_exceptions=False)


def request(**columns: Any) -> pl.DataFrame:
    history = [
        {"date": date(2024, 5, 1) + timedelta(days=day), "store_id": "01", "item_id": "é", "units": float(day)}
        for day in range(30)
    ]
    future = [{"date": date(2024, 5, 31) + timedelta(days=day), "store_id": "01", "item_id": "é"} for day in range(3)]
    flagged = [*({**row, "_future": False} for row in history), *({**row, "_future": True} for row in future)]
    return pl.DataFrame(flagged, infer_schema_length=None).with_columns(**columns)


def post(client: TestClient, body: bytes, kind: str = PARQUET, **headers: str) -> Any:
    return client.post("/invocations", content=body, headers={"Content-Type": kind, **headers})


def test_parquet_in_gives_parquet_out(client: TestClient, model: LastValue) -> None:
    answer = post(client, parquet(request(promo=pl.lit(1), _source_key=pl.lit("x"))))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == PARQUET
    frame = pl.read_parquet(BytesIO(answer.content))
    assert tuple(frame.columns) == COLUMNS
    assert frame.rows()[0] == (date(2024, 5, 31), "01", "é", 29.0, 29.0, 29.0, 29.0, "model")
    assert frame.height == 3
    assert model.history.columns == ["date", "store_id", "item_id", "units", "promo"]
    assert model.future.columns == ["date", "store_id", "item_id", "promo"]


def test_json_in_gives_json_out(client: TestClient) -> None:
    row = {"date": "2024-05-30", "store_id": "01", "item_id": "é", "units": 7}
    asked = {"date": "2024-05-31", "store_id": "01", "item_id": "é"}
    for body in ({"history": [row], "future": [asked]}, [row, {**asked, "_future": True}]):
        answer = post(client, json.dumps(body).encode(), "application/json; charset=utf-8")
        assert answer.headers["content-type"] == JSON
        assert answer.json() == {
            "model_id": "shop-1",
            "forecasts": [{**asked, "mean": 7.0, "p10": 7.0, "p50": 7.0, "p90": 7.0, "tier": "model"}],
        }


def test_the_answer_has_the_format_that_is_accepted(client: TestClient) -> None:
    body = parquet(request())
    assert post(client, body, Accept="text/html, application/json;q=0.9").headers["content-type"] == JSON
    assert post(client, body, Accept=PARQUET).headers["content-type"] == PARQUET
    assert post(client, body, Accept="*/*").headers["content-type"] == PARQUET
    assert "'text/html'" in problem(post(client, body, Accept="text/html"), 406, "accept")


def test_no_rows_flagged_asks_for_the_models_own_horizon(client: TestClient) -> None:
    frame = request().filter(~pl.col("_future")).drop("_future")
    assert pl.read_parquet(BytesIO(post(client, parquet(frame)).content)).height == 1


def test_dates_as_text_or_time_and_ids_as_numbers_are_understood(client: TestClient, model: LastValue) -> None:
    frame = request(date=pl.col("date").cast(pl.Datetime), store_id=pl.lit(7), item_id=pl.lit("é").cast(pl.Categorical))
    assert post(client, parquet(frame)).status_code == 200
    assert post(client, parquet(request(date=pl.col("date").cast(pl.String)))).status_code == 200
    assert model.history.schema["date"] == pl.Date


@pytest.mark.parametrize(
    ("frame", "code", "sentence"),
    [
        (request().drop("store_id"), "column_missing", "column store_id is missing"),
        (request(date=pl.lit("31/05/2024")), "date_unreadable", "'31/05/2024'"),
        (request(date=pl.lit(3)), "column_type", "column date is Int32"),
        (request(item_id=pl.lit(1.5)), "column_type", "column item_id is Float64"),
        (request(units=pl.lit("many")), "column_type", "column units is String"),
        (request(_future=pl.lit("yes")), "column_type", "column _future is String"),
        (request(promo=pl.lit([1, 2]).implode()), "column_type", "column promo is List"),
        (request(store_id=pl.lit(None, pl.String)), "value_missing", "column store_id has 33 empty values"),
        (request().clear(), "no_rows", "no rows"),
        (request(spoil=pl.lit(1)), "rejected_data", "column spoil is not wanted"),
    ],
)
def test_a_table_that_does_not_do_is_refused_by_name(
    client: TestClient, frame: pl.DataFrame, code: str, sentence: str
) -> None:
    assert sentence in problem(post(client, parquet(frame)), 422, code)


@pytest.mark.parametrize(
    ("body", "kind", "status", "code"),
    [
        (b"PAR1 not", PARQUET, 400, "not_parquet"),
        (b"", PARQUET, 400, "not_parquet"),
        (b"{", JSON, 400, "not_json"),
        (b"7", JSON, 422, "no_rows"),
        (b"[]", JSON, 422, "no_rows"),
        (b'{"history": 7}', JSON, 422, "not_rows"),
        (b"[1]", JSON, 422, "not_rows"),
        (b'[{"date": {}}]', JSON, 422, "column_missing"),
        (b'[{"date": "2024-01-01", "store_id": "1", "item_id": "1", "units": {}}]', JSON, 422, "column_type"),
        (b"a,b", "text/csv", 415, "content_type"),
    ],
)
def test_a_body_that_is_none_is_a_problem(client: TestClient, body: bytes, kind: str, status: int, code: str) -> None:
    problem(post(client, body, kind), status, code)


def test_a_body_too_large_is_refused_by_its_size(model: LastValue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sagemaker, "LARGEST_BODY", 1000)
    client = TestClient(create_app(Settings(), bundle=Bundle(model)))
    assert "1,000 bytes" in problem(post(client, b"x" * 1001), 413, "body_too_large")
    in_parts = client.post("/invocations", content=iter([b"x" * 600] * 2), headers={"Content-Type": PARQUET})
    problem(in_parts, 413, "body_too_large")
    problem(post(client, b"x" * 1000), 400, "not_parquet")


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["2024-01-01", [], {}])
)
_ROWS = st.lists(
    st.dictionaries(st.sampled_from(["date", "store_id", "item_id", "units", "_future", "promo"]), _VALUES), max_size=4
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(_ROWS, st.fixed_dictionaries({"history": _ROWS, "future": _ROWS})))
def test_no_json_whatever_ends_in_a_crash(client: TestClient, body: object) -> None:
    assert post(client, json.dumps(body).encode(), JSON).status_code in (200, 400, 422)


def test_ping_says_whether_there_is_a_model(client: TestClient) -> None:
    assert client.get("/ping").status_code == 200
    assert client.get("/readyz").status_code == 200, "where no forecasts are served, the model is all there is"
    assert client.get("/v1/series").status_code == 404
    assert client.get("/execution-parameters").json()["MaxConcurrentTransforms"] == 1
    bare = TestClient(create_app(Settings()))
    problem(bare.get("/ping"), 503, "no_bundle")
    problem(post(bare, b""), 503, "no_bundle")


def test_a_bundle_with_a_changed_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text("{}")
    files = {"model.json": hashlib.sha256(b"other").hexdigest()}
    (tmp_path / "manifest.json").write_text(manifest("shop-1", files=files).model_dump_json())
    with pytest.raises(RejectedModelError, match=r"model\.json: sha256"):
        load_bundle(tmp_path)
    (tmp_path / "model.json").unlink()
    with pytest.raises(RejectedModelError, match="it is not there"):
        load_bundle(tmp_path)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedModelError, match="holds no model that can be loaded"):
        load_bundle(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(RejectedModelError, match=r"manifest\.json"):
        load_bundle(tmp_path)
