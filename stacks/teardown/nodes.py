"""Nodes that are off outside business hours, and are needed once more."""

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.account import Account, is_gone
from stacks.config import Config


def wake(account: Account, config: Config) -> int:
    """Start nodes where there are none; how many.

    The chart goes first, and its Ingress waits until the controller has taken the load balancer away: without a node
    it would wait in vain, and the stack would not go.
    """
    cluster, eks = names.resource(config.environment, "cluster"), account.client("eks")
    try:
        groups = eks.list_nodegroups(clusterName=cluster)["nodegroups"]
    except ClientError as error:
        if is_gone(error):
            return 0
        raise
    return sum(_wake(account, config, cluster, group) for group in groups)


def _wake(account: Account, config: Config, cluster: str, group: str) -> int:
    eks, place = account.client("eks"), {"clusterName": cluster, "nodegroupName": group}

    def settled() -> bool:
        status: str = eks.describe_nodegroup(**place)["nodegroup"]["status"]
        return status not in ("CREATING", "UPDATING")

    account.until(settled, f"node group {group} is still changing")
    described = eks.describe_nodegroup(**place)["nodegroup"]
    if described["status"] == "DELETING" or described["scalingConfig"]["desiredSize"] > 0:
        return 0
    wanted = config.cluster.min_nodes
    size = {"minSize": wanted, "maxSize": config.cluster.max_nodes, "desiredSize": wanted}
    eks.update_nodegroup_config(**place, scalingConfig=size)
    account.until(settled, f"node group {group} is still starting")
    return wanted
