"""Atom feeds: new reports, changes, failed checks; of everything, a region or an agency."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from gongkai.archive.store.search import Filters
from gongkai.catalogue import Language
from gongkai.publish.pages.report.differences import REPEATED
from gongkai.publish.wording.rules import RULES

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ENTRIES = 50
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters XML 1.0 has no way to write."""

_OF = """
join agencies a on a.id = r.agency_id left join regions g on g.code = a.region_code
"""
_ABOUT = "r.id as report_id, r.title, r.year, a.name as agency, g.full_name as region"
QUESTIONS = {
    "reports": f"""
        select r.id as key, r.first_seen as at, r.published_on, {_ABOUT}
        from reports r {_OF} where {{where}} order by r.first_seen desc, r.id""",
    "changes": f"""
        select e.report_id || e.event || e.at as key, e.at, e.event, e.cells, e.passages, {_ABOUT}
        from (select 'edited' as event, report_id, seen_at as at,
                     sum(part not in ('sections', 'sentences')) as cells,
                     sum(part in ('sections', 'sentences') and not {REPEATED}) as passages
              from changes c group by report_id, seen_at
              union all select 'removed', id, last_seen, 0, 0 from reports
              where status = 'removed') e
        join reports r on r.id = e.report_id {_OF} where {{where}}
        order by e.at desc, r.id, e.event""",
    "checks": f"""
        select c.id as key, r.first_seen as at, c.rule, c.message_zh, c.message_en, {_ABOUT}
        from checks c join reports r on r.id = c.report_id {_OF} where {{where}}
        order by r.first_seen desc, r.id, c.id""",
}
"""Each kind of feed with its question."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed is of, and its rows, the latest first."""

    kind: str
    scope: str
    rows: tuple[Row, ...]


def load(conn: sqlite3.Connection, kind: str, region: str, agency: str) -> Feed | None:
    """Return a feed, or None where there is no such region or agency."""
    where, parameters, scope = ["1"], dict[str, Any](), ""
    for table, key, value in (("regions", "code", region), ("agencies", "id", agency)):
        if value:
            named = conn.execute(f"select name from {table} where {key} = ?", (value,)).fetchone()
            if named is None:
                return None
            scope = named[0]
    if region:
        ((within, given),) = Filters(region=region).conditions()
        where.append(within)
        parameters |= given
    if agency:
        where.append("a.id = :agency")
        parameters["agency"] = agency
    asked = QUESTIONS[kind].format(where=" and ".join(where))
    rows = conn.execute(f"{asked} limit {ENTRIES}", parameters).fetchall()
    return Feed(kind, scope, tuple(rows))


def xml(
    feed: Feed, lang: Language, t: Callable[..., str], absolute: Callable[[str], str], own: str
) -> bytes:
    """Return the feed as Atom; `absolute` makes an address of a path, `own` is the feed's own."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed", {XML_LANG: "en" if lang == "en" else "zh-CN"})
    title = f"{t('site_name')} · {t(f'feed_{feed.kind}')}"
    _text(root, "id", _urn(own))
    _text(root, "title", f"{title} · {feed.scope}" if feed.scope else title)
    _text(root, "updated", _time(feed.rows[0]["at"]) if feed.rows else "1970-01-01T00:00:00Z")
    _element(root, "link", rel="self", type="application/atom+xml", href=own)
    _element(root, "link", rel="alternate", type="text/html", href=absolute("/"))
    for row in feed.rows:
        _entry(root, feed.kind, row, lang, t, absolute)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _entry(
    root: ElementTree.Element,
    kind: str,
    row: Row,
    lang: Language,
    t: Callable[..., str],
    absolute: Callable[[str], str],
) -> None:
    entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", _urn(f"gongkai:{kind}:{row['key']}"))
    _text(entry, "title", row["title"] or row["report_id"])
    _text(entry, "updated", _time(row["at"]))
    author = ElementTree.SubElement(entry, f"{{{ATOM}}}author")
    _text(author, "name", row["agency"])
    _element(
        entry,
        "link",
        rel="alternate",
        type="text/html",
        href=absolute(f"/report/{row['report_id']}"),
    )
    _text(entry, "summary", _summary(kind, row, lang, t))


def _summary(kind: str, row: Row, lang: Language, t: Callable[..., str]) -> str:
    place = row["region"] or ""
    if kind == "reports":
        return f"{place} · {t('published')} {row['published_on'] or t('unknown')}"
    if kind == "changes":
        if row["event"] == "removed":
            return f"{place} · {t('taken_down')}"
        cells = t("change_cells", n=row["cells"])
        passages = t("change_passages", n=row["passages"])
        return f"{place} · {t('change_size', cells=cells, passages=passages)}"
    rule = RULES.get(row["rule"])
    name = rule.title(lang) if rule else row["rule"]
    return f"{name}{t('colon')}{row['message_en' if lang == 'en' else 'message_zh']}"


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, name)}"


def _time(at: str) -> str:
    return at if "T" in at else f"{at}T00:00:00Z"


def _text(parent: ElementTree.Element, name: str, text: object) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}").text = _NOT_XML.sub("\ufffd", str(text))


def _element(parent: ElementTree.Element, name: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
