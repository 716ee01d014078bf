"""The one exception inside the reader: this file cannot become a table."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.contracts.errors import RejectedDataError
from core.contracts.verdict import Reason, Refusal

_ENTRY = "reading.columns.date in the dataset's configuration."


class FileRefusedError(RejectedDataError):
    """A whole file is refused; carries the reason code and the lines that show why.

    ``units`` is the column that the sentence offers as ``reading.columns.units``, where that alone is open.
    """

    def __init__(
        self, reason: Reason, sentence: str, refusals: tuple[Refusal, ...] = (), *, units: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.refusals = refusals
        self.units = units


class UndatedError(FileRefusedError):
    """No column of a table holds days, and none counts them."""

    def __init__(self, told: str) -> None:
        super().__init__(Reason.COLUMNS_MISSING, f"{told}; name it as {_ENTRY}")
        self._told = told

    def but(self, why: str) -> "FileRefusedError":
        """The refusal that says what was looked at besides the columns."""
        return FileRefusedError(self.reason, f"{self._told}, {why} as {_ENTRY}")


@contextmanager
def refused_on_panic(name: str) -> Iterator[None]:
    """Libraries in Rust panic on some damaged files, by an exception that is no ``Exception`` and has no public class.

    Raises:
        FileRefusedError: the file is damaged.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        why = " ".join(str(error).split())[:120]
        raise FileRefusedError(
            Reason.NOT_A_TABLE, f"{name}: the file is damaged ({why}); write it again, or export it as CSV."
        ) from error
