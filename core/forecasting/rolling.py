"""The whole engine on windows it has not seen: train, forecast, score, once an origin."""

from collections.abc import Callable

import numpy as np
import polars as pl

from core.contracts.sales import KEY, UNITS
from core.forecasting.backtest import BACKTEST_COLUMNS, actuals_of, known_of_window, origins
from core.forecasting.metrics import quantile_name
from core.forecasting.model import train
from core.forecasting.naive import seasonal_naive
from core.forecasting.span import span
from core.forecasting.spec import ForecastSpec
from core.forecasting.table import as_words, between, compact


def roll(
    sales: pl.DataFrame, spec: ForecastSpec, windows: int, on_window: Callable[[str], None] = lambda _: None
) -> pl.DataFrame:
    """Cut off the last horizons, one more at a time, and forecast each from what lies before it.

    Every choice, calibration included, is made on the rows before the origin, as on the day itself.

    Returns:
        window (origin date), date, store_id, item_id, units, mean, quantiles, naive.
    """
    sales = compact(sales)
    calendar, first, last = span(sales, spec)
    starts = origins(first, last, spec, windows)
    actuals, _ = actuals_of(sales, calendar, first, last, after=starts[0] if starts else last)
    frames = []
    for origin in starts:
        start = calendar.dates(np.array([origin]))[0]
        on_window(str(start))
        past = between(sales, calendar, first, origin)
        window, future = known_of_window(sales, actuals, calendar, origin, spec)
        if window.is_empty():
            continue
        answer = train(past, spec).predict(past, future)
        naive = seasonal_naive(past, future.select(KEY), spec.frequency)["naive"]
        quantiles = [answer[quantile_name(q)] for q in spec.quantiles]
        frames.append(
            as_words(window)
            .select(pl.lit(start, pl.Date).alias("window"), *KEY, UNITS)
            .with_columns(answer["mean"], *quantiles, naive)
        )
    empty = pl.DataFrame(schema=BACKTEST_COLUMNS | {"mean": pl.Float64})
    return pl.concat([empty, *frames], how="diagonal") if not frames else pl.concat(frames)
