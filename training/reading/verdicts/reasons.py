"""Generates ``docs/verdicts.md``: ``python -m training.reading.verdicts.reasons > docs/verdicts.md``."""

import sys
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from core.contracts.uploads import Upload
from core.contracts.verdict import Counts, Dialect, Kind, Note, Reason, Refusal, Verdict
from training.reading.verdicts.codes import GROUPS, TABLE
from training.reading.verdicts.examples import CASES, EXAMPLES, FILES, HEADER

_KINDS: Final[dict[Kind, str]] = {
    Kind.ACCEPTED: "every row was taken as it stands",
    Kind.REPAIRED: "every sale was taken; some lines were summed, netted or left out, all counted",
    Kind.QUARANTINED: "a few rows were refused and lie in `quarantine/`; the others were taken",
    Kind.REJECTED: "nothing was taken; the sentence says why and what to do",
    Kind.IGNORED: "the object is nothing to read, or was read before",
}
_MODELS: Final[tuple[type[BaseModel], ...]] = (Verdict, Counts, Refusal, Note, Dialect, Upload)
_CHECK: Final = """
## Asking before uploading

`python -m training check FILE` judges a file as the cloud would. The screen shows the first refused rows;
`--refused FILE.csv` writes all of them with their cells, `--json` prints the verdict, `--html PAGE` writes a page for
sharing, `--out FILE.csv` the rows that would be taken.

| exit code | what it means |
|---|---|
| 0 | the rows are usable: `accepted`, `repaired` or `quarantined` |
| 1 | the file is refused: `rejected` |
| 2 | the command or the configuration is wrong; the sentence says where |

In a cell that a spreadsheet would run as a formula the CSV files begin with an apostrophe.
"""


def markdown() -> str:
    """The page ``docs/verdicts.md``."""
    out = [
        "# Verdicts",
        "",
        "Every uploaded file comes to one of five ends, and every row of it to one. This page is generated:",
        "`python -m training.reading.verdicts.reasons > docs/verdicts.md`.",
        "",
        "| verdict | what it means |",
        "|---|---|",
        *[f"| `{kind.value}` | {text} |" for kind, text in _KINDS.items()],
        "",
        "Rows add up: read = kept + merged + left out + refused. In a wide table each filled cell counts as a row.",
    ]
    for group in GROUPS:
        out += ["", f"## {group}", "", "| code | meaning | what to do |", "|---|---|---|"]
        out += [f"| `{reason.value}` | {m} | {c} |" for reason, (g, m, c) in TABLE.items() if g == group]
    out += [
        "",
        "## Examples",
        "",
        f"What one line comes to below `{HEADER}` and a month of good rows, the last of which",
    ]
    out += [f"is `{EXAMPLES[Reason.DUPLICATE_EXACT]}`.", "", "| line | code |", "|---|---|"]
    out += [f"| `{line}` | `{reason.value}` |" for reason, line in EXAMPLES.items()]
    out += ["", "What a whole file comes to, and what an upload does:", "", "| file or case | code |", "|---|---|"]
    out += [f"| {_lines_of(text)} | `{reason.value}` |" for reason, text in FILES.items()]
    out += [f"| {case} | `{reason.value}` |" for reason, case in CASES.items()]
    out += [_CHECK.rstrip(), "", "## The JSON", "", "`refusals` lists the first 1,000 refused rows, or examples where"]
    out += ["a file is refused for what it is; `counts.refused` counts all of them."]
    for model in _MODELS:
        out += ["", f"### {model.__name__}", "", "| field | type | what it is |", "|---|---|---|", *_fields(model)]
    return "\n".join(out) + "\n"


def _lines_of(text: str) -> str:
    return "<br>".join(f"`{line}`" for line in text.splitlines()) or "nothing at all"


def _fields(model: type[BaseModel]) -> Iterator[str]:
    """A line for each field of the JSON, from the model's own schema."""
    for name, field in model.model_json_schema()["properties"].items():
        yield f"| `{name}` | {_type(field)} | {field.get('description', '')} |"


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(one) for one in field["anyOf"])
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if field.get("type") == "array":
        return f"list of {_type(field['items'])}"
    return str(field.get("format") or field.get("type"))


if __name__ == "__main__":
    sys.stdout.write(markdown())
