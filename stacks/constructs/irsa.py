"""Roles that pods of one service account take on by the cluster's OIDC provider, and nobody else."""

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

AUDIENCE = "sts.amazonaws.com"


class PodRole(iam.Role):
    """A role for service account ``name`` in ``namespace``; both ``aud`` and ``sub`` are demanded."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        provider: eks.OidcProviderNative,
        namespace: str,
        name: str,
        description: str,
        role_name: str | None = None,
    ) -> None:
        issuer = provider.open_id_connect_provider_issuer
        # The issuer is known when the cluster is: as part of a key, by a custom resource only.
        claims = cdk.CfnJson(
            scope,
            f"{construct_id}Claims",
            value={f"{issuer}:aud": AUDIENCE, f"{issuer}:sub": f"system:serviceaccount:{namespace}:{name}"},
        )
        super().__init__(
            scope,
            construct_id,
            role_name=role_name,
            description=description,
            assumed_by=iam.WebIdentityPrincipal(
                provider.open_id_connect_provider_arn, conditions={"StringEquals": claims}
            ),
        )
        self.service_account = {
            "create": True,
            "name": name,
            "annotations": {"eks.amazonaws.com/role-arn": self.role_arn},
        }
        """Values of a Helm chart."""
