import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.contracts.errors import ConfigError
from stacks import cost
from stacks.application import chosen
from stacks.config import load
from stacks.costs.coverage import BY_LOAD, BY_USE, COUNTED, FREE, unknown
from stacks.costs.estimate import Estimate, Line
from stacks.costs.prices import Price, Prices, prices
from stacks.kubernetes_versions import STANDARD_SUPPORT_ENDS
from tests.unit.stacks.opened import everything, opened
from tests.unit.stacks.synthesis import Json, templates

pytestmark = pytest.mark.xdist_group("synth")
TABLE = prices()
TODAY, DAY = date(2026, 11, 26), timedelta(days=1)


def bodies(environment: str) -> dict[str, Json]:
    return {name: templates(environment)[name].body for name in chosen(None, load(environment))}


def lines(
    environment: str,
    *said: str,
    table: Prices = TABLE,
    templates: dict[str, Json] | None = None,
    today: date = TODAY,
) -> list[Line]:
    return Estimate(
        config=load(environment),
        templates=bodies(environment) if templates is None else templates,
        prices=table,
        load=cost.loaded(TABLE.load, list(said)),
        today=today,
    ).lines()


def usd(found: list[Line], component: str = "", what: str = "") -> float:
    return sum(each.usd for each in found if component in each.component and what in each.what)


@pytest.mark.parametrize(("environment", "most"), [("dev", 200), ("prod", 800)])
def test_an_environment_costs_less_than_it_may(environment: str, most: float) -> None:
    total = usd(lines(environment))
    assert 0.5 * most < total < most


def test_what_runs_by_the_hour_is_what_the_templates_hold() -> None:
    found = {each.what: each for each in lines("prod")}
    assert found["control plane"].usd == pytest.approx(73.0)
    assert found["NAT gateways"].usd == pytest.approx(3 * 730 * 0.059)
    assert found["interface endpoints"].quantity == 8 * 2 * 730
    assert found["nodes m7i.large"].usd == pytest.approx(3 * 730 * 0.126)
    assert found["keys"].quantity == 6
    assert found["load balancer"].quantity == 730


def test_a_version_that_is_kept_after_its_support_costs_more_from_that_day_on() -> None:
    ends = STANDARD_SUPPORT_ENDS[load("prod").cluster.version]
    for day, dollars in ((ends - DAY, 73.0), (ends, 438.0)):
        assert usd(lines("prod", today=day), "cluster", "control plane") == pytest.approx(dollars)
    assert usd(lines("dev", today=ends), "cluster", "control plane") == pytest.approx(73.0), "AWS upgrades it"


def test_business_hours_and_spot_show_in_the_price_of_nodes() -> None:
    (nodes,) = [each for each in lines("dev") if each.what.startswith("nodes")]
    assert nodes.quantity == pytest.approx(730 * 55 / 168)
    assert nodes.usd == pytest.approx(nodes.quantity * 0.0944 * 0.4)


def test_a_service_that_faces_the_internet_has_a_public_address_in_each_zone() -> None:
    templates = {name: each.body for name, each in opened().items()}
    found = Estimate(config=everything(), templates=templates, prices=TABLE, load=TABLE.load, today=TODAY).lines()
    (addresses,) = [each for each in found if each.what == "public addresses"]
    assert addresses.quantity == (1 + 3) * 730, "the gateway's, and the load balancer's"


def test_twice_the_retrains_cost_twice_the_machines_and_nothing_else_by_the_hour() -> None:
    once, twice = lines("prod", "retrains=9"), lines("prod", "retrains=18")
    assert usd(twice, "training") == pytest.approx(2 * usd(once, "training"))
    assert usd(twice, "network") == usd(once, "network")


def test_a_second_copy_of_an_account_s_events_is_paid_for_by_who_records_it() -> None:
    what = "audit trail, copies"
    assert usd(lines("dev"), "watching", what) == 0, "the first is free"
    assert usd(lines("dev", "management_copies=300000"), "watching", what) == pytest.approx(6.0)
    without = Estimate(
        config=everything(),
        templates={name: each.body for name, each in opened().items()},
        prices=TABLE,
        load=cost.loaded(TABLE.load, ["management_copies=300000"]),
        today=TODAY,
    ).lines()
    assert not everything().audit.management_events
    assert usd(without, "watching", what) == 0


def test_a_load_nobody_knows_and_a_value_that_is_none_are_sentences() -> None:
    with pytest.raises(ConfigError, match="there is no load 'retrain'; choose among uploads"):
        cost.loaded(TABLE.load, ["retrain=3"])
    with pytest.raises(ConfigError, match="'many' is no number"):
        cost.loaded(TABLE.load, ["retrains=many"])
    for said in ("retrains=-5", "nat_gb=nan", "nat_gb=inf"):
        with pytest.raises(ConfigError, match=f"--set {said}: a load is 0 or more"):
            cost.loaded(TABLE.load, [said])


def test_a_machine_or_region_without_a_price_says_where_to_add_it() -> None:
    with pytest.raises(ConfigError, match=r"no price for p9.large: add it to section \[ec2\]"):
        TABLE.machine("p9.large")
    with pytest.raises(ConfigError, match=r"no prices for mars-1: add it to section \[regions\]"):
        TABLE.factor("mars-1")


