"""Rendered objects as plain data."""

from functools import cache
from typing import Any

from k8s_charts.chart import manifests
from k8s_charts.configuration import load
from k8s_charts.settings import ServiceSettings

Json = dict[str, Any]
ACCOUNT = "123456789012"
CERTIFICATE = f"arn:aws:acm:ap-southeast-1:{ACCOUNT}:certificate/0a1b2c3d"
WEB_ACL = f"arn:aws:wafv2:ap-southeast-1:{ACCOUNT}:regional/webacl/edge/0a1b2c3d"


def open_to_the_world() -> ServiceSettings:
    return ServiceSettings.model_validate(
        {
            "api_key_secret": "api-keys",
            "ingress": {"scheme": "internet-facing", "certificate_arn": CERTIFICATE, "web_acl_arn": WEB_ACL},
        }
    )


@cache
def of_environment(environment: str) -> list[Json]:
    found = load(environment)
    return manifests(found.place(ACCOUNT), found.service)


@cache
def public() -> list[Json]:
    return manifests(load("prod").place(ACCOUNT), open_to_the_world())


def one(objects: list[Json], kind: str, name: str | None = None) -> Json:
    found = [each for each in objects if each["kind"] == kind and name in (None, each["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} of {kind}"
    return found[0]


def pod(objects: list[Json]) -> Json:
    return dict(one(objects, "Deployment")["spec"]["template"]["spec"])


def environment_of(objects: list[Json]) -> str:
    return str(one(objects, "ConfigMap")["data"]["ENVIRONMENT"])


def container(objects: list[Json]) -> Json:
    (found,) = pod(objects)["containers"]
    return dict(found)


def annotations(objects: list[Json]) -> dict[str, str]:
    """Of the Ingress, without the controller's prefix."""
    return {name.partition("/")[2]: value for name, value in one(objects, "Ingress")["metadata"]["annotations"].items()}


def pairs(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in text.split(","))
