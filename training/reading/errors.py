"""The one exception inside the reader: this file cannot become a table."""

from core.contracts.errors import RejectedDataError
from core.contracts.verdict import Reason, Refusal


class FileRefusedError(RejectedDataError):
    """A whole file is refused; carries the reason code and the lines that show why."""

    def __init__(self, reason: Reason, sentence: str, refusals: tuple[Refusal, ...] = ()) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence
        self.refusals = refusals
