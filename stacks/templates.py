"""Synthesised templates as plain data, for what is told from them: rights, costs, what must go first."""

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from stacks.application import STACKS, build, new_app
from stacks.config import Config

Json = dict[str, Any]
WARNINGS: Final = "@aws-cdk/core:annotationsInValidationReport"
_HASH: Final = re.compile(r"(?<=[A-Za-z])[0-9A-F]{8}(?![0-9A-Za-z])")
"""What the CDK adds to a logical id."""


def synthesise(config: Config, outdir: Path, wanted: Collection[str] = tuple(STACKS)) -> Path:
    """Synthesise one environment's stacks into a folder; needs neither credentials nor network.

    What synthesis warns of is said by ``app.py``: here templates are read, and deployed by nobody.
    """
    app = new_app(outdir=str(outdir), context={WARNINGS: False})
    build(app, config, wanted)
    app.synth()
    return outdir


def read(outdir: Path, environment: str) -> dict[str, Json]:
    """Templates of one environment by the stack's short name."""
    found = {name: outdir / f"mlops-{environment}-{name}.template.json" for name in STACKS}
    return {name: json.loads(file.read_text()) for name, file in found.items() if file.exists()}


def as_list(value: Any) -> list[Any]:
    """A policy's value, which may be one or many."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """A value as one readable string: references in angle brackets."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return str(separator.join(text(part) for part in parts))
    if "Fn::GetAtt" in value:
        return f"<{'.'.join(value['Fn::GetAtt'])}>"
    if "Fn::If" in value:
        return text(value["Fn::If"][1])
    if "Ref" in value:
        return f"<{value['Ref']}>"
    ((function, _),) = value.items()
    return f"<{function}>"


def plain(template: Json, value: Any) -> str:
    """As ``text``, without the CDK's hashes, and with the names of SSM parameters that are read at deployment."""
    found = text(value)
    for name, parameter in template.get("Parameters", {}).items():
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter"):
            found = found.replace(f"<{name}>", f"<{parameter['Default']}>")
    return _HASH.sub("", found).replace("<AWS::", "<")
