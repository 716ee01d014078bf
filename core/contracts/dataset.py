"""``config/<dataset>.toml``: how a dataset is read, trained and judged."""

import re
import tomllib
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from core.contracts import entries
from core.contracts.errors import ConfigError

Frequency = Literal["D", "W", "M", "Q"]
DEFAULT_HORIZON: Final[dict[str, int]] = {"D": 42, "W": 13, "M": 6, "Q": 4}
SEASON: Final[dict[str, int]] = {"D": 7, "W": 52, "M": 12, "Q": 4}
"""Season of the naive forecast, in periods."""


_DIRECTIVES: Final = tuple("aAwdbBmyYHIpMSfzZjUWcxXGuV%")
_SERIAL: Final = "excel serial"
_LETTERS: Final = {
    "yyyy": "%Y", "yy": "%y", "jjjj": "%Y", "jj": "%y", "aaaa": "%Y", "aa": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m",
    "m": "%m", "dd": "%d", "d": "%d", "tt": "%d", "t": "%d", "hh": "%H", "ss": "%S",
}  # fmt: skip
"""How spreadsheets write the parts of a date, in the languages of their users."""


def _strptime(form: str) -> str:
    """The cure of a date format that names no part of a date: ``dd/mm/yyyy`` is ``%d/%m/%Y``."""
    parts = re.split("([A-Za-z]+)", form)
    if len(parts) > 1 and all(part.casefold() in _LETTERS for part in parts[1::2]):
        named = "".join(_LETTERS.get(part.casefold(), part) for part in parts)
        return f"write {re.sub('(?<=%H.)%m', '%M', named)!r}"
    return "%Y, %m and %d stand for year, month and day, as in '%d/%m/%Y'"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reading(_Section):
    """How files are read; what is left out is inferred and proven on the whole file."""

    columns: dict[str, str] = Field(
        default_factory=dict,
        description="our column = the file's column",
        examples=[{"date": "Datum", "store_id": "Filiale", "item_id": "Artikel", "units": "Menge"}],
    )
    delimiter: str | None = Field(None, description="what divides the cells", examples=[";"])
    encoding: str | None = Field(None, description="how the text is encoded", examples=["cp1252"])
    date_format: str | None = Field(
        None,
        description=(
            "strptime format of the dates (two of them where cells are ranges: '%d.%m.%Y - %d.%m.%Y'), or the first of "
            "numbered days or weeks: 'DAY 1 = 2024-01-01'"
        ),
        examples=["%d/%m/%Y"],
    )
    decimal: Literal[".", ","] | None = Field(None, description="the decimal mark", examples=[","])
    sheet: str | None = Field(
        None, description="name of the xlsx sheet; the first with a table by default", examples=["Sales"]
    )
    side_by_side: Literal["items", "stores"] | None = Field(
        None,
        description=(
            "what is named before or after the measure where columns such as 'Coffee units' stand side by side, or by "
            "the upper of two lines of names above each column"
        ),
        examples=["items"],
    )
    states: dict[str, Literal["sold", "no_sale"]] = Field(
        default_factory=dict,
        description="what a word in a column of the state or kind of rows says: that they were sold, or are no sales",
        examples=[{"Awaiting pickup": "no_sale"}],
    )
    one_each: bool = Field(
        default=False, description="each line is one unit sold, in a file of lines that has no column of the quantity"
    )
    duplicates: Literal["sum", "last", "reject"] = Field(
        "reject", description="what becomes of different rows of one date, store and item in a long file"
    )
    negative: Literal["returns", "sales"] | None = Field(
        None,
        description="what negative quantities are: returns, or sales in a ledger that writes what leaves so",
        examples=["sales"],
    )
    max_refused_share: float = Field(0.05, ge=0, le=1, description="above it the whole file is rejected")

    @field_validator("columns")
    @classmethod
    def _each_column_once(cls, columns: dict[str, str]) -> dict[str, str]:
        for ours, theirs in columns.items():
            twins = [other for other, column in columns.items() if column == theirs]
            if len(twins) > 1:
                raise ValueError(f"{' and '.join(twins)} both name column {theirs!r}; one column has one meaning")
            if not ours.strip() or not theirs.strip():
                raise ValueError(
                    f"{ours!r} = {theirs!r} leaves a name blank; name a column of the file, or drop the line"
                )
        return columns

    @field_validator("date_format")
    @classmethod
    def _known_directives(cls, form: str | None) -> str | None:
        unknown = [mark for mark in re.findall("%(.?)", form or "") if mark not in _DIRECTIVES]
        if unknown:
            raise ValueError(f"%{unknown[0]} is not known to strptime; %Y, %m and %d stand for year, month and day")
        if form is not None and "%" not in form and " = " not in form and form != _SERIAL:
            raise ValueError(f"is no strptime format; {_strptime(form)}")
        return form

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        try:
            "".encode(encoding or "utf-8")
        except LookupError as error:
            raise ValueError("is no encoding that Python knows; 'utf-8', 'cp1252' and 'latin-1' are") from error
        return encoding


