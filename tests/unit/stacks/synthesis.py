"""Synthesised templates as plain data, and questions the tests ask of them."""

import atexit
import json
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import stacks.templates
from stacks import application
from stacks.config import load
from stacks.templates import Json, as_list, synthesise, text

__all__ = ["STACKS", "Json", "Template", "as_list", "assembly", "definition", "read", "synthesise", "templates", "text"]
STACKS = tuple(application.STACKS)


@dataclass(frozen=True)
class Template:
    """One synthesised template."""

    body: Json

    @property
    def resources(self) -> dict[str, Json]:
        return dict(self.body["Resources"])

    def of_type(self, kind: str) -> dict[str, Json]:
        """Logical id -> properties."""
        return {name: each["Properties"] for name, each in self.resources.items() if each["Type"] == kind}

    def one(self, kind: str, **wanted: object) -> tuple[str, Json]:
        """The only resource of a type with these properties."""
        found = [
            (name, properties)
            for name, properties in self.of_type(kind).items()
            if all(properties.get(key) == value for key, value in wanted.items())
        ]
        assert len(found) == 1, f"{len(found)} of {kind} with {wanted}"
        return found[0]

    def statements(self, role: str) -> Iterator[Json]:
        """Policy statements of a role, by logical id; actions and resources as lists."""
        for policy in self.of_type("AWS::IAM::Policy").values():
            if {"Ref": role} in policy["Roles"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    yield statement | {
                        "Action": as_list(statement["Action"]),
                        "Resource": [text(each) for each in as_list(statement["Resource"])],
                    }

    def may(self, role: str, action: str, resource: str) -> bool:
        """Whether a role's policy allows an action on a resource, as ``text`` writes it."""
        return any(
            action in statement["Action"] and resource in statement["Resource"] for statement in self.statements(role)
        )

    def lets(self, role: str, action: str, resource: str) -> bool:
        """Whether a role's policy allows an action on one thing, such as an object, by its wildcards."""
        return any(
            action in statement["Action"] and any(fnmatchcase(resource, each) for each in statement["Resource"])
            for statement in self.statements(role)
        )


@cache
def assembly(environment: str) -> Path:
    """Folder of one environment's cloud assembly; synthesised once per process."""
    outdir = mkdtemp(prefix="synth-")
    atexit.register(rmtree, outdir, ignore_errors=True)
    return synthesise(load(environment), Path(outdir))


@cache
def templates(environment: str) -> dict[str, Template]:
    """Templates of one environment by the stack's short name."""
    return read(assembly(environment), environment)


def read(outdir: Path, environment: str) -> dict[str, Template]:
    return {name: Template(body) for name, body in stacks.templates.read(outdir, environment).items()}


def definition(template: Template, pipeline: str) -> Json:
    """A deployed pipeline definition, references in angle brackets."""
    _, properties = template.one("AWS::SageMaker::Pipeline", PipelineName=pipeline)
    return dict(json.loads(text(properties["PipelineDefinition"]["PipelineDefinitionBody"])))
