"""The CDK application: one environment's configuration in, its stacks out.

``cdk synth -c env=prod``, or without the CLI ``ENVIRONMENT=prod CDK_OUTDIR=cdk.out python app.py``.
"""

import os
import sys

from core.contracts.errors import ConfigError
from stacks.application import build, new_app
from stacks.config import chosen, load


def main() -> None:
    """Synthesise, or say in a sentence what is wrong with the configuration."""
    app = new_app()
    try:
        config = load(chosen(app.node.try_get_context("env"), os.environ))
    except ConfigError as error:
        sys.exit(str(error))
    build(app, config)
    app.synth()


if __name__ == "__main__":
    main()
