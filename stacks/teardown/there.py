"""Whether a thing that the index of tags lists is there: the index lags, by an hour where machines are concerned."""

from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from stacks.account import Account, is_gone

OVER: Final = {"deleted", "terminated", "DELETE_COMPLETE"}
EC2: Final = {
    "instance": ("describe_instances", "InstanceIds", "Reservations"),
    "volume": ("describe_volumes", "VolumeIds", "Volumes"),
    "natgateway": ("describe_nat_gateways", "NatGatewayIds", "NatGateways"),
    "network-interface": ("describe_network_interfaces", "NetworkInterfaceIds", "NetworkInterfaces"),
    "elastic-ip": ("describe_addresses", "AllocationIds", "Addresses"),
    "vpc-endpoint": ("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"),
    "vpc-flow-log": ("describe_flow_logs", "FlowLogIds", "FlowLogs"),
    "launch-template": ("describe_launch_templates", "LaunchTemplateIds", "LaunchTemplates"),
    "security-group": ("describe_security_groups", "GroupIds", "SecurityGroups"),
    "route-table": ("describe_route_tables", "RouteTableIds", "RouteTables"),
    "internet-gateway": ("describe_internet_gateways", "InternetGatewayIds", "InternetGateways"),
    "subnet": ("describe_subnets", "SubnetIds", "Subnets"),
    "vpc": ("describe_vpcs", "VpcIds", "Vpcs"),
}
"""Kind -> the call that describes it, the call's parameter, and where its answer has them."""
JOBS: Final = {
    "sagemaker:training-job": ("describe_training_job", "TrainingJobName", "TrainingJobStatus"),
    "sagemaker:processing-job": ("describe_processing_job", "ProcessingJobName", "ProcessingJobStatus"),
    "sagemaker:transform-job": ("describe_transform_job", "TransformJobName", "TransformJobStatus"),
}
"""Kind -> the call that describes it, the call's parameter, and where its answer has the status."""


def kind_of(arn: str) -> str:
    """``arn:aws:ec2:...:natgateway/nat-1`` -> ``ec2:natgateway``; ``s3`` where ARNs name no kind."""
    service, rest = arn.split(":")[2], arn.split(":", 5)[5]
    if service in ("s3", "sqs", "sns", "codepipeline"):
        return service
    return f"{service}:{rest.replace(':', '/').split('/')[0]}"


def is_there(account: Account, arn: str) -> bool:
    """What can be asked for is asked for; what cannot is as the index says."""
    service, _, kind = kind_of(arn).partition(":")
    try:
        if service == "ec2" and kind in EC2:
            return bool(on_ec2(account, arn))
        if service == "eks":  # what is inside a cluster goes with it
            account.client("eks").describe_cluster(name=arn.split("/")[1])
        elif (ask := _ASKED.get(kind_of(arn))) is not None:
            return ask(account, arn) is not False
    except ClientError as error:
        if is_gone(error):
            return False
        raise
    return True


def on_ec2(account: Account, arn: str) -> list[dict[str, Any]]:
    """A thing of EC2 as that describes it; none when it is over."""
    call, parameter, listed = EC2[kind_of(arn).partition(":")[2]]
    found = getattr(account.client("ec2"), call)(**{parameter: [arn.rpartition("/")[2]]})[listed]
    if listed == "Reservations":
        found = [each for reservation in found for each in reservation["Instances"]]
    return [each for each in found if _state(each) not in OVER]


def has_ended(account: Account, arn: str) -> bool:
    """Whether a job of SageMaker's works no more."""
    call, parameter, status = JOBS[kind_of(arn)]
    try:
        described = getattr(account.client("sagemaker"), call)(**{parameter: arn.rpartition("/")[2]})
    except ClientError as error:
        if is_gone(error):
            return True
        raise
    return described[status] not in ("InProgress", "Stopping")


def _state(described: dict[str, Any]) -> str:
    state = described.get("State", "")
    return str(state["Name"] if isinstance(state, dict) else state)


def _stack(account: Account, arn: str) -> bool:
    stacks = account.client("cloudformation").describe_stacks(StackName=arn)["Stacks"]
    return any(each["StackStatus"] not in OVER for each in stacks)


def _log_group(account: Account, arn: str) -> bool:
    name = arn.split(":", 6)[6].removesuffix(":*")
    found = account.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(each["logGroupName"] == name for each in found)


_ASKED: Final[dict[str, Callable[[Account, str], object]]] = {
    "s3": lambda account, arn: account.client("s3").head_bucket(Bucket=arn.rpartition(":")[2]),
    "cloudformation:stack": _stack,
    "dynamodb:table": lambda account, arn: account.client("dynamodb").describe_table(TableName=arn.rpartition("/")[2]),
    "lambda:function": lambda account, arn: account.client("lambda").get_function(FunctionName=arn),
    "logs:log-group": _log_group,
    "elasticloadbalancing:loadbalancer": lambda account, arn: account.client("elbv2").describe_load_balancers(
        LoadBalancerArns=[arn]
    ),
    "elasticloadbalancing:targetgroup": lambda account, arn: account.client("elbv2").describe_target_groups(
        TargetGroupArns=[arn]
    ),
}
"""Kind -> how it is asked for: False, or an error that says so, means that it has gone."""
