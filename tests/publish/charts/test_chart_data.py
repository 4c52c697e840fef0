"""The data of a chart: heights of bars, and what is unknown."""

from __future__ import annotations

from gongkai.publish.charts.chart_data import ChartData, ChartSeries


def chart(*values: tuple[int | None, ...], kind: str = "stacked") -> ChartData:
    """Return a chart with these series."""
    series = tuple(ChartSeries(str(at), str(at), each) for at, each in enumerate(values))
    years = tuple(str(2020 + at) for at in range(len(values[0])))
    return ChartData("a", "A", "line" if kind == "line" else "stacked", "count", years, series)


def test_the_height_of_a_bar_is_that_of_its_known_parts() -> None:
    found = chart((1, None, None), (2, 3, None))
    assert found.heights == (3, 3, None)
    assert (found.largest, found.is_empty) == (3, False)


def test_lines_share_an_axis_up_to_their_largest_point() -> None:
    assert chart((1, None), (2, 5), kind="line").largest == 5


def test_a_chart_without_numbers_is_empty() -> None:
    found = chart((None,), (None,))
    assert (found.is_empty, found.largest, found.heights) == (True, 0, (None,))
