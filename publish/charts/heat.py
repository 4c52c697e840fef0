"""Values of regions as shades: five classes with about as many regions in each, and one for no value."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gongkai.publish.charts.chart import NOTHING, Number

SHADES = ("#ffffff", "#fdf1ea", "#f4cdbb", "#e39c84", "#b5433d", "#74141a")
"""The colour of no value, then those of the classes from low to high. They differ in print, too."""

DARK_FROM = 4
"""From this class on, text is light."""

CLASSES = 5
CLOSE = 0.1
"""Rates within so much are shown with a decimal."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """The value of a region: its code, its name, and the number of reports or cases behind the value."""

    code: str
    name: str
    value: Number | None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class HeatScale:
    """The lowest and the highest value of each class that occurs, from low to high."""

    classes: tuple[tuple[Number, Number], ...]

    def shade(self, value: Number | None) -> int:
        """Return the class of a value from 1, or 0 for no value.

        With fewer classes than shades, the first and the last are used and those between.
        """
        if value is None:
            return 0
        place = next(
            (at for at, (_, highest) in enumerate(self.classes) if value <= highest),
            len(self.classes) - 1,
        )
        return self.shade_of(place)

    def shade_of(self, place: int) -> int:
        """Return the shade of a class."""
        return 1 + round(place * (CLASSES - 1) / max(len(self.classes) - 1, 1))


def heat_scale(values: Iterable[Number | None]) -> HeatScale:
    """Return classes with about as many values in each; equal values are in the same one."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return HeatScale(())
    bounds = sorted({known[max(0, -(-len(known) * n // CLASSES) - 1)] for n in range(1, 6)})
    classes, lowest = [], known[0]
    for bound in bounds:
        classes.append((lowest, bound))
        lowest = next((value for value in known if value > bound), bound)
    return HeatScale(tuple(classes))


def heat_figure(value: Number | None, *, is_rate: bool) -> str:
    """Return a value as it stands in a square: short, a dash for none."""
    if value is None:
        return NOTHING
    if is_rate:
        return f"{value:.0%}" if value >= 0.0995 or value == 0 else f"{value:.1%}"
    if value >= 100_000:
        return f"{value / 1000:,.0f}k"
    return f"{value:,}"


@dataclass(frozen=True, slots=True)
class TilePosition:
    """Where a province stands among equal squares, counted from 1, and its short names.

    `letter` and `alpha` are for narrow screens: 宁, and NX as in GB/T 2260.
    """

    code: str
    column: int
    row: int
    short: str
    letter: str
    english: str
    alpha: str


@cache
def tile_positions() -> tuple[TilePosition, ...]:
    """Return the squares of all provinces, in order of code."""
    text = (files("gongkai.publish.charts") / "tile_positions.csv").read_text(encoding="utf-8")
    return tuple(
        TilePosition(
            row["code"],
            int(row["column"]),
            int(row["row"]),
            row["short"],
            row["letter"],
            row["english"],
            row["alpha"],
        )
        for row in csv.DictReader(text.splitlines())
    )


@dataclass(frozen=True, slots=True)
class RegionMap:
    """One value for each of many regions.

    `tiles` are the provinces; `rows` has, for each of them that has any, its name and the regions in
    it. A picture shows either. `key` is "map" for the tiles and "matrix" for the rows.
    """

    key: str
    title: str
    is_rate: bool
    tiles: tuple[HeatCell, ...] = ()
    rows: tuple[tuple[str, Sequence[HeatCell]], ...] = ()
    about: str = ""
    basis: str = ""
    is_english: bool = False

    @property
    def cells(self) -> tuple[HeatCell, ...]:
        """All regions that the picture shows."""
        return (*self.tiles, *(cell for _, cells in self.rows for cell in cells))

    @property
    def is_empty(self) -> bool:
        """Whether no region has a value."""
        return all(cell.value is None for cell in self.cells)

    @property
    def scale(self) -> HeatScale:
        """The classes of its values."""
        return heat_scale(cell.value for cell in self.cells)

    def figure(self, value: Number | None) -> str:
        """Return a value as text: rates with a decimal where they lie close together."""
        if value is not None and self.is_rate and self._spread < CLOSE:
            return f"{value:.1%}"
        return heat_figure(value, is_rate=self.is_rate)

    @property
    def _spread(self) -> Number:
        known = [cell.value for cell in self.cells if cell.value is not None]
        return max(known) - min(known) if known and max(known) != min(known) else 1

    def legend(self) -> tuple[tuple[int, str], ...]:
        """Return the shades that occur with the values that they stand for."""
        scale = self.scale
        found = [
            (scale.shade_of(place), self._range(low, high))
            for place, (low, high) in enumerate(scale.classes)
        ]
        return tuple(found)

    def _range(self, low: Number, high: Number) -> str:
        first, last = self.figure(low), self.figure(high)
        return first if first == last else f"{first}–{last}"

    def words(self, separator: str) -> str:
        """Return the values as text."""
        return separator.join(
            f"{cell.name} {self.figure(cell.value)}"
            for cell in self.cells
            if cell.value is not None
        )
