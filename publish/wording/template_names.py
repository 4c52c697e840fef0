"""The names that templates use: labels, formats and URLs, in the language of the instance."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from importlib.resources import files
from typing import Any

from gongkai.archive.store.search import mark
from gongkai.catalogue import Language
from gongkai.clock import china_day
from gongkai.publish.datasette_types import Datasette
from gongkai.publish.http.csv_stream import LIST_LINES
from gongkai.publish.http.path_prefix import current_prefix
from gongkai.publish.http.paths import change_path, path_segment, proof_path
from gongkai.publish.site import DATABASE, page_of, site_of
from gongkai.publish.wording import formatting, table_display
from gongkai.publish.wording.codes import code_label, scope_label
from gongkai.publish.wording.deadlines import days_late
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.measures import MEASURES
from gongkai.publish.wording.page_addresses import ENGLISH, addresses_of
from gongkai.publish.wording.page_records import record_names
from gongkai.publish.wording.series import series_title

STATIC = files("gongkai.publish") / "static"
__all__ = ["ENGLISH", "other_language", "template_names"]


def template_names(datasette: Datasette) -> dict[str, Any]:
    """Return the names that templates use, by name."""
    site = site_of(datasette)
    lang, urls = site.lang, datasette.urls
    return {
        "lang": lang,
        "html_lang": "en" if lang == "en" else "zh-CN",
        "other_lang": "zh-CN" if lang == "en" else "en",
        "page_addresses": partial(addresses_of, datasette),
        **record_names(datasette),
        "other_language": partial(other_language, site.bilingual, lang),
        "dictionary": tables(),
        "measure": MEASURES.__getitem__,
        "most_rows": LIST_LINES,
        "marked": mark,
        "days_late": days_late,
        "series_title": lambda series: series_title(series, lang),
        "code_label": lambda column, value: code_label(column, value, lang),
        "scope_label": lambda scope: scope_label(scope, lang),
        **_table_names(lang),
        **_format_names(lang),
        **_url_names(urls),
    }


def _table_names(lang: Language) -> dict[str, Any]:
    return {
        "column_label": partial(table_display.column_label, lang),
        "column_description": partial(table_display.column_description, lang),
        "table_title": partial(table_display.table_title, lang),
        "table_description": partial(table_display.table_description, lang),
        "shown_columns": table_display.shown_columns,
        "picked_columns": table_display.picked_columns,
        "other_args": table_display.other_args,
        "wider_table": table_display.wider_table,
        "cells_in_order": table_display.cells_in_order,
        "facets_in_order": table_display.facets_in_order,
        "label_target": table_display.label_target,
    }


def _format_names(lang: Language) -> dict[str, Any]:
    return {
        "local_time": partial(formatting.local_time, lang),
        "china_day": china_day,
        "local_day": partial(formatting.local_day, lang),
        "number": formatting.number,
        "number_or_dash": formatting.number_or_dash,
        "percent": formatting.percent,
        "byte_size": formatting.byte_size,
        "circled_number": formatting.circled_number,
        "format_name": formatting.format_name,
        "web_url": formatting.web_url,
    }


def _url_names(urls: Any) -> dict[str, Any]:
    return {
        "asset": lambda name: urls.path(f"/static/{name}?v={_fingerprint(name)}"),
        "database_url": lambda: urls.path(f"/{DATABASE}"),
        "table_url": lambda table: urls.path(f"/{DATABASE}/{table}"),
        "record_url": lambda table, key: urls.path(page_of(table, path_segment(key))),
        "report_url": lambda id: urls.path(f"/report/{path_segment(id)}"),
        "agency_url": lambda id: urls.path(f"/agency/{path_segment(id)}"),
        "region_url": lambda code: urls.path(f"/region/{path_segment(code)}"),
        "built_table_url": lambda **query: urls.path(formatting.url_with_query("/table", query)),
        "search_url": lambda **query: urls.path(formatting.url_with_query("/search", query)),
        "proof_url": lambda id, key: urls.path(proof_path(id, key)),
        "change_url": lambda id, at: urls.path(change_path(id, at)),
        "viewer_url": lambda copy: urls.path(f"/viewer/{copy.hex}"),
        "kept_url": lambda copy: urls.path(f"/kept/{copy.hex}"),
    }


def other_language(bilingual: bool, lang: Language, request: Any) -> str:
    """Return the path of this page in the other language, "" if the site has only one."""
    if not bilingual or request is None:
        return ""
    path = str(request.full_path)
    return f"{current_prefix()}{path if lang == 'en' else ENGLISH + path}"


@cache
def _fingerprint(name: str) -> str:
    """Return a hash of a static file's content, so that browsers fetch it again when it changes."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:8]
