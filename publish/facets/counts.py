"""Counts for narrowing the lists of checks, changes and coverage.

The site counts facets in four ways, each for another kind of data:

- `bitmaps`: reports that a full-text search finds. The set differs with every search, so each
  report is a bit and every count an AND.
- `ready_counts`: rows of a list, which a publication has counted by division and facets.
- `counts` (here): the same where it is not ready, as in an archive that is no publication.
- `datasette_region`: Datasette's own table of reports, which counts its other facets itself.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from gongkai.archive.rollups.chains import load_chains
from gongkai.archive.store.database import read_only

Chosen = Mapping[str, str]


class Counts(Protocol):
    """The counts of a list by its facets, summed when they are asked for or made ready before."""

    @property
    def names(self) -> tuple[str, ...]:
        """The facets in the order in which they are shown."""

    def count(self, facet: str, chosen: Chosen) -> dict[str, int]:
        """Return the count of each value of a facet under the choices in all other facets."""

    def total(self, chosen: Chosen) -> int:
        """Return the number of rows with all chosen values."""

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than are counted."""


@dataclass(frozen=True)
class FacetCounts:
    """The rows of a list summed by their facets: (value of each facet…), count.

    `names` are the facets in the order of the values. `chains` has for each region the codes of
    itself and of all regions above it: a row counts for each of these. `is_more` means that there are
    more rows than were counted.
    """

    names: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], int], ...]
    chains: Mapping[str, tuple[str, ...]]
    is_more: bool = False

    def count(self, facet: str, chosen: Chosen) -> dict[str, int]:
        """Return the count of each value of a facet under the choices in all other facets."""
        place = self.names.index(facet)
        others = {name: value for name, value in chosen.items() if name != facet}
        counted: Counter[str] = Counter()
        for values, count in self._matching(others):
            if facet == "region":
                for code in self.chains.get(values[place], ()):
                    counted[code] += count
            else:
                counted[values[place]] += count
        return dict(counted)

    def total(self, chosen: Chosen) -> int:
        """Return the number of rows with all chosen values."""
        return sum(count for _, count in self._matching(chosen))

    def _matching(self, chosen: Chosen) -> list[tuple[tuple[str, ...], int]]:
        wanted = [(self.names.index(name), name, value) for name, value in chosen.items()]
        return [
            (values, count)
            for values, count in self.rows
            if all(self._matches(name, values[place], value) for place, name, value in wanted)
        ]

    def _matches(self, name: str, value: str, wanted: str) -> bool:
        if name == "region":
            return wanted in self.chains.get(value, ())
        return value == wanted


def load_counts(path: Path, names: tuple[str, ...], sql: str) -> FacetCounts:
    """Return the counts of a list in a served file, which are made at the first call.

    `sql` selects the columns `names` and a number of rows `n`.
    """
    about = path.stat()
    return _load(path, about.st_mtime_ns, about.st_size, names, sql)


@lru_cache(maxsize=8)
def _load(path: Path, changed: int, size: int, names: tuple[str, ...], sql: str) -> FacetCounts:
    with closing(read_only(path)) as conn:
        return count_rows(conn, names, sql, {})


def count_rows(
    conn: sqlite3.Connection,
    names: tuple[str, ...],
    sql: str,
    parameters: Mapping[str, str],
    most: int | None = None,
) -> FacetCounts:
    """Return the counts of a list that is not kept, because it depends on what a reader typed.

    `most` is the number of rows that are counted, where `sql` gives one more if there are more.
    """
    columns = ", ".join(f'"{name}"' for name in names)
    found = conn.execute(f"SELECT {columns}, sum(n) FROM ({sql}) GROUP BY {columns}", parameters)
    rows = tuple((tuple(str(value or "") for value in tuple(row)[:-1]), row[-1]) for row in found)
    is_more = most is not None and sum(n for _, n in rows) > most
    return FacetCounts(names, rows, load_chains(conn), is_more)
