import datetime as dt

import numpy as np
import polars as pl

from core.forecasting import ForecastSpec
from core.forecasting.backtest import LAUNCHING, backtest
from core.forecasting.launches import first_sales, launching
from core.forecasting.spec import RHYTHMS
from tests.unit.forecasting import shops
from tests.unit.forecasting.shops import QUICK


def flags(*age: int, frequency: str = "D") -> list[bool]:
    return [bool(each) for each in launching(np.array(age, dtype=np.int64), RHYTHMS[frequency])]


def test_a_launch_takes_two_windows_of_the_level() -> None:
    assert flags(400, 112, 111, 0) == [False, False, True, True]
    assert flags(60, 16, 15, frequency="W") == [False, False, True]


def test_a_table_that_has_just_begun_is_no_launch_of_all_it_holds() -> None:
    assert flags(60, 58, 20) == [False, False, True]
    assert flags(0, 0) == [False, False]
    assert flags() == []


def test_a_series_begins_with_its_first_sale_not_with_its_first_row() -> None:
    units = np.array([[0, 0, 4, 0], [np.nan, 1, 0, 2], [0, np.nan, 0, 0]], dtype=np.float32)
    assert first_sales(units).tolist() == [2, 1, 4]


def test_the_backtest_flags_rows_of_series_that_were_being_launched() -> None:
    days = [shops.START + dt.timedelta(days=day) for day in range(240)]
    sold = [pl.DataFrame({"date": days, "units": np.where(np.arange(240) < at, 0.0, 5.0)}) for at in (0, 170)]
    named = [frame.with_columns(store_id=pl.lit("s"), item_id=pl.lit(f"{n}")) for n, frame in enumerate(sold)]
    sales = pl.concat(named).select("date", "store_id", "item_id", "units")
    frame = backtest(sales, ForecastSpec(horizon=14, frequency="D"), QUICK).frame
    assert frame["window"].n_unique() == 2
    assert frame.select("item_id", LAUNCHING).unique().sort("item_id").rows() == [("0", False), ("1", True)]
