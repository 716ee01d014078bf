"""A small shop whose sales show that a deployed environment reads and learns."""

import zlib
from datetime import date, timedelta
from typing import Final

DATASET: Final = "delivery-check"
CONFIG: Final = """\
# Written by 'make train': each change brings one day more, and is to be learned from.
[retrain]
min_new_periods = 1
"""
FIRST_END: Final = date(2024, 7, 18)
"""Last day of the first change's sales."""
_DAYS: Final = 200


def sales(change: str, last: date) -> bytes:
    """Two series of 200 days as CSV; each change has content of its own, for the same again is not read again."""
    rows = ["date,store_id,item_id,units"]
    for ago in reversed(range(_DAYS)):
        day = last - timedelta(days=ago)
        for store, level in (("01", 20), ("02", 60)):
            noise = zlib.crc32(f"{change} {day} {store}".encode()) % 5
            rows.append(f"{day},{store},milk,{level + day.weekday() + noise}")
    return "\n".join([*rows, ""]).encode()
