import json
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from core.contracts import names
from core.contracts.tags import tags
from k8s_charts.chart import manifests
from k8s_charts.configuration import load as load_chart
from k8s_charts.place import Place, image, role_name
from stacks.config import ENVIRONMENTS, load
from tests.unit.k8s_charts.rendered import CERTIFICATE, WEB_ACL
from tests.unit.stacks.synthesis import Template, read, synthesise, templates, text

pytestmark = pytest.mark.xdist_group("synth")
ACCOUNT = "<AWS::AccountId>"
ADMIN = "arn:aws:iam::123456789012:role/platform"
VIEWER = "arn:aws:iam::123456789012:role/analyst"
COREDNS = "v1.13.2-eksbuild.1"
TAG = "aws:ResourceTag/elbv2.k8s.aws/cluster"


@pytest.fixture(params=["dev", "staging", "prod"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cluster(environment: str) -> Template:
    return templates(environment)["cluster"]


def role(cluster: Template, prefix: str) -> str:
    """Logical id of a role of ours."""
    (found,) = [name for name in cluster.of_type("AWS::IAM::Role") if name.startswith(prefix)]
    return found


def helm(cluster: Template, chart: str) -> tuple[str, dict[str, Any]]:
    """Logical id and values of a Helm chart."""
    name, properties = cluster.one("Custom::AWSCDK-EKS-HelmChart", Chart=chart)
    return name, json.loads(text(properties["Values"]))


def after(cluster: Template, name: str) -> set[str]:
    """Everything a resource waits for, directly or not, by ``DependsOn``."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        needed = set(cluster.resources[ahead.pop()].get("DependsOn", ())) - found
        found |= needed
        ahead += needed
    return found


def test_secrets_are_encrypted_and_the_control_plane_is_private_and_logged(cluster: Template, environment: str) -> None:
    name, found = cluster.one("AWS::EKS::Cluster")
    key, _ = cluster.one("AWS::KMS::Key")
    assert found["Name"] == f"mlops-{environment}-cluster"
    assert found["Version"] == load(environment).cluster.version
    (encrypted,) = found["EncryptionConfig"]
    assert encrypted["Resources"] == ["secrets"]
    assert text(encrypted["Provider"]["KeyArn"]) == f"<{key}.Arn>"
    assert found["ResourcesVpcConfig"]["EndpointPrivateAccess"]
    assert not found["ResourcesVpcConfig"]["EndpointPublicAccess"]
    logged = {each["Type"] for each in found["Logging"]["ClusterLogging"]["EnabledTypes"]}
    assert logged == {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    groups = {text(each["LogGroupName"]): logical for logical, each in cluster.of_type("AWS::Logs::LogGroup").items()}
    assert groups[f"/aws/eks/mlops-{environment}-cluster/cluster"] in after(cluster, name)


def test_every_function_of_the_cdk_has_a_log_group_before_it_runs(cluster: Template) -> None:
    groups = {text(each["LogGroupName"]): name for name, each in cluster.of_type("AWS::Logs::LogGroup").items()}
    functions = cluster.of_type("AWS::Lambda::Function")
    assert {f"/aws/lambda/<{name}>" for name in functions} <= set(groups)
    (utility,) = [groups[f"/aws/lambda/<{name}>"] for name in functions if "CfnUtils" in name]
    for name in cluster.of_type("Custom::AWSCDKCfnJson"):
        assert utility in after(cluster, name)


def test_every_log_group_is_encrypted_and_ends(cluster: Template, environment: str) -> None:
    key, found = cluster.one("AWS::KMS::Key")
    groups = cluster.of_type("AWS::Logs::LogGroup").values()
    assert {each["RetentionInDays"] for each in groups} == {load(environment).cluster.log_days}
    assert len(groups) == 8
    (arns,) = [
        each["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
        for each in found["KeyPolicy"]["Statement"]
        if "ArnLike" in each.get("Condition", {})
    ]
    for each in groups:
        assert text(each["KmsKeyId"]) == f"<{key}.Arn>"
        name = text(each["LogGroupName"])
        ends = "/aws/lambda/mlops-*-cluster-*" if name.startswith("/aws/lambda/") else name
        assert any(fnmatch(text(arn), f"*:log-group:{ends}") for arn in arns)


def test_who_makes_the_cluster_is_not_its_administrator_and_access_is_by_entries(cluster: Template) -> None:
    _, found = cluster.one("AWS::EKS::Cluster")
    assert found["AccessConfig"] == {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}
    _, entry = cluster.one("AWS::EKS::AccessEntry")
    assert "KubectlProvider" in text(entry["PrincipalArn"])


def test_nodes_have_encrypted_gp3_volumes_and_keep_their_credentials_from_pods(cluster: Template) -> None:
    key, _ = cluster.one("AWS::KMS::Key")
    name, template = cluster.one("AWS::EC2::LaunchTemplate")
    data = template["LaunchTemplateData"]
    (volume,) = [each["Ebs"] for each in data["BlockDeviceMappings"]]
    assert (volume["VolumeType"], volume["Encrypted"]) == ("gp3", True)
    assert text(volume["KmsKeyId"]) == f"<{key}.Arn>"
    assert data["MetadataOptions"]["HttpTokens"] == "required"
    assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    _, group = cluster.one("AWS::EKS::Nodegroup")
    assert group["LaunchTemplate"]["Id"] == {"Ref": name}


def test_auto_scaling_may_use_the_key_of_the_nodes_volumes_and_nobody_else(cluster: Template) -> None:
    _, key = cluster.one("AWS::KMS::Key")
    found = {each["Sid"]: each for each in key["KeyPolicy"]["Statement"] if each.get("Sid", "").startswith("AutoScal")}
    assert set(found) == {"AutoScalingVolumes", "AutoScalingGrants"}
    for each in found.values():
        assert each["Condition"]["StringEquals"] == {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}
        assert text(each["Condition"]["ArnEquals"]["aws:PrincipalArn"]).endswith("/AWSServiceRoleForAutoScaling")
    assert found["AutoScalingGrants"]["Condition"]["Bool"] == {"kms:GrantIsForAWSResource": "true"}


@pytest.mark.parametrize("named", ["dev", "staging", "prod"])
def test_new_nodes_come_one_at_a_time_and_wait_for_the_pods_disruption_budget(named: str) -> None:
    _, group = templates(named)["cluster"].one("AWS::EKS::Nodegroup")
    assert group["ForceUpdateEnabled"] is False
    assert group["UpdateConfig"] == {"MaxUnavailable": 1}


@pytest.mark.parametrize(("named", "capacity"), [("dev", "SPOT"), ("staging", "ON_DEMAND"), ("prod", "ON_DEMAND")])
def test_nodes_run_amazon_linux_2023_on_what_the_environment_is_worth(named: str, capacity: str) -> None:
    _, group = templates(named)["cluster"].one("AWS::EKS::Nodegroup")
    assert group["AmiType"] == "AL2023_x86_64_STANDARD"
    assert group["CapacityType"] == capacity
    assert group["Tags"].items() >= tags(named, "app").items()


def test_nodes_begin_at_their_fewest_and_the_autoscaler_says_how_many(cluster: Template, environment: str) -> None:
    _, group = cluster.one("AWS::EKS::Nodegroup")
    wanted = load(environment).cluster
    sizes = {"DesiredSize": wanted.min_nodes, "MinSize": wanted.min_nodes, "MaxSize": wanted.max_nodes}
    assert group["ScalingConfig"] == sizes, "a group is made by all three of them, or by none"
    _, values = helm(cluster, "cluster-autoscaler")
    assert values["autoDiscovery"] == {"clusterName": f"mlops-{environment}-cluster"}
    assert values["image"]["tag"].startswith(f"v{wanted.version}.")
    scaler = role(cluster, "AutoscalerRole")
    (scales,) = [each for each in cluster.statements(scaler) if "autoscaling:SetDesiredCapacity" in each["Action"]]
    assert scales["Condition"] == {"StringEquals": {"aws:ResourceTag/eks:cluster-name": f"mlops-{environment}-cluster"}}


def test_a_node_has_a_network_before_it_is_and_everything_else_after(cluster: Template) -> None:
    nodes, _ = cluster.one("AWS::EKS::Nodegroup")
    addons = {each["AddonName"]: name for name, each in cluster.of_type("AWS::EKS::Addon").items()}
    assert set(addons) == {"vpc-cni", "kube-proxy", "coredns", "metrics-server", "amazon-cloudwatch-observability"}
    assert {addons["vpc-cni"], addons["kube-proxy"]} <= after(cluster, nodes)
    for name in ("coredns", "metrics-server", "amazon-cloudwatch-observability"):
        assert nodes in after(cluster, addons[name])
    network = cluster.of_type("AWS::EKS::Addon")[addons["vpc-cni"]]
    assert json.loads(network["ConfigurationValues"])["enableNetworkPolicy"] == "true"


def test_an_add_on_has_the_version_that_the_environment_names_or_eks_default(opened: Template) -> None:
    versions = {each["AddonName"]: each.get("AddonVersion") for each in opened.of_type("AWS::EKS::Addon").values()}
    assert versions.pop("coredns") == COREDNS
    assert set(versions.values()) == {None}


def test_pods_roles_demand_audience_and_account_of_this_cluster_s_provider(cluster: Template) -> None:
    provider, found = cluster.one("AWS::IAM::OIDCProvider")
    assert found["ClientIdList"] == ["sts.amazonaws.com"]
    claims = {name: each["Value"] for name, each in cluster.of_type("Custom::AWSCDKCfnJson").items()}
    trusting = 0
    for each in cluster.of_type("AWS::IAM::Role").values():
        (statement,) = each["AssumeRolePolicyDocument"]["Statement"]
        if statement["Action"] != "sts:AssumeRoleWithWebIdentity":
            continue
        trusting += 1
        assert statement["Principal"] == {"Federated": {"Ref": provider}}
        written = json.dumps(claims[statement["Condition"]["StringEquals"]["Fn::GetAtt"][0]])
        assert ':aud\\":\\"sts.amazonaws.com' in written
        assert ':sub\\":\\"system:serviceaccount:' in written
    assert trusting == 5


def test_the_service_reads_champions_forecasts_and_papers_and_nothing_else(cluster: Template, environment: str) -> None:
    service = role(cluster, "ServiceRole")
    assert cluster.of_type("AWS::IAM::Role")[service]["RoleName"] == role_name(environment)
    artifacts, lake = (names.bucket(environment, purpose, ACCOUNT) for purpose in ("artifacts", "lake"))
    found = {
        (action, resource)
        for each in cluster.statements(service)
        for action in each["Action"]
        for resource in each["Resource"]
    }
    reads = {(action, resource) for action, resource in found if action.startswith("s3:GetObject")}
    assert {resource for _, resource in reads} == {
        f"arn:aws:s3:::{artifacts}/champions/*",
        f"arn:aws:s3:::{lake}/forecasts/*",
        f"arn:aws:s3:::{lake}/runs/*/evaluation/*",
    }
    looks = {
        (f"s3:{what}", f"arn:aws:s3:::{each}")
        for what in ("ListBucket", "GetBucketLocation")
        for each in (artifacts, lake)
    }
    (key,) = found - reads - looks
    assert key[0] == "kms:Decrypt"
    assert "datakeyarn" in key[1]


def test_the_load_balancer_controller_changes_one_load_balancer_of_one_cluster(
    cluster: Template, environment: str
) -> None:
    _, values = helm(cluster, "aws-load-balancer-controller")
    assert values["clusterName"] == f"mlops-{environment}-cluster"
    assert values["region"] == "ap-southeast-1"
    assert "networkvpcid" in values["vpcId"]
    assert values["enableServiceMutatorWebhook"] is False, "add-ons make Services while it is not up yet"
    statements = list(cluster.statements(role(cluster, "LoadBalancerControllerRole")))
    free = [action for each in statements if "*" in each["Resource"] for action in each["Action"]]
    assert all(action.partition(":")[2].startswith(("Describe", "List", "Get")) for action in free)
    for each in statements:
        if any("loadbalancer/app" in resource for resource in each["Resource"]):
            assert all(f"/mlops-{environment}-service/" in r or "k8s-forecast" in r for r in each["Resource"])
        if "elasticloadbalancing:DeleteLoadBalancer" in each["Action"]:
            assert each["Condition"] == {"StringEquals": {TAG: f"mlops-{environment}-cluster"}}
    (rules,) = [each for each in statements if "ec2:AuthorizeSecurityGroupIngress" in each["Action"]]
    assert "networkvpcid" in text(rules["Condition"]["ArnEquals"]["ec2:Vpc"])


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Production with everything turned on."""
    folder = tmp_path_factory.mktemp("opened")
    people = f'public_from = ["203.0.113.0/24"]\nadmins = ["{ADMIN}"]\nviewers = ["{VIEWER}"]\n'
    ingress = f'scheme = "internet-facing"\ncertificate_arn = "{CERTIFICATE}"\nweb_acl_arn = "{WEB_ACL}"\n'
    toml = (ENVIRONMENTS / "prod.toml").read_text()
    pinned = f'addons = {{ coredns = "{COREDNS}" }}\n'
    toml = toml.replace("[cluster]\n", f"[cluster]\n{people}{pinned}")
    toml = toml.replace("[service]\n", '[service]\napi_key_secret = "api-keys"\n')
    (folder / "prod.toml").write_text(f"{toml}\n[service.ingress]\n{ingress}")
    return read(synthesise(load("prod", folder), folder / "out", ("cluster",)), "prod")["cluster"]


def test_the_api_server_is_opened_to_named_networks_only(opened: Template) -> None:
    _, found = opened.one("AWS::EKS::Cluster")
    assert found["ResourcesVpcConfig"]["EndpointPrivateAccess"]
    assert found["ResourcesVpcConfig"]["PublicAccessCidrs"] == ["203.0.113.0/24"]


def test_people_are_let_in_by_access_entries(opened: Template) -> None:
    entries = {text(each["PrincipalArn"]): each for each in opened.of_type("AWS::EKS::AccessEntry").values()}
    for principal, policy in {ADMIN: "AmazonEKSClusterAdminPolicy", VIEWER: "AmazonEKSViewPolicy"}.items():
        (granted,) = entries[principal]["AccessPolicies"]
        assert text(granted["PolicyArn"]).endswith(f"/{policy}")


def test_a_web_acl_is_put_before_the_service_by_a_controller_that_may(opened: Template) -> None:
    _, values = helm(opened, "aws-load-balancer-controller")
    assert values["enableWafv2"]
    assert opened.may(role(opened, "LoadBalancerControllerRole"), "wafv2:AssociateWebACL", WEB_ACL)
    _, found = opened.one("Custom::AWSCDK-EKS-KubernetesResource")
    assert WEB_ACL in text(found["Manifest"])


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Production with a service that faces the internet, and no firewall named for it."""
    folder = tmp_path_factory.mktemp("public")
    ingress = (
        f'[service.ingress]\nscheme = "internet-facing"\ncertificate_arn = "{CERTIFICATE}"\naddress_limit = 30000\n'
    )
    toml = (ENVIRONMENTS / "prod.toml").read_text().replace("[service]\n", '[service]\napi_key_secret = "api-keys"\n')
    (folder / "prod.toml").write_text(f"{toml}\n{ingress}")
    return read(synthesise(load("prod", folder), folder / "out", ("cluster",)), "prod")["cluster"]


def test_a_public_service_has_a_firewall_of_ours_where_none_is_named(public: Template) -> None:
    name, acl = public.one("AWS::WAFv2::WebACL", Name="mlops-prod-service", Scope="REGIONAL")
    (limit,) = [each for each in acl["Rules"] if "RateBasedStatement" in each["Statement"]]
    assert limit["Action"] == {"Block": {}}
    assert limit["Statement"]["RateBasedStatement"] == {"AggregateKeyType": "IP", "Limit": 30_000}
    managed = [each for each in acl["Rules"] if "ManagedRuleGroupStatement" in each["Statement"]]
    assert len(managed) == 3
    assert all(each["OverrideAction"] == {"None": {}} for each in managed), "they block, not only count"
    counted = [
        (each["Name"], each["ActionToUse"])
        for rule in managed
        for each in rule["Statement"]["ManagedRuleGroupStatement"].get("RuleActionOverrides", ())
    ]
    assert counted == [("SizeRestrictions_BODY", {"Count": {}})], "a what-if's plan may have more than 8 KB"
    _, found = public.one("Custom::AWSCDK-EKS-KubernetesResource")
    assert f'"alb.ingress.kubernetes.io/wafv2-acl-arn":"<{name}.Arn>"' in text(found["Manifest"])
    assert public.may(role(public, "LoadBalancerControllerRole"), "wafv2:AssociateWebACL", f"<{name}.Arn>")


def test_what_the_firewall_stops_is_logged_without_keys_into_a_group_that_lets_it_in(public: Template) -> None:
    acl, _ = public.one("AWS::WAFv2::WebACL")
    logging_name, logging = public.one("AWS::WAFv2::LoggingConfiguration", ResourceArn={"Fn::GetAtt": [acl, "Arn"]})
    (destination,) = map(text, logging["LogDestinationConfigs"])
    assert logging["RedactedFields"] == [{"SingleHeader": {"Name": "x-api-key"}}]
    kept = {part["ActionCondition"]["Action"] for part in logging["LoggingFilter"]["Filters"][0]["Conditions"]}
    assert (logging["LoggingFilter"]["DefaultBehavior"], kept) == ("DROP", {"BLOCK", "COUNT"})

    group_name = "aws-waf-logs-mlops-prod-service"  # WAF refuses names that begin otherwise
    assert destination.endswith(f":log-group:{group_name}")
    group, properties = public.one("AWS::Logs::LogGroup", LogGroupName=group_name)
    assert properties["RetentionInDays"] == 90
    key = public.resources[text(properties["KmsKeyId"]).strip("<>").removesuffix(".Arn")]["Properties"]["KeyPolicy"]
    (lets_in,) = [each for each in key["Statement"] if each.get("Sid") == "CloudWatchLogs"]
    named = [text(each) for each in lets_in["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]]
    assert destination in named

    policy, delivery = public.one("AWS::Logs::ResourcePolicy")
    (statement,) = json.loads(text(delivery["PolicyDocument"]))["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert set(statement["Action"]) == {"logs:CreateLogStream", "logs:PutLogEvents"}
    assert statement["Resource"] == f"{destination}:*"
    assert {group, policy} <= after(public, logging_name)


def test_cfn_lint_is_content_with_what_faces_the_internet(public: Template, tmp_path: Path) -> None:
    file = tmp_path / "public.template.json"
    file.write_text(json.dumps(public.body))
    program = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run(
        [program, "--ignore-checks", "W3005", "--", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_internal_service_pays_for_no_firewall(cluster: Template) -> None:
    assert not cluster.of_type("AWS::WAFv2::WebACL")


def test_the_chart_comes_last_so_that_it_goes_first(cluster: Template) -> None:
    name, _ = cluster.one("Custom::AWSCDK-EKS-KubernetesResource")
    waits = after(cluster, name)
    assert {logical for logical, _ in cluster.of_type("Custom::AWSCDK-EKS-HelmChart").items()} <= waits
    assert set(cluster.of_type("AWS::EKS::Addon")) <= waits
    assert role(cluster, "ServiceRole") in waits


def test_the_cluster_is_told_what_the_command_line_prints(cluster: Template, environment: str) -> None:
    _, found = cluster.one("Custom::AWSCDK-EKS-KubernetesResource")
    applied = json.loads(text(found["Manifest"]))
    for each in applied:
        labels = each["metadata"].get("labels", {})
        each["metadata"]["labels"] = {name: value for name, value in labels.items() if "prune" not in name}
    chart = load_chart(environment)
    place = Place(
        environment=environment,
        region=chart.region,
        account=ACCOUNT,
        image=image(f"{ACCOUNT}.dkr.ecr.{chart.region}.<AWS::URLSuffix>", chart.images.inference_api),
        build=chart.images.inference_api,
        role_arn=f"<{role(cluster, 'ServiceRole')}.Arn>",
        lake_bucket=names.bucket(environment, "lake", ACCOUNT),
        artifacts_bucket=names.bucket(environment, "artifacts", ACCOUNT),
        logs_bucket=names.bucket(environment, "logs", ACCOUNT),
        vpc_cidr=chart.vpc.cidr,
    )
    assert applied == manifests(place, chart.service)
