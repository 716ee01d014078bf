"""What the commands that talk to an environment share: where it is, and how its refusals are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from botocore.exceptions import BotoCoreError, ClientError

from core.contracts.errors import RetailForecastError
from core.contracts.names import Environment
from training.place import Place, on_aws, on_laptop

FAILED: Final = 2
"""Exit code when a command could not do its work, as for a wrong option."""

Env = Annotated[Environment, typer.Option(help="Environment on AWS; credentials are found the usual way.")]
Local = Annotated[bool, typer.Option("--local", help="The laptop world that is up in .local, instead of AWS.")]
Folder = Annotated[
    Path | None, typer.Option("--local-folder", help="The laptop world that is up in this folder, instead of AWS.")
]


def find(env: Environment, folder: Path | None, *, local: bool) -> Place:
    """The environment the options name.

    Raises:
        ConfigError: it cannot be reached.
    """
    return on_laptop(folder or Path(".local")) if local or folder else on_aws(env)


@contextmanager
def told() -> Iterator[None]:
    """End a command whose work fails with one sentence and exit code 2."""
    try:
        yield
    except (RetailForecastError, BotoCoreError, ClientError) as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(FAILED) from error
