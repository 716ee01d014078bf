"""What a feature speaks of, in a shopkeeper's words: each belongs to exactly one group."""

import re
from typing import Final

MARK: Final = ":"
"""Between a covariate and what is told of it: ``promo:now``, ``promo:before``."""
BASELINE: Final = "baseline"
SEASON: Final = "season"
GROUPS: Final = (BASELINE, SEASON, "promotion", "price", "trend", "calendar", "other")
"""``other``: covariates whose names say nothing, and features that no line below knows."""

_COVARIATES: Final = (
    ("promotion", re.compile(r"promo|discount|markdown|campaign|coupon|flyer|display|advert", re.IGNORECASE)),
    ("price", re.compile(r"price", re.IGNORECASE)),
    (
        "calendar",
        re.compile(r"open|closed|holiday|event|feast|easter|snap|weekend|festival|ferie|payday", re.IGNORECASE),
    ),
)
_OWN: Final = (
    (SEASON, re.compile(r"phase_|year_[12](_around|_ratio)?$|year_date$|weekday$|week$|month$|year_day$")),
    ("trend", re.compile(r"mean_\d|last_\d|year_\d_growth$|horizon$|since_sale$")),
    ("calendar", re.compile(r"easter$|christmas$|month_day$|open_|holiday|year_holiday")),
    (BASELINE, re.compile(r"level$|deviation_|zeros_|since_launch$|static_")),
)


def group_of(feature: str) -> str:
    """The one group of a column of the boosters."""
    covariate, marked, _ = feature.partition(MARK)
    text, table = (covariate, _COVARIATES) if marked else (feature, _OWN)
    for group, pattern in table:
        if pattern.search(text) if marked else pattern.match(text):
            return group
    return "other"


def is_promotion(covariate: str) -> bool:
    """True for a covariate that speaks of promotions by its name."""
    return group_of(f"{covariate}{MARK}now") == "promotion"
