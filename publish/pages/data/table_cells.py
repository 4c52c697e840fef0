"""How a value of a table is shown on Datasette's table and row pages. All text is escaped."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from markupsafe import Markup

from gongkai.publish.http.paths import path_segment
from gongkai.publish.site import page_of, site_of
from gongkai.publish.wording.codes import CODES, scope_word, word
from gongkai.publish.wording.template_names import moment, number, strings_of, web

ADDRESSES = ("url", "final_url")
TIMES = ("first_seen", "last_seen", "fetched_at", "started", "finished", "seen_at")
PLAIN = ("year", "number", "offset", "status", "current")
"""Whole numbers that are not amounts."""

_keys: WeakKeyDictionary[Any, dict[str, frozenset[str]]] = WeakKeyDictionary()

TARGETS = {
    "report_id": "reports",
    "agency_id": "agencies",
    "region_code": "regions",
    "parent_code": "regions",
    "site": "sites",
    "digest": "documents",
}
"""Columns that are foreign keys, and the tables they lead to."""


def shown(datasette: Any, column: str, value: Any) -> Any:
    """Return what stands in the cell, or None to leave it to Datasette."""
    site = site_of(datasette)
    if value is None or value == "":
        return None
    if isinstance(value, dict):
        return _linked(datasette, column, str(value["value"]), value["label"])
    if column in ADDRESSES:
        return _address(strings_of(datasette)("original"), str(value))
    if column in TIMES:
        return moment(site.lang, str(value))
    if column == "scope":
        return scope_word(str(value), site.lang)
    if column in CODES and str(value) in CODES[column]:
        return word(column, value, site.lang)
    if isinstance(value, int | float) and column not in PLAIN:
        return number(value)
    return None


async def labelled(datasette: Any, database: str, table: str, column: str, key: str) -> Any:
    """Return a key as a link with its label, where Datasette has not looked the label up itself.

    On views a key is no foreign key; that of a report still leads to its page.
    """
    if column in await _foreign_keys(datasette, database, table):
        names = await datasette.expand_foreign_keys(database, table, column, [key])
        if (column, key) in names:
            return _linked(datasette, column, key, names[column, key])
    if column == "report_id":
        return _linked(datasette, column, key, strings_of(datasette)("open_report"))
    return None


async def _foreign_keys(datasette: Any, database: str, table: str) -> frozenset[str]:
    """Return the columns of a table that are foreign keys, looked up once: the file never changes."""
    known = _keys.setdefault(datasette, {})
    if table not in known:
        keys = await datasette.get_database(database).foreign_keys_for_table(table)
        known[table] = frozenset(key["column"] for key in keys)
    return known[table]


def _linked(datasette: Any, column: str, key: str, label: Any) -> Any:
    """Return a foreign key as a link with its label."""
    target, encoded = TARGETS.get(column), path_segment(key)
    if target is None:
        return None
    if column == "digest":
        label = Markup("<code>{}…</code>").format(key[:15])
    path = datasette.urls.path(page_of(target, encoded))
    return Markup('<a href="{}">{}</a>').format(path, label or key)


def _address(label: str, url: str) -> Any:
    href = web(url)
    if not href:
        return url  # a string is escaped by the template: javascript: and the like stay text
    link = '<a href="{}" title="{}" rel="noreferrer external">{}</a>'
    return Markup(link).format(href, href, label)
