"""A forecast drawn in the terminal: sales so far, then the band p10-p90 with p50 in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.text import Text

ROWS = 12


@dataclass(frozen=True)
class Point:
    """One forecast day."""

    day: date
    p10: float
    p50: float
    p90: float


def chart(history: Sequence[tuple[date, float]], forecast: Sequence[Point]) -> Text:
    """Draw days as columns, oldest first; the left axis is units."""
    top = max([units for _, units in history] + [point.p90 for point in forecast] + [1.0])
    text = Text()
    for row in range(ROWS, 0, -1):
        low, high = top * (row - 1) / ROWS, top * row / ROWS
        text.append(f"{high:>10,.0f} ", style="dim") if row % 3 == 0 else text.append(" " * 11)
        text.append("│", style="dim")
        for _, units in history:
            text.append("█" if units > low else " ", style="blue")
        text.append("┊", style="dim")
        for point in forecast:
            text.append(*_cell(point, low, high))
        text.append("\n")
    text.append(_axis(history, forecast), style="dim")
    return text


def _cell(point: Point, low: float, high: float) -> tuple[str, str]:
    if low < point.p50 <= high:
        return "━", "bold green"
    if point.p10 < high and point.p90 > low:
        return "░", "green"
    return " ", ""


def _axis(history: Sequence[tuple[date, float]], forecast: Sequence[Point]) -> str:
    left = f"{history[0][0]:%d %b}" if history else ""
    middle = f"{forecast[0].day:%d %b}"
    right = f"{forecast[-1].day:%d %b %Y}"
    return f"{'':11} {left:<{len(history)}} {middle:<{max(len(forecast) - len(right), 7)}}{right}"
