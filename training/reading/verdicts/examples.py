"""What comes to each reason code: a line below good rows, a small file, or a case in words."""

from typing import Final

from core.contracts.verdict import Reason

HEADER: Final = "date,store,item,qty"
EXAMPLES: Final[dict[Reason, str]] = {
    Reason.DATE_MISSING: ",S1,A,5",
    Reason.DATE_UNREADABLE: "last Monday,S1,A,5",
    Reason.DATE_IMPLAUSIBLE: "2124-01-29,S1,A,5",
    Reason.UNITS_MISSING: "2024-01-29,S1,A,",
    Reason.UNITS_UNREADABLE: "2024-01-29,S1,A,five",
    Reason.ID_MISSING: "2024-01-29,,A,5",
    Reason.RAGGED_ROW: "2024-01-29,S1,A",
    Reason.DUPLICATE_CONFLICT: "2024-01-28,S1,A,7",
    Reason.BLANK_LINE: ",,,",
    Reason.REPEATED_HEADER: "date,store,item,qty",
    Reason.TOTAL_ROW: "Total,,,406",
    Reason.DUPLICATE_EXACT: "2024-01-28,S1,A,28",
}
"""Line 30 of a file of ``HEADER`` and 28 good rows, the last of them ``2024-01-28,S1,A,28``."""
FILES: Final[dict[Reason, str]] = {
    Reason.VALUE_UNREADABLE: "date,item,qty,price\n2024-01-28,A,28,1.50\n2024-01-29,A,5,cheap",
    Reason.PREAMBLE: "Sales report\ndate,item,qty\n2024-01-28,A,5",
    Reason.CANCELLED: "order,date,item,qty,status\n1,2024-01-28,A,5,paid\n2,2024-01-28,A,6,cancelled",
    Reason.REFUNDED: "order,date,item,qty,status\n1,2024-01-28,A,5,paid\n2,2024-01-28,A,6,refunded",
    Reason.REFUNDED_IN_PART: "order,date,item,qty,status\n1,2024-01-28,A,5,partially refunded",
    Reason.NO_ITEM: "order,date,line type,item,qty\n1,2024-01-28,sale,A,5\n1,2024-01-28,shipping,post,1",
    Reason.ENCODING_FALLBACK: "datum;artikel;menge\n28.01.2024;K\xe4se;5",
    Reason.RETURNS_NETTED: "order,date,item,qty\n1,2024-01-28,A,5\n2,2024-01-28,A,-1",
    Reason.LINES_SUMMED: "order,date,item,qty\n1,2024-01-28,A,5\n2,2024-01-28,A,6",
    Reason.TITLE_READ: "Store: 101\ndate,item,qty\n2024-01-28,A,5",
    Reason.FILLED_DOWN: "date,item,qty\n2024-01-28,A,5\n,B,6",
    Reason.ALIGNED: "date        item  qty\n2024-01-28  A       5\n2024-01-29  B      12",
    Reason.CHARGES_KEPT: "order,date,item,qty\n1,2024-01-28,A,5\n1,2024-01-28,Shipping,1",
    Reason.ID_ROUNDED: "date,item,qty\n2024-01-28,4.00638E+12,5",
    Reason.UNSETTLED: "order,date,item,qty,payment status\n1,2024-01-28,A,5,pending",
    Reason.WORD_UNKNOWN: "order,date,item,qty,status\n1,2024-01-28,A,5,paid\n2,2024-01-28,A,6,awaiting pickup",
    Reason.TAKEN_AS: "date,item,sales\n2024-01-28,A,5.25\n2024-01-29,A,7.99",
    Reason.EMPTY: "",
    Reason.NO_ROWS: "date,item,qty",
    Reason.NOT_A_TABLE: "<html><body>Please sign in</body></html>",
    Reason.COLUMNS_MISSING: "date,item,colour\n2024-01-28,A,red",
    Reason.AMBIGUOUS: "date,item,qty\n02/01/2024,A,5\n03/01/2024,A,6",
    Reason.TOO_MANY_REFUSED: "date,item,qty\n2024-01-28,A,5\n2024-01-29,A,five",
}
"""Whole files; the one of ``encoding_fallback`` is written in cp1252."""
CASES: Final[dict[Reason, str]] = {
    Reason.HALF_DAY: "the last day has 3 series, each of the days before 40",
    Reason.SHEETS_JOINED: "a workbook with a sheet for each month, all of one header",
    Reason.FORMAT_UNKNOWN: "a picture, a PDF, an `.xls` of before 2007",
    Reason.LIMIT_EXCEEDED: "a zip of 1 MB that unpacks to 100 GB",
    Reason.DATASET_NAME: "`Sales 2024/march.csv`: a capital and a space in the folder's name",
    Reason.CONFIG_INVALID: '`reading.delimiter = "||"`: two characters',
    Reason.ALREADY_INGESTED: "`shop/march.csv` again under the name `shop/march-copy.csv`",
    Reason.SUPERSEDED: "`shop/march.csv` twice within a minute: the first of them",
    Reason.FOLDER: "`shop/`, as consoles make a folder",
    Reason.DELETED: "`shop/march.csv` deleted from the bucket",
    Reason.INGEST_FAILED: "the step that reads it ended without a verdict, twice",
}
"""What no small file shows."""
