"""A small shop whose sales show that a deployed environment reads and learns."""

import zlib
from datetime import date, timedelta
from typing import Final

DATASET: Final = "delivery-check"
_FIRST: Final = date(2024, 1, 1)
_DAYS: Final = 200


def sales(change: str) -> bytes:
    """Two series of 200 days as CSV; each change has content of its own, for the same again is not read again."""
    offset = zlib.crc32(change.encode()) % 997
    rows = ["date,store_id,item_id,units"]
    for day in range(_DAYS):
        for store, level in (("01", 20), ("02", 60)):
            units = level + day % 7 + (day * 7919 + offset) % 5
            rows.append(f"{_FIRST + timedelta(days=day)},{store},milk,{units}")
    rows.append(f"{_FIRST + timedelta(days=_DAYS)},01,milk,{offset}")
    return "\n".join([*rows, ""]).encode()
