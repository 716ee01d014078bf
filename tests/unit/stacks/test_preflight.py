from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_args

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from botocore.stub import Stubber

from stacks.config import Config, load
from stacks.platform_config import Addon
from stacks.preflight import __main__ as command
from stacks.preflight.checks import findings
from stacks.preflight.finding import Finding
from stacks.preflight.quotas import needs, taken, vcpus

MONITOR = "arn:aws:ce::123456789012:anomalymonitor/0a1b2c3d-0000-4000-8000-000000000000"


class Answers:
    """Clients that answer what was said beforehand; everything else is refused by the account."""

    def __init__(self) -> None:
        self.stubs: dict[str, Stubber] = {}

    def __getitem__(self, service: str) -> Stubber:
        if service not in self.stubs:
            made = boto3.client(  # type: ignore[call-overload]
                service, region_name="ap-southeast-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            self.stubs[service] = Stubber(made)
            self.stubs[service].activate()
        return self.stubs[service]

    def client(self, service: str) -> Any:
        return self[service].client


@pytest.fixture
def dev() -> Config:
    found = load("dev")
    people = {"runbook": "https://wiki.example/run", "emails": ("team@example.com",)}
    return found.model_copy(update={"alarms": found.alarms.model_copy(update=people)})


@pytest.fixture
def aws() -> Answers:
    found = Answers()
    found["sts"].add_response("get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/ann"})
    zones = [{"State": "available", "ZoneType": "availability-zone"}] * 3
    found["ec2"].add_response("describe_availability_zones", {"AvailabilityZones": zones})
    return found


def bootstrapped(aws: Answers, version: str = "30") -> None:
    aws["ssm"].add_response("get_parameter", {"Parameter": {"Value": version}})


def stacks(aws: Answers, *statuses: str | None) -> None:
    """Those that leave something behind: data, observability, delivery, ml; and the cluster's."""
    for status in statuses or ["UPDATE_COMPLETE"] * 5:
        found = {"StackName": "x", "StackStatus": status, "CreationTime": datetime.now(UTC)}
        if status:
            aws["cloudformation"].add_response("describe_stacks", {"Stacks": [found]})
        else:
            aws["cloudformation"].add_client_error("describe_stacks", "ValidationError", "does not exist")


def addons(aws: Answers, **others: list[str]) -> None:
    """Each add-on in two versions, the second of them the default, but for those that are said."""
    for name in get_args(Addon):
        versions = [
            {"addonVersion": version, "compatibilities": [{"clusterVersion": "1.36", "defaultVersion": number == 1}]}
            for number, version in enumerate(others.get(name, ["v1.2.0-eksbuild.1", "v1.1.0-eksbuild.2"]))
        ]
        asked_for = {"kubernetesVersion": "1.36", "addonName": name}
        aws["eks"].add_response("describe_addon_versions", {"addons": [{"addonVersions": versions}]}, asked_for)


def trails(aws: Answers, **selectors: dict[str, Any]) -> None:
    """Our own trail, and others by name with what they write down."""
    names = ["mlops-dev-trail", *selectors]
    listed = [{"Name": name, "TrailARN": f"arn:aws:cloudtrail:a:123456789012:trail/{name}"} for name in names]
    aws["cloudtrail"].add_response("describe_trails", {"trailList": listed}, {"includeShadowTrails": False})
    for trail in listed[1:]:
        found = selectors[trail["Name"]]
        aws["cloudtrail"].add_response("get_event_selectors", found, {"TrailName": trail["TrailARN"]})


def organisation(aws: Answers, manager: str | None = None, *, explorer: str | None = None) -> None:
    """The account is alone, or in one that somebody manages; ``explorer``: what refuses to tell its monitors."""
    if manager:
        aws["organizations"].add_response("describe_organization", {"Organization": {"MasterAccountId": manager}})
    else:
        aws["organizations"].add_client_error("describe_organization", "AWSOrganizationsNotInUseException")
    if explorer:
        aws["ce"].add_client_error("get_anomaly_monitors", "AccessDeniedException", explorer)
    else:
        aws["ce"].add_response("get_anomaly_monitors", {"AnomalyMonitors": []})


def images(aws: Answers) -> None:
    for _ in range(2):
        aws["ecr"].add_response("describe_images", {"imageDetails": []})


