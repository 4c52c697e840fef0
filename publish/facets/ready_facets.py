"""Datasette's facets of a whole table, which a publication has counted."""

from __future__ import annotations

from datasette.facets import ColumnFacet, Facet
from datasette.utils import path_with_added_args, path_with_removed_args

from gongkai.archive.rollups.table_facets import TABLE
from gongkai.publish.datasette_types import Row
from gongkai.publish.site import DATABASE, find_archive

_VALUES = f"""
SELECT value, n FROM {TABLE} WHERE "table" = :table AND "column" = :column
ORDER BY n DESC, value LIMIT :limit
"""


def has_ready_facets(facet: Facet) -> bool:
    """Return whether a facet is of a whole table of a publication, whose values are counted."""
    if facet.database != DATABASE or facet.params or " where " in facet.sql.lower():
        return False
    archive = find_archive(facet.ds)
    return archive is not None and TABLE in archive.schema.tables


class ReadyFacet(ColumnFacet):  # type: ignore[misc]  # Datasette has no types
    """Counts by a column: those that are ready for a whole table, otherwise as Datasette counts."""

    async def facet_results(self) -> tuple[list[dict[str, object]], list[str]]:
        """Return the facets, and the names of facets that took too long, as Datasette expects."""
        if not has_ready_facets(self):
            counted: tuple[list[dict[str, object]], list[str]] = await super().facet_results()
            return counted
        return [await self._ready(each["config"]["simple"]) for each in self.get_configs()], []

    async def _ready(self, column: str) -> dict[str, object]:
        limit = self.get_facet_size()
        parameters = {"table": self.table, "column": column, "limit": limit + 1}
        found = (await self.ds.execute(self.database, _VALUES, parameters)).rows
        shown = found[:limit]
        labels = await self.ds.expand_foreign_keys(
            self.database, self.table, column, [row["value"] for row in shown]
        )
        return {
            "name": column,
            "type": self.type,
            "hideable": False,
            "toggle_url": self.ds.urls.path(
                path_with_removed_args(self.request, {"_facet": column})
            ),
            "results": [self._choice(column, row, labels) for row in shown],
            "truncated": len(found) > limit,
        }

    def _choice(
        self, column: str, row: Row, labels: dict[tuple[str, object], str]
    ) -> dict[str, object]:
        value = row["value"]
        path = path_with_added_args(self.request, {column: value})
        return {
            "value": value,
            "label": labels.get((column, value), value),
            "count": row["n"],
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(path)),
            "selected": False,
        }
