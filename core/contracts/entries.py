"""Wrong entries of a configuration, each in a sentence: key, value and cure."""

import re
from difflib import get_close_matches
from types import UnionType
from typing import Any, Final, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_INSTEAD: Final = (
    ("Value error, ", ""),
    ("Input should be a valid string", "must be text in quotes"),
    ("Input should be a valid integer, unable to parse string as an integer", "must be a whole number"),
    ("Input should be a valid integer, got a number with a fractional part", "must be a whole number"),
    ("Input should be a valid integer", "must be a whole number"),
    ("Input should be a valid number, unable to parse string as a number", "must be a number"),
    ("Input should be a valid boolean, unable to interpret input", "must be true or false"),
    ("Input should be a valid boolean", "must be true or false"),
    ("Input should be a valid tuple", "must be a list in brackets"),
    ("Input should be a valid dictionary", "must be a table"),
    ("Input should be", "must be"),
)


def told(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """All that is wrong, one sentence an entry."""
    return [_one(each, model) for each in error.errors()]


def _one(each: ErrorDetails, model: type[BaseModel]) -> str:
    entry = ".".join(str(part) for part in each["loc"])
    if each["type"] == "missing":
        return f"{entry} is missing: add it"
    if each["type"] == "extra_forbidden":
        what = f"[{entry}]" if isinstance(each["input"], dict) else f"{entry} = {each['input']!r}"
        return f"{what}: {_unknown(each['loc'], model)}"
    where = f"{entry} = {each['input']!r}: " if entry and not isinstance(each["input"], dict) else f"{entry}: "
    if each["type"] == "model_type":
        return f"{where}must be a section of keys, not one value: [{entry}]"
    theirs, ours = next((pair for pair in _INSTEAD if each["msg"].startswith(pair[0])), ("", ""))
    message = ours + each["msg"].removeprefix(theirs)
    if each["type"] == "literal_error" and isinstance(each["input"], str):
        message += _meant(each["input"], re.findall("'(.*?)'", each["ctx"]["expected"]))
    return where.removeprefix(": ") + message


def _unknown(loc: tuple[int | str, ...], model: type[BaseModel]) -> str:
    """Nearest key of that section, or where a key of this name belongs, or all keys there are."""
    *path, key = (str(part) for part in loc)
    section = model
    for part in path:
        section = _model_of(section.model_fields[part].annotation) or section
    known = list(section.model_fields)
    there = f"section [{'.'.join(path)}]" if path else "the file's top level"
    elsewhere = [name for name, field in model.model_fields.items() if key in _keys(field.annotation)]
    if elsewhere:
        return f"{there} has no such key; it belongs under [{elsewhere[0]}]"
    if path and key in model.model_fields:
        return f"{there} has no such key; write it above the first section"
    return f"{there} has no such key{_meant(key, known) or '; its keys are ' + ', '.join(known)}"


def _meant(word: str, known: list[str]) -> str:
    near = get_close_matches(word.casefold(), known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def _keys(annotation: Any) -> list[str]:
    section = _model_of(annotation)
    return list(section.model_fields) if section else []


def _model_of(annotation: Any) -> type[BaseModel] | None:
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
