"""Kubernetes' own schemas; ``make policy`` brings the tool and holds every environment's manifests to them."""

import copy
import sys
from pathlib import Path

import pytest
import yaml

from stacks.policy.manifests import ManifestError, validate
from tests.unit.k8s_charts.rendered import Json, of_environment, public

pytestmark = pytest.mark.xdist_group("charts")
TOOL = Path(sys.prefix, "policy", "bin", "kubernetes-validate")
VERSION = "1.36"
needs_tool = pytest.mark.skipif(not TOOL.exists(), reason="kubernetes-validate is not there: make policy brings it")


def written(folder: Path, objects: list[Json]) -> Path:
    file = folder / "service.yaml"
    file.write_text(yaml.safe_dump_all(objects))
    return file


def one_with(kind: str, spec: dict[str, object]) -> list[Json]:
    """The chart's objects, one of them with another specification."""
    objects = copy.deepcopy(of_environment("prod"))
    (found,) = [each for each in objects if each["kind"] == kind and "nobody" not in each["metadata"]["name"]]
    found["spec"].update(spec)
    return objects


@needs_tool
@pytest.mark.parametrize("environment", ["dev", "staging", "prod", "public"])
def test_kubernetes_accepts_every_object_strictly(tmp_path: Path, environment: str) -> None:
    objects = public() if environment == "public" else of_environment(environment)
    assert validate(TOOL, written(tmp_path, objects), VERSION) == len(objects)


@needs_tool
@pytest.mark.parametrize(
    ("kind", "wrong", "why"),
    [
        ("HorizontalPodAutoscaler", {"minReplicaz": 2}, "'minReplicaz' was unexpected"),
        ("Ingress", {"ingressClassName": 7}, "spec.ingressClassName: 7 is not of type"),
    ],
)
def test_a_wrong_field_and_a_wrong_type_are_refused(
    tmp_path: Path, kind: str, wrong: dict[str, object], why: str
) -> None:
    with pytest.raises(ManifestError, match=why):
        validate(TOOL, written(tmp_path, one_with(kind, wrong)), VERSION)


@needs_tool
def test_a_kind_that_kubernetes_does_not_know_is_no_mere_warning(tmp_path: Path) -> None:
    custom = {"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding", "metadata": {"name": "x"}}
    with pytest.raises(ManifestError, match="Couldn't find schema for kind TargetGroupBinding"):
        validate(TOOL, written(tmp_path, [*of_environment("prod"), custom]), VERSION)


@pytest.mark.parametrize(("says", "why"), [("exit 0", "holds no object"), ("echo lost >&2; exit 1", "lost")])
def test_a_run_that_checked_nothing_is_no_success(tmp_path: Path, says: str, why: str) -> None:
    tool = tmp_path / "tool"
    tool.write_text(f"#!/bin/sh\n{says}\n")
    tool.chmod(0o755)
    with pytest.raises(ManifestError, match=why):
        validate(tool, tmp_path / "service.yaml", VERSION)
    with pytest.raises(ManifestError, match="No such file"):
        validate(tmp_path / "none", tmp_path / "service.yaml", VERSION)
