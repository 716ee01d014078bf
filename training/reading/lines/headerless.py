"""What is said of lines that no line above them names."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from training.reading.lines.records import UNIT, split_record
from training.reading.lines.strays import kinds

_ANY: Final = "date,store_id,item_id,units"
_NAMES: Final = {"d": "date", "n": "units"}
_TEXTS: Final = {1: ("item_id",), 2: ("store_id", "item_id")}


def header_cure(lines: Sequence[str], marks: Sequence[str]) -> str:
    """Which header would name the cells of these lines, and that a day has to be added where none holds one."""
    told: list[tuple[int, str, str]] = []
    for mark in marks:
        found = Counter(kinds(split_record(line, mark)) for line in lines if mark in line).most_common(1)
        told += [(count, form, mark) for form, count in found if len(form) > 1 and 2 * count > len(lines)]
    count, form, mark = max(told, default=(0, "", ","))
    mark = "," if mark == UNIT else mark
    if not count:
        return f"add a header line such as {_ANY!r}, or name the file's columns under reading.columns"
    if "d" not in form:
        dated = _header(f"d{form}", mark)
        return f"its cells hold no day either: add a column of the day, and a header line such as {dated!r}"
    return f"add a header line such as {_header(form, mark)!r}"


def _header(form: str, mark: str) -> str:
    """Names of a day, a quantity and one or two texts, in their order; the usual ones where there are others."""
    texts = _TEXTS.get(form.count("t"), ())
    plain = form.count("d") == form.count("n") == 1 and form.count("t") == len(texts) and set(form) <= set("dnt")
    if not plain:
        return _ANY.replace(",", mark)
    rest = list(texts)
    return mark.join(_NAMES[kind] if kind in _NAMES else rest.pop(0) for kind in form)
