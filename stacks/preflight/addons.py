"""Which versions of EKS's add-ons go with the cluster's Kubernetes: only AWS says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from stacks.account import Client
from stacks.config import Config
from stacks.platform_config import Addon


@dataclass(frozen=True, kw_only=True)
class AddonVersions:
    """One add-on: the version that the environment names, if it does, and those that EKS has."""

    name: Addon
    kubernetes: str
    pinned: str | None
    default: str | None
    offered: tuple[str, ...]

    @property
    def fault(self) -> str | None:
        """Why it cannot be installed, and the cure; None where it can."""
        if not self.offered:
            return f"EKS has no {self.name} for Kubernetes {self.kubernetes}: choose another cluster.version"
        if self.pinned and self.pinned not in self.offered:
            return (
                f"cluster.addons.{self.name} = {self.pinned!r} does not go with Kubernetes {self.kubernetes}: take "
                f"{self.default or self.offered[0]}"
            )
        return None

    def __str__(self) -> str:
        """Name and version, as it would be installed."""
        return f"{self.name} {self.pinned or f'{self.default}, by default'}"


def addon_versions(client: Client, config: Config) -> Iterator[AddonVersions]:
    """Ask EKS about every add-on of the cluster."""
    pages, kubernetes = client("eks").get_paginator("describe_addon_versions"), config.cluster.version
    for name in get_args(Addon):
        offered = [
            version
            for page in pages.paginate(kubernetesVersion=kubernetes, addonName=name)
            for addon in page["addons"]
            for version in addon["addonVersions"]
        ]
        defaults = [
            version["addonVersion"]
            for version in offered
            if any(each.get("defaultVersion") for each in version.get("compatibilities", ()))
        ]
        yield AddonVersions(
            name=name,
            kubernetes=kubernetes,
            pinned=config.cluster.addons.get(name),
            default=next(iter(defaults), None),
            offered=tuple(version["addonVersion"] for version in offered),
        )
