"""What an estimate counts and what it does not: every kind of resource in a template is one or the other."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from stacks.templates import Json

COUNTED: Final = {
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::EC2::EIP",
    "AWS::EC2::NatGateway",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::Repository",
    "AWS::EKS::Cluster",
    "AWS::EKS::Nodegroup",
    "AWS::KMS::Key",
    "AWS::Logs::MetricFilter",
    "AWS::SageMaker::Pipeline",
    "AWS::WAFv2::WebACL",
    "Custom::AWSCDK-EKS-KubernetesResource",  # the Ingress in it, which becomes a load balancer
}
"""By their number and size in the templates."""
BY_LOAD: Final = {
    "AWS::CloudTrail::Trail",
    "AWS::CodeBuild::Project",
    "AWS::CodePipeline::Pipeline",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
}
"""By what passes through them: the load."""
BY_USE: Final = {
    "AWS::Athena::WorkGroup": "queries in Athena",
    "AWS::EC2::InternetGateway": "traffic to the internet",
    "AWS::EC2::Subnet": "traffic between zones",
    "AWS::SNS::Topic": "messages to people beyond the first thousand",
}
"""Not counted, for what they cost depends on people: each with what is paid for."""
FREE: Final = {
    "AWS::Athena::NamedQuery",
    "AWS::Budgets::Budget",
    "AWS::CE::AnomalyMonitor",
    "AWS::CE::AnomalySubscription",
    "AWS::EC2::FlowLog",  # its lines are among the logs
    "AWS::EC2::LaunchTemplate",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EKS::AccessEntry",
    "AWS::EKS::Addon",
    "AWS::Events::Rule",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::LayerVersion",
    "AWS::Logs::ResourcePolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::SSM::Parameter",
    "AWS::SageMaker::ModelPackageGroup",
    "AWS::Scheduler::Schedule",
    "AWS::WAFv2::LoggingConfiguration",
    "Custom::AWSCDK-EKS-HelmChart",
    "Custom::AWSCDKCfnJson",
    "Custom::VpcRestrictDefaultSG",
}
"""AWS charges nothing for them, or nothing at any load an environment has."""


def unknown(templates: Iterable[Json]) -> list[str]:
    """A sentence for each kind of resource that the estimate neither counts nor names, so that it says too little."""
    known = COUNTED | BY_LOAD | BY_USE.keys() | FREE
    found = Counter(each["Type"] for template in templates for each in template["Resources"].values())
    return [
        f"no price for {kind} ({count} in the templates): count it in stacks/costs/estimate.py, or say in "
        "stacks/costs/coverage.py why not"
        for kind, count in sorted(found.items())
        if kind not in known
    ]
