"""The champion pointer: forward by version, back on request, never by a late or repeated event."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.errors import RejectedModelError
from core.contracts.models import Champion, ChampionPointer
from lambdas.promote import handler as function
from lambdas.promote.logic import Package, promotion
from lambdas.promote.packages import Registry
from lambdas.promote.rollback import RollbackRequest, request_of_alarm, rollback
from lambdas.shared.champions import ChampionObjects
from lambdas.shared.objects import Bucket
from tests.unit.lambdas.conftest import Aws, sqs
from tests.unit.lambdas.stores import NOW, MemoryPipelines

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

GROUP = "arn:aws:sagemaker:ap-southeast-1:000000000000:model-package/mlops-dev-demand"


def package(version: int, created_at: datetime | None = None) -> Package:
    run = f"20260105t1200{version:02d}-abcdef"
    made = created_at or NOW + timedelta(minutes=version)
    return Package(f"{GROUP}/{version}", made, "shop", run, f"shop-{run}", f"s3://artifacts/{version}/model.tar.gz")


def ask(model_id: str | None = None, at: datetime = NOW + timedelta(days=1)) -> RollbackRequest:
    return RollbackRequest("shop", "it got worse", model_id, at)


def promoted(pointer: ChampionPointer | None, version: int, minutes: int = 0) -> ChampionPointer:
    """Pointer after an attempt to promote."""
    moved = promotion(pointer, package(version), "better", NOW + timedelta(minutes=version + minutes))
    return moved or pointer  # type: ignore[return-value]


@given(st.lists(st.integers(1, 9), min_size=1))
def test_in_whatever_order_events_come_the_newest_package_serves(versions: list[int]) -> None:
    pointer = None
    for version in versions:
        pointer = promoted(pointer, version)
    assert pointer is not None
    assert pointer.current.model_package_arn == package(max(versions)).arn
    served = [champion.model_package_arn for champion in (pointer.current, *pointer.history)]
    assert len(set(served)) == len(served)


def test_a_rolled_back_model_does_not_return_by_a_late_event() -> None:
    pointer = promoted(promoted(None, 1), 2)
    back = rollback(pointer, ask(), NOW + timedelta(days=1))
    assert back is not None
    assert back.current.model_package_arn == package(1).arn
    assert back.current.reason == f"rolled back from {package(2).model_id}: it got worse"
    assert (back.history, [c.model_id for c in back.withdrawn]) == ((), [package(2).model_id])
    assert promotion(back, package(2), "better", NOW) is None
    assert promotion(back, package(3), "better", NOW) is not None


def test_a_registry_made_anew_counts_from_one_and_is_believed() -> None:
    pointer = promoted(promoted(None, 1), 7)
    reborn = replace(package(1, created_at=NOW + timedelta(days=3)), model_id="shop-20260108t120000-aaaaaa")
    assert promotion(pointer, reborn, "better", NOW + timedelta(days=3)) is not None


def test_a_rollback_asked_for_twice_goes_back_once() -> None:
    pointer = promoted(promoted(promoted(None, 1), 2), 3)
    once = rollback(pointer, ask(), NOW + timedelta(days=2))
    assert once is not None
    assert rollback(once, ask(), NOW + timedelta(days=2)) is None
    named = ask(package(3).model_id, at=NOW + timedelta(days=9))
    assert rollback(once, named, NOW + timedelta(days=9)) is None


def test_there_must_be_something_to_go_back_to() -> None:
    with pytest.raises(RejectedModelError, match="has no champion"):
        rollback(None, ask(), NOW)
    with pytest.raises(RejectedModelError, match="first champion"):
        rollback(promoted(None, 1), ask(), NOW)


def test_history_is_bounded() -> None:
    pointer = None
    for version in range(1, 30):
        pointer = promoted(pointer, version)
    assert pointer is not None
    assert len(pointer.history) == 20


@pytest.mark.parametrize(("name", "value"), [("name", "value"), ("Name", "Value")])
def test_an_alarm_asks_for_a_rollback_of_its_dataset_when_it_is_raised(name: str, value: str) -> None:
    alarm: dict[str, Any] = {
        "AlarmName": "mlops-dev-live-wape-shop",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": "2026-01-05T12:00:00.000+0000",
        "Trigger": {"Dimensions": [{name: "Environment", value: "dev"}, {name: "Dataset", value: "shop"}]},
    }
    assert request_of_alarm(alarm) == RollbackRequest(
        "shop", "alarm mlops-dev-live-wape-shop: Threshold Crossed", None, NOW
    )
    assert request_of_alarm({**alarm, "NewStateValue": "OK"}) is None


@dataclass
class Shelf:
    """A SageMaker client that knows some model packages."""

    packages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, found: Package, status: str = "Approved", **papers: str) -> None:
        self.packages[found.arn] = {
            "ModelPackageArn": found.arn,
            "ModelPackageGroupName": "mlops-dev-demand",
            "ModelApprovalStatus": status,
            "CreationTime": found.created_at,
            "CustomerMetadataProperties": papers
            or {"dataset": found.dataset, "run_id": found.run_id, "model_id": found.model_id},
            "InferenceSpecification": {"Containers": [{"ModelDataUrl": found.bundle_uri}]},
        }

    def describe_model_package(self, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        return self.packages[ModelPackageName]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def pipelines(aws: Aws, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> MemoryPipelines:
    """The function, wired to that shelf and to a SageMaker that only takes note."""
    noted = MemoryPipelines()
    function.app.cache_clear()
    app = function.app()
    app = replace(
        app,
        registry=Registry(cast("SageMakerClient", shelf), "mlops-dev-demand"),
        forecasts=replace(app.forecasts, pipelines=noted),  # type: ignore[type-var]
    )
    monkeypatch.setattr(function, "app", lambda: app)
    return noted


def approved(found: Package) -> str:
    return json.dumps({"source": "aws.sagemaker", "detail-type": "x", "detail": {"ModelPackageArn": found.arn}})


def handle(aws: Aws, *bodies: str, sent: datetime = NOW) -> list[str]:
    answer = function.handler(sqs(*bodies, sent=sent), aws.context)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def pointer(aws: Aws) -> ChampionPointer:
    return ChampionPointer.model_validate_json(aws.text("artifacts", "champions/shop.json"))


def test_an_approved_package_becomes_champion_and_its_forecast_starts_once(
    aws: Aws, shelf: Shelf, pipelines: MemoryPipelines
) -> None:
    shelf.add(package(1))
    for _ in range(3):
        assert handle(aws, approved(package(1)), approved(package(1))) == []
    assert pointer(aws).current.model_id == package(1).model_id
    assert list(pipelines.parameters.values()) == [
        {
            "Dataset": "shop",
            "RunId": package(1).run_id,
            "ModelId": package(1).model_id,
            "ModelDataUrl": package(1).bundle_uri,
        }
    ]
    assert len(aws.s3.list_object_versions(Bucket="artifacts", Prefix="champions/")["Versions"]) == 1


def test_a_crash_between_promotion_and_forecast_heals_on_redelivery(
    aws: Aws, shelf: Shelf, pipelines: MemoryPipelines, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.add(package(1))
    with monkeypatch.context() as patch:
        patch.setattr(MemoryPipelines, "start", lambda *_: 1 / 0)
        assert handle(aws, approved(package(1))) == ["m0"]
    assert pointer(aws).current.model_id == package(1).model_id
    assert handle(aws, approved(package(1))) == []
    assert len(pipelines.executions) == 1


def test_a_late_older_package_changes_nothing(aws: Aws, shelf: Shelf, pipelines: MemoryPipelines) -> None:
    for version in (1, 2):
        shelf.add(package(version))
    assert handle(aws, approved(package(2)), approved(package(1))) == [], "that is an answer, not a failure"
    assert pointer(aws).current.model_id == package(2).model_id
    assert len(pipelines.executions) == 1


@pytest.mark.parametrize(("status", "papers"), [("Rejected", {}), ("Approved", {"dataset": "shop"})])
def test_a_package_that_must_not_serve_does_not(
    aws: Aws, shelf: Shelf, pipelines: MemoryPipelines, status: str, papers: dict[str, str]
) -> None:
    shelf.add(package(1), status, **papers)
    assert handle(aws, approved(package(1))) == []
    assert aws.keys("artifacts") == []


def test_a_rollback_by_hand_answers_with_the_champion_and_starts_its_forecast(
    aws: Aws, shelf: Shelf, pipelines: MemoryPipelines
) -> None:
    for version in (1, 2):
        shelf.add(package(version))
        handle(aws, approved(package(version)))
    request = {"action": "rollback", "dataset": "shop", "reason": "worse", "model_id": package(2).model_id}
    for _ in range(2):
        answer = function.handler(request, aws.context)
        assert answer["current"]["model_id"] == package(1).model_id
    assert [found["ModelId"] for found in pipelines.parameters.values()] == [
        package(1).model_id,
        package(2).model_id,
        package(1).model_id,
    ]
    with pytest.raises(RejectedModelError, match="first champion"):
        function.handler({"action": "rollback", "dataset": "shop"}, aws.context)


def test_two_who_move_the_pointer_at_once_both_get_their_turn(aws: Aws) -> None:
    champions = ChampionObjects(Bucket(aws.s3, "artifacts"))
    rivals = iter([1, 2])

    def move(standing: ChampionPointer | None) -> ChampionPointer:
        if version := next(rivals, None):  # someone else is quicker, twice
            champions.move("shop", lambda found: promotion(found, package(version), "rival", NOW))
        mine = promotion(standing, package(9), "better", NOW)
        assert mine is not None
        return mine

    moved = champions.move("shop", move)
    assert moved is not None
    served: list[Champion] = [moved.current, *moved.history]
    assert [champion.model_id for champion in served] == [package(n).model_id for n in (9, 2, 1)]
    assert champions.read("shop") == moved
