"""Cells of Datasette's table and row pages as people read them. All text is escaped."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Protocol

from markupsafe import Markup

from gongkai.catalogue import stored_text
from gongkai.publish.datasette_types import Datasette, Row
from gongkai.publish.http.paths import path_segment
from gongkai.publish.site import DATABASE, archive_of, page_of, site_of
from gongkai.publish.views.responses import query_archive
from gongkai.publish.wording.codes import CODES, code_label, scope_label
from gongkai.publish.wording.formatting import local_time, number, web_url
from gongkai.publish.wording.translation import translator_of

ADDRESSES = ("url", "final_url")
TIMES = ("first_seen", "last_seen", "fetched_at", "started", "finished", "seen_at", "server_date")
NOT_AMOUNTS = ("year", "since", "until", "number", "place", "offset", "status", "current")
"""Columns of whole numbers that are shown without thousands separators."""

RATE, RATE_PLACES = "_rate", 4
"""How the names of rates end, and the decimals that a page shows of them; files have all."""

TARGETS = {
    "report_id": "reports",
    "agency_id": "agencies",
    "region_code": "regions",
    "parent_code": "regions",
    "site": "sites",
    "parent": "sites",
    "digest": "documents",
}
"""Columns that are foreign keys, and the tables that they refer to."""

Html = Markup | str | None
"""What stands in a cell; None leaves the value to Datasette."""


class DisplayedRow(Protocol):
    """A row of a table page as Datasette has it. A column gives its value, unchanged."""

    cells: Sequence[Mapping[str, object]]

    def __getitem__(self, column: str) -> object: ...


def render(datasette: Datasette, table: str, column: str, value: object) -> Html | Awaitable[Html]:
    """Return what stands in a cell, where Datasette may have to look up the name of a key."""
    if column in TARGETS and isinstance(value, str) and value:
        return _named_key(datasette, table, column, value)
    return _plain_value(datasette, column, value)


def _plain_value(datasette: Datasette, column: str, value: object) -> Html:
    lang = site_of(datasette).lang
    if value is None or value == "":
        return None
    if isinstance(value, dict):
        return _linked_key(datasette, column, str(value["value"]), value["label"])
    if column in ADDRESSES:
        return _external_link(translator_of(datasette)("original"), str(value))
    if column in TIMES:
        return local_time(lang, str(value))
    if column == "scope":
        return scope_label(str(value), lang)
    if column == "error":
        return stored_text(lang, str(value))
    if column in CODES and str(value) in CODES[column]:
        return code_label(column, value, lang)
    if isinstance(value, float) and column.endswith(RATE):
        return number(round(value, RATE_PLACES))
    if isinstance(value, int | float) and column not in NOT_AMOUNTS:
        return number(value)
    return None


async def row_contexts(datasette: Datasette, rows: Sequence[DisplayedRow]) -> Mapping[str, Row]:
    """Return year, agency and region of the reports of some rows; none where the rows have them."""
    columns = {cell["column"] for row in rows[:1] for cell in row.cells}
    if "report_id" not in columns or columns & {"agency", "year"}:
        return {}
    ids = sorted({report_of(row) for row in rows})
    marks = ", ".join("?" * len(ids))
    found = await query_archive(
        datasette,
        lambda conn: conn.execute(
            "SELECT report_id, agency_id, agency, year, region FROM report_summary"
            f" WHERE report_id IN ({marks})",
            ids,
        ).fetchall(),
    )
    return {row["report_id"]: row for row in found}


def report_of(row: DisplayedRow) -> str:
    """Return the id of the report of a row. Datasette has a key with a label where it knows one."""
    key = row["report_id"]
    return str(key["value"] if isinstance(key, Mapping) else key or "")


async def _named_key(datasette: Datasette, table: str, column: str, key: str) -> Html:
    """Return a key as a link with its name, where Datasette has not looked the name up itself.

    Columns of views are not foreign keys. The key of a report still leads to its page.
    """
    if column in archive_of(datasette).schema.foreign_keys.get(table, ()):
        names = await datasette.expand_foreign_keys(DATABASE, table, column, [key])
        if (column, key) in names:
            return _linked_key(datasette, column, key, names[column, key])
    if column == "report_id":
        return _linked_key(datasette, column, key, translator_of(datasette)("open_report"))
    return None


def _linked_key(datasette: Datasette, column: str, key: str, label: object) -> Html:
    target, encoded = TARGETS.get(column), path_segment(key)
    if target is None:
        return None
    if column == "digest":
        label = Markup("<code>{}…</code>").format(key[:15])
    path = datasette.urls.path(page_of(target, encoded))
    return Markup('<a href="{}">{}</a>').format(path, label or key)


def _external_link(label: str, url: str) -> Html:
    href = web_url(url)
    if not href:
        return url  # the template escapes a plain string: javascript: and the like stay text
    link = '<a href="{}" title="{}" rel="noreferrer external">{}</a>'
    return Markup(link).format(href, href, label)
