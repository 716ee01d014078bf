from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from core.contracts.errors import ConfigError
from service.app import create_app
from service.settings import Settings
from tests.unit.service.shop import World

ASKED = "/v1/forecasts?store_id=01&item_id=milk"


def keyed(world: World, **settings: object) -> TestClient:
    return TestClient(create_app(Settings(**settings), board=world.board))  # type: ignore[arg-type]


def test_without_a_key_set_nobody_is_asked(serving: World) -> None:
    assert keyed(serving).get(ASKED).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": ""}, {"X-Api-Key": "secre"}, {"X-Api-Key": "é"}])
def test_a_missing_or_wrong_key_is_refused_without_saying_more(serving: World, headers: dict[str, str]) -> None:
    client = keyed(serving, api_key="secret")
    for path in (ASKED, "/v1/series", "/v1/models/current"):
        answer = client.get(path, headers={name: value.encode() for name, value in headers.items()})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "ApiKey"
        assert "secret" not in answer.text
    assert client.post("/invocations").status_code == 401


def test_the_right_key_is_let_in_and_probes_need_none(serving: World) -> None:
    client = keyed(serving, api_key="secret")
    assert client.get(ASKED, headers={"x-api-key": "secret"}).status_code == 200
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get("/docs").status_code == 200


def test_a_file_may_hold_an_old_and_a_new_key(serving: World, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("old\nnew\n")
    client = keyed(serving, api_key_file=file)
    assert [client.get(ASKED, headers={"X-Api-Key": key}).status_code for key in ("old", "new", "other")] == [
        200,
        200,
        401,
    ]


def test_an_api_meant_to_be_closed_does_not_open_for_want_of_its_file(serving: World, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"API_KEY_FILE .*gone"):
        keyed(serving, api_key_file=tmp_path / "gone")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ConfigError, match="holds no key"):
        keyed(serving, api_key_file=tmp_path / "empty")


def test_the_key_is_in_no_representation_of_the_settings() -> None:
    assert "secret" not in repr(Settings(api_key="secret"))


def test_the_openapi_document_tells_of_the_key_where_one_is_set(serving: World) -> None:
    document = keyed(serving, api_key="secret").get("/openapi.json").json()
    assert document["components"]["securitySchemes"]["APIKeyHeader"]["name"] == "X-Api-Key"
    assert document["paths"]["/v1/forecasts"]["get"]["security"]
    assert "security" not in document["paths"]["/livez"]["get"]
