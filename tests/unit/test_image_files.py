"""What the images are made of, read without building them; ``tests/image`` builds them."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from k8s_charts.pods import USER
from training.pipeline.jobs import entrypoint

ROOT = Path(__file__).parents[2]
ROOMS = ("core", "service", "training")
FOUND_BY_OTHERS = {"httptools", "uvloop"}
"""Uvicorn looks for them by itself."""
DOCKERFILE = (ROOT / "Dockerfile").read_text()


class Imports(ast.NodeVisitor):
    """Modules a file imports when it runs, not those for the type checker alone."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_Import(self, node: ast.Import) -> None:
        self.found |= {each.name for each in node.names}

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.found.add(node.module or "")

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) != "TYPE_CHECKING":
            self.generic_visit(node)


def distributions(modules: set[str]) -> set[str]:
    known = packages_distributions()
    return {plain(known[module][0]) for module in modules}


def imported() -> set[str]:
    visitor = Imports()
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            visitor.visit(ast.parse(file.read_text()))
    tops = {name.partition(".")[0] for name in visitor.found}
    return tops - set(sys.stdlib_module_names) - set(ROOMS) - {""}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(file: str) -> dict[str, str]:
    lines = (ROOT / "requirements" / file).read_text().splitlines()
    found = (re.match(r"([A-Za-z0-9._-]+)==(\S+)", line) for line in lines)
    return {plain(each[1]): each[2] for each in found if each}


def blocks(file: str) -> Iterator[str]:
    text = (ROOT / "requirements" / file).read_text()
    yield from re.split(r"\n(?=[a-z])", text)[1:]


def test_the_image_has_what_our_code_imports_and_nothing_else() -> None:
    asked = {
        plain(line)
        for line in (ROOT / "requirements" / "image.in").read_text().splitlines()
        if line and not line.startswith("#")
    }
    assert asked == distributions(imported()) | FOUND_BY_OTHERS


def test_the_image_has_the_versions_that_were_tested() -> None:
    tested, shipped = pins("dev.txt"), pins("image.txt")
    assert {name for name, version in shipped.items() if tested.get(name) != version} <= {"colorama"}  # Windows only


def test_every_package_is_known_by_its_hash() -> None:
    for file in ("image.txt", "sbom.txt"):
        assert pins(file)
        assert all("--hash=sha256:" in block for block in blocks(file))


def test_the_base_is_pinned_by_digest_and_is_a_python_slim() -> None:
    (base,) = re.findall(r"^ARG BASE=(\S+)$", DOCKERFILE, re.MULTILINE)
    assert re.fullmatch(r"public\.ecr\.aws/docker/library/python:3\.1[1-9]-slim-\w+@sha256:[0-9a-f]{64}", base)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${BASE}", "runtime", "scratch"}


def test_entries_are_those_of_the_pipelines_and_the_chart() -> None:
    training, service = re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)
    assert ast.literal_eval(training) == entrypoint("train")[:3]
    assert ast.literal_eval(service) == ["python3", "-m", "service"]  # SageMaker and the chart add: serve
    assert f"USER {USER}:{USER}" in DOCKERFILE
    assert f"ENV JOB_USER={USER}\n" in DOCKERFILE


def test_only_what_the_images_copy_is_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert "*" in ignored
    assert let_in == {source for line in copied for source in line.split()}
