"""The verdict: what became of one uploaded file, line by line."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.contracts.uploads import Upload


class Kind(StrEnum):
    """The five ends a file can come to."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    IGNORED = "ignored"

    @property
    def merged(self) -> bool:
        """True when rows of the file reached the table."""
        return self in (Kind.ACCEPTED, Kind.REPAIRED, Kind.QUARANTINED)


class Reason(StrEnum):
    """Why a row or a file was refused or repaired; the value is the public code."""

    # rows
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    DATE_IMPLAUSIBLE = "date_implausible"
    UNITS_MISSING = "units_missing"
    UNITS_UNREADABLE = "units_unreadable"
    ID_MISSING = "id_missing"
    VALUE_UNREADABLE = "value_unreadable"
    RAGGED_ROW = "ragged_row"
    DUPLICATE_CONFLICT = "duplicate_conflict"
    # left out and counted, nothing lost
    BLANK_LINE = "blank_line"
    REPEATED_HEADER = "repeated_header"
    PREAMBLE = "preamble"
    TOTAL_ROW = "total_row"
    DUPLICATE_EXACT = "duplicate_exact"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    NO_ITEM = "no_item"
    # repairs
    ENCODING_FALLBACK = "encoding_fallback"
    RETURNS_NETTED = "returns_netted"
    LINES_SUMMED = "lines_summed"
    HALF_DAY = "half_day"
    SHEETS_JOINED = "sheets_joined"
    TITLE_READ = "title_read"
    FILLED_DOWN = "filled_down"
    ALIGNED = "aligned"
    REFUNDED_IN_PART = "refunded_in_part"
    CHARGES_KEPT = "charges_kept"
    ID_ROUNDED = "id_rounded"
    UNSETTLED = "unsettled"
    WORD_UNKNOWN = "word_unknown"
    TAKEN_AS = "taken_as"
    # files
    EMPTY = "empty"
    NO_ROWS = "no_rows"
    NOT_A_TABLE = "not_a_table"
    FORMAT_UNKNOWN = "format_unknown"
    COLUMNS_MISSING = "columns_missing"
    AMBIGUOUS = "ambiguous"
    TOO_MANY_REFUSED = "too_many_refused"
    LIMIT_EXCEEDED = "limit_exceeded"
    DATASET_NAME = "dataset_name"
    CONFIG_INVALID = "config_invalid"
    ALREADY_INGESTED = "already_ingested"
    SUPERSEDED = "superseded"
    FOLDER = "folder"
    DELETED = "deleted"
    INGEST_FAILED = "ingest_failed"


class Refusal(BaseModel):
    """One refused row."""

    model_config = ConfigDict(frozen=True)

    line: int = Field(ge=1, description="physical line of the file, as an editor shows it")
    column: str | None = Field(
        None, description="the file's own column name; in an archive or workbook after its file or sheet"
    )
    value: str | None = Field(None, description="as written")
    reason: Reason = Field(description="code of the lists above")
    cure: str = Field(description="what to do, a sentence")


class Note(BaseModel):
    """Rows left out or repaired for one reason, or a remark on the whole file."""

    model_config = ConfigDict(frozen=True)

    reason: Reason = Field(description="code of the lists above")
    count: int = Field(1, ge=1, description="rows concerned")
    sentence: str = Field(description="what happened, for people")
    lines: tuple[int, ...] = Field((), description="first lines concerned, at most 20")


class Dialect(BaseModel):
    """How the file was read, and the evidence that settled it."""

    model_config = ConfigDict(frozen=True)

    format: str = Field(description="csv, parquet, xlsx, ... inside what, such as 'csv in gzip'")
    encoding: str | None = Field(None, description="how the text is encoded")
    delimiter: str | None = Field(None, description="what divides the cells")
    decimal: str | None = Field(None, description="the decimal mark; absent where no number has one, or tables differ")
    thousands: str | None = Field(None, description="the mark of thousands")
    date_format: str | None = Field(
        None, description="strptime format of the dates, or a name such as 'excel serial'; absent where tables differ"
    )
    shape: str = Field("long", description="long, transactions, wide_items, wide_stores, wide_dates, plan")
    columns: dict[str, str] = Field(default_factory=dict, description="our column -> the file's column")
    covariates: tuple[str, ...] = Field((), description="further columns that were kept")
    states: tuple[str, ...] = Field(
        (), description="for each column of states or kinds of rows, which of its words count and which were left out"
    )
    evidence: tuple[str, ...] = Field((), description="what proved the reading, with lines of the file")


class Counts(BaseModel):
    """Data rows of the file: ``read = kept + merged + left_out + refused``."""

    model_config = ConfigDict(frozen=True)

    read: int = Field(0, ge=0, description="data rows found, headers and preamble excluded")
    kept: int = Field(
        0, ge=0, description="rows that stand alone as one row of the table; usable ones where the file is rejected"
    )
    merged: int = Field(0, ge=0, description="rows folded into a row of the same key")
    left_out: int = Field(0, ge=0, description="blank lines, totals, repeats, exact duplicates, cancellations")
    refused: int = Field(0, ge=0, description="rows that cannot be taken, each with its reason")
    canonical: int = Field(0, ge=0, description="rows of the table this file gives, one for each date, store and item")

    @model_validator(mode="after")
    def _add_up(self) -> Self:
        if self.read != self.kept + self.merged + self.left_out + self.refused:
            raise ValueError(f"rows do not add up: {self!r}")
        return self


class Verdict(BaseModel):
    """What became of one file. Written once beside it, never changed."""

    model_config = ConfigDict(frozen=True)

    schema_version: int = Field(1, description="of this form of the JSON")
    kind: Kind = Field(description="which of the five ends the file came to")
    sentence: str = Field(description="the verdict in one sentence, for people")
    upload: Upload | None = Field(None, description="absent for a local check")
    dataset: str | None = Field(None, description="the folder it was uploaded to")
    run_id: str | None = Field(None, description="the run that read it")
    sha256: str | None = Field(None, description="of the content, in hexadecimal")
    dialect: Dialect | None = Field(None, description="how it was read; absent where no table was found")
    counts: Counts = Field(Counts(), description="rows by what became of them")
    first_date: date | None = Field(None, description="first day of the usable rows")
    last_date: date | None = Field(None, description="last day of the usable rows")
    stores: int = Field(0, description="different stores in the usable rows")
    items: int = Field(0, description="different items in the usable rows")
    refusals: tuple[Refusal, ...] = Field((), description="refused rows in file order")
    notes: tuple[Note, ...] = Field((), description="what was left out or repaired, and remarks")
    proposed_config: str | None = Field(None, description="key of the configuration that was inferred")
    dataset_version: int | None = Field(None, description="table version this file became")
    decided_at: datetime | None = Field(None, description="when, in UTC")
