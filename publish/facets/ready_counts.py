"""Counts of a list that a publication has ready, by division and facets."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.archive.rollups.list_specs import ListSpec
from gongkai.archive.store.pooled.region_totals import COUNTRY


@dataclass(frozen=True)
class ReadyCounts:
    """The counts of a list in a publication: what they cost does not grow with its rows.

    `names` are its facets in the order in which they are shown. `condition` is SQL for what is listed,
    `filters` are the chosen values of columns of the agency.
    """

    conn: sqlite3.Connection
    spec: ListSpec
    names: tuple[str, ...]
    condition: str = "1"
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_more(self) -> bool:
        """Whether there are more rows than are counted."""
        return False

    def count(self, facet: str, chosen: Mapping[str, str]) -> dict[str, int]:
        """Return the count of each value of a facet under the choices in all other facets.

        Of the divisions, the chosen one and those right below it are counted.
        """
        others = {name: value for name, value in chosen.items() if name != facet}
        where, parameters = self._conditions(others)
        column = "root" if facet == "region" else facet
        if facet == "region":
            roots = (
                "SELECT code FROM regions WHERE coalesce(parent_code, '') = :above OR code = :above"
            )
            where, parameters["above"] = f"root IN ({roots}) AND {where}", chosen.get("region", "")
        else:
            where = f"root = :root AND {where}"
            parameters["root"] = chosen.get("region") or COUNTRY
        found = self.conn.execute(
            f"SELECT {column}, sum(n) FROM {self._table} WHERE {where} GROUP BY 1",
            parameters,
        )
        return {str(value or ""): count for value, count in found}

    def total(self, chosen: Mapping[str, str]) -> int:
        """Return the number of rows with all chosen values."""
        where, parameters = self._conditions(chosen)
        parameters["root"] = chosen.get("region") or COUNTRY
        found: int = self.conn.execute(
            f"SELECT coalesce(sum(n), 0) FROM {self._table} WHERE root = :root AND {where}",
            parameters,
        ).fetchone()[0]
        return found

    @property
    def _table(self) -> str:
        return self.spec.filtered_table if self.filters else self.spec.counts_table

    def _conditions(self, chosen: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        wanted = {name: value for name, value in chosen.items() if name != "region"} | dict(
            self.filters
        )
        tests = [f"CAST({name} AS TEXT) = :{name}" for name in wanted]
        return " AND ".join((self.condition, *tests)), wanted
