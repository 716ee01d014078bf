"""What the cells of a quantity say that they are counted in: kilos or pieces."""

from typing import Final

import polars as pl

WEIGHT, PIECES = "kg", "pieces"
_ANY: Final = r"\d\s*\p{L}+\.?\s*$"
_PATTERNS: Final = {
    WEIGHT: r"(?i)\d\s*kg\.?\s*$",
    PIECES: (
        r"(?i)\d\s*(?:pcs?\.?|pieces?|units?|stk\.?|st\xfcck|st\.?|uds?\.?|unid(?:ades)?\.?|ea\.?|nos\.?|pz\.?|stuks?|szt\.?)\s*$"
    ),
}


def measure(text: pl.Expr) -> pl.Expr:
    """What each cell says that it is counted in; a blank where it says nothing."""
    return pl.coalesce(
        [pl.when(text.str.contains(pattern)).then(pl.lit(what)) for what, pattern in _PATTERNS.items()] + [pl.lit("")]
    )


def measures(texts: pl.Series) -> set[str]:
    """All that some cells say so; most files say nothing."""
    if not texts.str.contains(_ANY).any():
        return set()
    return {what for what, pattern in _PATTERNS.items() if texts.str.contains(pattern).any()}
