"""The main job: a CSV dropped in becomes a served forecast, and the next one measures it."""

import httpx
import polars as pl
import pytest

from core.contracts import keys
from core.contracts.verdict import Kind, Reason
from local.client import Client
from local.settings import aws_environment
from local.world import World
from tests import shop
from tests.twin.shops import DAYS, NEXT, START
from training import table
from training.registration import PROPERTIES


@pytest.fixture(scope="module")
def served(world: World) -> str:
    """A dataset with a history dropped, a champion and its forecasts served."""
    client = world.client
    name = "twin-loop"
    version = client.put(f"{name}/history.csv", shop.csv(START, DAYS))
    verdict = client.wait_for_verdict(f"{name}/history.csv", version)
    assert verdict.kind is Kind.ACCEPTED, verdict.sentence
    client.wait_until_settled(name)
    return name


@pytest.fixture(scope="module")
def measured(world: World, served: str) -> str:
    """The same after the next month, with two bad rows, was dropped."""
    client = world.client
    lines = shop.csv(NEXT, 30).decode().splitlines()
    lines[9] = lines[9].replace("2024", "20x4", 1)
    lines[20] = ",".join([*lines[20].split(",")[:3], "n/a", "0"])
    version = client.put(f"{served}/next.csv", "\n".join(lines).encode())
    client.wait_for_verdict(f"{served}/next.csv", version)
    client.wait_until_settled(served)
    return served


def test_every_series_is_served_for_every_day_of_the_horizon(client: Client, served: str) -> None:
    champion = client.champions(served)[-1]
    for store in ("000", "001", "002"):
        answer = client.forecast(store, "01", dataset=served)
        days = answer["forecasts"]
        assert answer["tier"] == "model"
        assert len(days) == 42
        assert all(0 <= day["p10"] <= day["p50"] <= day["p90"] for day in days)
        assert client.forecast(store, "01", dataset=served, horizon=7)["forecasts"] == days[:7]
    assert champion.model_id.startswith(served)


def test_a_what_if_is_answered_by_the_model_that_forecasts(client: Client, served: str) -> None:
    days = client.forecast("001", "01", dataset=served)["forecasts"]
    shut = client.what_if("001", "01", [{"date": days[2]["date"], "open": 0}], dataset=served)["forecasts"]
    assert [row["published"]["mean"] for row in shut] == [day["mean"] for day in days]
    assert shut[2]["mean"] == 0


def test_every_stored_forecast_says_why_and_its_causes_sum_to_it(client: Client, served: str) -> None:
    for day in client.forecast("001", "01", dataset=served, explain=True)["forecasts"]:
        assert sum(day["causes"].values()) == pytest.approx(day["mean"], abs=1e-6)
        assert day["basis"] == "the series' own sales"


def test_the_card_of_the_model_is_served_with_its_gate(client: Client, served: str) -> None:
    model = client.current_model(served)
    assert model is not None
    card = httpx.get(f"{client.info.endpoints.service}{model['card']}", trust_env=False).text
    assert card.startswith(f"# Model card: {model['publication']['model_id']}")
    assert "Approved: WAPE" in card


def test_sums_are_served_with_the_forecasts_they_are_made_of(client: Client, served: str) -> None:
    whole = client.total("total", dataset=served)["forecasts"]
    stores = [client.total("store", store, dataset=served)["forecasts"] for store in ("000", "001", "002")]
    assert [day["mean"] for day in whole] == pytest.approx(
        [sum(day["mean"] for day in days) for days in zip(*stores, strict=True)]
    )
    assert all(0 <= day["p10"] <= day["p50"] <= day["p90"] for day in whole)


def test_the_first_model_was_let_through_because_it_beats_seasonal_naive(client: Client, served: str) -> None:
    evaluation = client.evaluations(served)[0]
    assert evaluation.approved
    assert evaluation.champion_model_id is None
    assert evaluation.challenger.wape is not None
    assert evaluation.naive.wape is not None
    assert evaluation.challenger.wape < evaluation.naive.wape


