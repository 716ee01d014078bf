"""An environment taken down: what waits on others goes before them, and every step can be taken again."""

from typing import Final

from botocore.exceptions import ClientError

from core.contracts import names
from stacks.application import SHARED, STACKS
from stacks.config import Config
from stacks.teardown import balancers, contents, nodes, runs
from stacks.teardown.account import Account, TeardownError, is_gone

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


def owner(account: Account, config: Config) -> str:
    """Id of the account that the credentials are of.

    Raises:
        TeardownError: the environment is in another.
    """
    found: str = account.client("sts").get_caller_identity()["Account"]
    if config.account and found != config.account:
        raise TeardownError(
            f"you are in account {found}, but environments/{config.environment}.toml says {config.account}: take its "
            "profile"
        )
    return found


def destroy(account: Account, config: Config) -> None:
    """Take the environment down.

    Raises:
        TeardownError: a stack is protected, or does not go.
    """
    env, here = config.environment, owner(account, config)
    present = [name for name in order() if _status(account, names.resource(env, name))]
    _refuse_protected(account, [names.resource(env, name) for name in present])
    for name in present:
        if name == "cluster" and (woken := nodes.wake(account, config)):
            account.say(f"{woken} nodes started: they were off, and the load balancer's controller has to work")
        if name == "ml":
            runs.hold(account, env)
            account.say(f"{runs.stop(account, config)} runs stopped")
            if not config.data.keep_on_delete:
                account.say(f"{contents.delete_versions(account, env)} registered models deleted")
            account.say(f"{contents.delete_models(account, env)} models of forecasts deleted")
        if name == "network":
            account.say(f"{balancers.remove(account, env)} things of the load balancer and of nodes were left behind")
        if name == "observability":
            contents.stop_trail(account, env)
        _take_down(account, config, name, here)
        if name == "cluster":
            account.say("the cluster's chart, and with it the Ingress and its load balancer, went first")


def _refuse_protected(account: Account, stacks: list[str]) -> None:
    for stack in stacks:
        found = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        if found.get("EnableTerminationProtection"):
            raise TeardownError(
                f"{stack} is protected against deletion: if it shall go, say so first by "
                f"aws cloudformation update-termination-protection --no-enable-termination-protection "
                f"--stack-name {stack}"
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
        except TeardownError:
            if attempt == TRIES or not contents.filled(account, config, name, owner):
                raise


def _delete(account: Account, stack: str) -> None:
    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    account.until(lambda: not (_status(account, stack) or "").endswith("_IN_PROGRESS"), f"{stack} is still going")
    if status := _status(account, stack):
        raise TeardownError(f"{stack} ended {status}: {_reason(account, stack)}; mend that, then start again")


def _status(account: Account, stack: str) -> str | None:
    """Status of a stack, None where there is none."""
    try:
        (found,) = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if is_gone(error):
            return None
        raise
    status: str = found["StackStatus"]
    return None if status == "DELETE_COMPLETE" else status


def _reason(account: Account, stack: str) -> str:
    events = account.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"] == "DELETE_FAILED"]
    said = [f"{each['LogicalResourceId']}: {each.get('ResourceStatusReason', 'no reason given')}" for each in failed]
    return "; ".join(said[:3]) or "no reason given"
