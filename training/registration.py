"""What a registered package says of its gate: the registry's own pages show it, without a look into any file.

The registry takes at most 50 properties, texts of at most 256 characters out of letters, digits, spaces
and ``_.:/=+-@`` (CreateModelPackage, CustomerMetadataProperties). The long form is ``evaluation.json``.
"""

import unicodedata
from typing import Final

from core.contracts.models import Evaluation, Scores

LONGEST: Final = 256
NOTHING: Final = "none"
_MARKS: Final = "_.:/=+-@"
_SPOKEN: Final = str.maketrans({"%": " percent", ";": " -", "(": "- ", "'": " ", "<": " below ", ">": " above "})
_SCORES: Final = ("wape", "bias", "rmsse", "pinball", "coverage")
_NUMBERS: Final = (
    "naive_wape", "naive_ratio", "champion_wape", "champion_ratio_low", "champion_ratio_high", "actual", "seed",
    "resamples",
)  # fmt: skip
_RULE: Final = ("max_naive_ratio", "max_champion_ratio", "confidence")
PROPERTIES: Final = (
    "gate", "gate_reason", "gate_windows", "gate_rows", "champion_model_id",
    *(f"gate_{name}" for name in (*_SCORES, *_NUMBERS, *_RULE)),
)  # fmt: skip
"""Names of what ``properties`` tells; always all of them, for the pipeline's definition names each."""


def properties(evaluation: Evaluation) -> dict[str, str]:
    """The ruling as properties of a package: answer, reason, and every number that decided it."""
    told = {
        "gate": "approved" if evaluation.approved else "rejected",
        "gate_reason": evaluation.reason,
        "gate_windows": " ".join(str(window["origin"]) for window in evaluation.windows),
        "gate_rows": evaluation.challenger.rows,
        "champion_model_id": evaluation.champion_model_id,
    }
    scores: Scores = evaluation.challenger
    told |= {f"gate_{name}": getattr(scores, name) for name in _SCORES}
    told |= {f"gate_{name}": evaluation.rule.get(name) for name in _NUMBERS}
    told |= {f"gate_{name}": evaluation.rule.get("rule", {}).get(name) for name in _RULE}
    return {name: property_text(told[name]) for name in PROPERTIES}


def property_text(value: object) -> str:
    """A value as the registry takes it: six digits of a number, a text's marks as words or spaces, never empty."""
    text = f"{value:.6g}" if isinstance(value, float) else "" if value is None else str(value)
    kept = "".join(letter if _allowed(letter) else " " for letter in text.translate(_SPOKEN))
    words = " ".join(kept.split())
    return (words if len(words) <= LONGEST else words[: LONGEST - 3].rstrip() + "...") or NOTHING


def _allowed(letter: str) -> bool:
    return letter in _MARKS or unicodedata.category(letter)[0] in "LNZ"
