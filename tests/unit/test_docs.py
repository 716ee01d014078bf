"""What the pages say can be typed, set or looked up is there."""

import contextlib
import importlib
import importlib.util
import io
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import botocore.session
import pytest
import typer
from botocore import xform_name
from pydantic import BaseModel

from local.__main__ import app as local_app
from stacks.application import STACKS
from stacks.config import Config
from training.cli import app as training_app

pytestmark = pytest.mark.xdist_group("synth")
ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
TYPED = {"local": local_app, "training": training_app}
OF_THE_CLI = {("s3", "cp"), ("s3", "ls"), ("eks", "update-kubeconfig"), ("configure", "sso")}
"""Commands of AWS's command line that are no operation of an API."""


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def links(page: Path) -> list[str]:
    """Relative ones."""
    found = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    return [each for each in found if "://" not in each and not each.startswith("mailto:")]


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def code(page: Path) -> Iterator[str]:
    """Lines of blocks of code, without their comments, and what stands in line."""
    fence = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
    text = page.read_text("utf-8")
    for block in fence.findall(text):
        yield from (re.sub(r"\s+#.*", "", line).strip() for line in block.splitlines())
    rest = fence.sub("", text)
    yield from (line.strip() for line in re.findall(r"^ {4}(\S.*)$", rest, re.MULTILINE))
    yield from re.findall(r"`([^`]+)`", rest)


def commands(first: str) -> list[tuple[str, str]]:
    """Page and command line of every command that begins so."""
    return [
        (name(page), " ".join(part.split()))
        for page in PAGES
        for line in code(page)
        for part in re.split(r"&&|;|\||\$\(", line)
        if re.match(rf"{first} ", f"{part.strip()} ")
    ]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{name(page)}: {link}"
        if anchor:
            assert anchor in anchors(there), f"{name(page)}: {link}"


def test_every_page_is_reached_from_the_first() -> None:
    seen: set[Path] = set()
    ahead = [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen:
            continue
        seen.add(page)
        for link in links(page):
            there = (page.parent / link.partition("#")[0]).resolve()
            ahead += sorted(there.glob("*.md")) if there.is_dir() else [there] if there.suffix == ".md" else []
    assert {name(page) for page in PAGES} - {name(page) for page in seen} == set()


def test_every_make_target_there_is_talk_of_is_in_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    found = [(page, word) for page, line in commands("make") for word in line.split()[1:] if "=" not in word]
    assert len(found) > 20
    assert {(page, word) for page, word in found if word not in targets} == set()


def test_every_module_there_is_talk_of_runs_and_knows_the_options_it_is_given() -> None:
    found = commands(r"(?:\.venv/bin/)?python -m")
    assert len(found) > 15
    for page, line in found:
        module, *arguments = shlex.split(line.partition(">")[0])[2:]
        assert importlib.util.find_spec(module), f"{page}: {line}"
        options = [each.partition("=")[0] for each in arguments if each.startswith("--")]
        known = options_of(module, next((each for each in arguments if not each.startswith("-")), ""))
        assert set(options) <= known, f"{page}: {line}"


@cache
def options_of(module: str, command: str) -> frozenset[str]:
    """Options of a module's command line; of one of its commands, where it has them."""
    if module in TYPED:
        group: Any = typer.main.get_command(TYPED[module])
        assert not command or command in group.commands, f"python -m {module} {command}"
        parameters = group.commands[command].params if command else group.params
        return frozenset(option for each in parameters for option in each.opts)
    spec = importlib.util.find_spec(module)
    main = importlib.import_module(f"{module}.__main__" if spec and spec.submodule_search_locations else module)
    if "argparse" not in vars(main):
        return frozenset()
    said = io.StringIO()
    with contextlib.redirect_stdout(said), pytest.raises(SystemExit):
        main.main(["--help"])
    return frozenset(re.findall(r"--[a-z-]+", said.getvalue()))


def test_every_script_there_is_talk_of_is_there() -> None:
    for page, line in commands(r"python (?!-)\S+"):
        assert (ROOT / line.split()[1]).is_file(), f"{page}: {line}"


def test_every_stack_there_is_talk_of_is_one() -> None:
    found = [
        (page, word) for page, line in commands("cdk deploy") for word in line.split() if word.startswith("mlops-")
    ]
    assert len(found) > 5
    for page, word in found:
        assert re.sub(r"^mlops-(dev|staging|prod)-", "", word) in STACKS, f"{page}: {word}"


def test_every_call_of_aws_there_is_talk_of_is_one() -> None:
    session, found = botocore.session.get_session(), commands("aws")
    assert len(found) > 5
    for page, line in found:
        service, operation = [*line.split(), "", ""][1:3]
        if (service, operation) in OF_THE_CLI:
            continue
        known = session.get_service_model(service).operation_names
        assert operation in {xform_name(each, "-") for each in known}, f"{page}: {line}"


def test_every_setting_of_an_environment_there_is_talk_of_is_one() -> None:
    sections = "|".join(Config.model_fields)
    found = [
        (name(page), setting)
        for page in PAGES
        for line in code(page)
        for setting in re.findall(rf"^({sections})((?:\.[a-z_]+)+)(?: = .*)?$", line)
    ]
    assert len(found) > 10
    for page, (section, rest) in found:
        model: Any = Config.model_fields[section].annotation
        for part in rest.strip(".").split("."):
            kinds = [
                each for each in (model, *get_args(model)) if isinstance(each, type) and issubclass(each, BaseModel)
            ]
            assert kinds, f"{page}: {section}{rest}"
            assert part in kinds[0].model_fields, f"{page}: {section}{rest}"
            model = kinds[0].model_fields[part].annotation