def job_logs(aws: Answers, tags: dict[str, str] | None = None) -> None:
    """One group there is, made by us or, without tags, by a job."""
    group = {"logGroupName": "/aws/sagemaker/TrainingJobs", "arn": "arn:aws:logs:a:1:log-group:/aws/sagemaker/x:*"}
    aws["logs"].add_response("describe_log_groups", {"logGroups": [group]})
    tags = tags or {"Project": "MLOpsRetailForecast"}
    aws["logs"].add_response("list_tags_for_resource", {"tags": tags}, {"resourceArn": group["arn"][:-2]})


def quotas(
    aws: Answers,
    config: Config,
    *,
    addresses: Sequence[Mapping[str, Any]] = (),
    vpcs: Sequence[Mapping[str, Any]] = (),
    **short: float,
) -> None:
    """Everything that is needed is there, but for what is said by a word of its name."""
    by_service: dict[str, list[dict[str, Any]]] = {}
    for need in needs(config):
        value = next((left for word, left in short.items() if word in need.name), need.least)
        by_service.setdefault(need.service, []).append({"QuotaName": need.name, "Value": value})
    for found in by_service.values():
        aws["service-quotas"].add_response("list_aws_default_service_quotas", {"Quotas": found})
        aws["service-quotas"].add_response("list_service_quotas", {"Quotas": []})
    aws["ec2"].add_response("describe_addresses", {"Addresses": list(addresses)})
    aws["ec2"].add_response("describe_vpcs", {"Vpcs": list(vpcs)})


def asked(aws: Answers, config: Config) -> dict[str, Finding]:
    return {each.check: each for each in findings(aws.client, config)}


def test_an_account_that_has_everything_lacks_nothing(aws: Answers, dev: Config) -> None:
    bootstrapped(aws)
    stacks(aws)
    addons(aws)
    trails(aws)
    organisation(aws)
    images(aws)
    job_logs(aws)
    quotas(aws, dev)
    found = asked(aws, dev)
    assert {each.outcome for each in found.values()} == {"ok"}
    assert "quota ml.m5.xlarge for spot training job usage" in found
    assert found["runbook"].says == "https://wiki.example/run"


def test_what_a_teardown_has_kept_is_in_the_way_of_a_deployment_and_the_cure_is_said(aws: Answers, dev: Config) -> None:
    bootstrapped(aws)
    stacks(aws, None, "UPDATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE")
    for _ in ("raw", "lake"):
        aws["s3"].add_response("head_bucket", {})
    for _ in ("artifacts", "logs"):
        aws["s3"].add_client_error("head_bucket", "404", "Not Found")
    aws["dynamodb"].add_client_error("describe_table", "ResourceNotFoundException")
    group = {
        "ModelPackageGroupName": "mlops-dev-demand",
        "ModelPackageGroupArn": "arn:aws:sagemaker:ap-southeast-1:123456789012:model-package-group/mlops-dev-demand",
        "ModelPackageGroupStatus": "Completed",
        "CreationTime": datetime.now(UTC),
        "CreatedBy": {},
    }
    aws["sagemaker"].add_response("describe_model_package_group", group)
    found = asked(aws, dev)["kept data"]
    assert (found.outcome, found.says) == (
        "missing",
        "mlops-dev-raw-123456789012, mlops-dev-lake-123456789012 without mlops-dev-data; mlops-dev-demand without "
        "mlops-dev-ml: a deployment cannot make them twice. Run python -m stacks.adopt --env dev",
    )


def test_a_log_that_eks_wrote_after_its_cluster_had_gone_is_in_the_way_of_the_next(aws: Answers, dev: Config) -> None:
    name = "/aws/eks/mlops-dev-cluster/cluster"
    bootstrapped(aws)
    stacks(aws, *["UPDATE_COMPLETE"] * 4, None)
    group = {"logGroupName": name, "arn": f"arn:aws:logs:a:1:log-group:{name}:*"}
    aws["logs"].add_response("describe_log_groups", {"logGroups": [group]}, {"logGroupNamePrefix": name})
    found = asked(aws, dev)["cluster's log"]
    assert found.outcome == "missing"
    assert found.says.endswith(f"Run aws logs delete-log-group --log-group-name {name}")


def test_log_groups_that_jobs_have_made_before_are_in_the_way(aws: Answers, dev: Config) -> None:
    bootstrapped(aws)
    images(aws)
    job_logs(aws, {"other": "tag"})
    found = asked(aws, dev)["job logs"]
    assert found.outcome == "missing"
    assert found.says.startswith("/aws/sagemaker/TrainingJobs: made by jobs that ran before. Delete them, or set")


