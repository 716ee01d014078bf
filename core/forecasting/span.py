"""From when to when a table of sales speaks."""

import polars as pl

from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE, UNITS
from core.forecasting.calendar import Calendar
from core.forecasting.spec import ForecastSpec


def span(sales: pl.DataFrame, spec: ForecastSpec) -> tuple[Calendar, int, int]:
    """Calendar of the sales, and their first and last period.

    Raises:
        RejectedDataError: no row has units.
    """
    past = sales.filter(pl.col(UNITS).is_not_null())
    if past.is_empty():
        raise RejectedDataError("sales: no row with units; nothing can be learned")
    calendar = Calendar.of(past[DATE], spec.frequency)
    period = calendar.index(past[DATE])
    return calendar, int(period.min()), int(period.max())
