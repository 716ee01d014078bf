from pathlib import Path
from typing import Any

import pytest

from core.contracts import names
from stacks.config import ENVIRONMENTS, load
from tests.unit.k8s_charts.rendered import CERTIFICATE, annotations, of_environment
from tests.unit.stacks import synthesis
from tests.unit.stacks.synthesis import Template, read, synthesise, templates

pytestmark = pytest.mark.xdist_group("synth")
WORLD = "0.0.0.0/0"


@pytest.fixture(params=["dev", "staging", "prod"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def network(environment: str) -> Template:
    return templates(environment)["network"]


def tags_of(properties: dict[str, Any]) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in properties["Tags"]}


def subnets(network: Template, kind: str) -> dict[str, dict[str, Any]]:
    found = network.of_type("AWS::EC2::Subnet")
    return {name: each for name, each in found.items() if tags_of(each)["aws-cdk:subnet-name"] == kind}


def groups(network: Template, environment: str) -> dict[str, dict[str, Any]]:
    """Security groups by their short names."""
    found = network.of_type("AWS::EC2::SecurityGroup").values()
    return {tags_of(each)["Name"].removeprefix(f"mlops-{environment}-"): each for each in found}


def test_every_kind_of_subnet_is_in_three_zones(network: Template) -> None:
    for kind in ("public", "private", "isolated"):
        zones = [each["AvailabilityZone"]["Fn::Select"][0] for each in subnets(network, kind).values()]
        assert sorted(zones) == [0, 1, 2]


def test_load_balancers_find_their_subnets_by_tags(network: Template) -> None:
    roles = {"public": {"kubernetes.io/role/elb"}, "private": {"kubernetes.io/role/internal-elb"}, "isolated": set()}
    for kind, wanted in roles.items():
        for each in subnets(network, kind).values():
            assert {key for key in tags_of(each) if key.startswith("kubernetes.io/role/")} == wanted


def test_no_subnet_gives_public_addresses_and_the_isolated_have_no_way_out(network: Template) -> None:
    assert not any(each["MapPublicIpOnLaunch"] for each in network.of_type("AWS::EC2::Subnet").values())
    out = {each["RouteTableId"]["Ref"] for each in network.of_type("AWS::EC2::Route").values()}
    tables = {
        each["SubnetId"]["Ref"]: each["RouteTableId"]["Ref"]
        for each in network.of_type("AWS::EC2::SubnetRouteTableAssociation").values()
    }
    assert not {tables[name] for name in subnets(network, "isolated")} & out
    assert {tables[name] for name in subnets(network, "private")} <= out


@pytest.mark.parametrize(("named", "gateways"), [("dev", 1), ("staging", 1), ("prod", 3)])
def test_gateways_to_the_world_are_as_many_as_the_environment_is_worth(named: str, gateways: int) -> None:
    assert len(templates(named)["network"].of_type("AWS::EC2::NatGateway")) == gateways


def test_s3_and_dynamodb_are_reached_without_a_gateway_everywhere(network: Template) -> None:
    found = [each for each in network.of_type("AWS::EC2::VPCEndpoint").values() if each["VpcEndpointType"] == "Gateway"]
    assert {synthesis.text(each["ServiceName"]).rpartition(".")[2] for each in found} == {"s3", "dynamodb"}
    tables = set(network.of_type("AWS::EC2::RouteTable"))
    for each in found:
        assert {table["Ref"] for table in each["RouteTableIds"]} == tables


def gateway(network: Template, service: str) -> list[dict[str, Any]]:
    """Statements of a gateway endpoint's policy."""
    (found,) = [
        each
        for each in network.of_type("AWS::EC2::VPCEndpoint").values()
        if synthesis.text(each["ServiceName"]).endswith(f".{service}")
    ]
    return list(found["PolicyDocument"]["Statement"])


def test_nothing_is_written_to_another_account_s_bucket_through_the_endpoint(network: Template) -> None:
    allowed, denied = gateway(network, "s3")
    assert (allowed["Effect"], allowed["Action"]) == ("Allow", "s3:*"), "layers of images lie in AWS's own buckets"
    assert (denied["Effect"], denied["Action"], denied["Principal"]) == ("Deny", "s3:PutObject", {"AWS": "*"})
    assert denied["Condition"] == {"StringNotEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
    assert "Resource" not in denied
    assert [synthesis.text(each) for each in denied["NotResource"]] == [
        f"arn:aws:s3:::cloudformation-{kind}-apsoutheast1/*" for kind in ("custom-resource-response", "waitcondition")
    ], "or the CDK's functions in the VPC could not answer CloudFormation"


def test_only_this_environment_s_tables_are_reached_through_the_endpoint(network: Template, environment: str) -> None:
    (allowed,) = gateway(network, "dynamodb")
    tables = f"arn:aws:dynamodb:ap-southeast-1:<AWS::AccountId>:table/mlops-{environment}-*"
    assert (allowed["Effect"], synthesis.text(allowed["Resource"])) == ("Allow", tables)
    assert names.uploads_table(environment).startswith(f"mlops-{environment}-")


def test_the_security_group_that_a_vpc_comes_with_lets_nothing_in_or_out(network: Template) -> None:
    vpc, _ = network.one("AWS::EC2::VPC")
    emptied, found = network.one("Custom::VpcRestrictDefaultSG")
    assert synthesis.text(found["DefaultSecurityGroupId"]) == f"<{vpc}.DefaultSecurityGroup>"
    function, _ = network.one("AWS::Lambda::Function")
    (log,) = [
        name
        for name, group in network.of_type("AWS::Logs::LogGroup").items()
        if synthesis.text(group["LogGroupName"]) == f"/aws/lambda/<{function}>"
    ]
    assert log in network.resources[emptied]["DependsOn"], "or AWS makes it without key and end"


@pytest.mark.parametrize("named", ["dev", "staging", "prod"])
def test_an_environment_has_the_endpoints_its_file_names_and_development_goes_by_its_gateway(named: str) -> None:
    found = {
        synthesis.text(each["ServiceName"]).partition("ap-southeast-1.")[2]
        for each in templates(named)["network"].of_type("AWS::EC2::VPCEndpoint").values()
        if each["VpcEndpointType"] == "Interface"
    }
    assert found == set(load(named).vpc.endpoints)
    wanted = {"ecr.api", "ecr.dkr", "sts", "logs", "sagemaker.api", "kms"}
    assert wanted <= found if named != "dev" else not found


def test_endpoints_inside_the_vpc_hear_the_vpc_alone() -> None:
    network = templates("prod")["network"]
    found = [
        each for each in network.of_type("AWS::EC2::VPCEndpoint").values() if each["VpcEndpointType"] == "Interface"
    ]
    services = {synthesis.text(each["ServiceName"]).partition("ap-southeast-1.")[2] for each in found}
    assert services >= {"ecr.api", "ecr.dkr", "sts", "logs", "sagemaker.api", "kms", "monitoring"}
    private = set(subnets(network, "private"))
    for each in found:
        assert each["PrivateDnsEnabled"]
        assert {subnet["Ref"] for subnet in each["SubnetIds"]} < private
    (rule,) = groups(network, "prod")["endpoints"]["SecurityGroupIngress"]
    assert (rule["CidrIp"], rule["FromPort"], rule["ToPort"]) == ("10.2.0.0/16", 443, 443)


def interfaces(network: Template) -> dict[str, list[dict[str, Any]]]:
    """Statements of the policies of interface endpoints, by the service's short name."""
    found = network.of_type("AWS::EC2::VPCEndpoint").values()
    return {
        synthesis.text(each["ServiceName"]).partition("ap-southeast-1.")[2]: each["PolicyDocument"]["Statement"]
        for each in found
        if each["VpcEndpointType"] == "Interface"
    }


@pytest.mark.parametrize("named", ["staging", "prod"])
def test_nobody_else_s_keys_open_aws_s_services_from_inside_the_vpc(named: str) -> None:
    account = {"Ref": "AWS::AccountId"}
    found = interfaces(templates(named)["network"])
    assert found
    for name, statements in found.items():
        ours, services, *pods = statements
        assert ours["Condition"]["StringEquals"] == {"aws:PrincipalAccount": account}
        assert services["Condition"] == {"Bool": {"aws:PrincipalIsAWSService": "true"}}
        holds_ours_alone = ours["Condition"].get("StringEqualsIfExists") == {"aws:ResourceAccount": account}
        assert holds_ours_alone == (name not in ("ecr.api", "ecr.dkr", "ec2")), "AWS's images are in AWS's accounts"
        assert bool(pods) == (name == "sts"), "only a token of the cluster's comes in nobody's name"


def test_a_pod_takes_on_a_role_of_this_account_and_no_other_through_the_endpoint() -> None:
    (pods,) = interfaces(templates("prod")["network"])["sts"][2:]
    assert (pods["Action"], synthesis.text(pods["Resource"]), pods["Principal"]) == (
        "sts:AssumeRoleWithWebIdentity",
        "arn:aws:iam::<AWS::AccountId>:role/*",
        "*",
    )
    assert "Condition" not in pods


def test_all_traffic_is_recorded_encrypted_for_a_while(network: Template, environment: str) -> None:
    _, flow = network.one("AWS::EC2::FlowLog")
    assert (flow["TrafficType"], flow["ResourceType"]) == ("ALL", "VPC")
    name = flow["LogGroupName"]["Ref"]
    group = network.of_type("AWS::Logs::LogGroup")[name]
    key, found = network.one("AWS::KMS::Key")
    assert synthesis.text(group["KmsKeyId"]) == f"<{key}.Arn>"
    assert group["RetentionInDays"] == load(environment).vpc.flow_log_days
    conditions = [each.get("Condition", {}) for each in found["KeyPolicy"]["Statement"]]
    (arns,) = [each["ArnLike"]["kms:EncryptionContext:aws:logs:arn"] for each in conditions if "ArnLike" in each]
    assert synthesis.text(arns[0]).endswith(f":log-group:/aws/vpc/mlops-{environment}-vpc")
    role = flow["DeliverLogsPermissionArn"]["Fn::GetAtt"][0]
    assert network.may(role, "logs:PutLogEvents", f"<{name}.Arn>")


def test_nothing_is_open_to_the_world(environment: str) -> None:
    rules = []
    for template in templates(environment).values():
        for each in template.of_type("AWS::EC2::SecurityGroup").values():
            rules += each.get("SecurityGroupIngress", ())
        rules += template.of_type("AWS::EC2::SecurityGroupIngress").values()
    assert rules
    assert not [each for each in rules if each.get("CidrIp") == WORLD or "CidrIpv6" in each]


def test_whoever_reaches_the_world_does_so_by_tls(environment: str) -> None:
    rules = []
    for template in templates(environment).values():
        for each in template.of_type("AWS::EC2::SecurityGroup").values():
            rules += each["SecurityGroupEgress"]
        rules += template.of_type("AWS::EC2::SecurityGroupEgress").values()
    (outward,) = [each for each in rules if each.get("CidrIp") == WORLD]
    assert (outward["Description"], outward["FromPort"], outward["ToPort"]) == ("Services of AWS", 443, 443)


def test_the_load_balancer_reaches_the_pods_and_nothing_else(network: Template, environment: str) -> None:
    group = groups(network, environment)[annotations(of_environment(environment))["security-groups"].split("-")[-1]]
    cidr = load(environment).vpc.cidr
    (inward,) = group["SecurityGroupIngress"]
    assert (inward["CidrIp"], inward["FromPort"], inward["ToPort"]) == (cidr, 80, 80), "no certificate is named"
    (outward,) = group["SecurityGroupEgress"]
    assert (outward["CidrIp"], outward["FromPort"], outward["ToPort"]) == (cidr, 8080, 8080)


def test_a_public_service_opens_the_load_balancer_s_tls_port_and_no_other(tmp_path: Path) -> None:
    text = (ENVIRONMENTS / "prod.toml").read_text()
    public = f'[service.ingress]\nscheme = "internet-facing"\ncertificate_arn = "{CERTIFICATE}"\n\n[data]'
    text = text.replace("[service]\n", '[service]\napi_key_secret = "api-keys"\n').replace("[data]", public)
    (tmp_path / "prod.toml").write_text(text)
    network = read(synthesise(load("prod", tmp_path), tmp_path / "out", ("network",)), "prod")["network"]
    open_rules = [
        (name, rule)
        for name, each in groups(network, "prod").items()
        for rule in each.get("SecurityGroupIngress", ())
        if rule["CidrIp"] == WORLD
    ]
    ((name, rule),) = open_rules
    assert name == "alb"
    assert (rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) == ("tcp", 443, 443)


def test_the_other_stacks_are_told_where_to_live(network: Template, environment: str) -> None:
    told = {each["Name"] for each in network.of_type("AWS::SSM::Parameter").values()}
    wanted = ["vpc-id", "jobs-security-group"] + [f"{k}-subnet-{n}" for k in ("public", "private") for n in (1, 2, 3)]
    assert told == {names.parameter(environment, "network", name) for name in wanted}
