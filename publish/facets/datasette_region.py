"""Datasette's table of reports by region: a filter, and a facet to choose the region by.

Reports have a region only through their agency, which Datasette's own facets cannot follow.
"""

from __future__ import annotations

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import path_with_removed_args, path_with_replaced_args
from datasette.utils.asgi import BadRequest

from gongkai.archive.rollups.table_facets import REGION, TABLE
from gongkai.archive.store.search import IN_REGION
from gongkai.publish.datasette_types import Row, Translator
from gongkai.publish.facets.ready_facets import has_ready_facets
from gongkai.publish.http.query_args import BadValue, check_region_code
from gongkai.publish.site import DATABASE, find_archive

ARGUMENT = "_region"

READY = f"""
SELECT g.code AS code, g.name AS name, f.n AS n FROM {TABLE} f JOIN regions g ON g.code = f.value
WHERE f."table" = 'reports' AND f."column" = '{REGION}' ORDER BY f.n DESC, f.value LIMIT {{limit}}
"""
COUNTS = """
SELECT g.code AS code, g.name AS name, count(*) AS n
FROM ({sql}) found JOIN agencies a ON a.id = found.agency_id
JOIN regions g ON g.code = a.region_code
GROUP BY g.code ORDER BY n DESC, g.code LIMIT {limit}
"""

RegionCondition = tuple[list[str], dict[str, str | int], list[str]]
"""SQL conditions, their parameters, and a description for people."""


def region_condition(code: str, t: Translator) -> RegionCondition:
    """Return the condition for reports of agencies in a region or below it.

    Raises:
        BadRequest: The code does not look like that of a region.
    """
    try:
        check_region_code(code)
    except BadValue as problem:
        raise BadRequest(t("bad_value", value=code)) from problem
    where = f"agency_id IN (SELECT a.id FROM agencies a WHERE {IN_REGION})"
    return [where], {"region": code}, [f"{t('region')} {code}"]


class RegionFacet(Facet):  # type: ignore[misc]  # Datasette has no types
    """Counts of reports by the region of their agency. Its links filter by `?_region=`."""

    type = "region"

    async def facet_results(self) -> tuple[list[dict[str, object]], list[str]]:
        """Return the facet, and the names of facets that took too long, as Datasette expects."""
        is_ours = self.database == DATABASE and find_archive(self.ds) is not None
        if not is_ours or not self.get_configs():
            return [], []
        limit = self.get_facet_size()
        try:
            rows = await self.ds.execute(
                self.database,
                (READY if has_ready_facets(self) else COUNTS).format(sql=self.sql, limit=limit + 1),
                self.params,
                custom_time_limit=self.ds.setting("facet_time_limit_ms"),
            )
        except QueryInterrupted:
            return [], [self.type]
        facet = {
            "name": self.type,
            "type": self.type,
            "hideable": False,
            "toggle_url": "",
            "results": [self._choice(row) for row in rows.rows[:limit]],
            "truncated": len(rows) > limit,
        }
        return [facet], []

    def _choice(self, row: Row) -> dict[str, object]:
        chosen = self.request.args.get(ARGUMENT)
        selected = chosen == row["code"]
        if selected:
            path = path_with_removed_args(self.request, {ARGUMENT: chosen})
        else:
            path = path_with_replaced_args(self.request, {ARGUMENT: row["code"], "_next": None})
        return {
            "value": row["code"],
            "label": row["name"],
            "count": row["n"],
            "selected": selected,
            "toggle_url": self.ds.absolute_url(self.request, self.ds.urls.path(path)),
        }
