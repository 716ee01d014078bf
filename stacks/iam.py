"""``python -m stacks.iam``: every role, what it may do, on what and when, as ``docs/iam.md``."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from stacks.config import load
from stacks.templates import Json, as_list, plain, read, synthesise, text

ENVIRONMENT: Final = "prod"
HEAD: Final = f"""\
# Who may do what

Every role of every stack, from the templates of `{ENVIRONMENT}`: what it may do, on which resources, under which
condition. `<...>` is known at deployment: a resource of the same stack, a parameter, the account. Rights on keys
and queues that are given by the thing itself stand in its own policy. This page is generated:
`python -m stacks.iam > docs/iam.md`; a test compares it with the templates. An account has `delivery` once, in the
environment that claims it; here it is shown as production's.
"""


def page(templates: dict[str, Json]) -> str:
    """The page, from templates by short name."""
    return "\n".join([HEAD, *(line for name, template in templates.items() for line in _stack(name, template))])


def _stack(name: str, template: Json) -> Iterator[str]:
    roles = {each: found for each, found in template["Resources"].items() if found["Type"] == "AWS::IAM::Role"}
    if not roles:
        return
    yield f"## {name}\n"
    for logical, role in sorted(roles.items()):
        yield from _role(template, logical, role["Properties"])


def _role(template: Json, logical: str, role: Json) -> Iterator[str]:
    yield f"### {plain(template, logical)}\n"
    if role.get("Description"):
        yield f"{role['Description']}.\n"
    for statement in role["AssumeRolePolicyDocument"]["Statement"]:
        yield f"Assumed by {_principal(template, statement['Principal'])}{_when(template, statement)}.\n"
    managed = [plain(template, each).rpartition("/")[2] for each in role.get("ManagedPolicyArns", [])]
    if managed:
        yield f"AWS's own policies: {', '.join(f'`{each}`' for each in managed)}.\n"
    statements = [*_inline(role), *_attached(template, logical)]
    if statements:
        yield "| actions | resources | condition |\n|---|---|---|"
        yield from (_row(template, statement) for statement in statements)
        yield ""


def _inline(role: Json) -> Iterator[Json]:
    for policy in role.get("Policies", []):
        yield from policy["PolicyDocument"]["Statement"]


def _attached(template: Json, logical: str) -> Iterator[Json]:
    for resource in template["Resources"].values():
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            properties = resource["Properties"]
            if {"Ref": logical} in properties.get("Roles", []):
                yield from properties["PolicyDocument"]["Statement"]


def _row(template: Json, statement: Json) -> str:
    actions = "<br>".join(f"`{each}`" for each in as_list(statement["Action"]))
    resources = "<br>".join(f"`{plain(template, each)}`" for each in as_list(statement["Resource"]))
    denied = "never: " if statement["Effect"] == "Deny" else ""
    return f"| {denied}{actions} | {resources} | {_when(template, statement).strip()} |"


def _when(template: Json, statement: Json) -> str:
    conditions = [
        f"`{plain(template, key)}` {operator} `{', '.join(plain(template, each) for each in as_list(value))}`"
        for operator, wanted in statement.get("Condition", {}).items()
        for key, value in _keyed(template, wanted).items()
    ]
    return f" when {' and '.join(conditions)}" if conditions else ""


def _keyed(template: Json, wanted: Json) -> Json:
    """Conditions whose keys come only with the cluster (its provider's name) are written as JSON of their own."""
    if "Fn::GetAtt" not in wanted:
        return wanted
    value = text(template["Resources"][wanted["Fn::GetAtt"][0]]["Properties"]["Value"])
    found: Json = json.loads(value)
    return {f"provider:{key.rpartition(':')[2]}": each for key, each in found.items()}


def _principal(template: Json, principal: Any) -> str:
    if isinstance(principal, str):
        return f"`{principal}`"
    return ", ".join(f"`{plain(template, each)}`" for value in principal.values() for each in as_list(value))


def main() -> int:
    """Print the page."""
    with TemporaryDirectory() as folder:
        synthesise(load(ENVIRONMENT), Path(folder))
        sys.stdout.write(page(read(Path(folder), ENVIRONMENT)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
