"""Values known only when a pipeline runs: parameters, other steps' properties, text joined of both."""

import re
from typing import Any, Final

Json = dict[str, Any]
Text = str | Json
"""A literal (which may hold CDK tokens), or a reference SageMaker replaces in each execution."""

_PLACEHOLDER: Final = re.compile(r"\{([A-Z][A-Za-z0-9]*)\}")


def get(path: str) -> Json:
    """Reference to a parameter, an execution variable or a property of another step."""
    return {"Get": path}


def parameter(name: str) -> Json:
    """Reference to a pipeline parameter."""
    return get(f"Parameters.{name}")


def placeholder(name: str) -> str:
    """Stands for a parameter in text that goes through ``text()``: ``{Dataset}``.

    Key functions of ``core.contracts.keys`` take it like any value, so the layout of the buckets is
    written down in one place only.
    """
    return f"{{{name}}}"


def text(template: str) -> Text:
    """A template with placeholders as ``Std:Join``; plain text stays a plain string."""
    literals = _PLACEHOLDER.split(template)
    parts: list[Text] = [
        parameter(part) if position % 2 else part for position, part in enumerate(literals) if position % 2 or part
    ]
    if not any(isinstance(part, dict) for part in parts):
        return template
    return parts[0] if len(parts) == 1 else {"Std:Join": {"On": "", "Values": parts}}


def s3(bucket: str, key: str) -> Text:
    """``s3://`` address of a key, which may hold placeholders."""
    return text(f"s3://{bucket}/{key}")


def json_get(step: str, property_file: str, path: str) -> Json:
    """A value inside a JSON file that a processing step left behind."""
    return {"Std:JsonGet": {"PropertyFile": get(f"Steps.{step}.PropertyFiles.{property_file}"), "Path": path}}