def test_add_ons_are_told_in_the_versions_they_would_be_installed_in(aws: Answers, dev: Config) -> None:
    addons(aws)
    said = asked(aws, pinned(dev, "v1.2.0-eksbuild.1"))["add-ons"]
    assert said.outcome == "ok"
    assert "coredns v1.2.0-eksbuild.1; metrics-server v1.1.0-eksbuild.2, by default;" in said.says


def test_a_pinned_add_on_that_eks_does_not_have_for_this_kubernetes_is_missing(aws: Answers, dev: Config) -> None:
    addons(aws, **{"metrics-server": []})
    said = asked(aws, pinned(dev, "v0.9.0-eksbuild.1"))["add-ons"]
    assert (said.outcome, said.says) == (
        "missing",
        "cluster.addons.coredns = 'v0.9.0-eksbuild.1' does not go with Kubernetes 1.36: take v1.1.0-eksbuild.2; "
        "EKS has no metrics-server for Kubernetes 1.36: choose another cluster.version",
    )


def pinned(config: Config, version: str) -> Config:
    """With one add-on's version named."""
    return config.model_copy(update={"cluster": config.cluster.model_copy(update={"addons": {"coredns": version}})})


MANAGEMENT = {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}]}
DATA = {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]}


def test_a_member_of_an_organisation_is_told_that_it_may_have_no_monitor_of_a_tag(aws: Answers, dev: Config) -> None:
    organisation(aws, "999999999999")
    found = asked(aws, dev)["unusual costs"]
    assert found.outcome == "missing"
    assert "999999999999 manages" in found.says
    assert "spending.anomaly_monitor in environments/dev.toml" in found.says


@pytest.mark.parametrize("manager", ["123456789012", None])
def test_who_manages_an_organisation_or_is_in_none_may_have_one(aws: Answers, dev: Config, manager: str | None) -> None:
    organisation(aws, manager)
    assert asked(aws, dev)["unusual costs"].outcome == "ok"


def test_an_account_in_which_nobody_opened_cost_explorer_can_have_no_monitor(aws: Answers, dev: Config) -> None:
    organisation(aws, explorer="User not enabled for cost explorer access")
    found = asked(aws, dev)["unusual costs"]
    assert (found.outcome, "open it once" in found.says) == ("missing", True)


def test_who_may_not_ask_for_monitors_is_not_told_that_there_can_be_none(aws: Answers, dev: Config) -> None:
    organisation(aws, explorer="User is not authorized to perform: ce:GetAnomalyMonitors")
    found = asked(aws, dev)["unusual costs"]
    assert (found.outcome, "ce:GetAnomalyMonitors" in found.says) == ("unknown", True)


def test_a_named_monitor_asks_for_no_other(aws: Answers, dev: Config) -> None:
    spending = dev.spending.model_copy(update={"anomaly_monitor": MONITOR})
    found = asked(aws, dev.model_copy(update={"spending": spending}))["unusual costs"]
    assert (found.outcome, MONITOR in found.says) == ("ok", True)


@pytest.mark.parametrize(
    ("other", "ours", "said"),
    [
        (DATA, True, "ok: held by mlops-dev-trail"),
        (MANAGEMENT, False, "ok: held by company"),
        ({"EventSelectors": []}, False, "ok: held by company"),
        (MANAGEMENT, True, "ok: held by company, too, and copies are paid for: audit.management_events = false"),
        ({"EventSelectors": [{"IncludeManagementEvents": True}]}, True, "ok: held by company, too"),
        ({"EventSelectors": [{"IncludeManagementEvents": False}]}, False, "missing: held by no trail: set audit."),
        (DATA, False, "missing: held by no trail: set audit.management_events = true in environments/dev.toml"),
    ],
)
def test_an_account_s_own_events_are_held_and_once(
    aws: Answers, dev: Config, other: dict[str, Any], ours: bool, said: str
) -> None:
    trails(aws, company=other)
    audit = dev.audit.model_copy(update={"management_events": ours})
    found = asked(aws, dev.model_copy(update={"audit": audit}))["account's events"]
    assert f"{found.outcome}: {found.says}".startswith(said)


def test_the_address_that_the_files_come_with_is_no_runbook(aws: Answers) -> None:
    found = asked(aws, load("dev"))["runbook"]
    assert found.outcome == "missing"
    assert "set alarms.runbook in environments/dev.toml to where your copy of docs/runbook.md is read" in found.says


