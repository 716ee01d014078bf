"""The horizons of all series of a forecast, each ready for a plan."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from core.contracts.errors import RejectedDataError
from core.forecasting.encoding import Encoding
from core.forecasting.features_known import Scope, alike, usual
from core.forecasting.features_past import Columns, Past
from core.forecasting.grid import Floats, Grid
from core.forecasting.model import TrainedModel
from core.forecasting.opening import OPEN
from core.forecasting.panel import Panel
from core.forecasting.rows import Rows
from core.forecasting.smoothing import local_means
from core.forecasting.spec import LOCAL
from core.forecasting.what_if.ready import Ready, Shape, kept

_BLOCK: Final = 256
"""Series whose features are held at one time."""


def changeable(model: TrainedModel) -> tuple[Encoding, ...]:
    """Covariates that the boosters were told of, ``open`` excepted."""
    return tuple(each for each in model.core.known if each.name != OPEN)


def horizons(
    model: TrainedModel, history: pl.DataFrame, future: pl.DataFrame
) -> Iterator[tuple[tuple[str, str], Ready, Shape]]:
    """Store and item, horizon, and what it has in common with the others, of each series of ``future``.

    Args:
        model: whose forecasts they are.
        history: as ``predict`` is given it.
        future: likewise; each series on the same number of dates, without a gap.

    Raises:
        RejectedDataError: a series is asked for on other dates than the others.
    """
    _, panel, rows = model.core.asked(history, future, model.spec)
    rows = rows.take(np.lexsort((rows.target, rows.series)))
    dates = int(rows.target.max() - rows.target.min()) + 1
    for start in range(0, panel.keys.height, _BLOCK):
        block = slice(start, start + _BLOCK)
        low, high = np.searchsorted(rows.series, [block.start, block.stop])
        if high > low:
            yield from _of_block(model, panel, rows.take(np.arange(low, high)), block, dates)


def _of_block(
    model: TrainedModel, panel: Panel, rows: Rows, block: slice, dates: int
) -> Iterator[tuple[tuple[str, str], Ready, Shape]]:
    made, level, cold = model.core.design(panel, rows, model.spec)
    local = np.zeros(len(rows))
    if LOCAL in model.recipe.views:
        local = local_means(panel, rows, level, model.spec)[0]
    here = panel.of(block)
    part = Rows(rows.series - block.start, rows.origin, rows.target)
    scope = Scope(here, part, Past.of(here.units, here.launch, model.spec.rhythm), made.level, model.spec.horizon)
    means, sides = _usual(scope), _alike(scope)
    shape = Shape(dates, made.names, changeable(model), tuple(means), tuple(sides))
    names = here.keys.rows()
    for series, at in zip(*np.unique(part.series, return_index=True), strict=True):
        mine = slice(int(at), int(at) + dates)
        target = part.target[mine]
        if not (part.series[mine] == series).all() or not np.array_equal(target, target[0] + np.arange(dates)):
            raise RejectedDataError(f"store and item {names[series]} are not asked for on {dates} dates in a row")
        begin = panel.origin + 1 - kept(model.spec)
        cut = slice(begin, int(target[-1]) + 1)
        ready = Ready(
            values=made.values[mine],
            level=float(level[at]),
            local=local[mine],
            cold=bool(cold[at]),
            first=int(target[0]) - begin,
            open=_line(here.open, series, cut),
            known={name: _line(grid, series, cut) for name, grid in here.known.items()},
            usual={name: float(column[at]) for name, column in means.items()},
            alike={name: columns[:, mine] for name, columns in sides.items()},
        )
        yield names[series], ready, shape


def _line(grid: Grid, series: int, cut: slice) -> Floats:
    line: Floats = grid.values[grid.row[series], cut]
    return line


def _usual(scope: Scope) -> Columns:
    columns: Columns = {}
    for name, grid in scope.panel.known.items():
        if scope.panel.kinds[name] == "number":
            columns |= usual(name, grid, scope)
    return columns


def _alike(scope: Scope) -> dict[str, Floats]:
    """(2, rows) by column: as the flags are all 0 ahead, and all 1."""
    columns: dict[str, Floats] = {}
    for name, grid in scope.panel.known.items():
        if scope.panel.kinds[name] != "flag":
            continue
        sides = [alike(name, _ahead(grid, scope.panel.origin, side), scope) for side in (0.0, 1.0)]
        columns |= {column: np.stack([side[column] for side in sides]).astype(np.float32) for column in sides[0]}
    return columns


def _ahead(grid: Grid, origin: int, value: float) -> Grid:
    """The same with one value on all days of the horizon."""
    values = grid.values.copy()
    values[:, origin + 1 :] = value
    return Grid(values, grid.row)
