"""Kubernetes on EKS: versions we can deploy, and until when AWS supports each at the standard price."""

from datetime import date, timedelta
from typing import Final, Literal

KubernetesVersion = Literal["1.35", "1.36"]
STANDARD_SUPPORT_ENDS: Final[dict[KubernetesVersion, date]] = {
    "1.35": date(2027, 3, 27),
    "1.36": date(2027, 6, 28),  # upstream's own end: AWS supports a version at least as long
}
AUTOSCALER: Final[dict[KubernetesVersion, str]] = {"1.35": "v1.35.1", "1.36": "v1.36.1"}
"""The cluster autoscaler simulates the scheduler, so its version is the cluster's."""
NOTICE: Final = timedelta(days=90)


def support_warning(version: KubernetesVersion, today: date) -> str | None:
    """What to say at synthesis when standard support ends within ``NOTICE``; it changes no template."""
    ends = STANDARD_SUPPORT_ENDS[version]
    if today < ends - NOTICE:
        return None
    newer = [each for each in STANDARD_SUPPORT_ENDS if STANDARD_SUPPORT_ENDS[each] > ends]
    cure = f"set cluster.version = {newer[-1]!r}" if newer else "add the next version to stacks/kubernetes_versions.py"
    verb = "leaves" if today < ends else "left"
    return (
        f"Kubernetes {version} {verb} EKS's standard support on {ends}, after which it costs six times as much: {cure}"
    )