def test_alarms_that_reach_nobody_are_missing_somebody(aws: Answers) -> None:
    found = asked(aws, load("dev"))
    assert found["alarms"].outcome == "missing"
    assert "name somebody in alarms.emails of environments/dev.toml" in found["alarms"].says
    assert found["kubectl"].says == "nobody may use it, for cluster.admins names no role"


def test_production_without_a_certificate_is_told_that_it_speaks_plain_http(aws: Answers) -> None:
    found = asked(aws, load("prod"))["certificate"]
    assert found.outcome == "missing"
    assert found.says.endswith("speak plain HTTP inside the VPC: set service.ingress.certificate_arn")


def test_a_new_account_is_told_what_to_do_first(aws: Answers, dev: Config) -> None:
    aws["ssm"].add_client_error("get_parameter", "ParameterNotFound")
    aws["ecr"].add_client_error("describe_images", "RepositoryNotFoundException")
    aws["ecr"].add_client_error("describe_images", "ImageNotFoundException")
    quotas(aws, dev, spot=0)
    found = asked(aws, dev)
    missing = {each.check: each.says for each in found.values() if each.outcome == "missing"}
    assert missing["bootstrap"] == "the CDK has no place here yet: run cdk bootstrap -c env=dev"
    publish = "run make image publish VERSION=0.1.0, or name another in [images]"
    assert missing["image mlops/training"] == f"0.1.0 is not in ECR: deploy the delivery stack, then {publish}"
    assert missing["image mlops/inference-api"] == f"0.1.0 is not in ECR: {publish}"
    said = missing["quota ml.m5.xlarge for spot training job usage"]
    assert said == "0, but 1 are needed ([training] in its file): ask for more in Service Quotas"


def test_an_old_bootstrap_is_named_with_the_version_it_needs(aws: Answers, dev: Config) -> None:
    bootstrapped(aws, "6")
    images(aws)
    quotas(aws, dev)
    assert "has version 6, 21 is needed" in asked(aws, dev)["bootstrap"].says


def test_what_aws_does_not_answer_is_unknown_and_not_passed(aws: Answers, dev: Config) -> None:
    aws["ssm"].add_client_error("get_parameter", "AccessDeniedException", "not yours")
    for _ in range(2):
        aws["ecr"].add_client_error("describe_images", "AccessDeniedException")
    for _ in range(8):
        aws["service-quotas"].add_client_error("list_aws_default_service_quotas", "AccessDeniedException")
    found = asked(aws, dev)
    assert found["bootstrap"].outcome == "unknown"
    assert "not yours" in found["bootstrap"].says
    assert {each.outcome for name, each in found.items() if name.startswith("quota")} == {"unknown"}


def test_nobody_goes_on_without_credentials_or_in_another_account(dev: Config) -> None:
    def nobody(_: str) -> Any:
        raise NoCredentialsError

    (only,) = findings(nobody, dev)
    assert (only.outcome, "AWS does not know you" in only.says) == ("missing", True)
    aws = Answers()
    aws["sts"].add_response("get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/ann"})
    (only,) = findings(aws.client, dev.model_copy(update={"account": "210987654321"}))
    assert "you are in account 123456789012, but environments/dev.toml says 210987654321" in only.says


def test_a_region_that_nobody_answers_for_is_no_fault_of_the_credentials(dev: Config) -> None:
    def nowhere(_: str) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sts.ap-southeast-1.amazonaws.com/")

    (only,) = findings(nowhere, dev)
    assert only.outcome == "missing"
    assert only.says.startswith("AWS is not reached: Could not connect to the endpoint URL")
    assert "Is there such a region as ap-southeast-1" in only.says


@pytest.mark.parametrize(("outcomes", "code"), [(["ok"], 0), (["ok", "unknown"], 0), (["missing", "ok"], 1)])
def test_the_exit_code_says_whether_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], outcomes: list[Any], code: int
) -> None:
    def found(*_: object) -> Iterator[Finding]:
        return (Finding(check="x", outcome=each, says="[cluster] in its file") for each in outcomes)

    monkeypatch.setattr(command, "findings", found)
    assert command.main(["--env", "dev"]) == code
    assert "[cluster] in its file" in capsys.readouterr().out