class Model(_Section):
    """What the model may use."""

    horizon: int | None = Field(
        None, ge=1, le=400, description="periods ahead; 42 D, 13 W or 6 M by default", examples=[28]
    )
    known: tuple[str, ...] | None = Field(
        None,
        description="covariates known in advance; by default those of a plan, and promo, open and holidays",
        examples=[["promo", "open"]],
    )
    static: tuple[str, ...] = Field(
        (), description="columns that never change for a store and item; by default all such", examples=[["region"]]
    )
    country: str | None = Field(
        None,
        description="whose public holidays count: ISO 3166 code, perhaps of a part, as in DE-BY; none by default",
        examples=["DE"],
    )
    quantiles: tuple[float, ...] = Field((0.1, 0.5, 0.9), description="in order, with 0.1, 0.5 and 0.9 among them")
    backtest_windows: int = Field(2, ge=1, le=12, description="rolling windows the model is judged on")
    seed: int = Field(7, description="same data, same seed, same model")
    tune_minutes: int = Field(
        0, ge=0, le=600, description="how long a training may look for better settings before it begins", examples=[20]
    )

    @field_validator("quantiles")
    @classmethod
    def _served(cls, quantiles: tuple[float, ...]) -> tuple[float, ...]:
        if list(quantiles) != sorted(set(quantiles)) or not all(0 < quantile < 1 for quantile in quantiles):
            raise ValueError("must increase, each between 0 and 1")
        if not {0.1, 0.5, 0.9} <= set(quantiles):
            raise ValueError("must contain 0.1, 0.5 and 0.9, which the service answers with")
        return quantiles

    @field_validator("country")
    @classmethod
    def _a_code(cls, country: str | None) -> str | None:
        if country is not None and not re.fullmatch(r"[A-Z]{2}(-\w{1,12})?", country):
            raise ValueError("is no ISO 3166 code; write two capitals such as 'DE', or 'DE-BY' for a part of a country")
        return country

    @model_validator(mode="after")
    def _changes_or_does_not(self) -> Self:
        both = [name for name in self.static if name in (self.known or ())]
        if both:
            raise ValueError(
                f"{both[0]!r} is both known and static; known covariates change in time, static ones never do"
            )
        return self


class Retrain(_Section):
    """When a new model is trained."""

    min_new_periods: int | None = Field(
        None, ge=1, description="new periods since the champion; 28 D, 4 W or 1 M by default", examples=[28]
    )
    accuracy_ratio: float = Field(1.25, gt=1, description="live WAPE over backtest WAPE that makes it due at once")


class Gate(_Section):
    """What a challenger must show."""

    max_naive_ratio: float = Field(1.0, gt=0, description="WAPE over seasonal naive's must be below")
    max_champion_ratio: float = Field(1.0, gt=0, description="WAPE over the champion's may not exceed beyond noise")
    confidence: float = Field(0.9, gt=0.5, lt=1, description="of the paired bootstrap against the champion")


class DatasetConfig(_Section):
    """All of one dataset's settings; every key has a default."""

    frequency: Frequency | None = Field(
        None,
        description="D, W, M or Q: days, weeks, months or quarters; inferred from the dates when absent",
        examples=["D"],
    )
    reading: Reading = Reading()
    model: Model = Model()
    retrain: Retrain = Retrain()
    gate: Gate = Gate()

    @classmethod
    def from_toml(cls, text: str, place: str) -> Self:
        """Parse a configuration file.

        Raises:
            ConfigError: naming the file, the entry, its value and what is wrong.
        """
        try:
            return cls.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{place}: not valid TOML: {error}") from error
        except ValidationError as error:
            raise ConfigError(f"{place}: {'; '.join(entries.told(error, cls))}") from error
