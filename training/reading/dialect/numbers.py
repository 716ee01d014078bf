"""Proves one way of writing numbers on every cell of a file, or refuses the file."""

from dataclasses import dataclass, field, replace
from typing import Final, Literal

import polars as pl

from core.contracts.verdict import Reason, Refusal
from training.reading.dialect.digits import plain_texts
from training.reading.errors import FileRefusedError
from training.reading.ledger import LINE, counted
from training.reading.vocabulary import CLOSED_WORDS, MISSING_WORDS

Decimal = Literal[".", ","]
MARKS: Final[tuple[Decimal, Decimal]] = (".", ",")
OK, MISSING, UNREADABLE, SHUT = 0, 1, 2, 3
STATE: Final = "_state"
_STRAY_SHARE: Final = 0.01

_EXPONENT: Final = r"(?:[eE][+-]?\d{1,3})?"
_GAPS: Final = r"[1-9]\d{0,2}(?:[ '\x{2019}]\d{3})+"
_INDIAN: Final = r"\d{1,2}(?:,\d{2})+,\d{3}"
_POINT: Final = rf"^(?:\d+|[1-9]\d{{0,2}}(?:,\d{{3}})+|{_GAPS}|{_INDIAN})?(?:\.\d*)?{_EXPONENT}$"
_COMMA: Final = rf"^(?:\d+|[1-9]\d{{0,2}}(?:\.\d{{3}})+|{_GAPS})?(?:,\d*)?{_EXPONENT}$"
_WHOLE: Final = r"^(\d+)\.0{1,2}$"
_CODES: Final = "euros?|usd|eur|gbp|chf|brl|sek|nok|dkk|pln|inr|jpy|cny|aud|cad|mxn|cop|ars|clp|kr|z\u0142|rs|fr"
_FURTHER: Final = r"rp|zar|idr|kes|ksh|ngn|tl|ron|lei|huf|czk|k\u010d|sar|aed|vnd|thb|myr|php|uah|bgn|^r\b"
_SIGNS: Final = r"$\x{20ac}\x{a3}\x{a5}\x{20b9}\x{20bd}\x{20ba}\x{20b4}\x{20a9}\x{20a6}\x{20b1}\x{20ab}\x{20aa}\x{e3f}"
_CURRENCY: Final = rf"(?i)(?:us|r|a|c|hk|s|nz)?[{_SIGNS}]|(?:{_CODES}|{_FURTHER})\.?"
_MEASURE: Final = (
    r"(?i)\s*(?:%|pcs?\.?|pieces?|units?|stk\.?|st\xfcck|st\.?|uds?\.?|unid(?:ades)?\.?|ea\.?|nos\.?|pz\.?|kg"
    r"|stuks?|szt\.?)$"
)
_MINUS: Final = "-\u2212\u2013"
_SPACES: Final = r"[\s\x{a0}\x{202f}\x{2009}\x{2007}]+"


@dataclass
class Evidence:
    """Cells that settle the decimal mark, and cells that both readings take differently.

    Each example is (line, column, text).
    """

    point: int = 0
    comma: int = 0
    both: int = 0
    whole: int = 0
    whole_at: tuple[int, str, str] | None = None
    point_at: tuple[int, str, str] | None = None
    comma_at: tuple[int, str, str] | None = None
    both_at: tuple[tuple[int, str, str], ...] = ()
    measures: set[str] = field(default_factory=set)
    """What quantities say that they are counted in."""

    @property
    def seen(self) -> bool:
        """True when any cell has a mark."""
        return bool(self.point or self.comma or self.both)

    def add(self, other: "Evidence") -> None:
        """Pool another column's cells."""
        self.point += other.point
        self.comma += other.comma
        self.both += other.both
        self.whole += other.whole
        self.whole_at = self.whole_at or other.whole_at
        self.point_at = self.point_at or other.point_at
        self.comma_at = self.comma_at or other.comma_at
        self.both_at = (self.both_at + other.both_at)[:2]
        self.measures |= other.measures

    @property
    def by_whole(self) -> "Evidence":
        """``1.0`` shows a point where nothing better shows a mark; beside a comma it is a whole number in any style."""
        if self.point or self.comma or not self.whole:
            return self
        return replace(self, point=self.whole, point_at=self.whole_at)


