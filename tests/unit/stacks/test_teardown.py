"""Order, refusals and proof of a teardown, by botocore's own answers instead of AWS."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.contracts.errors import ConfigError
from stacks.account import StuckError
from stacks.config import Config, load
from stacks.teardown import __main__ as command
from stacks.teardown import balancers, contents, destroy, nodes, runs
from tests.unit.stacks.stubbed import Stubbed

EXECUTION = "arn:aws:sagemaker:ap-southeast-1:123456789012:pipeline/mlops-dev-retrain/execution/abcdefghijkl"


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
    with pytest.raises(StuckError, match=r"mlops-prod-data is protected .* --no-enable-termination-protection"):
        destroy._refuse_protected(aws.account, ["mlops-prod-cluster", "mlops-prod-data"])
    aws.done()


def test_a_protected_cluster_is_refused_before_anything_has_gone(aws: Stubbed) -> None:
    aws.of("eks").add_response("describe_cluster", {"cluster": {"deletionProtection": True}})
    with pytest.raises(StuckError, match=r"aws eks update-cluster-config --no-deletion-protection --name mlops-prod-"):
        destroy._refuse_protected_cluster(aws.account, "mlops-prod-cluster")
    aws.of("eks").add_response("describe_cluster", {"cluster": {"deletionProtection": False}})
    aws.of("eks").add_client_error("describe_cluster", "ResourceNotFoundException")
    for _ in range(2):
        destroy._refuse_protected_cluster(aws.account, "mlops-prod-cluster")
    aws.done()


def test_a_stack_that_does_not_go_says_which_of_its_parts_and_why(aws: Stubbed) -> None:
    cloudformation = aws.of("cloudformation")
    cloudformation.add_response("delete_stack", {}, {"StackName": "mlops-dev-network"})
    cloudformation.add_response("describe_stacks", stack("mlops-dev-network", "DELETE_FAILED"))
    cloudformation.add_response("describe_stacks", stack("mlops-dev-network", "DELETE_FAILED"))
    event = {"StackId": "1", "EventId": "1", "StackName": "n", "Timestamp": datetime.now(UTC)}
    why = {"LogicalResourceId": "Vpc", "ResourceStatus": "DELETE_FAILED", "ResourceStatusReason": "has dependencies"}
    cloudformation.add_response("describe_stack_events", {"StackEvents": [event | why]})
    with pytest.raises(StuckError, match="ended DELETE_FAILED: Vpc: has dependencies; mend that"):
        destroy._delete(aws.account, "mlops-dev-network")


def test_a_load_balancer_is_waited_for_and_named_when_it_stays(aws: Stubbed) -> None:
    arn = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:loadbalancer/app/mlops-dev-service/1"
    tagged = [{"Key": balancers.CLUSTER_TAG, "Value": "mlops-dev-cluster"}]
    for _ in range(200):
        aws.of("elbv2").add_response("describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": arn}]})
        aws.of("elbv2").add_response("describe_tags", {"TagDescriptions": [{"ResourceArn": arn, "Tags": tagged}]})
    with pytest.raises(StuckError, match="the load balancer is still there"):
        balancers.wait(replace(aws.account, patience=0.05), "dev")


def test_another_cluster_s_load_balancer_is_none_of_ours(aws: Stubbed) -> None:
    arn = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:loadbalancer/app/shop/1"
    tagged = [{"Key": balancers.CLUSTER_TAG, "Value": "mlops-prod-cluster"}]
    aws.of("elbv2").add_response("describe_load_balancers", {"LoadBalancers": [{"LoadBalancerArn": arn}]})
    aws.of("elbv2").add_response("describe_tags", {"TagDescriptions": [{"ResourceArn": arn, "Tags": tagged}]})
    assert balancers.balancers(aws.account, "dev") == []


def test_without_the_environment_s_name_nothing_is_changed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: "no\n")}))
    monkeypatch.setattr(command, "identity", lambda *_: {"Account": "123456789012"})
    assert command.main(["--env", "dev"]) == 2
    said = capsys.readouterr().out
    assert "This takes dev in ap-southeast-1 of account 123456789012 down, with everything in its buckets." in said
    assert "nothing was changed" in said


def test_with_credentials_of_another_account_nothing_is_taken_down(aws: Stubbed, dev: Config) -> None:
    aws.of("sts").add_response("get_caller_identity", {"Account": "210987654321"})
    with pytest.raises(
        ConfigError, match=r"you are in account 210987654321, but environments/dev\.toml says 1234567890"
    ):
        destroy.destroy(aws.account, dev.model_copy(update={"account": "123456789012"}))
    aws.done()


def test_a_look_at_another_account_is_no_proof(
    aws: Stubbed, dev: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "load", lambda _: dev.model_copy(update={"account": "123456789012"}))
    monkeypatch.setattr(command, "Account", lambda *_: aws.account)
    aws.of("sts").add_response("get_caller_identity", {"Account": "210987654321"})
    assert command.main(["--env", "dev", "--proof"]) == 2
    said = capsys.readouterr()
    assert "you are in account 210987654321, but environments/dev.toml says 123456789012" in said.err
    assert "clean" not in said.out
    aws.done()


def test_functions_are_held_before_runs_are_stopped_and_one_that_has_gone_is_no_obstacle(aws: Stubbed) -> None:
    for name in ("on-upload", "promote"):
        held = {"FunctionName": f"mlops-dev-{name}", "ReservedConcurrentExecutions": 0}
        aws.of("lambda").add_response("put_function_concurrency", {}, held)
    aws.of("lambda").add_client_error("put_function_concurrency", "ResourceNotFoundException")
    runs.hold(aws.account, "dev")
    aws.done()


def listed(aws: Stubbed, config: Config, status: str | None) -> None:
    """One execution of the first pipeline, in a status; the other pipelines have gone."""
    found = [] if status is None else [{"PipelineExecutionArn": EXECUTION, "PipelineExecutionStatus": status}]
    aws.of("sagemaker").add_response("list_pipeline_executions", {"PipelineExecutionSummaries": found})
    for _ in range(len(config.retrain_pipelines) + 1):
        aws.of("sagemaker").add_client_error("list_pipeline_executions", "ResourceNotFound", "does not exist")


def test_runs_that_an_earlier_teardown_began_to_stop_are_waited_for(aws: Stubbed, dev: Config) -> None:
    listed(aws, dev, "Stopping")
    listed(aws, dev, "Stopping")
    listed(aws, dev, None)
    assert runs.stop(aws.account, dev) == 1
    aws.done()


def test_a_run_that_ends_while_it_is_being_stopped_is_stopped_enough(aws: Stubbed, dev: Config) -> None:
    listed(aws, dev, "Executing")
    aws.of("sagemaker").add_client_error("stop_pipeline_execution", "ValidationException", "is in status Succeeded")
    aws.of("sagemaker").add_response("describe_pipeline_execution", {"PipelineExecutionStatus": "Succeeded"})
    listed(aws, dev, None)
    assert runs.stop(aws.account, dev) == 1
    aws.done()


def test_objects_that_s3_did_not_delete_are_named_though_it_answers_200(aws: Stubbed, dev: Config) -> None:
    version = {"Key": "a.csv", "VersionId": "1"}
    aws.of("s3").add_response("list_object_versions", {"Versions": [version]})
    refused = {"Key": "a.csv", "Code": "AccessDenied", "Message": "held by a lock"}
    aws.of("s3").add_response("delete_objects", {"Errors": [refused]})
    with pytest.raises(StuckError, match=r"1 objects of mlops-dev-raw-1 do not go, 'a.csv' .*AccessDenied held by"):
        contents.empty(aws.account, dev, "data", "1")


def test_a_security_group_that_the_balancer_s_interfaces_still_hold_is_tried_again(aws: Stubbed) -> None:
    aws.of("elbv2").add_response("describe_load_balancers", {"LoadBalancers": []})
    aws.of("elbv2").add_response("describe_target_groups", {"TargetGroups": []})
    ec2 = aws.of("ec2")
    ec2.add_response("describe_network_interfaces", {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]})
    ec2.add_client_error("delete_network_interface", "InvalidNetworkInterfaceID.NotFound")
    ec2.add_response("describe_security_groups", {"SecurityGroups": [{"GroupId": "sg-1"}]})
    ec2.add_client_error("delete_security_group", "DependencyViolation")
    ec2.add_response("delete_security_group", {}, {"GroupId": "sg-1"})
    assert balancers.remove(aws.account, "dev") == 2
    aws.done()


def test_what_aws_wrote_after_its_log_group_had_gone_goes_too(aws: Stubbed) -> None:
    logs = aws.of("logs")
    late = {
        "/aws/lambda/mlops-dev-cluster-": ["/aws/lambda/mlops-dev-cluster-KubectlProvider1"],
        "/aws/lambda/mlops-dev-network-": [],
        "/aws/eks/mlops-dev-cluster/cluster": ["/aws/eks/mlops-dev-cluster/cluster"],
    }
    for prefix, names in late.items():
        found = {"logGroups": [{"logGroupName": name} for name in names]}
        logs.add_response("describe_log_groups", found, {"logGroupNamePrefix": prefix})
    for names in late.values():
        for name in names:
            logs.add_response("delete_log_group", {}, {"logGroupName": name})
    assert contents.delete_late_logs(aws.account, "dev", ["cluster", "network"]) == 2
    aws.done()


def group(status: str, nodes_: int) -> dict[str, Any]:
    return {"nodegroup": {"status": status, "scalingConfig": {"minSize": nodes_, "maxSize": 3, "desiredSize": nodes_}}}


def test_nodes_that_are_off_are_started_for_the_controller_has_to_take_the_balancer_away(
    aws: Stubbed, dev: Config
) -> None:
    eks = aws.of("eks")
    eks.add_response("list_nodegroups", {"nodegroups": ["Nodes"]}, {"clusterName": "mlops-dev-cluster"})
    for found in (group("UPDATING", 0), group("ACTIVE", 0), group("ACTIVE", 0)):
        eks.add_response("describe_nodegroup", found)
    place = {"clusterName": "mlops-dev-cluster", "nodegroupName": "Nodes"}
    size = {"minSize": 1, "maxSize": 3, "desiredSize": 1}
    eks.add_response("update_nodegroup_config", {}, {**place, "scalingConfig": size})
    for found in (group("UPDATING", 1), group("ACTIVE", 1)):
        eks.add_response("describe_nodegroup", found)
    assert nodes.wake(aws.account, dev) == 1
    aws.done()


def test_nodes_that_run_are_left_alone_and_a_cluster_that_has_gone_has_none(aws: Stubbed, dev: Config) -> None:
    eks = aws.of("eks")
    eks.add_response("list_nodegroups", {"nodegroups": ["Nodes"]})
    for _ in range(2):
        eks.add_response("describe_nodegroup", group("ACTIVE", 2))
    assert nodes.wake(aws.account, dev) == 0
    eks.add_client_error("list_nodegroups", "ResourceNotFoundException")
    assert nodes.wake(aws.account, dev) == 0
    aws.done()


def test_models_of_another_project_stay_though_their_environment_is_called_the_same(aws: Stubbed) -> None:
    sagemaker, made = aws.of("sagemaker"), datetime.now(UTC)
    arns = [f"arn:aws:sagemaker:ap-southeast-1:123456789012:model/{name}" for name in ("ours", "theirs")]
    listed = [{"ModelName": arn.rpartition("/")[2], "ModelArn": arn, "CreationTime": made} for arn in arns]
    sagemaker.add_response("list_models", {"Models": listed})
    environment = {"Key": "Environment", "Value": "dev"}
    for arn, project in zip(arns, ("MLOpsRetailForecast", "Recommendations"), strict=True):
        tags = [environment, {"Key": "Project", "Value": project}, {"Key": "CostCenter", "Value": "ML-Platform"}]
        sagemaker.add_response("list_tags", {"Tags": tags}, {"ResourceArn": arn})
    sagemaker.add_response("delete_model", {}, {"ModelName": "ours"})
    assert contents.delete_models(aws.account, "dev") == 1
    aws.done()


@pytest.mark.parametrize(("environment", "versions"), [("dev", ["delete_versions"]), ("prod", [])])
def test_registered_versions_stay_where_data_is_kept_and_models_of_forecasts_go(
    aws: Stubbed, monkeypatch: pytest.MonkeyPatch, environment: str, versions: list[str]
) -> None:
    called: list[str] = []
    steps = {
        runs: ("hold", "stop"),
        contents: ("delete_versions", "delete_models", "delete_late_logs"),
        destroy: ("_take_down",),
    }
    for module, names in steps.items():
        for name in names:
            monkeypatch.setattr(module, name, lambda *_, name=name: called.append(name))
    monkeypatch.setattr(destroy, "_refuse_protected", lambda *_: None)
    monkeypatch.setattr(destroy, "stack_status", lambda _, stack: "CREATE_COMPLETE" if stack.endswith("-ml") else None)
    aws.of("sts").add_response("get_caller_identity", {"Account": "123456789012"})
    destroy.destroy(aws.account, load(environment))
    assert called == ["hold", "stop", *versions, "delete_models", "_take_down", "delete_late_logs"]
