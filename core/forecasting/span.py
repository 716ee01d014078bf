"""From when to when a table of sales speaks."""

import polars as pl

from core.contracts.errors import RejectedDataError
from core.contracts.sales import DATE
from core.forecasting.calendar import Calendar
from core.forecasting.spec import ForecastSpec
from core.forecasting.table import with_units


def span(sales: pl.DataFrame, spec: ForecastSpec) -> tuple[Calendar, int, int]:
    """Calendar of the sales, and their first and last period.

    Raises:
        RejectedDataError: no row has units.
    """
    dates = with_units(sales)[DATE].unique()
    if dates.is_empty():
        raise RejectedDataError("sales: no row with units; nothing can be learned")
    calendar = Calendar.of(dates, spec.frequency)
    period = calendar.index(dates)
    return calendar, int(period.min()), int(period.max())
