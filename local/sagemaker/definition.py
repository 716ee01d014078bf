"""Reading a pipeline definition: order of steps, parameters, references, conditions.

Pure functions over the JSON that SageMaker documents (version 2020-12-01).
"""

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.contracts.errors import RetailForecastError

StepJson = dict[str, Any]


class DefinitionError(RetailForecastError):
    """The definition or its parameters cannot be run; the message names the place."""


_CONVERT: Final[dict[str, Callable[[str], object]]] = {
    "String": str,
    "Integer": int,
    "Float": float,
    "Boolean": lambda text: {"true": True, "false": False}[text.lower()],
}


def parameters(definition: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, object]:
    """Values of all parameters: given ones converted to their type, others by default.

    Raises:
        DefinitionError: a parameter is unknown, missing or of the wrong type.
    """
    declared = {p["Name"]: p for p in definition.get("Parameters", [])}
    if unknown := set(given) - set(declared):
        raise DefinitionError(f"Parameter(s) {sorted(unknown)} not in the pipeline's {sorted(declared)}")
    values = {name: p["DefaultValue"] for name, p in declared.items() if "DefaultValue" in p}
    for name, text in given.items():
        try:
            values[name] = _CONVERT[declared[name]["Type"]](text)
        except (KeyError, ValueError) as error:
            raise DefinitionError(f"Parameter {name} = {text!r} is not of type {declared[name]['Type']}") from error
    if missing := set(declared) - set(values):
        raise DefinitionError(f"Parameter(s) {sorted(missing)} have no default and were not given")
    return values


def all_steps(steps: list[StepJson]) -> Iterator[StepJson]:
    """Every step, those inside conditions too."""
    for step in steps:
        yield step
        if step["Type"] == "Condition":
            yield from all_steps(step["Arguments"].get("IfSteps", []))
            yield from all_steps(step["Arguments"].get("ElseSteps", []))


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("Get"), str) and value["Get"].startswith("Steps."):
            yield _path(value["Get"])[1]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def in_order(steps: list[StepJson]) -> list[StepJson]:
    """Steps of one level so that each comes after those it needs.

    Raises:
        DefinitionError: they need each other.
    """
    names = {step["Name"] for step in steps}
    needs: dict[str, set[str]] = {}
    for step in steps:
        inside = {s["Name"] for s in all_steps([step])}
        wanted = {_path(d)[1] if d.startswith("Steps.") else d for d in step.get("DependsOn", [])}
        needs[step["Name"]] = ((wanted | set(_references(step["Arguments"]))) & names) - inside
    ordered: list[StepJson] = []
    left = list(steps)
    while left:
        done = {step["Name"] for step in ordered}
        ready = next((step for step in left if needs[step["Name"]] <= done), None)
        if ready is None:
            raise DefinitionError(f"steps {sorted(step['Name'] for step in left)} depend on each other")
        ordered.append(ready)
        left.remove(ready)
    return ordered


_TOKEN: Final = re.compile(r"\.?([A-Za-z0-9_-]+)|\[(?:'([^']*)'|\"([^\"]*)\"|(\d+))\]")


def _path(text: str) -> list[str]:
    """``Steps.A.Outputs['x'][0]`` -> ``[Steps, A, Outputs, x, 0]``."""
    return [next(part for part in match.groups() if part is not None) for match in _TOKEN.finditer(text)]


def _lookup(value: Any, path: list[str], whole: str) -> Any:
    for part in path:
        try:
            if isinstance(value, list) and not part.isdigit():
                value = next(each for each in value if part in (each.get("OutputName"), each.get("InputName")))
            else:
                value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, StopIteration, TypeError) as error:
            raise DefinitionError(f"{whole}: there is no {part!r}") from error
    return value


@dataclass
class Resolver:
    """Turns references into values while an execution goes on.

    ``files`` gives the text of a property file: ``(step name, property file name) -> JSON text``.
    """

    parameters: Mapping[str, object]
    execution: Mapping[str, object]
    steps: Mapping[str, Mapping[str, Any]]
    files: Callable[[str, str], str]

    def resolve(self, value: Any) -> Any:
        """The value with every ``Get``, ``Std:Join`` and ``Std:JsonGet`` replaced."""
        if isinstance(value, list):
            return [self.resolve(part) for part in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Get"}:
            return self._get(value["Get"])
        if set(value) == {"Std:Join"}:
            join = value["Std:Join"]
            return join.get("On", "").join(_text(self.resolve(part)) for part in join["Values"])
        if set(value) == {"Std:JsonGet"}:
            return self._json_get(value["Std:JsonGet"])
        return {name: self.resolve(part) for name, part in value.items()}

    def _get(self, text: str) -> Any:
        head, *rest = _path(text)
        if head == "Steps" and rest[0] not in self.steps:
            raise DefinitionError(f"{text}: step {rest[0]} has not run")
        source = {"Parameters": self.parameters, "Execution": self.execution, "Steps": self.steps}.get(head)
        if source is None:
            raise DefinitionError(f"{text}: unknown reference")
        return _lookup(source, rest, text)

    def _json_get(self, arguments: Mapping[str, Any]) -> Any:
        head, step, kind, *name = _path(arguments["PropertyFile"]["Get"])
        if (head, kind) != ("Steps", "PropertyFiles") or len(name) != 1:
            raise DefinitionError(f"{arguments['PropertyFile']['Get']}: not a property file")
        path = str(arguments["Path"]).removeprefix("$")
        return _lookup(json.loads(self.files(step, name[0])), _path(path), f"{step}.{name[0]}:{path}")

    def holds(self, condition: Mapping[str, Any]) -> bool:
        """Whether one condition holds.

        Raises:
            DefinitionError: of an unknown type, or over values that cannot be compared.
        """
        kind = condition["Type"]
        if kind == "Not":
            return not self.holds(condition["Expression"])
        if kind == "Or":
            return any(self.holds(each) for each in condition["Conditions"])
        if kind == "In":
            return self.resolve(condition["QueryValue"]) in self.resolve(condition["Values"])
        left, right = self.resolve(condition["LeftValue"]), self.resolve(condition["RightValue"])
        try:
            return bool(_COMPARE[kind](left, right))
        except (KeyError, TypeError) as error:
            raise DefinitionError(f"condition {kind} over {left!r} and {right!r} cannot be decided") from error


_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "Equals": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanOrEqualTo": operator.ge,
    "LessThan": operator.lt,
    "LessThanOrEqualTo": operator.le,
}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
