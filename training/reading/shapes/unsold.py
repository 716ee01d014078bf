"""Tables of what was bought, moved, or came back, and was not sold."""

from core.contracts.verdict import Reason
from training.reading import naming
from training.reading import vocabulary as words
from training.reading.errors import FileRefusedError
from training.reading.roles import Roles
from training.reading.shapes.contents import sample_of
from training.reading.tables import RawTable


def check_bought(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where a table is of what came in from suppliers, and not of what was sold."""
    told = naming.tells_of_buying(table.header)
    if told is None or words.UNITS in roles.configured:
        return
    units = table.header[roles.of[words.UNITS]] if words.UNITS in roles else told[0]
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {told[0]!r} and {told[1]!r} (line {table.header_line}) say that this was bought, not sold; upload "
        f"what was sold, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def check_moved(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where two columns tell from which store to which goods were moved."""
    told = naming.places_of_moves(table.header)
    if told is None or words.UNITS not in roles or words.UNITS in roles.configured:
        return
    units = table.header[roles.of[words.UNITS]]
    raise FileRefusedError(
        Reason.NOT_A_TABLE,
        f"{name}: {told[0]!r} and {told[1]!r} (line {table.header_line}) say that goods were moved between stores, not "
        f"sold; upload what was sold, or set reading.columns.units = '{units}' to read it as sales on purpose.",
    )


def check_returned(table: RawTable, roles: Roles, name: str) -> None:
    """Raise where the day of each row is one on which goods came back, and no quantity is negative."""
    index, units = roles.of.get(words.DATE), roles.of.get(words.UNITS)
    if index is None or units is None or {words.DATE, words.UNITS} & roles.configured:
        return
    day, sold = table.header[index], table.header[units]
    back = not words.OF_RETURNS.isdisjoint(words.fold(day).split())
    if back and not any("-" in text or "(" in text for text in sample_of(table, units)):
        raise FileRefusedError(
            Reason.NOT_A_TABLE,
            f"{name}: {day!r} (line {table.header_line}) is a day on which goods came back, so these are returns, "
            f"not sales; write them into the sales as negative quantities, or set reading.columns.units = '{sold}' to "
            "read them as sales on purpose.",
        )
