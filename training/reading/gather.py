"""Every table of a file with its meaning, whatever it lies in."""

from core.contracts.dataset import Reading
from core.contracts.sniff import Kind
from core.contracts.verdict import Reason
from training.reading.errors import FileRefusedError, refused_on_panic
from training.reading.files.containers import Part
from training.reading.ledger import Ledger
from training.reading.limits import Limits
from training.reading.lines.text import text_tables
from training.reading.shapes.meaning import Meaning
from training.reading.shapes.shape import understand
from training.reading.tables import RawTable
from training.reading.workbooks.sheets import parquet_tables, sheet_tables


def gather(parts: list[Part], name: str, config: Reading, limits: Limits, ledger: Ledger) -> list[Meaning]:
    """Understand each part; a member of an archive that does not fit is told by name.

    Raises:
        FileRefusedError: no part can be understood.
    """
    meanings: list[Meaning] = []
    failed: list[tuple[str, FileRefusedError]] = []
    for part in parts:
        label = f"{name}/{part.member}" if part.member else name
        own = Ledger()
        try:
            meanings += [understand(table, config, label) for table in _tables(part, label, config, limits, own)]
            ledger.absorb(own)
        except FileRefusedError as refused:
            if len(parts) == 1:
                ledger.absorb(own)
                raise
            failed.append((part.member, refused))
    if not meanings:
        raise failed[0][1]
    for member, why in failed:
        ledger.remark(Reason.NOT_A_TABLE, f"{member} was not read: {_bare(why.sentence, name, member)}")
    return meanings


def _bare(sentence: str, name: str, member: str) -> str:
    """Without the names that stand before it anyway."""
    return sentence.removeprefix(f"{name}/{member}").lstrip(":, ")


def _tables(part: Part, label: str, config: Reading, limits: Limits, ledger: Ledger) -> list[RawTable]:
    with refused_on_panic(label):
        if part.kind is Kind.PARQUET:
            return parquet_tables(part, label, limits, ledger)
        if part.kind is Kind.XLSX:
            return sheet_tables(part, label, config, limits, ledger)
    return text_tables(part, label, config, limits, ledger)
