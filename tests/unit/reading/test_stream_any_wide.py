"""Wide tables of random habits, some regular and some not, read block by block and as a whole."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.reading.test_stream import assert_same, both

pytestmark = pytest.mark.usefixtures("small_pieces")


def random_wide(seed: int) -> str:
    """A wide table of random habits: some regular, some not."""
    rng = random.Random(seed)
    days = [date(2024, 1, 1) + timedelta(days=rng.randint(1, 9) * n) for n in range(rng.randint(3, 20))]
    form, mark = rng.choice(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "Units %Y-%m-%d"]), rng.choice([",", ";", "\t"])
    names = rng.choice([["item"], ["item_id", "store_id"], ["id", "item", "store", "colour"], ["branch", "size"]])
    odd, twice = rng.choice([0.0, 0.0, 0.002, 0.02]), rng.choice([0.0, 0.0, 0.01, 0.3])
    decimal = rng.choice(["", "", ".5", ".25"])
    rows = [mark.join([*names, *(day.strftime(form) for day in dict.fromkeys(days))])]
    width = len(dict.fromkeys(days))
    for number in range(rng.randint(150, 350)):
        texts = {"id": f"x{number}", "item": f"P{number}", "item_id": f"P{number // 2}", "store_id": f"S{number % 2}"}
        texts |= {"store": f"S{number % 4}", "branch": f"B{number}", "colour": rng.choice(["red", "blue", ""])}
        ids = [texts.get(name, str(number % 5)) for name in names]
        if rng.random() < odd:
            ids[rng.randrange(len(ids))] = rng.choice(["", "Total", "P1 Total", "x y"])
        cells = [
            rng.choice(["", "-", "x", "closed", "-4", "1,5", "1.234", "2 kg", "2024-01-05"])
            if rng.random() < odd
            else "" if rng.random() < 0.1 else f"{rng.randint(0, 40)}{decimal if rng.random() < 0.2 else ''}"
            for _ in range(width)
        ]  # fmt: skip
        row = mark.join([*ids, *cells])
        rows += [row, *([rng.choice(["", rows[0], row, ids[0], row[:20]])] if rng.random() < odd else [])]
    return "\n".join([*rows, *_again(rows, rng, mark, twice)]) + "\n"


def _again(rows: list[str], rng: random.Random, mark: str, twice: float) -> list[str]:
    """Some of the rows once more, each with some other numbers."""
    chosen = [row.split(mark) for row in rows[1:] if rng.random() < twice]
    kept = len(rows[0].split(mark)) // 3
    return [
        mark.join([*row[:kept], *(rng.choice([text, text, "", "7", "-2"]) for text in row[kept:])]) for row in chosen
    ]


def random_items(seed: int) -> str:
    """A table of random habits with one column an item."""
    rng = random.Random(seed)
    form, odd = rng.choice(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"]), rng.choice([0.0, 0.002, 0.02])
    twice = rng.choice([0.0, 0.01, 0.1])
    names = rng.choice([["date", "store"], ["date"], ["date", "holiday", "promo"]])
    items = [f"Tea {number}" for number in range(rng.randint(3, 8))]
    rows = [",".join([*names, *items])]
    for number in range(rng.randint(150, 350)):
        told = {"date": (date(2024, 1, 1) + timedelta(days=number // 2 if "store" in names else number)).strftime(form)}
        told |= {"store": f"S{number % 2}", "holiday": str(number % 7 // 6), "promo": rng.choice(["0", "1"])}
        beside = [rng.choice(["", "x", "Total"]) if rng.random() < odd else told[name] for name in names]
        cells = [
            rng.choice(["", "-", "x", "closed", "-4", "1.5"]) if rng.random() < odd else str(rng.randint(0, 40))
            for _ in items
        ]  # fmt: skip
        row = ",".join([*beside, *cells])
        rows += [row, *([rng.choice(["", rows[0], row, "note" + "," * len(items)])] if rng.random() < odd else [])]
    return "\n".join([*rows, *_again(rows, rng, ",", twice)]) + "\n"


def random_pairs(seed: int) -> str:
    """A table of random habits with some measures of each item or store side by side, or of each day."""
    rng = random.Random(seed)
    odd, blank, mark = rng.choice([0.0, 0.0, 0.002, 0.02]), rng.choice([0.0, 0.1]), rng.choice([",", ";"])
    twice = rng.choice([0.0, 0.0, 0.01, 0.1])
    others = rng.sample(["price", "stock", "revenue"], rng.randint(1, 2))
    kind, first = rng.choice(["Tea", "Store", "day"]), date(2024, 1, 1)
    names = {"Tea": ["date", "store"], "Store": ["date", "item", "promo"], "day": ["item", "store", "colour"]}[kind]
    series = [str(first + timedelta(days=n)) if kind == "day" else f"{kind} {n}" for n in range(rng.randint(2, 6))]
    named = rng.choice(["{0} {1}", "{1} {0}"])
    columns = [(told, of) for of in series for told in ("units", *others) if told == "units" or rng.random() < 0.9]
    rows = [mark.join([*names, *(named.format(told, of) for told, of in columns), *rng.choice([[], ["total units"]])])]
    for number in range(rng.randint(150, 350)):
        texts = {"date": str(first + timedelta(days=number // 2)), "store": f"S{number % 2}", "item": f"P{number % 2}"}
        texts |= {"promo": rng.choice("01"), "colour": rng.choice(["red", ""])}
        texts |= {"item": f"P{number // 2}"} if kind == "day" else {}
        ids = [rng.choice(["", "x", "Total", "P1 Total"]) if rng.random() < odd else texts[name] for name in names]
        cells = [
            rng.choice(["", "-", "x", "closed", "-4", "1,5", "1.234", "P1 Total"])
            if rng.random() < odd
            else "" if rng.random() < blank else f"{rng.randint(0, 40)}{rng.choice(['', '.5']) * (told != 'units')}"
            for told, _ in columns
        ]  # fmt: skip
        cells += [str(number)] * (rows[0].count(mark) + 1 - len(ids) - len(cells))
        row = mark.join([*ids, *cells])
        rows += [row, *([rng.choice(["", rows[0], row, ids[0], row[:20]])] if rng.random() < odd else [])]
    return "\n".join([*rows, *_again(rows, rng, mark, twice)]) + "\n"


HABITS: Final[list[Callable[[int], str]]] = [random_wide, random_items, random_pairs]


@settings(max_examples=18, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1 << 30),
    habit=st.sampled_from(HABITS),
    block=st.integers(1500, 6000),
    rule=st.sampled_from(["sum", "last", "reject"]),
)
def test_any_wide_table_read_in_blocks_is_that_of_the_whole(
    tmp_path: Path, seed: int, habit: Callable[[int], str], block: int, rule: str
) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", habit(seed), block, duplicates=rule)
    assert_same(parts, whole)


@pytest.mark.parametrize("seed", [1724, 4050079])
def test_rows_that_may_be_sums_are_told_wherever_in_the_file_they_stand(tmp_path: Path, seed: int) -> None:
    parts, whole, _ = both(tmp_path / "a.csv", random_items(seed), 1500, duplicates="reject")
    assert_same(parts, whole)
