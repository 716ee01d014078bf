"""What is left after a teardown: what is there, why, and at what price."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.contracts.tags import tags
from stacks.config import Config, load
from stacks.costs.prices import prices
from stacks.teardown import __main__ as command
from stacks.teardown import destroy, proof
from stacks.teardown.worth import FREE, HOURLY, MONTHLY
from tests.unit.stacks.stubbed import Stubbed

TAGS = [{"Key": name, "Value": value} for name, value in tags("dev", "app").items()]
HERE = "ap-southeast-1:123456789012"
HOURS = prices().assumed.hours_per_month


@pytest.fixture
def aws() -> Stubbed:
    return Stubbed()


@pytest.fixture
def dev() -> Config:
    return load("dev")


def left(aws: Stubbed, config: Config, *arns: str, tags: list[dict[str, str]] = TAGS) -> list[proof.Left]:
    listed = [{"ResourceARN": arn, "Tags": tags} for arn in arns]
    aws.of("resourcegroupstaggingapi").add_response("get_resources", {"ResourceTagMappingList": listed})
    return proof.left(aws.account, config, prices())


def test_a_gateway_that_was_left_is_priced_by_the_month(aws: Stubbed, dev: Config) -> None:
    gateway = "arn:aws:ec2:ap-southeast-1:123456789012:natgateway/nat-1"
    aws.of("ec2").add_response("describe_nat_gateways", {"NatGateways": [{"State": "available"}]})
    (found,) = left(aws, dev, gateway)
    assert found.usd == pytest.approx(0.059 * 730)
    assert proof.unexplained([found]) == [found]
    assert command.report([found]) == 1


def test_what_the_account_s_other_environments_use_stays_and_is_explained(aws: Stubbed, dev: Config) -> None:
    assert "delivery" not in destroy.order()
    repository = "arn:aws:ecr:ap-southeast-1:123456789012:repository/mlops/training"
    (found,) = left(aws, dev, repository, tags=[*TAGS, {"Key": "Scope", "Value": "account"}])
    assert found.why.startswith("kept: images and pipeline of the account")
    assert proof.unexplained([found]) == []


def test_what_the_index_of_tags_still_lists_though_it_has_gone_is_not_left(aws: Stubbed, dev: Config) -> None:
    aws.of("ec2").add_response("describe_nat_gateways", {"NatGateways": [{"State": "deleted"}]})
    aws.of("s3").add_client_error("head_bucket", "404", "Not Found")
    gateway = "arn:aws:ec2:ap-southeast-1:123456789012:natgateway/nat-1"
    assert left(aws, dev, gateway, "arn:aws:s3:::mlops-dev-raw-123456789012") == []


def test_production_keeps_its_data_on_purpose_and_is_clean_all_the_same(
    aws: Stubbed, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.of("s3").add_response("head_bucket", {})
    found = left(aws, load("prod"), "arn:aws:s3:::mlops-prod-raw-123456789012")
    assert command.report(found) == 0
    assert "kept: data.keep_on_delete is true in this environment" in capsys.readouterr().out


def machine(state: str, **more: str) -> dict[str, Any]:
    return {"Reservations": [{"Instances": [{"InstanceType": "t3a.large", "State": {"Name": state}, **more}]}]}


def test_a_machine_that_was_ended_is_listed_for_an_hour_and_is_not_left(aws: Stubbed, dev: Config) -> None:
    aws.of("ec2").add_response("describe_instances", machine("terminated"), {"InstanceIds": ["i-1"]})
    aws.of("ec2").add_client_error("describe_volumes", "InvalidVolume.NotFound")
    aws.of("eks").add_client_error("describe_cluster", "ResourceNotFoundException")
    arns = [f"arn:aws:ec2:{HERE}:instance/i-1", f"arn:aws:ec2:{HERE}:volume/vol-1"]
    assert left(aws, dev, *arns, f"arn:aws:eks:{HERE}:nodegroup/mlops-dev-cluster/Nodes/1") == []
    aws.done()


@pytest.mark.parametrize(("more", "share"), [({}, 1.0), ({"InstanceLifecycle": "spot"}, prices().assumed.spot_share)])
def test_a_machine_that_was_left_is_priced_by_its_type(
    aws: Stubbed, dev: Config, more: dict[str, str], share: float
) -> None:
    for _ in range(2):
        aws.of("ec2").add_response("describe_instances", machine("running", **more))
    (found,) = left(aws, dev, f"arn:aws:ec2:{HERE}:instance/i-1")
    assert found.usd == pytest.approx(prices().ec2["t3a.large"] * HOURS * share)


def test_an_endpoint_is_priced_by_its_zones_and_a_volume_by_its_size(aws: Stubbed, dev: Config) -> None:
    for _ in range(2):
        endpoint = {"VpcEndpoints": [{"State": "available", "SubnetIds": ["subnet-1", "subnet-2"]}]}
        aws.of("ec2").add_response("describe_volumes", {"Volumes": [{"State": "in-use", "Size": 50}]})
        aws.of("ec2").add_response("describe_vpc_endpoints", endpoint)
    # each kind is asked whether it is there before any is priced
    found = left(aws, dev, f"arn:aws:ec2:{HERE}:volume/vol-1", f"arn:aws:ec2:{HERE}:vpc-endpoint/vpce-1")
    unit = prices().unit
    assert [each.usd for each in found] == [
        pytest.approx(50 * unit["gp3_gb_month"].usd),
        pytest.approx(2 * HOURS * unit["endpoint_zone_hour"].usd),
    ]


def test_what_nobody_has_a_price_for_is_not_said_to_cost_nothing(
    aws: Stubbed, dev: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    (found,) = left(aws, dev, f"arn:aws:kinesis:{HERE}:stream/shop")
    assert found.usd is None
    assert command.report([found]) == 1
    said = capsys.readouterr().out
    assert "stream/shop (nobody meant to keep it; costs by what it holds)" in said
    assert "not clean: 1 left that nobody meant to keep (costs by what it holds)" in said
    assert not FREE & {*HOURLY, *MONTHLY}
    assert {*HOURLY.values(), *MONTHLY.values()} <= set(prices().unit)


def job(kind: str, status: str) -> dict[str, Any]:
    """What SageMaker says of a job, as far as it always says it."""
    machine = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}
    common = {f"{kind}Name": "a", f"{kind}Arn": "a" * 20, f"{kind}Status": status, "CreationTime": datetime.now(UTC)}
    if kind == "ProcessingJob":
        return common | {"ProcessingResources": {"ClusterConfig": machine}, "AppSpecification": {"ImageUri": "a"}}
    return common | {
        "ModelArtifacts": {"S3ModelArtifacts": "s3://a/b"},
        "SecondaryStatus": "Training",
        "AlgorithmSpecification": {"TrainingInputMode": "File"},
        "ResourceConfig": machine,
        "StoppingCondition": {},
    }


def test_records_of_jobs_that_have_ended_stay_for_good_and_are_one_line(
    aws: Stubbed, dev: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = [f"arn:aws:sagemaker:{HERE}:processing-job/pipelines-{number}" for number in range(3)]
    for status in ("Completed", "Stopped", "Failed"):
        aws.of("sagemaker").add_response("describe_processing_job", job("ProcessingJob", status))
    found = left(aws, dev, *jobs)
    assert command.report(found) == 0
    said = capsys.readouterr().out
    assert f"left: {jobs[0]} and 2 more of sagemaker:processing-job (has ended: SageMaker keeps the record" in said
    assert said.count("left: ") == 1


def test_a_job_that_works_is_no_mere_record(aws: Stubbed, dev: Config) -> None:
    aws.of("sagemaker").add_response("describe_training_job", job("TrainingJob", "InProgress"))
    (found,) = left(aws, dev, f"arn:aws:sagemaker:{HERE}:training-job/pipelines-1")
    assert proof.unexplained([found]) == [found]


def test_the_proof_waits_until_the_index_of_tags_has_caught_up(aws: Stubbed, dev: Config) -> None:
    tagging = aws.of("resourcegroupstaggingapi")
    listed = [{"ResourceARN": f"arn:aws:sqs:{HERE}:mlops-dev-promote", "Tags": TAGS}]
    for found in (listed, listed, []):
        tagging.add_response("get_resources", {"ResourceTagMappingList": found})
    assert proof.settled(replace(aws.account, settling=60), dev, prices()) == []
    assert aws.said == ["1 things are still listed by their tags: looking for up to 60 s"]
    aws.done()
