"""``python -m k8s_charts --env prod``: the service's objects as YAML on standard output."""

import argparse
import re
import sys
from typing import Final

import cdk8s

from core.contracts.errors import ConfigError
from k8s_charts.chart import ServiceChart
from k8s_charts.configuration import load

NOBODY: Final = "000000000000"


def main(arguments: list[str] | None = None) -> int:
    """Print, or say in a sentence what is wrong with the configuration."""
    parser = argparse.ArgumentParser(prog="python -m k8s_charts", description=__doc__)
    parser.add_argument("--env", default="dev", help="dev, staging or prod")
    parser.add_argument("--account", help="AWS account of the role, the buckets and the image")
    asked = parser.parse_args(arguments)
    try:
        found = load(asked.env)
        account = asked.account or found.account
        if account and not re.fullmatch(r"\d{12}", account):
            raise ConfigError(f"account is {account!r}: give its 12 digits")
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not account:
        sys.stderr.write(f"no account in environments/{asked.env}.toml: {NOBODY} stands for it; give --account\n")
    app = cdk8s.App()
    ServiceChart(app, "service", place=found.place(account or NOBODY), settings=found.service)
    sys.stdout.write(app.synth_yaml())
    return 0


if __name__ == "__main__":
    sys.exit(main())
