"""An environment taken down: what waits on others goes before them, and every step can be taken again."""

from collections.abc import Callable
from typing import Final

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.account import Account, StuckError, identity, is_gone, stack_status
from stacks.application import SHARED, STACKS
from stacks.config import Config
from stacks.teardown import balancers, contents, nodes, runs

TRIES: Final = 3


def order() -> list[str]:
    """Short names of the stacks, dependants first; the cluster leads, for its Ingress holds the network.

    Without the one that other environments run images from.
    """
    before = {name: after for name, (_, after) in STACKS.items() if name != SHARED}
    found: list[str] = []

    def visit(name: str) -> None:
        for dependant, needs in before.items():
            if name in needs:
                visit(dependant)
        if name not in found:
            found.append(name)

    for name in ("cluster", *before):
        visit(name)
    return found


def destroy(account: Account, config: Config) -> None:
    """Take the environment down.

    Raises:
        ConfigError: nobody AWS knows asks, or somebody in another account.
        StuckError: a stack is protected, or does not go.
    """
    env, here = config.environment, identity(account.client, config)["Account"]
    present = [name for name in order() if stack_status(account.client, names.resource(env, name))]
    _refuse_protected(account, [names.resource(env, name) for name in present])
    if "cluster" in present:
        _refuse_protected_cluster(account, names.resource(env, "cluster"))
    for name in present:
        if name in _BEFORE:
            _BEFORE[name](account, config)
        _take_down(account, config, name, here)
    if late := contents.delete_late_logs(account, env, order()):
        account.say(f"{late} log groups deleted that AWS had made after their stacks were gone")


def _wake_nodes(account: Account, config: Config) -> None:
    """The cluster's chart goes first, and with it the Ingress: the load balancer's controller has to work for that."""
    if woken := nodes.wake(account, config):
        account.say(f"{woken} nodes started: they were off, and the load balancer's controller has to work")


def _end_work(account: Account, config: Config) -> None:
    """Nothing runs any more, and nothing that was made by runs holds the stack."""
    env = config.environment
    runs.hold(account, env)
    account.say(f"{runs.stop(account, config)} runs stopped")
    if not config.data.keep_on_delete:
        account.say(f"{contents.delete_versions(account, env)} registered models deleted")
    account.say(f"{contents.delete_models(account, env)} models of forecasts deleted")


def _clear_network(account: Account, config: Config) -> None:
    left = balancers.remove(account, config.environment)
    account.say(f"{left} things of the load balancer and of nodes were left behind")


def _stop_trail(account: Account, config: Config) -> None:
    contents.stop_trail(account, config.environment)


_BEFORE: Final[dict[str, Callable[[Account, Config], None]]] = {
    "cluster": _wake_nodes,
    "ml": _end_work,
    "network": _clear_network,
    "observability": _stop_trail,
}
"""Stack -> what has to be done before it goes."""


def _refuse_protected(account: Account, stacks: list[str]) -> None:
    for stack in stacks:
        found = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        if found.get("EnableTerminationProtection"):
            raise StuckError(
                f"{stack} is protected against deletion: if it shall go, say so first by "
                f"aws cloudformation update-termination-protection --no-enable-termination-protection "
                f"--stack-name {stack}"
            )


def _refuse_protected_cluster(account: Account, cluster: str) -> None:
    try:
        found = account.client("eks").describe_cluster(name=cluster)["cluster"]
    except ClientError as error:
        if is_gone(error):
            return
        raise
    if found.get("deletionProtection"):
        raise StuckError(
            f"cluster {cluster} is protected against deletion: if it shall go, say so first by "
            f"aws eks update-cluster-config --no-deletion-protection --name {cluster}"
        )


def _take_down(account: Account, config: Config, name: str, owner: str) -> None:
    """Empty and delete; AWS delivers logs late, so a bucket may fill again in between."""
    stack = names.resource(config.environment, name)
    for attempt in range(1, TRIES + 1):
        if emptied := contents.empty(account, config, name, owner):
            account.say(f"{emptied} objects and versions deleted from the buckets of {stack}")
        account.say(f"deleting {stack}")
        try:
            _delete(account, stack)
            return
        except StuckError:
            if attempt == TRIES or not contents.filled(account, config, name, owner):
                raise


def _delete(account: Account, stack: str) -> None:
    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    account.until(
        lambda: not (stack_status(account.client, stack) or "").endswith("_IN_PROGRESS"), f"{stack} is still going"
    )
    if status := stack_status(account.client, stack):
        raise StuckError(f"{stack} ended {status}: {_reason(account, stack)}; mend that, then start again")


def _reason(account: Account, stack: str) -> str:
    events = account.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"] == "DELETE_FAILED"]
    said = [f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason given')}" for each in failed]
    return "; ".join(said[:3]) or "no reason given"
