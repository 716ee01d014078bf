import json
import re
from collections.abc import Iterator

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from core.contracts.tags import tags
from tests.unit.stacks.opened import opened
from tests.unit.stacks.synthesis import STACKS, Json, Template, definition, templates, text

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
    "AWS::EC2::LaunchTemplate",  # has specifications of tags instead
    "AWS::Lambda::LayerVersion",
    "AWS::KMS::Alias",
    "AWS::Scheduler::Schedule",
    "AWS::Athena::NamedQuery",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::ResourcePolicy",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::S3::BucketPolicy",
    "AWS::IAM::Policy",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SNS::Subscription",
}
"""Types that take no tags."""
OURS = r"mlops-{env}-[a-z][a-z0-9-]*"
NAMED = {
    "AWS::Athena::WorkGroup": ("Name", OURS),
    "AWS::Budgets::Budget": ("Budget.BudgetName", OURS),
    "AWS::CE::AnomalyMonitor": ("MonitorName", OURS),
    "AWS::CE::AnomalySubscription": ("SubscriptionName", OURS),
    "AWS::CloudTrail::Trail": ("TrailName", OURS),
    "AWS::CloudWatch::Alarm": ("AlarmName", OURS),
    "AWS::CloudWatch::Dashboard": ("DashboardName", OURS),
    "AWS::CodeBuild::Project": ("Name", OURS),
    "AWS::CodePipeline::Pipeline": ("Name", OURS),
    "AWS::DynamoDB::Table": ("TableName", OURS),
    "AWS::ECR::Repository": ("RepositoryName", r"mlops/(training|inference-api)"),
    "AWS::EKS::Cluster": ("Name", r"mlops-{env}-cluster"),
    "AWS::Events::Rule": ("Name", OURS),
    "AWS::Glue::Database": ("DatabaseInput.Name", r"mlops_{env}_lake"),  # SQL takes no hyphens
    "AWS::Glue::Table": ("TableInput.Name", r"sales_[a-z0-9_]+"),
    "AWS::KMS::Alias": ("AliasName", f"alias/{OURS}"),
    "AWS::Lambda::Function": ("FunctionName", OURS),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        rf"/aws/(lambda|vpc|eks|containerinsights|cloudtrail|codebuild)/{OURS}(/[a-z]+)?"
        rf"|/aws/sagemaker/(Training|Processing|Transform)Jobs|/aws/lambda/<\w+>|aws-waf-logs-{OURS}",
    ),
    "AWS::Logs::MetricFilter": ("FilterName", OURS),
    "AWS::S3::Bucket": ("BucketName", r"mlops-{env}-(raw|lake|artifacts|logs|trail|delivery)-<AWS::AccountId>"),
    "AWS::SNS::Topic": ("TopicName", OURS),
    "AWS::SQS::Queue": ("QueueName", OURS),
    "AWS::SSM::Parameter": ("Name", r"/mlops/{env}/[a-z]+/[a-z0-9-]+"),
    "AWS::SageMaker::ModelPackageGroup": ("ModelPackageGroupName", OURS),
    "AWS::SageMaker::Pipeline": ("PipelineName", OURS),
    "AWS::Scheduler::Schedule": ("Name", OURS),
    "AWS::WAFv2::WebACL": ("Name", OURS),
}
"""Type -> where its name is, and the names it may have."""
OF_THE_CDK = {
    ("cluster", "AWS::Lambda::Function"),
    ("cluster", "AWS::SSM::Parameter"),
    ("network", "AWS::Lambda::Function"),
}
"""What does for it what CloudFormation cannot, and a parameter by which it waits: CloudFormation names them."""
CUSTOM = {
    "cluster": {"Custom::AWSCDKCfnJson", "Custom::AWSCDK-EKS-HelmChart", "Custom::AWSCDK-EKS-KubernetesResource"},
    "network": {"Custom::VpcRestrictDefaultSG"},
}
"""CloudFormation does not know what is inside a cluster, nor keys of a policy that are not known before, and cannot
change the security group that every VPC comes with."""
OPENED = "opened"
CASES = [(environment, stack) for environment in ("dev", "staging", "prod", OPENED) for stack in STACKS]


@pytest.fixture(params=CASES, ids="-".join)
def case(request: pytest.FixtureRequest) -> tuple[str, str, Template]:
    environment, stack = request.param
    if environment == OPENED:
        return "dev", stack, opened()[stack]
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


