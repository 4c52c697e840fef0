"""Atom feeds of new reports, changes or failed checks: of the archive, a region or an agency."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from gongkai.archive.store.search import IN_REGION
from gongkai.catalogue import Language
from gongkai.clock import china_day
from gongkai.publish.datasette_types import Row, Translator
from gongkai.publish.pages.report.differences import REPEATED
from gongkai.publish.pages.report.removals import removals_sql
from gongkai.publish.wording.rules import RULES

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot contain."""

_JOINS = """
JOIN agencies a ON a.id = r.agency_id LEFT JOIN regions g ON g.code = a.region_code
"""
_COLUMNS = "r.id AS report_id, r.title, r.year, a.name AS agency, g.full_name AS region"
QUERIES = {
    "reports": f"""
        SELECT r.id AS key, r.first_seen AS at, r.published_on, {_COLUMNS}
        FROM reports r {_JOINS} WHERE {{where}} ORDER BY r.first_seen DESC, r.id""",
    "changes": f"""
        SELECT e.report_id || e.event || coalesce(e.last_seen, e.at) AS key, e.at, e.event, e.cells,
               e.passages, e.last_seen, {_COLUMNS}
        FROM (SELECT 'edited' AS event, report_id, seen_at AS at,
                     sum(part NOT IN ('sections', 'sentences')) AS cells,
                     sum(part IN ('sections', 'sentences') AND NOT {REPEATED}) AS passages,
                     NULL AS last_seen
              FROM changes c GROUP BY report_id, seen_at
              UNION ALL SELECT 'removed', report_id, at, 0, 0, last_seen FROM ({{removals}})) e
        JOIN reports r ON r.id = e.report_id {_JOINS} WHERE {{where}}
        ORDER BY e.at DESC, r.id, e.event""",
    "checks": f"""
        SELECT c.id AS key, r.first_seen AS at, c.rule, c.message_zh, c.message_en, {_COLUMNS}
        FROM checks c JOIN reports r ON r.id = c.report_id {_JOINS} WHERE {{where}}
        ORDER BY r.first_seen DESC, r.id, c.id""",
}
"""The query of each kind of feed."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The rows of a feed, the latest first. `scope` names its region or agency, or is ""."""

    kind: str
    scope: str
    rows: tuple[Row, ...]


def load_feed(conn: sqlite3.Connection, kind: str, region: str, agency: str) -> Feed | None:
    """Return a feed, or None if there is no such region or agency."""
    where, parameters, scope = ["1"], dict[str, Any](), ""
    for table, key, value in (("regions", "code", region), ("agencies", "id", agency)):
        if value:
            named = conn.execute(f"SELECT name FROM {table} WHERE {key} = ?", (value,)).fetchone()
            if named is None:
                return None
            scope = named[0]
    if region:
        where.append(IN_REGION)
        parameters["region"] = region
    if agency:
        where.append("a.id = :agency")
        parameters["agency"] = agency
    query = QUERIES[kind].format(where=" AND ".join(where), removals=removals_sql(conn))
    rows = conn.execute(f"{query} LIMIT {ENTRIES}", parameters).fetchall()
    return Feed(kind, scope, tuple(rows))


def to_atom(
    feed: Feed, lang: Language, t: Translator, absolute: Callable[[str], str], path: str
) -> bytes:
    """Return a feed as Atom.

    `path` is that of the feed itself, without the base of its language; `absolute` turns a path
    into an address. Where the site does not know its base addresses begin at its root, and readers
    complete them. The id of the feed is made of its path alone: it stays when the site moves to
    another host or path (RFC 4287, 4.2.6).
    """
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed", {XML_LANG: "en" if lang == "en" else "zh-CN"})
    title = f"{t('site_name')} · {t(f'feed_{feed.kind}')}"
    _add_text(root, "id", _urn(f"/en{path}" if lang == "en" else path))
    _add_text(root, "title", f"{title} · {feed.scope}" if feed.scope else title)
    _add_text(root, "updated", _time(feed.rows[0]["at"]) if feed.rows else "1970-01-01T00:00:00Z")
    _add_element(root, "link", rel="self", type="application/atom+xml", href=absolute(path))
    _add_element(root, "link", rel="alternate", type="text/html", href=absolute("/"))
    for row in feed.rows:
        _add_entry(root, feed.kind, row, lang, t, absolute)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(
    root: ElementTree.Element,
    kind: str,
    row: Row,
    lang: Language,
    t: Translator,
    absolute: Callable[[str], str],
) -> None:
    entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _add_text(entry, "id", _urn(f"gongkai:{kind}:{row['key']}"))
    _add_text(entry, "title", row["title"] or row["report_id"])
    _add_text(entry, "updated", _time(row["at"]))
    author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
    _add_text(author, "name", row["agency"])
    _add_element(
        entry,
        "link",
        rel="alternate",
        type="text/html",
        href=absolute(f"/report/{row['report_id']}"),
    )
    _add_text(entry, "summary", _summary(kind, row, lang, t))


def _summary(kind: str, row: Row, lang: Language, t: Translator) -> str:
    place = row["region"] or ""
    if kind == "reports":
        return f"{place} · {t('published')} {row['published_on'] or t('unknown')}"
    if kind == "changes":
        if row["event"] == "removed":
            return f"{place} · {t('taken_down_dates', **_removal_days(row))}"
        cells = t("change_cells", n=row["cells"])
        passages = t("change_passages", n=row["passages"])
        return f"{place} · {t('change_size', cells=cells, passages=passages)}"
    rule = RULES.get(row["rule"])
    name = rule.title(lang) if rule else row["rule"]
    return f"{name}{t('colon')}{row['message_en' if lang == 'en' else 'message_zh']}"


def _removal_days(row: Row) -> dict[str, str]:
    return {"since": china_day(row["at"]), "last": china_day(row["last_seen"])}


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _time(at: str) -> str:
    return at if "T" in at else f"{at}T00:00:00Z"


def _add_text(parent: ElementTree.Element, name: str, text: object) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = _NOT_XML.sub("\ufffd", str(text))


def _add_element(parent: ElementTree.Element, name: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
