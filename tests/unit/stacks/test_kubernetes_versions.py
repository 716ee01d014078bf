"""What synthesis says of the cluster: that a version nears its end, that clients speak plain HTTP."""

import json
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from stacks.config import load
from stacks.kubernetes_versions import AUTOSCALER, STANDARD_SUPPORT_ENDS, KubernetesVersion, support_warning
from tests.unit.stacks.synthesis import assembly, read, synthesise, templates

pytestmark = pytest.mark.xdist_group("synth")


def warnings(outdir: Path, environment: str) -> list[str]:
    """What is said when the cluster's stack is synthesised into a folder."""
    artifact = json.loads((outdir / "manifest.json").read_text())["artifacts"][f"mlops-{environment}-cluster"]
    metadata = json.loads((outdir / artifact["additionalMetadataFile"]).read_text())
    return [each["data"] for found in metadata.values() for each in found if each["type"] == "aws:cdk:warning"]


def test_an_end_of_support_is_said_ninety_days_before_and_changes_no_template() -> None:
    ends = STANDARD_SUPPORT_ENDS["1.35"]
    assert support_warning("1.35", "extended", date(2026, 12, 1)) is None
    soon = support_warning("1.35", "extended", date(2026, 12, 28))
    assert soon is not None
    assert f"leaves EKS's standard support on {ends}, after which it costs six times as much" in soon
    assert "set cluster.version = '1.36'" in soon
    assert "left EKS's" in str(support_warning("1.35", "extended", ends))
    assert "after which AWS upgrades it" in str(support_warning("1.35", "standard", ends))
    assert "add the next version" in str(support_warning("1.36", "standard", STANDARD_SUPPORT_ENDS["1.36"]))


@pytest.mark.parametrize("named", ["dev", "staging", "prod"])
def test_no_environment_s_version_nears_its_end_today_and_the_one_before_it_does_at_christmas(named: str) -> None:
    wanted = load(named).cluster
    assert support_warning(wanted.version, wanted.support, date(2026, 11, 26)) is None
    assert "1.34" not in get_args(KubernetesVersion), "it leaves standard support on 2026-12-02"
    assert "2027-03-27" in str(support_warning("1.35", wanted.support, date(2026, 12, 27)))


def test_synthesis_says_that_support_ends_and_writes_the_same_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STANDARD_SUPPORT_ENDS, load("dev").cluster.version, date(2026, 1, 1))
    outdir = synthesise(load("dev"), tmp_path, ("cluster",))
    (said,) = [each for each in warnings(outdir, "dev") if "standard support" in each]
    assert "left EKS's standard support on 2026-01-01" in said
    assert read(outdir, "dev")["cluster"].body == templates("dev")["cluster"].body


@pytest.mark.parametrize(("named", "support"), [("dev", "STANDARD"), ("staging", "STANDARD"), ("prod", "EXTENDED")])
def test_production_is_upgraded_by_a_deployment_and_no_other_is_kept_at_a_higher_price(
    named: str, support: str
) -> None:
    _, cluster = templates(named)["cluster"].one("AWS::EKS::Cluster")
    assert cluster["UpgradePolicy"] == {"SupportType": support}
    assert cluster["DeletionProtection"] == (named == "prod")


@pytest.mark.parametrize(("named", "said"), [("dev", 0), ("staging", 0), ("prod", 1)])
def test_synthesis_says_that_production_has_no_certificate_yet(named: str, said: int) -> None:
    plain = [each for each in warnings(assembly(named), named) if "plain HTTP" in each]
    assert len(plain) == said
    assert all("set service.ingress.certificate_arn" in each for each in plain)


def test_every_version_has_an_end_and_an_autoscaler() -> None:
    assert set(STANDARD_SUPPORT_ENDS) == set(AUTOSCALER) == set(get_args(KubernetesVersion))