@pytest.mark.parametrize("kind", sorted(UNTAGGED))
def test_what_has_no_tags_takes_none_as_cloudformation_says(kind: str) -> None:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("ap-southeast-1", kind).schema
    assert not schema.get("tagging", {}).get("taggable"), kind
    assert not {"Tags", "ResourceTags"} & schema["properties"].keys()


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_what_others_make_for_us_has_our_tags_too(environment: str) -> None:
    """Nodes and their volumes, pods' interfaces, the load balancer and what belongs to it."""
    cluster, wanted = templates(environment)["cluster"], tags(environment, "app")
    _, template = cluster.one("AWS::EC2::LaunchTemplate")
    data = template["LaunchTemplateData"]
    found = {
        each["ResourceType"]: each["Tags"] for each in (*data["TagSpecifications"], *template["TagSpecifications"])
    }
    assert set(found) == {"instance", "volume", "network-interface", "launch-template"}
    named = wanted | {"Name": f"mlops-{environment}-node"}
    assert all({each["Key"]: each["Value"] for each in listed} == named for listed in found.values())
    _, addon = cluster.one("AWS::EKS::Addon", AddonName="vpc-cni")
    assert json.loads(json.loads(addon["ConfigurationValues"])["env"]["ADDITIONAL_ENI_TAGS"]) == wanted
    _, chart = cluster.one("Custom::AWSCDK-EKS-HelmChart", Chart="aws-load-balancer-controller")
    assert json.loads(text(chart["Values"]))["defaultTags"] == wanted
    (service,) = cluster.of_type("Custom::AWSCDK-EKS-KubernetesResource").values()
    (ingress,) = [each for each in json.loads(text(service["Manifest"])) if each["kind"] == "Ingress"]
    pairs = ingress["metadata"]["annotations"]["alb.ingress.kubernetes.io/tags"].split(",")
    assert dict(each.split("=") for each in pairs) == wanted


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_every_job_and_model_of_a_pipeline_has_our_tags(environment: str) -> None:
    ml, wanted = templates(environment)["ml"], tags(environment, "ml")
    kinds = set()
    for pipeline in ml.of_type("AWS::SageMaker::Pipeline").values():
        for step in steps(definition(ml, text(pipeline["PipelineName"]))["Steps"]):
            kinds.add(step["Type"])
            assert {each["Key"]: each["Value"] for each in step["Arguments"]["Tags"]} == wanted, step["Name"]
    assert kinds == {"Processing", "Training", "Model", "Transform"}


def steps(listed: list[Json]) -> Iterator[Json]:
    """Steps that make what takes tags, those behind conditions too; versions of models have those of their group."""
    for step in listed:
        if step["Type"] == "Condition":
            yield from steps([*step["Arguments"]["IfSteps"], *step["Arguments"]["ElseSteps"]])
        elif step["Type"] not in ("Fail", "RegisterModel"):
            yield step


def test_names_are_those_of_the_architecture(case: tuple[str, str, Template]) -> None:
    environment, stack, template = case
    for name, resource in template.resources.items():
        if resource["Type"] not in NAMED or (stack, resource["Type"]) in OF_THE_CDK:
            continue
        where, pattern = NAMED[resource["Type"]]
        found = resource["Properties"]
        for part in where.split("."):
            found = found[part]
        assert re.fullmatch(pattern.replace("{env}", environment), text(found)), f"{name}: {text(found)}"


def test_what_the_console_calls_by_its_name_tag_is_called_as_everything_is(case: tuple[str, str, Template]) -> None:
    environment, _, template = case
    for name, resource in template.resources.items():
        found = resource["Properties"].get("Tags", ())
        for tag in found if isinstance(found, list) else ():
            if tag["Key"] == "Name":
                assert re.fullmatch(OURS.replace("{env}", environment), text(tag["Value"])), name


def test_nothing_else_has_a_name_of_ours(case: tuple[str, str, Template]) -> None:
    """It would be called as it likes; and CloudFormation could not replace it."""
    environment, _, template = case
    for name, resource in template.resources.items():
        if resource["Type"] in NAMED:
            continue
        own = resource["Type"].rpartition("::")[2] + "Name"
        given = {key: text(resource["Properties"][key]) for key in ("Name", own) if key in resource["Properties"]}
        assert {value for value in given.values() if "mlops" in value} <= {f"mlops-{environment}-service"}, name


def test_no_stack_exports_to_or_imports_from_another(case: tuple[str, str, Template]) -> None:
    template = case[2]
    assert "Outputs" not in template.body
    assert "Fn::ImportValue" not in json.dumps(template.body)


def test_no_custom_resource_and_no_function_we_did_not_write_but_for_what_cloudformation_cannot_do(
    case: tuple[str, str, Template],
) -> None:
    _, stack, template = case
    custom = {
        each["Type"] for each in template.resources.values() if each["Type"].startswith(("Custom::", "AWS::CloudForma"))
    }
    assert custom == CUSTOM.get(stack, set())
    assert len(template.of_type("AWS::Lambda::Function")) == {"ml": 3, "cluster": 3, "network": 1}.get(stack, 0)
