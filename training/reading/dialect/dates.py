"""Proves one date format on every row of a file, or refuses the file."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from core.contracts.verdict import Reason, Refusal
from training.reading.dialect.dateforms import IN_CROATIAN, names_week_by_end, readings, split_time, strptime
from training.reading.dialect.days import Day
from training.reading.errors import FileRefusedError
from training.reading.vocabulary import CROATIAN, MONTH_OF, MONTHS, fold, is_croatian

EARLIEST: Final = date(1901, 1, 1)
_FAR: Final = timedelta(days=365 * 20)
_STRAY_SHARE: Final = 0.01
_STRAY_ONE_IN: Final = 20
_TIME_OF_FORM: Final = re.compile(r"[T ,]*%-?[HIMSTRfpzZX].*$")
_BARE_WEEKS: Final = ("%G-%V", "%G/%V", "%G.%V", "%V-%G", "%V/%G", "%V.%G", "%G%V")
_BARE_MONTHS: Final = ("%Y-%m", "%Y/%m", "%Y.%m", "%m-%Y", "%m/%Y", "%m.%Y", "%Y%m")
_WEEK_NAMES: Final = frozenset(
    ["week", "woche", "kw", "kalenderwoche", "semana", "semaine", "settimana", "wk", "uke", "yearweek", "weekly", "ww"]
)


_MONTH_NAMES: Final = frozenset(
    {"month", "months", "monthly", "yearmonth", "yyyymm", "monat", "monate", "jahrmonat", "kalendermonat", "kalmonat",
     "calmonth", "mes", "meses", "anomes", "mois", "mese", "mesi", "maand", "jaarmaand", "aaaamm", "jjjjmm", "mm"}
)  # fmt: skip


@dataclass(frozen=True)
class DateProof:
    """The form that all rows prove, and the day each text stands for."""

    form: str
    days: Mapping[str, date]
    implausible: frozenset[str]
    evidence: str


def prove_dates(
    days: list[Day], name: str, wanted: str | None, latest: date | None, header: Iterable[str] = ()
) -> DateProof:
    """Choose the one form that reads the file.

    ``latest`` is the last plausible day of sales; None for a plan, which may lie ahead. ``header`` are the names of
    columns, which may tell a language.

    Raises:
        FileRefusedError: two forms survive and would give different days.
    """
    if wanted:
        return _configured(days, wanted, latest)
    read = {day.text: _plausible(day.text, latest) for day in days}
    read = _allowed(days, _in_one_language(days, read, name, header))
    tally: dict[str, int] = {}
    for day in days:
        for form in read[day.text]:
            tally[form] = tally.get(form, 0) + day.count
    tally = _without_yearly(_without_bare_rivals(tally, days), read)
    if not tally:
        return _nothing_plausible(days)
    best = max(tally, key=lambda form: (tally[form], -_ORDER.get(form, 99)))
    for rival in sorted(tally, key=lambda form: -tally[form]):
        if rival != best:
            _judge(best, rival, days, read, name)
    return _proof(days, best, latest, tally[best])


def _in_one_language(
    days: list[Day], read: dict[str, dict[str, date]], name: str, header: Iterable[str]
) -> dict[str, dict[str, date]]:
    """Readings without those of a language that no month or name of the file tells, where a month has two numbers.

    Raises:
        FileRefusedError: neither is told.
    """
    open_ = [day for day in days if len({form.endswith(IN_CROATIAN) for form in read[day.text]}) > 1]
    if not open_ or any(_tokens(day) & MONTH_OF.keys() - _LISTOPAD for day in days):
        return read
    croatian = is_croatian(header)
    if croatian is not None:
        return {
            text: {form: day for form, day in found.items() if form.endswith(IN_CROATIAN) == croatian}
            for text, found in read.items()
        }
    day = open_[0]
    form = next(form for form in read[day.text] if not form.endswith(IN_CROATIAN))
    raise FileRefusedError(
        Reason.AMBIGUOUS,
        f"{name}: the month of {day.text!r} (line {day.line}) is October in Croatian and November in Polish and Czech, "
        f"and no other month of the file tells which; write months as numbers, or set reading.date_format = '{form}' "
        f"where it is November, '{form}{IN_CROATIAN}' where it is October.",
    )


def _tokens(day: Day) -> set[str]:
    return set(fold(day.text).split())


_LISTOPAD: Final = frozenset(CROATIAN.keys() & MONTHS.keys())
"""Months that have one number in Croatian and another elsewhere."""
_ORDER: Final = {"%Y-%m-%d": 0, "%d/%m/%Y": 1, "%d.%m.%Y": 1, "%d-%m-%Y": 1}


def _plausible(text: str, latest: date | None) -> dict[str, date]:
    found = readings(split_time(text)[0])
    return {form: day for form, day in found if day >= EARLIEST and (latest is None or day <= latest)}


def _allowed(days: list[Day], read: dict[str, dict[str, date]]) -> dict[str, dict[str, date]]:
    """Readings that the rows' weekdays and months allow, where every row is left one."""
    strict: dict[str, dict[str, date]] = {text: dict(found) for text, found in read.items()}
    for day in days:
        if day.weekday is not None or day.month is not None:
            found = strict[day.text]
            strict[day.text] = {form: value for form, value in found.items() if day.allows(value)}
    return strict if all(strict[text] or not read[text] for text in read) else read


