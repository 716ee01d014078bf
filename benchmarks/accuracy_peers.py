"""One peer's forecast of one window, in an environment of its own (benchmarks/requirements-accuracy.txt).

    python benchmarks/accuracy_peers.py METHOD --sales S --future F --frequency D --horizon 28 --out O

METHOD is autoets, mlforecast_lightgbm or mlforecast_xgboost. S and F are parquet: date, store_id, item_id,
units (S only) and numbers for covariates known in advance and static attributes (prefix ``static_``).
O gets date, store_id, item_id, mean and, where the method gives them, p10, p50, p90. Prints its versions
and peak memory as JSON.
"""

import argparse
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl

SERIES = ["store_id", "item_id"]
THREADS = 2
LAGS = {"D": [1, 7, 14, 28, 364], "W": [1, 2, 4, 13, 52]}
WINDOWS = {"D": [7, 28, 91], "W": [4, 13]}
STEP = {"D": "1d", "W": "1w"}
LEVEL = 80
ETS_PERIODS = 730
"""AutoETS sees the newest days only: older ones change its answer little and its time much."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("method", choices=["autoets", "mlforecast_lightgbm", "mlforecast_xgboost"])
    parser.add_argument("--sales", type=Path, required=True)
    parser.add_argument("--future", type=Path, required=True)
    parser.add_argument("--frequency", choices=list(STEP), required=True)
    parser.add_argument("--horizon", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    sales, future = pl.read_parquet(asked.sales), pl.read_parquet(asked.future)
    past, ahead = gapless(sales, future, asked.frequency, asked.horizon)
    if asked.method == "autoets":
        answer, versions = autoets(past, asked.frequency, asked.horizon)
    else:
        answer, versions = mlforecast(past, ahead, asked.frequency, asked.horizon, asked.method)
    keys = future.select("date", *SERIES)
    named = answer.with_columns(pl.col("ds").cast(pl.Date).alias("date")).join(names(past), on="unique_id")
    joined = keys.join(named.drop("unique_id", "ds"), on=["date", *SERIES], how="left", maintain_order="left")
    joined.write_parquet(asked.out)
    print(json.dumps({"peak_memory_mib": peak_memory_mib()} | versions))


def peak_memory_mib() -> float:
    """Of this program alone: what getrusage says is inherited from the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return round(int(peak.split()[1]) / 1024, 1)


