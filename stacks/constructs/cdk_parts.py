"""What the CDK brings itself, for what CloudFormation cannot do: functions and their roles, tagged and reasoned."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct

from stacks.base import EnvironmentStack
from stacks.constructs.grants import acknowledge
from stacks.constructs.keys import SecureKey
from stacks.constructs.log_groups import SecureLogGroup

UTILITIES: Final = "AWSCDKCfnUtilsProviderCustomResourceProvider"
DEFAULT_GROUP: Final = "Custom::VpcRestrictDefaultSGCustomResourceProvider"
"""Its function takes all rules out of a VPC's default security group."""
EMPTIED: Final = "RestrictDefaultSecurityGroupCustomResource"
_BY_AWS: Final = "of the CDK's own function, which speaks to this cluster on behalf of CloudFormation"
_MANAGED: Final = (
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AWSLambdaVPCAccessExecutionRole",
    "AmazonEC2ContainerRegistryReadOnly",
)


def give_reasons(provider: IConstruct) -> None:
    """Findings on the provider of kubectl and Helm."""
    for name in _MANAGED:
        acknowledge(provider, f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]", _BY_AWS)
    handler = provider.node.find_child("Handler")
    acknowledge(handler, "AwsSolutions-L1", "the CDK says which Python its function runs on")
    stack = cdk.Stack.of(provider)
    function = handler.node.default_child
    assert isinstance(function, cdk.CfnElement)  # noqa: S101
    name = stack.resolve(function.logical_id)
    acknowledge(provider, f"AwsSolutions-IAM5[Resource::<{name}.Arn>:*]", "every version of one function")
    condition = handler.node.find_child("HasEcrPublic")
    assert isinstance(condition, cdk.CfnElement)  # noqa: S101
    public = (
        f'{{"Fn::If":["{stack.resolve(condition.logical_id)}",{{"Fn::Join":["",["arn:",{{"Ref":"AWS::Partition"}},'
        '":iam::aws:policy/AmazonElasticContainerRegistryPublicReadOnly"]]},{"Ref":"AWS::NoValue"}]}'
    )
    acknowledge(provider, f"AwsSolutions-IAM4[Policy::{public}]", _BY_AWS)


def tag_parts(stack: EnvironmentStack, cluster: eks.Cluster) -> None:
    """Tag what the CDK writes as plain resources, which its own tags do not reach."""
    _tag(cluster, "KubectlReadyBarrier", stack.tag_values)


def keep_function_logs(stack: EnvironmentStack, provider: str, *asked: IConstruct, days: int, key: SecureKey) -> None:
    """The log of a provider's function, made before anything ``asked`` has it run; its parts get our tags."""
    found = stack.node.find_child(provider)
    listed = [{"Key": name, "Value": value} for name, value in sorted(stack.tag_values.items())]
    for part in ("Role", "Handler"):
        _tag(found, part, listed)
    function = found.node.find_child("Handler")
    assert isinstance(function, cdk.CfnResource)  # noqa: S101
    group = SecureLogGroup(stack, "UtilityLogs", name=f"/aws/lambda/{function.ref}", days=days, key=key)
    for each in asked:
        each.node.add_dependency(group)


def keep_logs(provider: IConstruct, days: int, key: SecureKey) -> None:
    """The functions' logs are encrypted and end like the others, not after two years."""
    for each in provider.node.find_all():
        if isinstance(each, logs.CfnLogGroup):
            each.retention_in_days = days
            each.kms_key_id = key.key_arn
            each.apply_removal_policy(cdk.RemovalPolicy.DESTROY)


def _tag(scope: Construct | IConstruct, name: str, tags: object) -> None:
    part = scope.node.find_child(name)
    assert isinstance(part, cdk.CfnResource)  # noqa: S101
    part.add_property_override("Tags", tags)
