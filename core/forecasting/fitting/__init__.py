"""Growing boosters: tree by tree, resumable after any round, alone or as one of several hosts."""

from core.forecasting.fitting.grow import Sample, grow
from core.forecasting.fitting.run import ALONE, Run, Share

__all__ = ["ALONE", "Run", "Sample", "Share", "grow"]
