import json

import pytest

from core.contracts.tags import tags
from tests.unit.stacks.synthesis import STACKS, Template, templates, text

pytestmark = pytest.mark.xdist_group("synth")
COMPONENTS = {
    "data": "infra",
    "ml": "ml",
    "observability": "infra",
    "network": "infra",
    "cluster": "app",
    "delivery": "infra",
}
UNTAGGED = {
    "AWS::EC2::Route",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::LaunchTemplate",  # has specifications of tags instead, see its own test
    "AWS::Lambda::LayerVersion",
    "AWS::KMS::Alias",
    "AWS::Scheduler::Schedule",
    "AWS::Athena::NamedQuery",
    "AWS::Glue::Database",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::IAM::Policy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::Subscription",
}
"""Types that take no tags."""
NAMED = {
    "AWS::S3::Bucket": "BucketName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::EKS::Cluster": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Events::Rule": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Athena::WorkGroup": "Name",
    "AWS::CE::AnomalyMonitor": "MonitorName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::Logs::MetricFilter": "FilterName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::SageMaker::Pipeline": "PipelineName",
    "AWS::SageMaker::ModelPackageGroup": "ModelPackageGroupName",
}
KUBERNETES = {"Custom::AWSCDKCfnJson", "Custom::AWSCDK-EKS-HelmChart", "Custom::AWSCDK-EKS-KubernetesResource"}
"""CloudFormation does not know what is inside a cluster, nor keys of a policy that are not known before."""
CASES = [(environment, stack) for environment in ("dev", "prod") for stack in STACKS]


@pytest.fixture(params=CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str, Template]:
    environment, stack = request.param
    return environment, stack, templates(environment)[stack]


def test_everything_that_takes_tags_has_ours(case: tuple[str, str, Template]) -> None:
    environment, stack, template = case
    component = COMPONENTS[stack]
    wanted = tags(environment, component)  # type: ignore[arg-type]
    for name, resource in template.resources.items():
        found = resource["Properties"].get("Tags") or resource["Properties"].get("ResourceTags")
        if resource["Type"] in UNTAGGED or resource["Type"].startswith("Custom::"):
            continue
        assert found, f"{name} ({resource['Type']}) has no tags"
        plain = found if isinstance(found, dict) else {each["Key"]: each["Value"] for each in found}
        assert plain.items() >= wanted.items(), name


def test_names_begin_with_project_and_environment(case: tuple[str, str, Template]) -> None:
    environment, stack, template = case
    for name, resource in template.resources.items():
        attribute = NAMED.get(resource["Type"])
        if attribute and (stack, resource["Type"]) != ("cluster", "AWS::Lambda::Function"):  # those are the CDK's own
            assert text(resource["Properties"][attribute]).startswith(f"mlops-{environment}-"), name


def test_no_stack_exports_to_or_imports_from_another(case: tuple[str, str, Template]) -> None:
    template = case[2]
    assert "Outputs" not in template.body
    assert "Fn::ImportValue" not in json.dumps(template.body)


def test_no_custom_resource_and_no_function_we_did_not_write_but_those_that_speak_to_kubernetes(
    case: tuple[str, str, Template],
) -> None:
    _, stack, template = case
    custom = {
        each["Type"] for each in template.resources.values() if each["Type"].startswith(("Custom::", "AWS::CloudForma"))
    }
    assert custom == (KUBERNETES if stack == "cluster" else set())
    assert len(template.of_type("AWS::Lambda::Function")) == {"ml": 3, "cluster": 3}.get(stack, 0)