def test_the_command_prints_the_dated_estimate_beside_the_aim(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost, "synthesised", lambda _: bodies("dev"))
    monkeypatch.setenv("COLUMNS", "120")
    assert cost.main(["--env", "dev"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "$200 to $500; here the aim is below $200" in shown
    assert f"On-demand prices of ap-southeast-1, noted {TABLE.noted}, here times 1.0" in shown
    assert "Nodes are on 33% of the week" in shown
    for name, value in {**TABLE.load.model_dump(), **TABLE.assumed.model_dump()}.items():
        assert f"{name} {value:,}" in shown, "what the estimate rests on is said"
    assert cost.main(["--env", "dev", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["usd_per_month"] == pytest.approx(sum(each["usd"] for each in found["lines"]), abs=0.01)
    assert cost.main(["--env", "nowhere"]) == 2


def test_a_training_is_counted_once_on_the_machine_it_is_meant_for() -> None:
    jobs = {each.what for each in lines("prod") if each.component == "training and forecasts"}
    assert jobs == {"jobs on ml.m5.2xlarge", "jobs on ml.m5.xlarge"}


def test_prices_of_more_than_a_year_ago_are_said_to_be_old(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TABLE.aged(TABLE.noted + timedelta(days=365)) == ""
    warning = TABLE.aged(TABLE.noted + timedelta(days=366))
    assert warning.startswith(f"The prices were noted {TABLE.noted}, 366 days ago: compare them with the pages")
    monkeypatch.setattr(cost, "synthesised", lambda _: bodies("dev"))
    monkeypatch.setattr(cost, "prices", lambda: TABLE.model_copy(update={"noted": TABLE.noted.replace(year=2020)}))
    assert cost.main(["--env", "dev", "--json"]) == 0
    assert "The prices were noted 2020" in capsys.readouterr().err


def test_every_price_names_its_unit_and_the_page_it_is_published_on() -> None:
    for name, price in TABLE.unit.items():
        assert price.per, name
        assert (TABLE.pages[price.page].scheme, TABLE.pages[price.page].host) == ("https", "aws.amazon.com")
    nowhere = TABLE.model_dump() | {"pages": {}}
    with pytest.raises(ValidationError, match="pages and prices do not name the same"):
        type(TABLE).model_validate(nowhere)


def test_every_price_of_the_table_is_used() -> None:
    asked: set[str] = set()

    class Noting(dict[str, Price]):
        def __getitem__(self, name: str) -> Price:
            asked.add(name)
            return super().__getitem__(name)

    table = TABLE.model_copy(update={"unit": Noting(TABLE.unit)})
    for environment in ("dev", "prod"):
        lines(environment, table=table)
    by_config = {name for name in TABLE.unit if name.startswith(("lambda_gb_second_", "web_acl_", "eks_ext"))}
    assert set(TABLE.unit) - asked < by_config, "one architecture; a firewall where the world may ask; an old version"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_kind_of_resource_is_counted_or_said_not_to_be(environment: str) -> None:
    assert unknown(bodies(environment).values()) == []


def test_every_kind_that_a_file_can_turn_on_is_counted_or_said_not_to_be() -> None:
    assert unknown(each.body for each in opened().values()) == []


def test_a_kind_that_the_estimate_does_not_know_is_a_warning_and_not_silence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    more = bodies("dev") | {"ml": {"Resources": {"Cache": {"Type": "AWS::ElastiCache::ReplicationGroup"}}}}
    monkeypatch.setattr(cost, "synthesised", lambda _: more)
    assert cost.main(["--env", "dev", "--json"]) == 0
    said = capsys.readouterr().err
    assert "no price for AWS::ElastiCache::ReplicationGroup (1 in the templates): count it in stacks/costs" in said


def test_what_is_said_to_be_counted_makes_the_estimate_dearer_and_the_rest_does_not() -> None:
    groups = [COUNTED, BY_LOAD, set(BY_USE), FREE]
    assert sum(map(len, groups)) == len(set().union(*groups)), "a kind is one or the other"
    kinds = {kind for environment in ("dev", "prod") for kind in makes_dearer(environment)}
    assert kinds == COUNTED - {"AWS::WAFv2::WebACL"}, "a firewall is there where the world may ask"


def makes_dearer(environment: str) -> Iterator[str]:
    """Kinds of resources without which an environment's estimate is lower."""
    whole, found = usd(lines(environment)), bodies(environment)
    for kind in {each["Type"] for body in found.values() for each in body["Resources"].values()}:
        without = {
            name: {"Resources": {key: each for key, each in body["Resources"].items() if each["Type"] != kind}}
            for name, body in found.items()
        }
        if usd(lines(environment, templates=without)) < whole:
            yield kind


def test_an_estimate_says_nothing_of_what_only_a_deployment_has_to_heed(capfd: pytest.CaptureFixture[str]) -> None:
    cost.synthesised(load("dev"))
    assert "WARNING" not in "".join(capfd.readouterr())


def test_the_guide_tells_what_each_stack_begins_to_cost_as_the_estimate_does() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "deploy.md").read_text("utf-8")
    told = dict(re.findall(r"`cdk deploy mlops-dev-(\w+)`.*about \$(\d+) \|", guide))
    found = lines("dev")
    balancer, nat = (
        usd(found, "network", "load balancer"),
        usd(found, "network") - usd(found, "network", "load balancer"),
    )
    insights = usd(found, "watching", "Container Insights")
    wanted = {
        "data": usd(found, "data"),
        "network": nat,
        "cluster": usd(found, "cluster") + balancer,
        "observability": usd(found, "watching") - insights,
    }
    assert {name: int(dollars) for name, dollars in told.items()} == {
        name: pytest.approx(dollars, abs=1) for name, dollars in wanted.items()
    }
