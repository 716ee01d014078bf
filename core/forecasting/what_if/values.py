"""A plan's values as the boosters know them."""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from core.forecasting.encoding import Encoding

_NAMED: Final = 12
"""Words that an error names."""
_LARGEST: Final = float(np.finfo(np.float32).max)


def coder(encoding: Encoding) -> Callable[[object], float]:
    """What turns a covariate's values into its numbers.

    It raises ValueError where a value is of another kind, or a word that no sale has brought, and says what may be.
    """
    if encoding.codes is not None:
        return partial(_word, encoding.codes)
    return flag if encoding.kind == "flag" else _number


def flag(value: object) -> float:
    """0 or 1.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(value, int | float) or value not in (0, 1):
        raise ValueError("say 0 or 1, or false or true")
    return float(value)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise ValueError("say a number")
    return float(value)


def _word(codes: dict[str, float], value: object) -> float:
    """As files' readers write words that look like numbers or flags."""
    word = str(value).lower() if isinstance(value, bool) else str(value)
    code = codes.get(word.removesuffix(".0") if isinstance(value, float) else word)
    if code is None:
        names = ", ".join(repr(name[:40]) for name in list(codes)[-_NAMED:])
        more = " and so on" if len(codes) > _NAMED else ""
        raise ValueError(f"say one of the words that sales had: {names}{more}")
    return code