def _without_bare_rivals(tally: dict[str, int], days: list[Day]) -> dict[str, int]:
    """``2024-05`` is a month unless its column says week, or a number beyond 12 shows weeks.

    ``202405`` may be either where all are of one year and the column says neither.
    """
    named = {token for day in days[:1] for token in fold(day.column).split()}
    says_week, says_month = bool(_WEEK_NAMES & named), bool(_MONTH_NAMES & named)
    for week, month in zip(_BARE_WEEKS, _BARE_MONTHS, strict=True):
        if week in tally and month in tally:
            open_ = month == "%Y%m" and not (says_week or says_month) and len({day.text[:4] for day in days}) == 1
            if not open_ or tally[week] > tally[month]:
                tally.pop(month if says_week or tally[week] > tally[month] else week)
    return tally


def _without_yearly(tally: dict[str, int], read: Mapping[str, Mapping[str, date]]) -> dict[str, int]:
    """Of ``13/03/24, 14/03/24``: days of one month, and no longer one day of March in each of several years."""
    for sep in "-/. ":
        pair = (f"%d{sep}%m{sep}%y", f"%y{sep}%m{sep}%d")
        both = [tuple(found[form] for form in pair) for found in read.values() if all(form in found for form in pair)]
        for at, form in enumerate(pair):
            days, years = ({getattr(found[i], part) for found in both} for i, part in ((at, "day"), (1 - at, "year")))
            if len(days) == 1 and len(years) == 1 and len({found[at].year for found in both}) > 1:
                tally.pop(form, None)
    return tally


def _judge(best: str, rival: str, days: list[Day], read: dict[str, dict[str, date]], name: str) -> None:
    only_best = [day for day in days if best in read[day.text] and rival not in read[day.text]]
    only_rival = [day for day in days if rival in read[day.text] and best not in read[day.text]]
    differing = [day for day in days if _differ(read[day.text], best, rival)]
    if not differing:
        return  # other rows in another style: each is refused by itself
    if not only_best and not only_rival:
        entry = f"Settle it with reading.date_format = '{best}' or '{rival}' in the dataset's configuration."
        other = next((day for day in days if read[day.text] and not {best, rival} & read[day.text].keys()), None)
        why = "every date of the file fits both"
        if other is not None:
            stray = f"line {other.line} ({other.text!r})"
            why = f"every date that is written so fits both, and others such as {stray} neither"
            entry = f"Write all dates in one of them. {entry}"
        raise _ambiguous(name, (best, rival), differing, why, entry)
    strays = sum(day.count for day in only_rival)
    proofs = sum(day.count for day in only_best)
    if strays and strays > max(proofs * _STRAY_SHARE, proofs >= _STRAY_ONE_IN):
        shown = [only_best[0], only_rival[0]] if only_best else [only_rival[0], differing[0]]
        others = f"{_rows(strays)} fit only {rival}, {_rows(proofs)} only {best}"
        entry = (
            "Write all of them in one; reading.date_format names the one to keep, and refuses the rows of the other."
        )
        raise _ambiguous(name, (best, rival), shown, others, entry)


