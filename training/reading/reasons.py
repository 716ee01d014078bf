"""Generates ``docs/verdicts.md``: ``python -m training.reading.reasons > docs/verdicts.md``."""

import sys
from typing import Final

from core.contracts.verdict import Kind
from training.reading.codes import GROUPS, TABLE

_KINDS: Final[dict[Kind, str]] = {
    Kind.ACCEPTED: "every row was taken as it stands",
    Kind.REPAIRED: "every sale was taken; some lines were summed, netted or left out, all counted",
    Kind.QUARANTINED: "a few rows were refused and lie in `quarantine/`; the others were taken",
    Kind.REJECTED: "nothing was taken; the sentence says why and what to do",
    Kind.IGNORED: "the object is nothing to read, or was read before",
}


def markdown() -> str:
    """The page ``docs/verdicts.md``."""
    out = [
        "# Verdicts",
        "",
        "Every uploaded file comes to one of five ends, and every row of it to one. This page is generated:",
        "`python -m training.reading.reasons > docs/verdicts.md`.",
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
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
