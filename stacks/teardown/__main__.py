"""``python -m stacks.teardown --env dev``: take an environment down, and prove that nothing is left."""

import argparse
import sys

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import ConfigError, RetailForecastError
from stacks.config import Config, load
from stacks.costs.prices import prices
from stacks.teardown.account import Account
from stacks.teardown.destroy import destroy
from stacks.teardown.proof import Left, left, unexplained


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
        if not asked.proof:
            if not (asked.yes or agreed(config)):
                say("nothing was changed")
                return 2
            destroy(account, config)
        return report(left(account, config, prices()))
    except ConfigError as error:
        say(str(error))
        return 2
    except (RetailForecastError, ClientError, BotoCoreError) as error:
        say(str(error))
        return 1


def agreed(config: Config) -> bool:
    """Ask for the environment's name, as it cannot be undone."""
    if config.data.keep_on_delete:
        what = "its buckets, its table and their keys stay"
    else:
        what = "with everything in its buckets"
    say(f"This takes {config.environment} in {config.region} down, {what}. Type its name to go on:")
    return sys.stdin.readline().strip() == config.environment


def report(found: list[Left]) -> int:
    """Say what is left, why, and what it costs."""
    for each in found:
        cost = "costs by what it holds" if each.usd is None else f"${each.usd:.2f} a month"
        say(f"left: {each.arn} ({each.why or 'nobody meant to keep it'}; {cost})")
    lost = unexplained(found)
    if lost:
        known = sum(each.usd or 0 for each in lost)
        say(f"not clean: {len(lost)} things are left, at ${known:.2f} a month and what they hold; delete them by hand")
        return 1
    say("clean: nothing is left" + (" but what is said above" if found else ""))
    return 0


def say(sentence: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