def test_what_others_have_taken_of_a_quota_is_not_there_any_more_and_our_own_is(aws: Answers, dev: Config) -> None:
    ours = [{"Key": "Project", "Value": "MLOpsRetailForecast"}, {"Key": "Environment", "Value": "dev"}]
    other = [{"Key": "Project", "Value": "MLOpsRetailForecast"}, {"Key": "Environment", "Value": "prod"}]
    bootstrapped(aws)
    images(aws)
    job_logs(aws)
    quotas(aws, dev, addresses=[{"Tags": other}], vpcs=[{"Tags": ours}])
    found = asked(aws, dev)
    said = "1, of which 1 are taken, but 1 are needed (vpc.nat_gateways = 1): ask for more in Service Quotas"
    assert found["quota EC2-VPC Elastic IPs"].says == said
    assert found["quota VPCs per Region"].outcome == "ok"
    aws["ec2"].add_response("describe_vpcs", {"Vpcs": [{"Tags": ours}, {"Tags": other}, {}]})
    assert taken(aws.client("ec2"), dev, "vpcs") == 2


@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("t3.medium", 2),
        ("m6g.medium", 1),
        ("m7i.large", 2),
        ("m7i.xlarge", 4),
        ("c7i.12xlarge", 48),
        ("m5.metal", None),
    ],
)
def test_the_size_of_a_machine_tells_its_vcpus(kind: str, size: int | None) -> None:
    assert vcpus(kind) == size


@pytest.mark.parametrize("kind", ["m5.metal", "g5.xlarge"])
def test_nodes_that_have_a_quota_of_their_own_are_unknown_and_no_crash(dev: Config, kind: str) -> None:
    cluster = dev.cluster.model_copy(update={"instance_types": (kind,)})
    (need,) = [each for each in needs(dev.model_copy(update={"cluster": cluster})) if "vCPUs" in each.name]
    assert (need.least, need.because) == (None, f"cluster.max_nodes = 3 of {kind}")


def test_the_largest_type_that_nodes_may_be_is_counted(dev: Config) -> None:
    cluster = dev.cluster.model_copy(update={"instance_types": ("t3.large", "m5.2xlarge")})
    (need,) = [each for each in needs(dev.model_copy(update={"cluster": cluster})) if "Spot Inst" in each.name]
    assert need.least == 3 * 8


def test_a_new_account_s_ten_copies_of_functions_are_enough_where_nothing_is_reserved(dev: Config) -> None:
    least = {name: each.least for name in ("dev", "prod") for each in needs(load(name)) if each.service == "lambda"}
    assert least == {"dev": 6, "prod": 128}


def test_a_certificate_that_is_not_issued_is_missing(aws: Answers, dev: Config) -> None:
    arn = "arn:aws:acm:ap-southeast-1:123456789012:certificate/0a"
    ingress = dev.service.ingress.model_copy(update={"certificate_arn": arn})
    config = dev.model_copy(update={"service": dev.service.model_copy(update={"ingress": ingress})})
    aws["acm"].add_response("describe_certificate", {"Certificate": {"Status": "PENDING_VALIDATION"}})
    found = asked(aws, config)["certificate"]
    assert (found.outcome, found.says) == (
        "missing",
        f"{arn} is PENDING_VALIDATION: finish its validation, or name another",
    )


def test_a_region_with_too_few_zones_is_missing(dev: Config) -> None:
    aws = Answers()
    aws["sts"].add_response("get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/ann"})
    zones = [{"State": "available", "ZoneType": "availability-zone"}, {"State": "available", "ZoneType": "local-zone"}]
    aws["ec2"].add_response("describe_availability_zones", {"AvailabilityZones": zones})
    found = asked(aws, dev)["region"]
    assert (found.outcome, found.says) == (
        "missing",
        "ap-southeast-1 has 1 zones, vpc.zones is 3: lower it, or enable the region",
    )


def test_a_zone_without_control_planes_is_missing(dev: Config) -> None:
    found = Answers()
    found["sts"].add_response("get_caller_identity", {"Account": "123456789012", "Arn": "arn:aws:iam::1:user/ann"})
    zones = [
        {"State": "available", "ZoneType": "availability-zone", "ZoneName": f"us-east-1{letter}", "ZoneId": name}
        for letter, name in (("d", "use1-az6"), ("c", "use1-az1"), ("b", "use1-az3"), ("a", "use1-az2"))
    ]
    found["ec2"].add_response("describe_availability_zones", {"AvailabilityZones": zones})
    region = asked(found, dev)["region"]
    assert region.outcome == "missing"
    assert "no control plane in us-east-1b" in region.says