def names(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select("unique_id", *SERIES).unique()


def gapless(sales: pl.DataFrame, future: pl.DataFrame, frequency: str, horizon: int) -> tuple[pl.DataFrame, ...]:
    """Every series on every period from its first sale to the end of the horizon, as the peers need it.

    A period without a row is 0 units with the flag ``reported`` 0; covariates hold their last value there.
    """
    ends = sales["date"].max(), sales["date"].max()
    last = pl.Series([ends[0]]).dt.offset_by(f"{horizon}{STEP[frequency][1:]}")[0]
    sold = sales.filter(pl.col("units").is_not_null())
    begun = sold.filter(pl.col("units") > 0).group_by(SERIES).agg(pl.col("date").min().alias("start"))
    days = pl.DataFrame({"date": pl.date_range(sold["date"].min(), last, STEP[frequency], eager=True)})
    grid = begun.join(days, how="cross").filter(pl.col("date") >= pl.col("start")).drop("start")
    rows = pl.concat([sold, future], how="diagonal").with_columns(pl.lit(1, pl.Int8).alias("reported"))
    whole = grid.join(rows, on=["date", *SERIES], how="left").sort(*SERIES, "date")
    covariates = [name for name in whole.columns if name not in ("date", *SERIES, "units", "reported")]
    whole = whole.with_columns(
        pl.col("reported").fill_null(0),
        *(pl.col(name).forward_fill().backward_fill().over(SERIES) for name in covariates),
    )
    if whole["reported"].min() == 1:
        whole = whole.drop("reported")
    key = pl.concat_str(SERIES, separator="|").alias("unique_id")
    whole = whole.with_columns(key, pl.col("date").alias("ds"), pl.col("units").fill_null(0).alias("y"))
    return whole.filter(pl.col("date") <= ends[0]), whole.filter(pl.col("date") > ends[0])


def calendar(frequency: str) -> list[pl.Expr]:
    """Day, weekday, month and year as numbers known in advance."""
    parts = [pl.col("ds").dt.month().alias("month"), pl.col("ds").dt.ordinal_day().alias("ordinal_day")]
    if frequency == "D":
        parts += [pl.col("ds").dt.weekday().alias("weekday"), pl.col("ds").dt.day().alias("day")]
    return [*parts, pl.col("ds").dt.week().alias("week")]


def mlforecast(
    past: pl.DataFrame, ahead: pl.DataFrame, frequency: str, horizon: int, method: str
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Recursive global model of 500 trees on lags, rolling means, calendar, covariates and ids."""
    from mlforecast import MLForecast  # noqa: PLC0415 - each peer loads its own
    from mlforecast.lag_transforms import RollingMean  # noqa: PLC0415 - each peer loads its own

    ids = [pl.col(name).rank("dense").cast(pl.Int32).alias(f"static_{name}") for name in SERIES]
    drop = ("date", *SERIES, "units", "y")
    whole = pl.concat([past, ahead]).with_columns(*ids, *calendar(frequency))
    first_ahead = ahead["ds"].min()
    static = [name for name in whole.columns if name.startswith("static_")]
    learned = whole.filter(pl.col("ds") < first_ahead).drop("date", *SERIES, "units")
    known = whole.filter(pl.col("ds") >= first_ahead).drop(*drop, *static)
    longest = learned.group_by("unique_id").len()["len"].max()
    lags = [lag for lag in LAGS[frequency] if lag < 0.9 * int(longest)]  # type: ignore[call-overload]
    model = MLForecast(
        models={"mean": regressor(method)}, freq=STEP[frequency], lags=lags, num_threads=THREADS,
        lag_transforms={1: [RollingMean(window) for window in WINDOWS[frequency]]},
    )  # fmt: skip
    model.fit(learned, static_features=static)
    answer = model.predict(horizon, X_df=known).with_columns(pl.col("mean").clip(0))
    library = {"mlforecast_lightgbm": "lightgbm", "mlforecast_xgboost": "xgboost-cpu"}[method]
    return answer, {name: version(name) for name in ("mlforecast", library)}


def regressor(method: str) -> Any:
    if method == "mlforecast_lightgbm":
        from lightgbm import LGBMRegressor  # noqa: PLC0415 - each peer loads its own

        return LGBMRegressor(n_estimators=500, n_jobs=THREADS, verbosity=-1, random_state=7)
    from xgboost import XGBRegressor  # noqa: PLC0415 - each peer loads its own

    return XGBRegressor(n_estimators=500, n_jobs=THREADS, random_state=7)


def autoets(past: pl.DataFrame, frequency: str, horizon: int) -> tuple[pl.DataFrame, dict[str, str]]:
    from statsforecast import StatsForecast  # noqa: PLC0415 - each peer loads its own
    from statsforecast.models import AutoETS  # noqa: PLC0415 - each peer loads its own

    frame = past.select("unique_id", "ds", "y").group_by("unique_id", maintain_order=True).tail(ETS_PERIODS)
    # Longer seasons than 24 are beyond AutoETS; weekly sales have one of 52.
    season = 7 if frequency == "D" else 1
    model = StatsForecast(models=[AutoETS(season_length=season)], freq=STEP[frequency], n_jobs=THREADS)
    made = model.forecast(df=frame, h=horizon, level=[LEVEL])
    answer = made.select(
        "unique_id", "ds", pl.col("AutoETS").clip(0).alias("mean"),
        pl.col(f"AutoETS-lo-{LEVEL}").clip(0).alias("p10"), pl.col("AutoETS").clip(0).alias("p50"),
        pl.col(f"AutoETS-hi-{LEVEL}").clip(0).alias("p90"),
    )  # fmt: skip
    return answer, {"statsforecast": version("statsforecast")}


if __name__ == "__main__":
    main()
