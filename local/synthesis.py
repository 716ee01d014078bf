"""The CDK application, synthesised: templates, assets and their order, cached by content."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.contracts.errors import RetailForecastError
from local import tether
from local.settings import ACCOUNT, ENVIRONMENT, REGION, REPOSITORY

_KEPT: Final = 4
INPUTS: Final = (
    "app.py", "cdk.json", "environments", "stacks", "k8s_charts", "core", "lambdas", "training/pipeline",
    "training/settings.py",
)  # fmt: skip
"""What a synthesis depends on; a change anywhere here makes a new one."""


class SynthesisError(RetailForecastError):
    """``app.py`` failed; the message carries what it said."""


@dataclass(frozen=True)
class Asset:
    """One file or folder that a template refers to in the bootstrap bucket."""

    source: Path
    zipped: bool
    bucket: str
    key: str


@dataclass(frozen=True)
class Stack:
    """One stack as synthesised."""

    name: str
    template: dict[str, Any]
    assets: tuple[Asset, ...]


def digest(repository: Path = REPOSITORY) -> str:
    """Hash of everything a synthesis depends on."""
    total = hashlib.sha256()
    for path in _input_files(repository):
        total.update(path.relative_to(repository).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:20]


def _input_files(repository: Path) -> Iterator[Path]:
    for name in INPUTS:
        root = repository / name
        found = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from (p for p in found if p.is_file() and "__pycache__" not in p.parts)


def synthesise(cache: Path, repository: Path = REPOSITORY) -> Path:
    """Folder of the cloud assembly for the code as it is now.

    Raises:
        SynthesisError: the application did not synthesise.
    """
    target = cache / digest(repository)
    if (target / "manifest.json").exists():
        os.utime(target)  # keeps it among the newest
        return target
    cache.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="synth-", dir=cache))
    done = subprocess.run(
        tether.command([sys.executable, "app.py"]), cwd=repository, env=_environment(scratch),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode or not (scratch / "manifest.json").exists():
        shutil.rmtree(scratch)
        raise SynthesisError(f"app.py did not synthesise:\n{(done.stderr or done.stdout).strip()[-3000:]}")
    try:
        scratch.rename(target)
    except OSError:  # somebody else was as quick; theirs is the same
        shutil.rmtree(scratch)
    _tidy(cache)
    return target


def _tidy(cache: Path) -> None:
    """Remove all but the newest assemblies, and what killed syntheses left behind."""
    by_age = sorted((p for p in cache.iterdir() if p.is_dir()), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in by_age[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _environment(out: Path) -> dict[str, str]:
    """The CDK's own variables: where to write and for whom."""
    return os.environ | {
        "CDK_OUTDIR": str(out.resolve()),
        "ENVIRONMENT": ENVIRONMENT,
        "STACKS": "data,ml,observability",  # the others cannot be had here, and take seconds
        "CDK_DEFAULT_ACCOUNT": ACCOUNT,
        "CDK_DEFAULT_REGION": REGION,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
    }


def stacks(assembly: Path) -> list[Stack]:
    """Stacks of a cloud assembly, each after those it depends on."""
    artifacts: dict[str, Any] = json.loads((assembly / "manifest.json").read_text())["artifacts"]
    found = {name for name, a in artifacts.items() if a["type"] == "aws:cloudformation:stack"}
    ordered: list[str] = []

    def visit(name: str) -> None:
        for needed in artifacts[name].get("dependencies", []):
            if needed in found and needed not in ordered:
                visit(needed)
        if name not in ordered:
            ordered.append(name)

    for name in sorted(found):
        visit(name)
    return [_stack(assembly, artifacts, name) for name in ordered]


def _stack(assembly: Path, artifacts: dict[str, Any], name: str) -> Stack:
    properties = artifacts[name]["properties"]
    template = json.loads((assembly / properties["templateFile"]).read_text())
    manifests = (artifacts[d] for d in artifacts[name].get("dependencies", []))
    files = [m["properties"]["file"] for m in manifests if m["type"] == "cdk:asset-manifest"]
    assets = tuple(asset for file in files for asset in _assets(assembly, file, properties["templateFile"]))
    return Stack(properties.get("stackName", name), template, assets)


def _assets(assembly: Path, manifest: str, template: str) -> Iterator[Asset]:
    entries = json.loads((assembly / manifest).read_text()).get("files", {}).values()
    for entry in entries:
        source = entry["source"]
        if source["path"] == template:
            continue  # templates are handed over filtered, see deploy
        for place in entry["destinations"].values():
            bucket, key = (_placeholders(place[part]) for part in ("bucketName", "objectKey"))
            yield Asset(assembly / source["path"], source["packaging"] == "zip", bucket, key)


def _placeholders(text: str) -> str:
    for name, value in {"AccountId": ACCOUNT, "Region": REGION, "Partition": "aws"}.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    return text
