"""Kubernetes on EKS: versions we can deploy, and until when AWS supports each at the standard price."""

from datetime import date, timedelta
from typing import Final, Literal

KubernetesVersion = Literal["1.35", "1.36"]
Support = Literal["standard", "extended"]
"""What becomes of a version at the end of its standard support: AWS upgrades it, or it stays, at a higher price."""
STANDARD_SUPPORT_ENDS: Final[dict[KubernetesVersion, date]] = {
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 6, 28),  # upstream's own end: AWS supports a version at least as long
}
AUTOSCALER: Final[dict[KubernetesVersion, str]] = {"1.35": "v1.35.1", "1.36": "v1.36.1"}
"""The cluster autoscaler simulates the scheduler, so its version is the cluster's."""
NOTICE: Final = timedelta(days=90)


def in_extended_support(version: KubernetesVersion, support: Support, today: date) -> bool:
    """Whether a cluster is paid for at the price of extended support."""
    return support == "extended" and today >= STANDARD_SUPPORT_ENDS[version]


def support_warning(version: KubernetesVersion, support: Support, today: date) -> str | None:
    """What to say at synthesis when standard support ends within ``NOTICE``; it changes no template."""
    ends = STANDARD_SUPPORT_ENDS[version]
    if today < ends - NOTICE:
        return None
    newer = [each for each in STANDARD_SUPPORT_ENDS if STANDARD_SUPPORT_ENDS[each] > ends]
    cure = f"set cluster.version = {newer[-1]!r}" if newer else "add the next version to stacks/kubernetes_versions.py"
    verb = "leaves" if today < ends else "left"
    then = "it costs six times as much" if support == "extended" else "AWS upgrades it on a day of its own choice"
    return f"Kubernetes {version} {verb} EKS's standard support on {ends}, after which {then}: {cure}"
