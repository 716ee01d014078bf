"""``python -m stacks.adopt --env prod``: have what a teardown kept be part of its stacks again, before a deployment."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from botocore.exceptions import BotoCoreError, ClientError

from core.contracts import names
from core.contracts.errors import ConfigError, RetailForecastError
from stacks.account import Account, identity
from stacks.adopt.importing import adopt, resources
from stacks.adopt.kept import Kept, orphans
from stacks.config import Config, load
from stacks.templates import read, synthesise


def main(arguments: list[str] | None = None) -> int:
    """0 when nothing is left without its stack, 1 when something is, 2 when it could not be tried."""
    parser = argparse.ArgumentParser(prog="python -m stacks.adopt", description=__doc__)
    parser.add_argument("--env", required=True, help="dev, staging or prod")
    asked = parser.parse_args(arguments)
    try:
        config = load(asked.env)
        take_back(Account(config.region, say), config)
    except (RetailForecastError, ClientError, BotoCoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 2 if isinstance(error, ConfigError) else 1
    return 0


def take_back(account: Account, config: Config) -> None:
    """Make a stack of all that is there without one.

    Raises:
        ConfigError: nobody AWS knows asks, or somebody in another account.
        StuckError: something stands in the way.
    """
    here = identity(account.client, config)["Account"]
    found = orphans(account.client, config, here)
    if not found:
        say(f"nothing of {config.environment} is there without its stack: deploy as ever")
        return
    with TemporaryDirectory() as folder:
        templates = read(synthesise(config, Path(folder), tuple(found)), config.environment)
    for stack, things in found.items():
        _adopt(account, names.resource(config.environment, stack), templates[stack], things, here)
    say(f"now deploy the rest: cdk deploy --all -c env={config.environment}, or make deploy ENV={config.environment}")


def _adopt(account: Account, stack: str, template: dict[str, object], things: list[Kept], here: str) -> None:
    wanted = resources(account.client, template, things, here)
    say(f"{stack} takes back {', '.join(each.identifier for each in wanted)}")
    adopt(account, stack, template, wanted)


def say(sentence: str) -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
