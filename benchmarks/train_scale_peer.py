"""mlforecast + XGBoost as a good engineer sets it up: ``train_scale_peer.py FOLDER`` writes out.parquet."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlforecast import MLForecast
from mlforecast.lag_transforms import RollingMean
from xgboost import XGBRegressor

HORIZON = 28
WORDS = ["store_id", "item_id", "dept_id", "cat_id", "state_id", "event_name_1", "event_type_1"]


def main(folder: Path) -> None:
    sales, future = (read(folder / f"{name}.parquet") for name in ("sales", "future"))
    for name in WORDS[2:]:
        words = pd.api.types.union_categoricals([sales[name].astype("category"), future[name].astype("category")])
        sales[name] = pd.Categorical(sales[name], categories=words.categories)
        future[name] = pd.Categorical(future[name], categories=words.categories)
    model = MLForecast(
        models={
            "mean": XGBRegressor(n_estimators=500, tree_method="hist", learning_rate=0.05, enable_categorical=True)
        },
        freq="D",
        lags=[1, 7, 14, 28, 364],
        lag_transforms={1: [RollingMean(7), RollingMean(28)], 7: [RollingMean(28)]},
        date_features=["dayofweek", "month", "day"],
        num_threads=2,
    )
    static = ["dept_id", "cat_id", "state_id"]
    model.fit(sales.drop(columns=["store_id", "item_id"]), static_features=static)
    told = future.drop(columns=["store_id", "item_id", *static])
    answer = model.predict(HORIZON, X_df=told)
    keys = future[["unique_id", "ds", "store_id", "item_id"]]
    joined = answer.merge(keys, on=["unique_id", "ds"]).rename(columns={"ds": "date"})
    joined["mean"] = joined["mean"].clip(lower=0).astype("float64")
    joined["date"] = joined["date"].dt.date
    joined[["date", "store_id", "item_id", "mean"]].to_parquet(folder / "out.parquet")
    names = ("mlforecast", "xgboost-cpu", "pandas", "numpy")
    (folder / "versions.json").write_text(json.dumps({name: version(name) for name in names}))


def read(file: Path) -> pd.DataFrame:
    """A table with mlforecast's names."""
    frame = pd.read_parquet(file)
    frame["ds"] = pd.to_datetime(frame.pop("date"))
    frame["unique_id"] = frame["store_id"] + "/" + frame["item_id"]
    return frame.rename(columns={"units": "y"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
