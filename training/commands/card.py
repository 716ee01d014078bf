"""``python -m training card``: a bundle's model card."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from core.contracts.errors import ConfigError
from training.commands.places import told


def card(
    bundle: Annotated[Path, typer.Argument(help="model.tar.gz, or the folder it was unpacked to.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of Markdown.")] = False,
) -> None:
    """Print what a model is, what it was measured by, and what it cannot do."""
    from training.container import extract_bundle  # noqa: PLC0415 - loaded only where a bundle is opened

    name = "card.json" if as_json else "card.md"
    with told(), TemporaryDirectory() as scratch:
        if not bundle.exists():
            raise ConfigError(f"{bundle}: there is no such bundle")
        folder = bundle if bundle.is_dir() else extract_bundle(bundle, Path(scratch))
        if not (folder / name).exists():
            raise ConfigError(f"{bundle}: holds no {name}; models trained before cards were made have none")
        text = (folder / name).read_text()
        typer.echo(json.dumps(json.loads(text), indent=2) if as_json else text)