def _differ(found: dict[str, date], best: str, rival: str) -> bool:
    return best in found and rival in found and found[best] != found[rival]


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _ambiguous(name: str, forms: tuple[str, str], shown: list[Day], why: str, entry: str) -> FileRefusedError:
    best, rival = forms
    first, second = shown[0], shown[min(1, len(shown) - 1)]
    where = f"line {first.line} ({first.text!r})"
    if second != first:
        where += f" and line {second.line} ({second.text!r})"
    sentence = f"{name}: dates can be read in two ways, {best} and {rival}: {why}; see {where}. {entry}"
    cure = f"set reading.date_format to '{best}' or '{rival}'"
    lines = tuple(
        Refusal(line=day.line, column=day.column, value=day.text, reason=Reason.AMBIGUOUS, cure=cure)
        for day in dict.fromkeys((first, second))
    )
    return FileRefusedError(Reason.AMBIGUOUS, sentence, lines)


def _by(wanted: str, text: str) -> date | None:
    """By a form of ours, such as ``W%V %G``, or by strptime; the time of day is not of the form's day."""
    return dict(readings(text)).get(wanted) or strptime(text, wanted) or strptime(text, _TIME_OF_FORM.sub("", wanted))


def by_form(days: Iterable[Day], form: str, *, configured: bool) -> dict[str, date]:
    """The day each text stands for under one form; texts it does not read are left out."""
    if configured:
        return dict(_configured(list(days), form, None).days)
    return {day.text: found for day in days if (found := dict(readings(split_time(day.text)[0])).get(form)) is not None}


def _configured(days: list[Day], wanted: str, latest: date | None) -> DateProof:
    found = {day.text: value for day in days if (value := _by(wanted, split_time(day.text)[0]))}
    found |= {day.text: value for day in days if day.text not in found and (value := _by(wanted, day.text))}
    evidence = f"dates are {wanted}, as configured{_of_weeks(found)}"
    return DateProof(wanted, found, _odd(found, days, latest), evidence)


def _of_weeks(found: Mapping[str, date]) -> str:
    """What is said of weeks that are named by their last day."""
    text = next((text for text in found if names_week_by_end(text)), None)
    return "" if text is None else f"; a week named by its last day stands for the Monday in it: {found[text]}"


def _proof(days: list[Day], best: str, latest: date | None, rows: int) -> DateProof:
    found = {
        day.text: value for day in days if (value := dict(readings(split_time(day.text)[0])).get(best)) is not None
    }
    example = next(day for day in days if day.text in found)
    evidence = f"dates are {best}: {rows:,} rows agree, such as {example.text!r} on line {example.line}"
    evidence += _of_weeks({example.text: found[example.text]})
    return DateProof(best, found, _odd(found, days, latest), evidence)


def _odd(found: Mapping[str, date], days: Iterable[Day], latest: date | None) -> frozenset[str]:
    """Days before 1901, in the future, or twenty years away from the file's middle."""
    counts = {day.text: day.count for day in days}
    inside = sorted(
        (value, counts[text]) for text, value in found.items() if value >= EARLIEST and (not latest or value <= latest)
    )
    half, middle, seen = sum(count for _, count in inside) / 2, None, 0
    for value, count in inside:
        seen += count
        if seen >= half:
            middle = value
            break
    plausible = {value for value, _ in inside if middle and abs(value - middle) <= _FAR}
    return frozenset(text for text, value in found.items() if value not in plausible and _stray(found, text, inside))


def _stray(found: Mapping[str, date], text: str, inside: list[tuple[date, int]]) -> bool:
    """A far day is a typo only when few are; a history of forty years is none."""
    value = found[text]
    near = [count for day, count in inside if abs(day - value) <= timedelta(days=400)]
    return sum(near) <= max(1, sum(count for _, count in inside) * _STRAY_SHARE) or not near


def _nothing_plausible(days: list[Day]) -> DateProof:
    found = {day.text: options[0] for day in days if (options := readings(split_time(day.text)[0]))}
    form = found[next(iter(found))][0] if found else "unknown"
    return DateProof(
        form, {text: value for text, (_, value) in found.items()}, frozenset(found), "no date of the file is plausible"
    )
