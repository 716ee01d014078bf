import tomllib
from ipaddress import IPv4Network
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from core.contracts.errors import ConfigError
from stacks.config import ENVIRONMENTS, chosen, load, with_images

ROLE = "arn:aws:iam::123456789012:role/platform"
DEV = (ENVIRONMENTS / "dev.toml").read_text()


def load_changed(tmp_path: Path, old: str, new: str, name: str = "dev") -> Any:
    assert old in DEV
    (tmp_path / f"{name}.toml").write_text(DEV.replace(old, new))
    return load(name, tmp_path)


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_environment_loads(environment: str) -> None:
    assert load(environment).environment == environment


def test_the_context_wins_over_the_variable_and_dev_is_the_default() -> None:
    assert chosen("prod", {"ENVIRONMENT": "staging"}) == "prod"
    assert chosen(None, {"ENVIRONMENT": "staging"}) == "staging"
    assert chosen(None, {"ENVIRONMENT": ""}) == "dev"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('training = "0.1.0"', 'training = "latest"', ["images.training = 'latest'", "pin one build"]),
        ('"ml.m5.xlarge"', '"m5.xlarge"', ["training.instance_type = 'm5.xlarge'", "such as 'ml.m5.xlarge'"]),
        ('"ml.m5.xlarge"', '"ml.m5d.xlarge"', ["training.instance_type = 'ml.m5d.xlarge'", "without one"]),
        ('["ml.m5.2xlarge"]', '["m5.2xlarge"]', ["training.other_instance_types", "name a SageMaker instance type"]),
        (
            '["ml.m5.2xlarge"]',
            '["ml.m6g.xlarge"]',
            ["training.other_instance_types names 'ml.m6g.xlarge'", "first's image"],
        ),
        ("max_wait_minutes = 180", "max_wait_minutes = 60", ["training", "is 60", "max_runtime_minutes = 120 or more"]),
        ("sweep_minutes = 60", "sweep_minutes = 1", ["functions.sweep_minutes = 1", "greater than or equal to 5"]),
        ("[processing]\n", "[processing]\ninstance_count = 2\n", ["processing.instance_count is 2", "every file"]),
        ("log_level", "loglevel", ["functions.loglevel = 'DEBUG'", "did you mean 'log_level'?"]),
        ('region = "ap-southeast-1"', 'region = "Singapore"', ["region = 'Singapore'", "such as 'ap-southeast-1'"]),
        ("[functions]", 'environment = "prod"\n[functions]', ["environment = 'prod'", "the file's name says it"]),
        ("[functions]", "account = 1\n[functions]", ["account = 1", "text in quotes"]),
        ("[functions]", 'account = "1"\n[functions]', ["account = '1'", "12 digits"]),
        ("[functions]", "[sevice]\n[functions]", ["[sevice]", "did you mean 'service'?"]),
        ("[service]", '[queries]\ndatasets = ["My Shop"]\n[service]', ["queries.datasets.0 = 'My Shop'", "lower-case"]),
        ("[alarms]", '[alarms]\nemails = ["ops"]', ["alarms.emails.0 = 'ops'", "such as 'team@example.com'"]),
        ("[alarms]", '[alarms]\ndatasets = ["a_b"]', ["alarms.datasets.0 = 'a_b'", "a dataset's name"]),
        (
            "spot = true\nmin_nodes",
            'spot = "perhaps"\nmin_nodes',
            ["cluster.spot = 'perhaps'", "must be true or false"],
        ),
        ("zones = 3", 'zones = "three"', ["vpc.zones = 'three'", "a whole number"]),
        (
            "spot = true\nmin_nodes",
            'spot = true\naddons = { coredns = "latest" }\nmin_nodes',
            ["cluster.addons.coredns = 'latest'", "such as 'v1.2.3-eksbuild.4'"],
        ),
        ("[cluster]", "[network]\nsubnets = ['a']\n[cluster]", ["network.subnets.0 = 'a'", "such as 'subnet-"]),
        ("Asia/Singapore", "Asia/Singapoor", ["cluster.office_hours.time_zone = 'Asia/Singapoor'", "by its name"]),
        ('opens = "08:00"', 'opens = "8"', ["cluster.office_hours.opens = '8'", "such as '08:00'"]),
        ('opens = "08:00"', 'opens = "19:30"', ["cluster.office_hours: opens is 19:30", "not before closes = 19:00"]),
        ('opens = "08:00"', 'opens = "18:30"', ["cluster.office_hours: opens is 18:30", "less than an hour"]),
        ('runbook = "https://', 'runbook = "http://', ["alarms.runbook = 'http://", "https"]),
        ('version = "1.36"', 'version = "1.20"', ["cluster.version = '1.20'", "'1.36'"]),
        ("spot = true\nmin_nodes", 'public_from = ["0.0.0.0/0"]\nmin_nodes', ["cluster.public_from =", "too wide"]),
        ("spot = true\nmin_nodes", 'public_from = ["home"]\nmin_nodes', ["cluster.public_from =", "give networks"]),
        ("spot = true\nmin_nodes", 'admins = ["me"]\nmin_nodes', ["cluster.admins =", "give ARNs such as"]),
        (
            "spot = true\nmin_nodes",
            f'admins = ["{ROLE}"]\nviewers = ["{ROLE}"]\nmin_nodes',
            [f"cluster: '{ROLE}' is named twice"],
        ),
        ('"t3.large"', '"huge"', ["cluster.instance_types =", "'huge' is no EC2 instance type"]),
        ('"t3.large"', '"m7g.large"', ["cluster.instance_types =", "one architecture"]),
        ("max_nodes = 3", "max_nodes = 1\nmin_pods = 3", ["cluster.min_pods = 3", "it belongs under [service]"]),
        ("min_nodes = 1\nmax_nodes = 3", "min_nodes = 4\nmax_nodes = 3", ["cluster: max_nodes is 3", "raise it"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "10.0.0.0/20"', ["vpc.cidr = '10.0.0.0/20'", "a private network of 16 bits"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "127.0.0.0/16"', ["vpc.cidr = '127.0.0.0/16'", "a private network"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "169.254.0.0/16"', ["vpc.cidr = '169.254.0.0/16'", "a private network"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "10.0.1.0/16"', ["vpc.cidr = '10.0.1.0/16'", "host bits set"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "8.8.0.0/16"', ["vpc.cidr = '8.8.0.0/16'", "a private network"]),
        ('cidr = "10.0.0.0/16"', 'cidr = "mine"', ["vpc.cidr = 'mine'", "give a network such as"]),
        ("zones = 3\nnat_gateways = 1", "zones = 2\nnat_gateways = 3", ["vpc: nat_gateways is 3", "lower it"]),
        ("zones = 3", 'endpoints = ["s3"]', ["vpc.endpoints.0 = 's3'", "ecr.api"]),
        (
            "[service]",
            '[service.ingress]\nscheme = "internet-facing"\n[service]',
            ["service: ingress.scheme is 'internet"],
        ),
        ('promotes_to = "prod"', 'promotes_to = "dev"', ["delivery.promotes_to is 'dev'", "the one that comes after"]),
        ('promotes_to = "prod"', 'promotes_to = "live"', ["delivery.promotes_to = 'live'", "'prod'"]),
        ("[delivery]", '[delivery]\ngithub = { connection_arn = "x", repository = "a/b" }', ["delivery.github.conn"]),
        ("[delivery]", "[delivery]\nkeep_images = 1", ["delivery.keep_images = 1", "greater than or equal to 5"]),
        ('inference_api = "0.1.0"\n', "", ["images.inference_api is missing", "add it"]),
    ],
)
def test_a_bad_value_is_a_sentence_with_file_field_value_and_cure(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_changed(tmp_path, old, new)
    sentence = str(caught.value)
    assert sentence.startswith(f"{tmp_path.name}/dev.toml: {said[0]}")
    assert all(part in sentence for part in said)


def test_all_bad_values_are_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load_changed(tmp_path, '"0.1.0"', '"latest"')
    assert len(str(caught.value).splitlines()) == 2


def test_production_cannot_throw_its_data_away(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.keep_on_delete is False: production keeps its data; remove the line"):
        load_changed(tmp_path, "Development", "Production", name="prod")


def test_reserved_concurrency_below_what_the_queue_may_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"functions\.on_upload: reserved is 4, below most = 8"):
        load_changed(tmp_path, "\n[images]", "\n[functions.on_upload]\nmost = 8\nreserved = 4\n\n[images]")


def test_builds_that_are_said_win_over_the_file_and_a_bad_one_is_a_sentence() -> None:
    digest = "sha256:" + 64 * "1"
    config = with_images(load("dev"), {"training": digest, "inference_api": None})
    assert (config.images.training, config.images.inference_api) == (digest, "0.1.0")
    with pytest.raises(ConfigError, match="-c training = 'latest': pin one build"):
        with_images(config, {"training": "latest"})


@pytest.mark.parametrize("name", ["qa", "../dev", "Prod"])
def test_an_unknown_environment_names_those_there_are(name: str) -> None:
    with pytest.raises(ConfigError, match=f"environment is '{name}': choose dev, staging, prod"):
        load(name)


def test_a_file_that_is_missing_or_no_toml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"dev\.toml does not exist: write it after"):
        load("dev", tmp_path)
    (tmp_path / "dev.toml").write_text("region = ")
    with pytest.raises(ConfigError, match=r"dev\.toml: not valid TOML"):
        load("dev", tmp_path)


def test_the_environments_hold_the_same_sections() -> None:
    sections = [set(tomllib.loads((ENVIRONMENTS / f"{name}.toml").read_text())) for name in ("dev", "staging", "prod")]
    assert sections[0] | {"network"} == sections[1] == sections[2], "development's jobs run outside a VPC"


def test_a_network_needs_subnets_and_security_groups(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"network: name subnets and security_groups, or set own = true"):
        load_changed(tmp_path, "\n[alarms]", '\n[network]\nsubnets = ["subnet-1"]\n\n[alarms]')


def test_jobs_run_in_our_network_or_in_a_named_one_and_not_in_both(tmp_path: Path) -> None:
    both = '\n[network]\nown = true\nsubnets = ["subnet-1"]\nsecurity_groups = ["sg-1"]\n\n[alarms]'
    with pytest.raises(ConfigError, match=r"network: own is true, and subnets or security_groups are named"):
        load_changed(tmp_path, "\n[alarms]", both)


def test_nodes_and_jobs_run_one_image_and_so_one_architecture(tmp_path: Path) -> None:
    types = 'instance_types = ["t3.large", "t3a.large", "m5.large"]'
    with pytest.raises(ConfigError, match=r"\(arm64\), which does not run the image of transform.*one architecture"):
        load_changed(tmp_path, types, 'instance_types = ["m7g.large"]')


def test_a_training_is_tried_on_other_types_and_at_last_on_demand() -> None:
    assert [(rung.instance_type, rung.spot) for rung in load("dev").training.ladder] == [
        ("ml.m5.xlarge", True),
        ("ml.m5.2xlarge", True),
        ("ml.m5.xlarge", False),
    ]
    assert load("staging").training.ladder[0].spot, "what a reclaimed machine does is seen before production"
    assert not any(rung.spot for rung in load("prod").training.ladder), "its forecasts are there in the morning"
    on_demand = [rung.instance_type for rung in load("prod").training.ladder]
    assert on_demand == ["ml.m5.2xlarge", "ml.m4.2xlarge", "ml.c5.4xlarge"]
    assert load("prod").retrain_pipelines == ("mlops-prod-retrain", "mlops-prod-retrain-2", "mlops-prod-retrain-3")


def test_every_job_runs_the_one_image(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"processing\.instance_type is 'ml\.m7g\.large' \(arm64\), which does not run"
    ):
        load_changed(
            tmp_path, '[processing]\ninstance_type = "ml.m5.large"', '[processing]\ninstance_type = "ml.m7g.large"'
        )


def test_networks_of_the_environments_do_not_overlap_so_that_they_can_be_joined() -> None:
    networks = [IPv4Network(load(name).vpc.cidr) for name in ("dev", "staging", "prod")]
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_bytes('region = "é"'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"dev\.toml: not valid TOML: 'utf-8' codec"):
        load("dev", tmp_path)
