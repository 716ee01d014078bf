"""Ways to S3 and DynamoDB that cost nothing, and by which nothing is carried out of the account."""

from typing import Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from stacks.base import EnvironmentStack

ANSWERS: Final = ("cloudformation-custom-resource-response-{}", "cloudformation-waitcondition-{}")
"""AWS's buckets, of every region, in which functions of the CDK tell CloudFormation how it went."""


def gateway_endpoints(stack: EnvironmentStack, vpc: ec2.Vpc) -> None:
    """Endpoints ``S3`` and ``DynamoDB``, in every route table of the VPC."""
    s3 = vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    s3.add_to_policy(_anybody(actions=["s3:*"], resources=["*"]))  # their roles say what they may
    s3.add_to_policy(_nothing_leaves(stack))
    tables = stack.format_arn(service="dynamodb", resource="table", resource_name=stack.physical("*"))
    dynamodb = vpc.add_gateway_endpoint("DynamoDB", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
    dynamodb.add_to_policy(_anybody(actions=["dynamodb:*"], resources=[tables]))


def _nothing_leaves(stack: EnvironmentStack) -> iam.PolicyStatement:
    """No object is written to another account's bucket, whoever's keys are used.

    Reading stays open: layers of images and packages of Amazon Linux lie in AWS's own buckets.
    """
    region = stack.region.replace("-", "")
    answers = [
        stack.format_arn(service="s3", region="", account="", resource=name.format(region), resource_name="*")
        for name in ANSWERS
    ]
    return iam.PolicyStatement(
        sid="NothingLeavesTheAccount",
        effect=iam.Effect.DENY,
        principals=[iam.AnyPrincipal()],
        actions=["s3:PutObject"],
        not_resources=answers,
        conditions={"StringNotEquals": {"aws:ResourceAccount": stack.account}},
    )


def _anybody(*, actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(principals=[iam.AnyPrincipal()], actions=actions, resources=resources)
