"""A plan's values as the boosters know them."""

from typing import Final

import numpy as np

from core.forecasting.encoding import Encoding

_NAMED: Final = 12
"""Words that an error names."""
_LARGEST: Final = float(np.finfo(np.float32).max)


def coded(encoding: Encoding, value: object) -> float:
    """The number of a value.

    Raises:
        ValueError: it is of another kind than the covariate, or a word that no sale has brought; saying what is.
    """
    if encoding.codes is not None:
        return _word(encoding.codes, value)
    return flag(value) if encoding.kind == "flag" else _number(value)


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
