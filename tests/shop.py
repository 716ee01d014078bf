"""A small shop for tests: sales with a weekly season, seeded, as CSV text."""

import math
import random
from datetime import date, timedelta

HEADER = "date,store_id,item_id,units,promo"


def rows(first: date, days: int, *, stores: int = 3, items: int = 2, seed: int = 7) -> list[str]:
    """CSV lines of ``days`` days from ``first``; a day's numbers depend on the day alone, not on the cut."""
    return [
        _row(first + timedelta(n), store, item, seed)
        for n in range(days)
        for store in range(stores)
        for item in range(items)
    ]


def csv(first: date, days: int, *, stores: int = 3, items: int = 2, seed: int = 7) -> bytes:
    """A file of those rows."""
    return "\n".join([HEADER, *rows(first, days, stores=stores, items=items, seed=seed), ""]).encode()


def _row(day: date, store: int, item: int, seed: int) -> str:
    noise = random.Random(f"{seed}/{day}/{store}/{item}")
    promo = int(day.isocalendar().week % 3 == 0)
    level = (20 + 10 * store + 5 * item) * (1 + 0.4 * promo)
    season = 1 + 0.5 * math.sin(2 * math.pi * day.weekday() / 7)
    units = max(0, round(level * season * noise.gauss(1, 0.1)))
    return f"{day},{store:03},{item:02},{units},{promo}"
