"""``config/<dataset>.toml`` as a page and as a file: every key with its meaning, from the code that reads it."""

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.contracts.dataset import DatasetConfig

_WORDS: Final = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_BOUNDS: Final = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def annotated(text: str = "", *, head: tuple[str, ...] = ()) -> str:
    """A configuration with every key there is: those of ``text`` as they stand, the others commented out.

    Args:
        text: TOML that ``DatasetConfig.from_toml`` accepts.
        head: Remarks on top.
    """
    given = tomllib.loads(text)
    out = [f"# {line}" for line in head] + ([""] if head else [])
    plain, sections = _parts(DatasetConfig)
    for name, field in plain:
        out += _entry(name, field, given)
    for name, section in sections:
        values = given.get(name, {})
        out += ["", f"[{name}]  # {_first_line(section)}"]
        tables: list[str] = []
        for key, field in section.model_fields.items():
            if _is_table(field):
                tables += _table(name, key, field, values)
            else:
                out += _entry(key, field, values)
        out += tables
    return "\n".join(out) + "\n"


def markdown() -> str:
    """The page ``docs/config.md``."""
    out = [
        "# Configuration of a dataset",
        "",
        "`config/<dataset>.toml` in the lake bucket. Every key has a default, and the first upload needs no file: what",
        "was inferred is written to `config/<dataset>.proposed.toml`. `python -m training config FILE` proposes",
        "one from a file. This page is generated: `python -m training.configuration > docs/config.md`.",
    ]
    plain, sections = _parts(DatasetConfig)
    out += ["", *_rows(plain)]
    for name, section in sections:
        out += ["", f"## [{name}]", "", _first_line(section), "", *_rows(list(section.model_fields.items()))]
    return "\n".join([*out, "", "## The whole file", "", "```toml", annotated().rstrip(), "```"]) + "\n"


def _parts(model: type[BaseModel]) -> tuple[list[tuple[str, FieldInfo]], list[tuple[str, type[BaseModel]]]]:
    """Plain keys and sections of a configuration."""
    plain: list[tuple[str, FieldInfo]] = []
    sections: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            sections.append((name, kind))
        else:
            plain.append((name, field))
    return plain, sections


def _entry(name: str, field: FieldInfo, given: Mapping[str, Any]) -> list[str]:
    """One key: live when the file gives it, commented out with its default or an example otherwise."""
    if name in given:
        return [f"{name} = {_toml(given[name])}  # {field.description}"]
    return [f"# {name} = {_toml(_example(field))}  # {field.description}"]


def _table(section: str, name: str, field: FieldInfo, given: Mapping[str, Any]) -> list[str]:
    mark, values = ("", given[name]) if given.get(name) else ("# ", _example(field))
    head = f"{mark}[{section}.{name}]  # {field.description}"
    return ["", head, *(f"{mark}{_key(key)} = {_toml(value)}" for key, value in values.items())]


def _rows(fields: list[tuple[str, FieldInfo]]) -> Iterator[str]:
    yield "| key | values | default | meaning |"
    yield "|---|---|---|---|"
    for name, field in fields:
        default = field.get_default(call_default_factory=True)
        shown = f"`{_toml(default)}`" if default not in (None, {}, ()) else "inferred" if default is None else "none"
        yield f"| `{name}` | {_values(field)} | {shown} | {field.description} |"


def _values(field: FieldInfo) -> str:
    """Kind and bounds of a key, in words."""
    if _is_table(field):
        return "table of text"
    told = " or ".join(_kind(part) for part in _alternatives(field.annotation))
    bounds = [
        f"{word} {getattr(rule, name)}"
        for rule in field.metadata
        for name, word in _BOUNDS.items()
        if getattr(rule, name, None) is not None
    ]
    return ", ".join([told, *bounds])


def _alternatives(kind: Any) -> list[Any]:
    if get_origin(kind) in (Literal, tuple, dict) or not get_args(kind):
        return [kind]
    return [part for part in get_args(kind) if part is not NoneType]


def _kind(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return ", ".join(f"`{_toml(value)}`" for value in get_args(kind))
    if get_origin(kind) is tuple:
        return f"list of {_WORDS[get_args(kind)[0]]}s".replace("texts", "text")
    return _WORDS[kind]


def _is_table(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is dict


def _example(field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True)
    return field.examples[0] if field.examples and default in (None, {}, ()) else default


def _first_line(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").splitlines()[0]


def _key(name: str) -> str:
    return name if name.replace("_", "").replace("-", "").isalnum() and name.isascii() else _toml(name)


def _toml(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(part) for part in value)}]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(markdown())
