"""Order, refusals and proof of a teardown, by botocore's own answers instead of AWS."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from core.contracts.tags import tags
from stacks.config import Config, load
from stacks.costs.prices import prices
from stacks.teardown import __main__ as command
from stacks.teardown import balancers, destroy, proof
from stacks.teardown.account import Account, TeardownError

TAGS = [{"Key": name, "Value": value} for name, value in tags("dev", "app").items()]


class Stubbed:
    """An account whose clients answer what was said beforehand, in order, and nothing else."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.account = Account("ap-southeast-1", self.said.append, patience=0.2, pause=0.01)
        self.stubs: dict[str, Stubber] = {}

    def of(self, service: str) -> Stubber:
        if service not in self.stubs:
            client = boto3.client(  # type: ignore[call-overload]
                service, region_name="ap-southeast-1", aws_access_key_id="test", aws_secret_access_key="test"
            )
            self.stubs[service] = Stubber(client)
            self.stubs[service].activate()
            self.account._clients[service] = client
        return self.stubs[service]

    def done(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def aws() -> Stubbed:
    return Stubbed()


@pytest.fixture
def dev() -> Config:
    return load("dev")


def stack(name: str, status: str, *, protected: bool = False) -> dict[str, Any]:
    found = {"StackName": name, "StackStatus": status, "CreationTime": datetime.now(UTC)}
    return {"Stacks": [found | {"EnableTerminationProtection": protected}]}


def test_dependants_go_first_and_the_cluster_before_all() -> None:
    order = destroy.order()
    assert order[0] == "cluster"
    assert order.index("observability") < order.index("ml") < order.index("data")
    assert order.index("cluster") < order.index("network")


def test_a_protected_stack_is_refused_before_anything_has_gone(aws: Stubbed) -> None:
    aws.of("cloudformation").add_response("describe_stacks", stack("mlops-prod-cluster", "CREATE_COMPLETE"))
    aws.of("cloudformation").add_response(
        "describe_stacks", stack("mlops-prod-data", "CREATE_COMPLETE", protected=True)
    )
    with pytest.raises(TeardownError, match=r"mlops-prod-data is protected .* --no-enable-termination-protection"):
        destroy._refuse_protected(aws.account, ["mlops-prod-cluster", "mlops-prod-data"])
    aws.done()


def test_a_stack_that_does_not_go_says_which_of_its_parts_and_why(aws: Stubbed) -> None:
    cloudformation = aws.of("cloudformation")
    cloudformation.add_response("delete_stack", {}, {"StackName": "mlops-dev-network"})
    cloudformation.add_response("describe_stacks", stack("mlops-dev-network", "DELETE_FAILED"))
    cloudformation.add_response("describe_stacks", stack("mlops-dev-network", "DELETE_FAILED"))
    event = {"StackId": "1", "EventId": "1", "StackName": "n", "Timestamp": datetime.now(UTC)}
    why = {"LogicalResourceId": "Vpc", "ResourceStatus": "DELETE_FAILED", "ResourceStatusReason": "has dependencies"}
    cloudformation.add_response("describe_stack_events", {"StackEvents": [event | why]})
    with pytest.raises(TeardownError, match="ended DELETE_FAILED: Vpc: has dependencies; mend that"):
        destroy._delete(aws.account, "mlops-dev-network")


def test_a_load_balancer_is_waited_for_and_named_when_it_stays(aws: Stubbed) -> None:
    arn = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:loadbalancer/app/mlops-dev-service/1"
    tagged = [{"Key": balancers.CLUSTER_TAG, "Value": "mlops-dev-cluster"}]
    for _ in range(100):
        aws.of("elbv2").add_response("describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": arn}]})
        aws.of("elbv2").add_response("describe_tags", {"TagDescriptions": [{"ResourceArn": arn, "Tags": tagged}]})
    with pytest.raises(TeardownError, match="the load balancer is still there"):
        balancers.wait(aws.account, "dev")


def test_another_cluster_s_load_balancer_is_none_of_ours(aws: Stubbed) -> None:
    arn = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:loadbalancer/app/shop/1"
    tagged = [{"Key": balancers.CLUSTER_TAG, "Value": "mlops-prod-cluster"}]
    aws.of("elbv2").add_response("describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": arn}]})
    aws.of("elbv2").add_response("describe_tags", {"TagDescriptions": [{"ResourceArn": arn, "Tags": tagged}]})
    assert balancers.balancers(aws.account, "dev") == []


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


def test_without_the_environment_s_name_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: "no\n")}))
    assert command.main(["--env", "dev"]) == 2
    assert "nothing was changed" in capsys.readouterr().out
