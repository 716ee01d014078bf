"""The chart has a column a day and draws the band around the median."""

from datetime import date, timedelta

from local.demo.draw import ROWS, Point, chart

START = date(2024, 1, 1)


def test_the_chart_shows_history_median_and_band() -> None:
    history = [(START + timedelta(n), 10.0) for n in range(5)]
    forecast = [Point(START + timedelta(5 + n), 4, 8, 12) for n in range(20)]
    lines = chart(history, forecast).plain.splitlines()
    assert len(lines) == ROWS + 1
    assert sum(line.count("█") for line in lines) == 5 * 10
    assert sum(line.count("━") for line in lines) == 20
    assert "06 Jan" in lines[-1]
    assert "25 Jan 2024" in lines[-1]


def test_a_forecast_of_nothing_is_drawn_without_an_error() -> None:
    assert chart([], [Point(START, 0, 0, 0)]).plain.count("\n") == ROWS
