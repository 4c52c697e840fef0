"""The data of a chart: values by series and year, with all the words that a picture needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Number = int | float
Unit = Literal["count", "share"]
"""Whether values are numbers of cases, or shares from 0 to 1."""

Kind = Literal["stacked", "line"]
"""Bars that are stacked from their series, or a line for each series."""


@dataclass(frozen=True, slots=True)
class ChartSeries:
    """One part of all bars, or one line. `values` has a value for each label, None if unknown."""

    key: str
    title: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class ChartData:
    """A chart. `id` is unique on its page and part of the address of its picture.

    `labels` are those of the horizontal axis, the earliest year first. `n` has the denominator of each
    label (of shares), or the number of reports (of counts); None where it is unknown or does not apply.
    `totals` stand above the bars; None where there is no bar. `source` says where the numbers are from
    and `notes` what a reader must know, such as that a part does not pool over two forms.
    """

    id: str
    title: str
    kind: Kind
    unit: Unit
    labels: tuple[str, ...]
    series: tuple[ChartSeries, ...]
    totals: tuple[Number | None, ...] = ()
    n: tuple[int | None, ...] = ()
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is no number at all."""
        return all(value is None for each in self.series for value in each.values)

    @property
    def largest(self) -> Number:
        """The largest bar or point, for charts that share an axis; 0 if there is none."""
        if self.kind == "stacked":
            return max((total for total in self.heights if total is not None), default=0)
        known = (value for each in self.series for value in each.values if value is not None)
        return max(known, default=0)

    @property
    def heights(self) -> tuple[Number | None, ...]:
        """The height of each stacked bar: the sum of its known parts, None if none is known."""
        return tuple(_sum_known(column) for column in zip(*self._columns, strict=True))

    @property
    def _columns(self) -> Sequence[tuple[Number | None, ...]]:
        return [each.values for each in self.series]


def _sum_known(values: Sequence[Number | None]) -> Number | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
