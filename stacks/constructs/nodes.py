"""Nodes of the cluster: a managed group on Amazon Linux 2023 with a launch template of ours."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam

from stacks.base import EnvironmentStack
from stacks.constructs.grants import acknowledge
from stacks.constructs.keys import SecureKey

POLICIES: Final = ("AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore")


def node_group(stack: EnvironmentStack, cluster: eks.Cluster, key: SecureKey) -> eks.Nodegroup:
    """Make the group; how many nodes run is the cluster autoscaler's."""
    wanted = stack.config.cluster
    template = _launch_template(stack, key)
    return cluster.add_nodegroup_capacity(
        "Nodes",
        node_role=_role(stack),
        ami_type=eks.NodegroupAmiType.AL2023_ARM_64_STANDARD
        if wanted.architecture == "arm64"
        else eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
        capacity_type=eks.CapacityType.SPOT if wanted.spot else eks.CapacityType.ON_DEMAND,
        instance_types=[ec2.InstanceType(each) for each in wanted.instance_types],
        # EKS makes a group only where all three are said. They are handed on when one of them changes: the group then
        # begins anew with its fewest nodes, and the autoscaler brings the others back.
        desired_size=wanted.min_nodes,
        min_size=wanted.min_nodes,
        max_size=wanted.max_nodes,
        max_unavailable=1,
        force_update=False,  # the CDK's default ends pods that their disruption budget still holds
        enable_node_auto_repair=True,
        subnets=ec2.SubnetSelection(subnets=cluster.vpc.private_subnets),
        launch_template_spec=eks.LaunchTemplateSpec(id=template.ref, version=template.attr_latest_version_number),
        tags=stack.tag_values,
    )


def _launch_template(stack: EnvironmentStack, key: SecureKey) -> ec2.CfnLaunchTemplate:
    _open_to_autoscaling(stack, key)
    tags = [cdk.CfnTag(key=name, value=value) for name, value in stack.tag_values.items()]
    tags.append(cdk.CfnTag(key="Name", value=stack.physical("node")))
    template = ec2.CfnLaunchTemplate
    return ec2.CfnLaunchTemplate(
        stack,
        "NodeTemplate",
        tag_specifications=[
            template.LaunchTemplateTagSpecificationProperty(resource_type="launch-template", tags=tags)
        ],
        launch_template_data=template.LaunchTemplateDataProperty(
            block_device_mappings=[
                template.BlockDeviceMappingProperty(
                    device_name="/dev/xvda",
                    ebs=template.EbsProperty(
                        volume_type="gp3",
                        volume_size=stack.config.cluster.disk_gb,
                        encrypted=True,
                        kms_key_id=key.key_arn,
                        delete_on_termination=True,
                    ),
                )
            ],
            metadata_options=template.MetadataOptionsProperty(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,  # pods do not reach the node's credentials
                instance_metadata_tags="disabled",
            ),
            tag_specifications=[
                template.TagSpecificationProperty(resource_type=kind, tags=tags)
                for kind in ("instance", "volume", "network-interface")
            ],
        ),
    )


def _role(stack: EnvironmentStack) -> iam.Role:
    role = iam.Role(
        stack,
        "NodeRole",
        description="Nodes: join the cluster, pull images, be reached by Session Manager",
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in POLICIES],
    )
    for name in POLICIES:
        acknowledge(
            role,
            f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
            "what EKS requires of a node, kept up to date by AWS; pods do not reach it",
        )
    return role


def _open_to_autoscaling(stack: EnvironmentStack, key: SecureKey) -> None:
    """Let Auto Scaling start nodes with encrypted volumes.

    By condition rather than as principal: a policy may not name a role that a new account does not have yet.
    """
    path = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    conditions = {
        "StringEquals": {"kms:CallerAccount": stack.account},
        "ArnEquals": {"aws:PrincipalArn": f"arn:{cdk.Aws.PARTITION}:iam::{stack.account}:{path}"},
    }
    anybody = iam.StarPrincipal()
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AutoScalingVolumes",
            principals=[anybody],
            actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            resources=["*"],  # in a key's own policy: this key
            conditions=conditions,
        )
    )
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AutoScalingGrants",
            principals=[anybody],
            actions=["kms:CreateGrant"],
            resources=["*"],  # in a key's own policy: this key
            conditions=conditions | {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )
    )
