"""The names that templates use: texts in the reader's language, labels, dates, addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import cache, partial
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from gongkai.archive.store.search import mark
from gongkai.catalogue import Language, text
from gongkai.messages import Value
from gongkai.publish.http.csv_response import MAX_ROWS
from gongkai.publish.http.paths import path_segment
from gongkai.publish.site import DATABASE, page_of, site_of
from gongkai.publish.wording.codes import scope_word, word
from gongkai.publish.wording.deadlines import days_between
from gongkai.publish.wording.dictionary import TableSchema, find_field, tables
from gongkai.publish.wording.measures import MEASURES

STATIC = files("gongkai.publish") / "static"
BEIJING = timezone(timedelta(hours=8))
KINDS = {
    "application/pdf": "PDF",
    "text/html": "HTML",
    "text/plain": "TXT",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.ofd": "OFD",
    "application/rtf": "RTF",
    "application/zip": "ZIP",
}
CIRCLED = 20  # how many circled numbers Unicode has in a row from ①
ENGLISH = "/en"


Translate = Callable[..., str]
"""Called as `t(key, **params)`: returns the text of a key with its parameters filled in."""


def translator(lang: Language) -> Translate:
    """Return a function that gives texts in a language.

    It raises `gongkai.catalogue.UnknownText` for a key that is not in the catalogues.
    """

    def translate(key: str, /, **params: Value) -> str:
        return text(lang, key, **params)

    return translate


def strings_of(datasette: Any) -> Translate:
    """Return the translator for the language of a Datasette instance."""
    return translator(site_of(datasette).lang)


def install_texts(environment: Any, translate: Translate) -> None:
    """Let templates call `_(key, n=3)` for a text, by Jinja's i18n extension.

    The callables are the old-style ones: they fill in the parameters themselves, so that Jinja
    escapes the finished text like any other string.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(
        gettext=translate,
        ngettext=lambda key, _plural, n: translate(key, n=n),
        newstyle=False,
    )


def template_names(datasette: Any) -> dict[str, Any]:
    """Return the names templates use. Each is looked up when the page is rendered."""
    site = site_of(datasette)
    lang, urls = site.lang, datasette.urls
    return {
        "lang": lang,
        "html_lang": "en" if lang == "en" else "zh-CN",
        "other_lang": "zh-CN" if lang == "en" else "en",
        "other_language": partial(other_language, site.bilingual, lang),
        "word": lambda column, value: word(column, value, lang),
        "scope_word": lambda scope: scope_word(scope, lang),
        "column_label": partial(column_label, lang),
        "column_note": partial(column_note, lang),
        "table_title": partial(table_title, lang),
        "table_about": partial(table_about, lang),
        "moment": partial(moment, lang),
        "day": partial(day, lang),
        "number": number,
        "size": size,
        "circled": circled,
        "web": web,
        "marked": mark,
        "most_rows": MAX_ROWS,
        "kind_of": lambda media_type: KINDS.get(media_type, media_type),
        "asset": lambda name: urls.path(f"/static/{name}?v={_fingerprint(name)}"),
        "database_url": lambda: urls.path(f"/{DATABASE}"),
        "table_url": lambda table: urls.path(f"/{DATABASE}/{table}"),
        "dictionary": tables(),
        "columns_shown": columns_shown,
        "cells_in_order": cells_in_order,
        "facets_in_order": facets_in_order,
        "leads_to": leads_to,
        "record_url": partial(record_url, urls),
        "row_url": lambda table, pk: urls.path(f"/{DATABASE}/{table}/{path_segment(pk)}"),
        "report_url": lambda id: urls.path(f"/report/{path_segment(id)}"),
        "agency_url": lambda id: urls.path(f"/agency/{path_segment(id)}"),
        "region_url": lambda code: urls.path(f"/region/{path_segment(code)}"),
        "search_url": lambda **asked: urls.path(address("/search", asked)),
        "measure": MEASURES.__getitem__,
        "figure": figure,
        "days_between": days_between,
        "percent": percent,
        "kept_url": lambda copy: urls.path(f"/kept/{copy.hex}"),
    }


def other_language(bilingual: bool, lang: Language, request: Any) -> str:
    """Return the address of this page in the other language, "" where the site has only one."""
    if not bilingual or request is None:
        return ""
    return request.full_path if lang == "en" else f"{ENGLISH}{request.full_path}"


