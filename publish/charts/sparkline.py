"""Small lines in tables that show how a value developed."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.publish.charts.chart import Number

SPARK_WIDTH, SPARK_HEIGHT = 72, 18
"""The size of a line of a table that shows how a value developed."""


def sparkline(values: Sequence[Number | None]) -> tuple[str, ...]:
    """Return the points of the lines of a small chart, one line for each stretch of known values.

    The least value is 0. A value without neighbours becomes a line of one point.
    """
    largest = max((value for value in values if value is not None), default=0) or 1
    step = (SPARK_WIDTH - 4) / max(len(values) - 1, 1)
    lines: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        y = SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * max(value, 0) / largest
        lines[-1].append(f"{2 + step * place:.1f},{y:.1f}")
    return tuple(" ".join(line) for line in lines if line)
