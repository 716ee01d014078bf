"""Policies the rendered objects hold, whatever the environment."""

import json

import pytest

from core.contracts.tags import tags
from k8s_charts.configuration import load
from k8s_charts.place import APP, NAMESPACE
from service.__main__ import KEEP_ALIVE_SECONDS
from service.app import create_app
from service.settings import Settings
from tests.unit.k8s_charts.rendered import (
    CERTIFICATE,
    WEB_ACL,
    Json,
    annotations,
    container,
    environment_of,
    of_environment,
    one,
    pairs,
    pod,
    public,
)

pytestmark = pytest.mark.xdist_group("charts")


@pytest.fixture(params=["dev", "staging", "prod", "public"])
def objects(request: pytest.FixtureRequest) -> list[Json]:
    return public() if request.param == "public" else of_environment(request.param)


def test_everything_is_in_the_namespace_which_comes_first(objects: list[Json]) -> None:
    first, *others = objects
    assert (first["kind"], first["metadata"]["name"]) == ("Namespace", NAMESPACE)
    assert "namespace" not in first["metadata"]
    assert {each["metadata"]["namespace"] for each in others} == {NAMESPACE}
    kinds = [each["kind"] for each in others]
    assert kinds.index("Deployment") > max(kinds.index("ServiceAccount"), kinds.index("ConfigMap"))


def test_the_namespace_admits_restricted_pods_only_and_gates_them_by_the_load_balancer(objects: list[Json]) -> None:
    labels = one(objects, "Namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    assert labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"


def test_pods_meet_the_restricted_standard(objects: list[Json]) -> None:
    security = pod(objects)["securityContext"]
    assert security["runAsNonRoot"]
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    own = container(objects)["securityContext"]
    assert own["readOnlyRootFilesystem"]
    assert own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}


def test_the_only_place_to_write_is_a_bounded_tmp(objects: list[Json]) -> None:
    volumes = {each["name"]: each for each in pod(objects)["volumes"]}
    assert volumes["tmp"]["emptyDir"]["sizeLimit"]
    writable = [each["mountPath"] for each in container(objects)["volumeMounts"] if not each.get("readOnly")]
    assert writable == ["/tmp"]  # noqa: S108


def test_pods_hold_no_token_for_the_cluster(objects: list[Json]) -> None:
    assert pod(objects)["automountServiceAccountToken"] is False
    account = one(objects, "ServiceAccount")
    assert account["automountServiceAccountToken"] is False
    assert pod(objects)["serviceAccountName"] == account["metadata"]["name"]
    assert account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].endswith("-service")


def test_probes_differ_and_ask_what_the_service_answers(objects: list[Json]) -> None:
    found = container(objects)
    probes = {kind: found[f"{kind}Probe"] for kind in ("liveness", "readiness", "startup")}
    assert len({json.dumps(probe, sort_keys=True) for probe in probes.values()}) == 3
    paths = {kind: probe["httpGet"]["path"] for kind, probe in probes.items()}
    assert paths == {"liveness": "/livez", "readiness": "/readyz", "startup": "/livez"}
    served = create_app(Settings()).openapi()["paths"]
    assert set(paths.values()) <= set(served)
    assert probes["startup"]["periodSeconds"] * probes["startup"]["failureThreshold"] >= 60


def test_a_pod_stops_after_the_load_balancer_forgot_it_and_before_it_is_killed(objects: list[Json]) -> None:
    deregistration = int(pairs(annotations(objects)["target-group-attributes"])["deregistration_delay.timeout_seconds"])
    sleep = container(objects)["lifecycle"]["preStop"]["sleep"]["seconds"]
    graceful = int(one(objects, "ConfigMap")["data"]["GRACEFUL_SECONDS"])
    assert sleep > deregistration
    assert pod(objects)["terminationGracePeriodSeconds"] > sleep + graceful


def test_a_rollout_takes_no_pod_away_before_another_is_ready(objects: list[Json]) -> None:
    spec = one(objects, "Deployment")["spec"]
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert spec["strategy"]["rollingUpdate"]["maxSurge"]


