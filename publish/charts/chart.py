"""What a chart shows, before it is drawn. All texts are in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Number = int | float

NOTHING = "—"
"""Stands where there is no figure: blank is not zero."""

Kind = Literal["stack", "share", "lines", "panels"]


@dataclass(frozen=True, slots=True)
class Series:
    """One part of each bar, or one line. `values` has a number for each column, or None."""

    key: str
    label: str
    values: tuple[Number | None, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart over years or other columns.

    `key` names it in its address. The kinds are "stack" (bars of counts), "share" (bars of the same
    height, each part as its share), "lines" (all series on one scale) and "panels" (a small line
    chart for each series, all with the same axes). `totals` stand above bars, by default the sums of
    their parts. `counts` are the numbers of reports or cases behind each column. `about` is a line
    below the title, `basis` says in words what was counted ("n = 12 reports").
    """

    key: str
    title: str
    columns: tuple[str, ...]
    series: tuple[Series, ...]
    kind: Kind = "stack"
    totals: tuple[Number | None, ...] = ()
    counts: tuple[int | None, ...] = ()
    is_rate: bool = False
    about: str = ""
    basis: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is no figure at all."""
        return all(value is None for each in self.series for value in each.values)

    def total(self, place: int) -> Number | None:
        """Return what stands above a bar, None if there is no figure."""
        if self.totals:
            return self.totals[place]
        known = [value for each in self.series if (value := each.values[place]) is not None]
        return sum(known) if known else None

    def words(self, separator: str) -> str:
        """Return the figures as text: the totals of bars, or the values of each line."""
        if self.kind in ("stack", "share"):
            totals = (self.figure(self.total(place)) for place in range(len(self.columns)))
            return separator.join(
                f"{column} {total}" for column, total in zip(self.columns, totals, strict=True)
            )
        return separator.join(
            f"{each.label} "
            + " ".join(
                f"{column} {self.figure(value)}"
                for column, value in zip(self.columns, each.values, strict=True)
            )
            for each in self.series
        )

    def figure(self, value: Number | None) -> str:
        """Return a number as the chart shows it: a count with separators, or a percentage."""
        if value is None:
            return NOTHING
        return f"{value:.1%}" if self.is_rate else f"{value:,}"


@dataclass(frozen=True, slots=True)
class Caption:
    """What a picture says of itself where it stands alone: who, as of when, and where it came from."""

    source: str
    date: str
    address: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """SVG markup of a given size in pixels, without the element `svg` around it."""

    width: float
    height: float
    markup: str