def columns_shown(table: str, columns: list[str]) -> list[str]:
    """Return the columns a table page shows, the one that names a row first.

    Left out are keys and digests that nobody reads, and Datasette's own link to a row where the
    row leads to a report anyway.
    """
    schema = tables().get(table)
    if schema is None:
        return columns
    hidden = {"rowid"}
    if schema.label or "report_id" in columns or not schema.has_row_pages:
        hidden.add("Link")
    known = [name for name in schema.shown if name in columns]
    rest = [name for name in columns if name not in schema.fields and name not in hidden]
    return sorted([*rest, *known], key=lambda name: name != schema.label)


def cells_in_order(row: Any, names: list[str]) -> list[Any]:
    """Return the cells of a row of Datasette's in the order of these columns."""
    cells = {cell["column"]: cell for cell in row.cells}
    return [cells[name] for name in names if name in cells]


def leads_to(entry: TableSchema, primary_keys: list[str]) -> tuple[str, str]:
    """Return the table and the key column of the row that a row's name leads to."""
    return entry.leads_to if entry.leads_to[0] else (entry.name, primary_keys[0])


def facets_in_order(table: str, facets: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a page's facets in the order of the dictionary; years run from the latest."""
    entry = tables().get(table)
    names = [next(iter(f)) if isinstance(f, dict) else f for f in entry.facets] if entry else []
    found = sorted(facets.values(), key=lambda facet: names.index(facet["name"]))
    for facet in found:
        if facet["name"] == "year":
            facet["results"].sort(key=lambda each: each["value"], reverse=True)
    return found


def record_url(urls: Any, table: str, key: object) -> str:
    """Return the address of a row's own page."""
    return str(urls.path(page_of(table, path_segment(key))))


def column_label(lang: Language, table: str, column: str) -> str:
    """Return a column's name for people, or its own where the dictionary has none."""
    entry = find_field(table, column)
    return entry.title(lang) if entry else column


def column_note(lang: Language, table: str, column: str) -> str:
    """Return what the dictionary adds to a column's name."""
    entry = find_field(table, column)
    return entry.description(lang) if entry else ""


def table_title(lang: Language, table: str) -> str:
    """Return a table's name for people."""
    entry = tables().get(table)
    return entry.title(lang) if entry else table


def table_about(lang: Language, table: str) -> str:
    """Return what a row of the table is."""
    entry = tables().get(table)
    return entry.description(lang) if entry else ""


def moment(lang: Language, text: str | None) -> str:
    """Return a UTC ISO time as people read it: in Chinese by the clock of Beijing."""
    at = _there(lang, text)
    if at is None:
        return text or ""
    return f"{at:%Y-%m-%d %H:%M} UTC" if lang == "en" else f"{at:%Y-%m-%d %H:%M}（北京时间）"


def day(lang: Language, text: str | None) -> str:
    """Return the day of a UTC ISO time by the same clock; a day alone stays the one it is."""
    at = _there(lang, text) if len(text or "") > len("2025-01-31") else None
    return f"{at:%Y-%m-%d}" if at else (text or "")[:10]


def _there(lang: Language, text: str | None) -> datetime | None:
    """Return a UTC ISO time by the reader's clock, None for what is none."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return at.astimezone(UTC if lang == "en" else BEIJING)


def number(value: int | float | None) -> str:
    """Return a number with its thousands apart, "" for none."""
    return "" if value is None else f"{value:,}"


def figure(value: int | float | None) -> str:
    """Return a number as `number` does, and a dash for none: blank is not zero."""
    return "—" if value is None else number(value)


def percent(share: float) -> str:
    """Return a share as per cent."""
    return f"{share:.1%}"


def address(path: str, asked: Mapping[str, object]) -> str:
    """Return a path with its query, without what is empty."""
    pairs = [(name, str(value)) for name, value in asked.items() if value not in ("", None)]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def size(count: int | None) -> str:
    """Return a number of bytes as people read it."""
    if count is None:
        return ""
    for unit, factor in (("MB", 1_000_000), ("kB", 1_000)):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"


def circled(n: int) -> str:
    """Return ① for 1 and so on; (21) above twenty."""
    return chr(0x2460 + n - 1) if 1 <= n <= CIRCLED else f"({n})"


def web(url: object) -> str:
    """Return an address only if it is one of the web; "" for javascript: and all else."""
    text = str(url or "").strip()
    return text if text.lower().startswith(("http://", "https://")) else ""


@cache
def _fingerprint(name: str) -> str:
    """Return a mark of a static file's content, so that browsers fetch it again when it changes."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
