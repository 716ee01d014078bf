"""What a check found."""

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "missing", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one check found."""

    check: str
    outcome: Outcome
    says: str
    """What is there; or what is missing, and the cure."""
