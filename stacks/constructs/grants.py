"""Permissions with their reasons: every wildcard says why it is one, in the code and in the nag report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Actions on resources; a resource with a wildcard needs a reason."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    because: str = ""
    conditions: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a wildcard nobody has a reason for.

        Raises:
            ValueError: naming the resources.
        """
        if self.wildcards and not self.because:
            raise ValueError(f"{self.actions} on {self.wildcards}: say why a wildcard is needed (because=...)")

    @property
    def wildcards(self) -> list[str]:
        """Resources that are more than one."""
        return [resource for resource in self.resources if "*" in resource]

    def statement(self) -> iam.PolicyStatement:
        """The policy statement."""
        return iam.PolicyStatement(
            actions=list(self.actions), resources=list(self.resources), conditions=dict(self.conditions)
        )


def allow(role: iam.Role, *grants: Grant) -> None:
    """Add grants to a role's own policy, and their reasons to the report."""
    for grant in grants:
        role.add_to_principal_policy(grant.statement())
        for resource in grant.wildcards:
            acknowledge(role, f"AwsSolutions-IAM5[Resource::{_as_reported(role, resource)}]", grant.because)


def acknowledge(construct: IConstruct, rule: str, reason: str) -> None:
    """Accept one finding of cdk-nag's AwsSolutions on one construct."""
    cdk.Validations.of(construct).acknowledge(cdk.Acknowledgment(id=f"AwsSolutions::{rule}", reason=reason))


def _as_reported(role: iam.Role, resource: str) -> str:
    """A resource as cdk-nag writes it: references in angle brackets."""
    resolved = cdk.Stack.of(role).resolve(resource)
    if isinstance(resolved, str):
        return resolved
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in resolved["Fn::Join"][1])
