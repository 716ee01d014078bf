"""The mean from the views: each series by the shares of its kind."""

import polars as pl

from core.forecasting.rare import sells_rarely, zeros_of
from core.forecasting.spec import Recipe


def blend(recipe: Recipe) -> pl.Expr:
    """The mean from one column an objective."""
    parts = [pl.col(name) * share * recipe.factors.get(name, 1.0) for name, share in recipe.weights.items()]
    return pl.sum_horizontal(parts)


def blended(views: pl.DataFrame, recipe: Recipe) -> pl.Series:
    """(rows,) the mean of series with sales, each by the shares of its kind.

    Args:
        views: one column a view, and the shape columns.
        recipe: with a share of each.
    """
    zeros = zeros_of(views.columns)
    if not recipe.rare or zeros is None:
        return views.select(blend(recipe).alias("mean"))["mean"]
    rare = pl.Series(sells_rarely(views[zeros].to_numpy()))
    return views.select(pl.when(rare).then(blend(recipe.of_rare)).otherwise(blend(recipe)).alias("mean"))["mean"]
