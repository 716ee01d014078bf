"""``python -m stacks.teardown --env dev``: take an environment down, and prove that nothing is left."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import ConfigError, RetailForecastError
from stacks.account import Account, identity
from stacks.config import Config, load
from stacks.costs.prices import prices
from stacks.teardown.destroy import destroy
from stacks.teardown.proof import KEPT_ON_PURPOSE, Left, left, settled, unexplained


def main(arguments: list[str] | None = None) -> int:
    """0 when clean, 1 when something is left that nobody meant to keep, 2 when it could not be tried."""
    parser = argparse.ArgumentParser(prog="python -m stacks.teardown", description=__doc__)
    parser.add_argument("--env", required=True, help="dev, staging or prod")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--proof", action="store_true", help="change nothing; only look what is left")
    asked = parser.parse_args(arguments)
    try:
        config = load(asked.env)
        account = Account(config.region, say)
        here = identity(account.client, config)["Account"]
        if asked.proof:
            return report(left(account, config, prices()))
        if not (asked.yes or agreed(config, here)):
            say("nothing was changed")
            return 2
        destroy(account, config)
        return report(settled(account, config, prices()))
    except (RetailForecastError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, ConfigError) else 1


def agreed(config: Config, where: str) -> bool:
    """Ask for the environment's name, as it cannot be undone."""
    if config.data.keep_on_delete:
        what = "its buckets, its table and their keys stay"
    else:
        what = "with everything in its buckets"
    say(f"This takes {config.environment} in {config.region} of account {where} down, {what}.")
    say("Type its name to go on:")
    return sys.stdin.readline().strip() == config.environment


def report(found: list[Left]) -> int:
    """Say what is left, why, and what it costs; what is left for one reason by its kind, the rest one by one."""
    lost = unexplained(found)
    for each in lost:
        say(f"left: {each.arn} (nobody meant to keep it; {_cost([each])})")
    for kind, why in dict.fromkeys((each.kind, each.why) for each in found if each.why):
        alike = [each for each in found if (each.kind, each.why) == (kind, why)]
        more = f" and {len(alike) - 1} more of {kind}" if len(alike) > 1 else ""
        say(f"left: {alike[0].arn}{more} ({why}; {_cost(alike)})")
    if lost:
        say(f"not clean: {len(lost)} left that nobody meant to keep ({_cost(lost)}): delete by hand what stays")
        return 1
    if any(each.why == KEPT_ON_PURPOSE for each in found):
        say("what is kept is taken back, before the next deployment, by python -m stacks.adopt --env ...")
    say("clean: nothing is left" + (" but what is said above" if found else ""))
    return 0


def _cost(alike: list[Left]) -> str:
    """Of several things together: what is known, and whether there is more."""
    known, open_ = sum(each.usd or 0 for each in alike), any(each.usd is None for each in alike)
    if open_ and not known:
        return "costs by what it holds"
    return f"${known:.2f} a month" + (" and what they hold" if open_ else "")


def say(sentence: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
