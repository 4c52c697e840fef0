"""The facet and the filter by region, which reports have only through their agency."""

from __future__ import annotations

from collections.abc import Callable

from datasette.database import QueryInterrupted
from datasette.facets import Facet
from datasette.utils import path_with_removed_args, path_with_replaced_args
from datasette.utils.asgi import BadRequest

from gongkai.archive.store.search import Filters

ARGUMENT = "_region"

COUNTS = """
select g.code as code, g.name as name, count(*) as n
from ({sql}) found join agencies a on a.id = found.agency_id
join regions g on g.code = a.region_code
group by g.code order by n desc, g.code limit {limit}
"""


def condition(
    code: str, t: Callable[..., str]
) -> tuple[list[str], dict[str, str | int], list[str]]:
    """Return the SQL condition, its parameter and its description. Raises BadRequest."""
    if not (code.isascii() and code.isdecimal() and len(code) <= 12):
        raise BadRequest(t("bad_value", value=code))
    ((within, parameters),) = Filters(region=code).conditions()
    where = f"agency_id in (select a.id from agencies a where {within})"
    return [where], parameters, [f"{t('region')} {code}"]


class RegionFacet(Facet):
    """Counts of reports by the region of their agency; its links filter by ?_region=."""

    type = "region"

    async def facet_results(self):
        """Return ([facet], []) for a table whose metadata asks for it, as Datasette expects."""
        if not self.get_configs():
            return [], []
        limit = self.get_facet_size()
        try:
            rows = await self.ds.execute(
                self.database,
                COUNTS.format(sql=self.sql, limit=limit + 1),
                self.params,
                custom_time_limit=self.ds.setting("facet_time_limit_ms"),
            )
        except QueryInterrupted:
            return [], [self.type]
        values = [self._value(row) for row in rows.rows[:limit]]
        return [
            {
                "name": self.type,
                "type": self.type,
                "hideable": False,
                "toggle_url": "",
                "results": values,
                "truncated": len(rows) > limit,
            }
        ], []

    def _value(self, row):
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
