"""Who reaches the pods, and whom they reach: Service, Ingress, NetworkPolicies."""

import json
from typing import Final

from cdk8s_plus_33 import k8s
from constructs import Construct

from core.contracts.names import resource
from core.contracts.tags import tags
from k8s_charts.environment import PORT
from k8s_charts.place import APP, LOG_PREFIX, Place, security_group
from k8s_charts.pods import PORT_NAME, SELECTOR
from k8s_charts.settings import ServiceSettings

IDLE_SECONDS: Final = 60
"""Shorter than the service's keep-alive (75), so that no request goes into a connection that is just closing."""
TLS_POLICY: Final = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_ALB: Final = "alb.ingress.kubernetes.io"
_LINK_LOCAL: Final = "169.254.0.0/16"


def service(scope: Construct) -> k8s.KubeService:
    """Inside the cluster only; the load balancer goes to the pods themselves."""
    return k8s.KubeService(
        scope,
        "service",
        metadata=k8s.ObjectMeta(name=APP),
        spec=k8s.ServiceSpec(
            type="ClusterIP",
            selector=SELECTOR,
            ports=[k8s.ServicePort(name=PORT_NAME, port=80, target_port=k8s.IntOrString.from_string(PORT_NAME))],
        ),
    )


def ingress(scope: Construct, place: Place, settings: ServiceSettings) -> k8s.KubeIngress:
    """An Application Load Balancer with pods' addresses as targets."""
    backend = k8s.IngressBackend(
        service=k8s.IngressServiceBackend(name=APP, port=k8s.ServiceBackendPort(name=PORT_NAME))
    )
    return k8s.KubeIngress(
        scope,
        "ingress",
        metadata=k8s.ObjectMeta(
            name=APP, annotations={f"{_ALB}/{name}": value for name, value in _annotations(place, settings).items()}
        ),
        spec=k8s.IngressSpec(
            ingress_class_name="alb",
            rules=[
                k8s.IngressRule(
                    host=settings.ingress.host,
                    http=k8s.HttpIngressRuleValue(
                        paths=[k8s.HttpIngressPath(path="/", path_type="Prefix", backend=backend)]
                    ),
                )
            ],
        ),
    )


def _annotations(place: Place, settings: ServiceSettings) -> dict[str, str]:
    wanted = settings.ingress
    found = {
        "load-balancer-name": resource(place.environment, "service"),
        "scheme": wanted.scheme,
        "target-type": "ip",
        "listen-ports": json.dumps([{"HTTPS" if wanted.certificate_arn else "HTTP": wanted.port}]),
        "security-groups": security_group(place.environment),
        "manage-backend-security-group-rules": "true",
        "healthcheck-path": "/readyz",
        "healthcheck-interval-seconds": "10",
        "healthcheck-timeout-seconds": "5",
        "healthy-threshold-count": "2",
        "unhealthy-threshold-count": "2",
        "success-codes": "200",
        "load-balancer-attributes": _pairs(
            {
                "idle_timeout.timeout_seconds": str(IDLE_SECONDS),
                "routing.http.drop_invalid_header_fields.enabled": "true",
                "access_logs.s3.enabled": "true",
                "access_logs.s3.bucket": place.logs_bucket,
                "access_logs.s3.prefix": LOG_PREFIX,
            }
        ),
        "target-group-attributes": _pairs(
            {
                "deregistration_delay.timeout_seconds": str(settings.deregistration_seconds),
                "load_balancing.algorithm.type": "least_outstanding_requests",
            }
        ),
        "tags": _pairs(tags(place.environment, "app")),
    }
    if wanted.certificate_arn:
        found |= {"certificate-arn": wanted.certificate_arn, "ssl-policy": TLS_POLICY}
    if web_acl := wanted.web_acl_arn or place.web_acl_arn:
        found["wafv2-acl-arn"] = web_acl
    return found


def policies(scope: Construct, place: Place) -> None:
    """Nothing in or out of the namespace but what is said here."""
    k8s.KubeNetworkPolicy(
        scope,
        "nobody",
        metadata=k8s.ObjectMeta(name="nobody"),
        spec=k8s.NetworkPolicySpec(pod_selector=k8s.LabelSelector(), policy_types=["Ingress", "Egress"]),
    )
    k8s.KubeNetworkPolicy(
        scope,
        "network-policy",
        metadata=k8s.ObjectMeta(name=APP),
        spec=k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(match_labels=SELECTOR),
            policy_types=["Ingress", "Egress"],
            ingress=[
                k8s.NetworkPolicyIngressRule(  # the load balancer and the nodes' probes
                    from_=[k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr=place.vpc_cidr))], ports=[_port(PORT)]
                )
            ],
            egress=[
                k8s.NetworkPolicyEgressRule(
                    to=[k8s.NetworkPolicyPeer(namespace_selector=_named("kube-system"), pod_selector=_dns())],
                    ports=[_port(53, "UDP"), _port(53)],
                ),
                k8s.NetworkPolicyEgressRule(  # S3 and STS, wherever their addresses are; never the node's metadata
                    to=[k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr="0.0.0.0/0", except_=[_LINK_LOCAL]))],
                    ports=[_port(443)],
                ),
            ],
        ),
    )


def _named(namespace: str) -> k8s.LabelSelector:
    return k8s.LabelSelector(match_labels={"kubernetes.io/metadata.name": namespace})


def _dns() -> k8s.LabelSelector:
    return k8s.LabelSelector(match_labels={"k8s-app": "kube-dns"})


def _port(number: int, protocol: str = "TCP") -> k8s.NetworkPolicyPort:
    return k8s.NetworkPolicyPort(port=k8s.IntOrString.from_number(number), protocol=protocol)


def _pairs(values: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())
