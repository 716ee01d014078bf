"""The reader: any sales file to a canonical table and a verdict, or a refusal that says why."""

from training.reading.limits import Limits
from training.reading.reader import Reading, read_file

__all__ = ["Limits", "Reading", "read_file"]