def test_the_next_sales_measure_the_forecasts_already_given(client: Client, measured: str) -> None:
    live = client.live_accuracy(measured)[0]
    assert live.model_id == client.champions(measured)[-1].model_id
    assert (str(live.first_date), str(live.last_date)) == (str(NEXT), "2024-08-19")
    assert live.model.rows == 30 * 6 - 2
    assert live.model.wape is not None
    assert live.naive.wape is not None
    assert live.model.wape < live.naive.wape


def test_bad_rows_are_named_and_the_good_ones_merged(client: Client, measured: str) -> None:
    verdict = client.verdict(f"{measured}/next.csv")
    assert verdict is not None
    assert verdict.kind is Kind.QUARANTINED
    assert [(r.line, r.reason) for r in verdict.refusals] == [(10, Reason.DATE_UNREADABLE), (21, Reason.UNITS_MISSING)]
    assert verdict.counts.refused == 2
    assert verdict.counts.kept == 30 * 6 - 2


def test_refused_rows_are_kept_verbatim_beside_the_file(client: Client, measured: str) -> None:
    verdict = client.verdict(f"{measured}/next.csv")
    assert verdict is not None
    assert verdict.upload is not None
    key = keys.quarantine(verdict.upload.key, verdict.upload.version_id)
    kept = client.cloud.s3.get_object(Bucket=client.info.buckets.raw, Key=key)["Body"].read().decode()
    assert "20x4" in kept
    assert "n/a" in kept


def test_a_month_of_new_days_brings_a_new_champion(client: Client, measured: str) -> None:
    assert client.decisions(measured)[-1].due
    pointer = client.pointer(measured)
    assert pointer is not None
    assert len(pointer.history) == 1
    evaluation = client.evaluations(measured)[-1]
    assert evaluation.champion is not None
    assert "champion_ratio_low" in evaluation.rule


def test_the_table_is_what_the_files_say(world: World, measured: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_environment(world.ports).items():
        monkeypatch.setenv(name, value)
    rows = table.read(f"s3://{world.info.buckets.lake}/{keys.table(measured, 'sales')}")
    expected = pl.read_csv(
        shop.csv(START, DAYS + 30), schema_overrides={"store_id": pl.String, "item_id": pl.String}, try_parse_dates=True
    )
    joined = expected.join(rows, on=["date", "store_id", "item_id"], suffix="_table")
    assert joined.height == rows.height == expected.height - 2
    assert (joined["units"] == joined["units_table"]).all()
    assert (joined["promo"] == joined["promo_table"]).all()


def test_a_model_is_registered_with_its_lineage_and_every_number_of_the_gate(client: Client, measured: str) -> None:
    champion = client.champions(measured)[0]
    package = client.cloud.sagemaker.describe_model_package(ModelPackageName=champion.model_package_arn)
    assert package["ModelApprovalStatus"] == "Approved"
    assert package["CustomerMetadataProperties"]["model_id"] == champion.model_id
    evaluation = client.evaluations(measured)[-1]
    assert {name: package["CustomerMetadataProperties"][name] for name in PROPERTIES} == evaluation.package
    assert evaluation.package["gate"] == "approved"
    assert float(evaluation.package["gate_wape"]) == pytest.approx(evaluation.rule["wape"], rel=1e-5)
    statistics = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert statistics.endswith("evaluation/evaluation.json")


def test_rollback_serves_the_former_champion_at_once(client: Client, measured: str) -> None:
    newest, former = client.champions(measured)[:2]
    client.rollback(measured, "the test says so")
    client.wait_until_settled(measured)
    assert client.champions(measured)[0].model_id == former.model_id
    assert client.forecast("000", "01", dataset=measured)["model_id"] == former.model_id
    assert newest.model_id not in [champion.model_id for champion in client.champions(measured)]