def bare(text: pl.Expr) -> pl.Expr:
    """A number without sign, brackets, currency or measure; spaces inside made plain."""
    body = text.str.strip_chars().str.replace_all(_SPACES, " ")
    body = body.str.replace_all(_CURRENCY, "").str.strip_chars(" ")
    body = body.str.replace(_MEASURE, "")
    return body.str.strip_chars("()+ " + _MINUS)


def is_negative(text: pl.Expr) -> pl.Expr:
    """Leading or trailing minus, or brackets."""
    body = text.str.strip_chars().str.replace_all(_CURRENCY, "").str.strip_chars()
    return body.str.contains(rf"^[{_MINUS}]|^\(.*\)$|\d\s*[{_MINUS}]$")


def read_as(body: pl.Expr, decimal: Decimal) -> pl.Expr:
    """Float64 of a bare number under one decimal mark; null where that reading does not hold."""
    pattern, thousands = (_POINT, ",") if decimal == "." else (_COMMA, ".")
    body = body if decimal == "." else body.str.replace(_WHOLE, "$1")
    plain = body.str.replace_all(r"[ '\x{2019}]", "").str.replace_all(thousands, "", literal=True)
    if decimal == ",":
        plain = plain.str.replace(",", ".", literal=True)
    holds = body.str.contains(pattern) & body.str.contains(r"\d")
    return pl.when(holds).then(plain).otherwise(None).cast(pl.Float64, strict=False)