def test_the_autoscaler_alone_says_how_many(objects: list[Json]) -> None:
    assert "replicas" not in one(objects, "Deployment")["spec"]
    spec = one(objects, "HorizontalPodAutoscaler")["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": APP}
    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    assert {each["resource"]["name"] for each in spec["metrics"]} == {"cpu", "memory"}
    up, down = spec["behavior"]["scaleUp"], spec["behavior"]["scaleDown"]
    assert up["stabilizationWindowSeconds"] < down["stabilizationWindowSeconds"]
    assert down["policies"] == [{"type": "Pods", "value": 1, "periodSeconds": 60}]


def test_every_container_asks_for_what_it_needs_and_is_held_to_a_limit(objects: list[Json]) -> None:
    resources = container(objects)["resources"]
    assert set(resources["requests"]) == set(resources["limits"]) == {"cpu", "memory"}
    assert resources["requests"]["memory"] == resources["limits"]["memory"]


def test_pods_spread_over_zones_and_nodes(objects: list[Json]) -> None:
    keys = {each["topologyKey"] for each in pod(objects)["topologySpreadConstraints"]}
    assert keys == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}


def test_one_build_of_the_image_is_named(objects: list[Json]) -> None:
    image = container(objects)["image"]
    _, _, build = image.partition("/mlops/inference-api")
    assert build.startswith((":", "@sha256:"))
    assert build != ":latest"
    assert container(objects)["imagePullPolicy"] == "IfNotPresent"
    assert container(objects)["args"] == ["serve"]


def test_the_load_balancer_asks_readiness_and_closes_before_the_service_does(objects: list[Json]) -> None:
    found = annotations(objects)
    assert found["healthcheck-path"] == "/readyz"
    assert found["target-type"] == "ip"
    attributes = pairs(found["load-balancer-attributes"])
    assert int(attributes["idle_timeout.timeout_seconds"]) == 60 < KEEP_ALIVE_SECONDS
    assert one(objects, "Ingress")["spec"]["ingressClassName"] == "alb"


def test_what_the_controller_makes_is_tagged_like_everything_else() -> None:
    assert pairs(annotations(of_environment("prod"))["tags"]) == tags("prod", "app")


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_an_environment_s_load_balancer_is_internal(environment: str) -> None:
    assert annotations(of_environment(environment))["scheme"] == "internal"


def test_open_to_the_world_it_has_tls_a_key_and_a_web_acl() -> None:
    found = annotations(public())
    assert found["scheme"] == "internet-facing"
    assert json.loads(found["listen-ports"]) == [{"HTTPS": 443}]
    assert found["certificate-arn"] == CERTIFICATE
    assert found["wafv2-acl-arn"] == WEB_ACL
    assert "TLS13" in found["ssl-policy"]
    keys = next(each for each in pod(public())["volumes"] if each["name"] == "keys")
    assert keys["secret"] == {"secretName": "api-keys", "defaultMode": 0o440}
    file = one(public(), "ConfigMap")["data"]["API_KEY_FILE"]
    mount = next(each for each in container(public())["volumeMounts"] if each["name"] == "keys")
    assert file == f"{mount['mountPath']}/keys"


def test_the_service_and_the_budget_select_the_deployment_s_pods(objects: list[Json]) -> None:
    labels = one(objects, "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert one(objects, "Deployment")["spec"]["selector"]["matchLabels"] == labels
    assert one(objects, "Service")["spec"]["selector"] == labels
    budget = one(objects, "PodDisruptionBudget")["spec"]
    assert budget["selector"]["matchLabels"] == labels
    assert budget["maxUnavailable"] == 1 < one(objects, "HorizontalPodAutoscaler")["spec"]["minReplicas"]


def test_the_network_lets_in_the_vpc_and_out_to_names_and_tls(objects: list[Json]) -> None:
    assert one(objects, "NetworkPolicy", "nobody")["spec"] == {
        "podSelector": {},
        "policyTypes": ["Ingress", "Egress"],
    }
    spec = one(objects, "NetworkPolicy", APP)["spec"]
    (inward,) = spec["ingress"]
    assert inward["from"] == [{"ipBlock": {"cidr": load(environment_of(objects)).vpc.cidr}}]
    assert inward["ports"] == [{"port": 8080, "protocol": "TCP"}]
    names, tls = spec["egress"]
    assert {each["port"] for each in names["ports"]} == {53}
    assert tls["ports"] == [{"port": 443, "protocol": "TCP"}]
    assert "169.254.0.0/16" in tls["to"][0]["ipBlock"]["except"]
