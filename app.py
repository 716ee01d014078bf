"""The CDK application: one environment's configuration in, its stacks out.

``cdk synth -c env=prod``, or without the CLI ``ENVIRONMENT=prod CDK_OUTDIR=cdk.out python app.py``.
``STACKS=data,ml`` builds these alone.
"""

import os
import sys

from core.contracts.errors import ConfigError
from stacks import application
from stacks.config import chosen, load, with_images


def main() -> None:
    """Synthesise, or say in a sentence what is wrong with the configuration."""
    app = application.new_app()
    try:
        config = load(chosen(app.node.try_get_context("env"), os.environ))
        config = with_images(config, {name: app.node.try_get_context(name) for name in ("training", "inference_api")})
        wanted = application.chosen(os.environ.get("STACKS"), config)
    except ConfigError as error:
        sys.exit(str(error))
    application.build(app, config, wanted)
    app.synth()


if __name__ == "__main__":
    main()