def distinct(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Each distinct text of a column as ``text``, with ``n`` and its first line."""
    return (
        frame.lazy()
        .group_by(pl.col(column).fill_null("").alias("text"))
        .agg(counted(frame, column).alias("n"), pl.col(LINE).min())
        .collect()
    )


def evidence(texts: pl.DataFrame, column: str) -> Evidence:
    """What the distinct texts of one column say about the decimal mark."""
    texts = texts.with_columns(plain_texts(texts["text"]).alias("plain"))
    marked = texts.filter(pl.col("plain").str.contains(r"\d") & pl.col("plain").str.contains("[.,]"))
    if not marked.height:
        return Evidence()
    body = bare(pl.col("plain"))
    read = marked.with_columns(read_as(body, ".").alias("p"), read_as(body, ",").alias("k")).sort(LINE, "text")
    point = read.filter(pl.col("p").is_not_null() & pl.col("k").is_null())
    whole = read.filter((pl.col("p") == pl.col("k")) & body.str.contains(_WHOLE))
    comma = read.filter(pl.col("k").is_not_null() & pl.col("p").is_null())
    both = read.filter(pl.col("p").is_not_null() & (pl.col("p") != pl.col("k")))
    return Evidence(
        int(point["n"].sum()), int(comma["n"].sum()), int(both["n"].sum()), int(whole["n"].sum()),
        _first(whole, column, 1)[0] if whole.height else None,
        _first(point, column, 1)[0] if point.height else None,
        _first(comma, column, 1)[0] if comma.height else None,
        _first(both, column, 2),
    )  # fmt: skip


def _first(rows: pl.DataFrame, column: str, count: int) -> tuple[tuple[int, str, str], ...]:
    return tuple((line, column, text) for line, text in rows.head(count).select(LINE, "text").iter_rows())


def decide(found: Evidence, name: str, wanted: Decimal | None, *, point: str | None) -> tuple[Decimal | None, str]:
    """The decimal mark of the file and why; None when no number has a fraction.

    ``point`` says why a lone point is decimal in this kind of file, where that is so.

    Raises:
        FileRefusedError: both readings survive and would give different numbers.
    """
    if wanted:
        return wanted, f"decimal mark {wanted!r}, as configured"
    few = max(found.point, found.comma) * _STRAY_SHARE
    if found.point_at and found.comma_at and min(found.point, found.comma) > few:
        why = f"{found.point:,} fit only a decimal point, {found.comma:,} only a comma"
        entry = "Write all of them in one; reading.decimal names the one to keep, and refuses the rows of the other."
        raise _ambiguous(name, (found.point_at, found.comma_at), why, entry)
    if found.point_at and found.point > found.comma:
        return ".", f"decimal point: {found.point_at[2]!r} on line {found.point_at[0]}"
    if found.comma_at:
        return ",", f"decimal comma: {found.comma_at[2]!r} on line {found.comma_at[0]}"
    if not found.both:
        return None, ""
    commas = any("," in text for _, _, text in found.both_at)
    if point is not None and not commas:
        return ".", f"decimal point: {point}"
    entry = "Settle it with reading.decimal = '.' or ',' in the dataset's configuration."
    raise _ambiguous(name, found.both_at, "nothing in the file shows whether the mark is decimal or thousands", entry)


def _ambiguous(name: str, shown: tuple[tuple[int, str, str], ...], why: str, entry: str) -> FileRefusedError:
    where = " and ".join(f"line {line} ({text!r} in {column!r})" for line, column, text in shown)
    sentence = f"{name}: numbers can be read in two ways: {why}; see {where}. {entry}"
    lines = tuple(
        Refusal(line=line, column=column, value=text, reason=Reason.AMBIGUOUS, cure="set reading.decimal to '.' or ','")
        for line, column, text in shown
    )
    return FileRefusedError(Reason.AMBIGUOUS, sentence, lines)


def numbers(column: pl.Series, decimal: Decimal, *, shares: bool = True) -> tuple[pl.Series, pl.Series]:
    """Float64 values and the state of each cell: OK, MISSING, UNREADABLE or SHUT.

    Plain columns take one cast; the rest is read once for each distinct text. Without ``shares`` a
    percentage is no number.
    """
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        value = column.cast(pl.Float64)
        value = value.to_frame("v").select(pl.when(pl.col("v").is_finite()).then(pl.col("v")))["v"]
        return value, value.is_null().cast(pl.Int8)
    text = column.cast(pl.String).fill_null("")
    if decimal == ".":
        fast = text.cast(pl.Float64, strict=False)
        if fast.null_count() == 0 and bool(fast.is_finite().all()):
            return fast + 0.0, pl.Series(STATE, [OK], dtype=pl.Int8).new_from_index(0, len(text))
    known = _read_distinct(text.unique(), decimal, shares=shares)
    joined = text.to_frame("text").join(known, on="text", how="left", maintain_order="left")
    return joined["v"], joined[STATE]


def _read_distinct(texts: pl.Series, decimal: Decimal, *, shares: bool) -> pl.DataFrame:
    frame, plain = texts.to_frame("text"), pl.col("plain")
    value = read_as(bare(plain), decimal)
    signed = pl.when(is_negative(plain)).then(0.0 - value).otherwise(value)
    lower = pl.col("text").str.strip_chars().str.to_lowercase()
    holds = signed.is_finite() if shares else signed.is_finite() & ~plain.str.contains("%", literal=True)
    read = frame.with_columns(plain_texts(texts).alias("plain")).with_columns(pl.when(holds).then(signed).alias("v"))
    return read.drop("plain").with_columns(
        pl.when(pl.col("v").is_not_null())
        .then(OK)
        .when(lower.is_in(list(MISSING_WORDS)))
        .then(MISSING)
        .when(lower.str.replace("é", "e").str.replace("è", "e").is_in(list(CLOSED_WORDS)))
        .then(SHUT)
        .otherwise(UNREADABLE)
        .cast(pl.Int8)
        .alias(STATE)
    )
