"""Each reason code in words: what it means and what to do."""

from dataclasses import dataclass
from typing import Final

from core.contracts.verdict import Reason


@dataclass(frozen=True)
class Words:
    """Meaning and cure of one reason code."""

    group: str
    meaning: str
    cure: str


GROUPS: Final = ("Refused rows", "Left out and counted", "Repairs and remarks", "Files")
_ROW, _OUT, _REPAIR, _FILE = GROUPS
TABLE: Final[dict[Reason, tuple[str, str, str]]] = {
    Reason.DATE_MISSING: (_ROW, "The row has no date.", "write the day of the sale"),
    Reason.DATE_UNREADABLE: (
        _ROW,
        "The date is not in the format the rest of the file proves.",
        "write it as the other rows do",
    ),
    Reason.DATE_IMPLAUSIBLE: (
        _ROW,
        "The date lies in the future, before 1901, or decades away from all others.",
        "correct the date",
    ),
    Reason.UNITS_MISSING: (
        _ROW,
        "No quantity is written and the store is not marked closed; it is never taken for zero.",
        "write the quantity, 0 if nothing was sold",
    ),
    Reason.UNITS_UNREADABLE: (_ROW, "The quantity is no number in the style of this file.", "write a plain number"),
    Reason.ID_MISSING: (_ROW, "The file has a store or item column and this row leaves it blank.", "write the id"),
    Reason.VALUE_UNREADABLE: (
        _ROW,
        "A price, stock or promotion cell is no number in the style of this file.",
        "write a plain number or leave it blank",
    ),
    Reason.RAGGED_ROW: (
        _ROW,
        "The row has more or fewer fields than the header.",
        "quote cells that contain the delimiter, or complete the row",
    ),
    Reason.DUPLICATE_CONFLICT: (
        _ROW,
        "Several different rows claim one date, store and item; none is taken.",
        "keep one, or set reading.duplicates to 'sum' or 'last'",
    ),
    Reason.BLANK_LINE: (_OUT, "Nothing is written on the line.", "nothing"),
    Reason.REPEATED_HEADER: (_OUT, "The header again, below the first.", "nothing"),
    Reason.PREAMBLE: (_OUT, "A title or note above or below the table.", "nothing"),
    Reason.TOTAL_ROW: (_OUT, "A total or subtotal of other rows.", "nothing"),
    Reason.DUPLICATE_EXACT: (_OUT, "Equal to an earlier row in every column.", "nothing"),
    Reason.CANCELLED: (
        _OUT,
        "The order was cancelled, by its status or its document mark, or never became a sale: a quotation, a payment "
        "that failed, a test.",
        "nothing",
    ),
    Reason.REFUNDED: (
        _OUT,
        "The sale was taken back whole, by its status or a flag, and no negative quantity of the file takes it back: "
        "it is no net sale. What a later file takes back by a negative quantity would be taken back twice.",
        "nothing; where returns come as lines of a later file, give the column of the state a name of your own under "
        "`reading.columns`, and the sale counts",
    ),
    Reason.NO_ITEM: (
        _OUT,
        "A column of kinds says that the line is shipping, a discount, a payment, a movement of stock that is no sale, "
        "or of another measure than the quantity; or it names no item and has no quantity, or that of the other lines "
        "of its order together.",
        "nothing",
    ),
    Reason.ENCODING_FALLBACK: (
        _REPAIR,
        "The file is not UTF-8 and was read in an older encoding.",
        "export as UTF-8, or set reading.encoding",
    ),
    Reason.RETURNS_NETTED: (_REPAIR, "Negative quantities were subtracted on their own day.", "nothing"),
    Reason.LINES_SUMMED: (_REPAIR, "Several lines of one date, store and item were summed.", "nothing"),
    Reason.HALF_DAY: (
        _REPAIR,
        "Far fewer series report on the last day than usual; it may be half delivered.",
        "upload the whole day when it is there",
    ),
    Reason.SHEETS_JOINED: (
        _REPAIR,
        "Several sheets with the same columns were read as one table.",
        "nothing, or name one as reading.sheet",
    ),
    Reason.TITLE_READ: (
        _REPAIR,
        "The store, the item or the day of the rows stands in titles above them or in the name of the file "
        "or sheet, and in no column.",
        "nothing, or write it in a column",
    ),
    Reason.FILLED_DOWN: (
        _REPAIR,
        "A cell written only on the first row of each group was taken for the rows below it.",
        "nothing, or write it on each row",
    ),
    Reason.ALIGNED: (
        _REPAIR,
        "Columns are set apart by spaces alone; they line up on every line, and were cut there.",
        "nothing, or export a CSV file",
    ),
    Reason.REFUNDED_IN_PART: (
        _REPAIR,
        "By its status a part of the sale came back, and not how much; it counts whole.",
        "export returns as lines of their own",
    ),
    Reason.CHARGES_KEPT: (
        _REPAIR,
        "Items are named like shipping, discounts or payments, and no column says that they are none.",
        "leave their lines out of the file if they are no products",
    ),
    Reason.ID_ROUNDED: (
        _REPAIR,
        "Stores or items are numbers such as `4.00638E+12`: a spreadsheet has rounded them, and several may have "
        "become one.",
        "format the column as text and export it again",
    ),
    Reason.UNSETTLED: (
        _REPAIR,
        "By their state orders wait for a payment or a decision, and may never become sales; they count as sold.",
        "export the file again when they are settled, or leave out what was not sold",
    ),
    Reason.WORD_UNKNOWN: (
        _REPAIR,
        "A word in a column of states or kinds of rows is not known to tell of sales or of none; its rows count.",
        "say in `reading.states` what the word means",
    ),
    Reason.TAKEN_AS: (
        _REPAIR,
        "What a column holds may be something else than it was taken for; the sentence says what.",
        "nothing where it was taken rightly, else what the sentence says",
    ),
    Reason.EMPTY: (_FILE, "The file has no content.", "upload it again with its rows"),
    Reason.NO_ROWS: (_FILE, "There is a header and no usable row under it.", "upload it again with its rows"),
    Reason.NOT_A_TABLE: (_FILE, "The content is damaged or no table.", "export it as CSV"),
    Reason.FORMAT_UNKNOWN: (
        _FILE,
        "Neither text nor gzip, zip, parquet or xlsx, judged by content.",
        "export it as CSV",
    ),
    Reason.COLUMNS_MISSING: (
        _FILE,
        "No column can be found for the date or the quantity, or a configured one is absent.",
        "name it under reading.columns",
    ),
    Reason.AMBIGUOUS: (
        _FILE,
        "Two readings survive the whole file and would give different tables.",
        "set the entry that the sentence names",
    ),
    Reason.TOO_MANY_REFUSED: (
        _FILE,
        "The share of refused rows is above reading.max_refused_share; nothing was merged.",
        "correct the rows, or raise the share on purpose",
    ),
    Reason.LIMIT_EXCEEDED: (_FILE, "The file is beyond a limit; the sentence names it.", "split the file"),
    Reason.DATASET_NAME: (_FILE, "The folder is no dataset name.", "use lower-case letters, digits and single hyphens"),
    Reason.CONFIG_INVALID: (
        _FILE,
        "The dataset's configuration does not hold.",
        "correct the entry that the sentence names",
    ),
    Reason.ALREADY_INGESTED: (_FILE, "The same content came before.", "nothing, or ask for it to be run again"),
    Reason.SUPERSEDED: (_FILE, "A newer version of the file replaced this one before it was read.", "nothing"),
    Reason.FOLDER: (_FILE, "The object is a folder mark.", "nothing"),
    Reason.DELETED: (
        _FILE,
        "The object was deleted; its rows stay until they are withdrawn.",
        "withdraw the file if its rows should go",
    ),
    Reason.INGEST_FAILED: (
        _FILE,
        "Reading failed for a reason of ours, repeatedly.",
        "see the logs of the run, then upload again",
    ),
}


def words_for(reason: Reason) -> Words:
    """Meaning and cure of a reason code."""
    return Words(*TABLE[reason])
