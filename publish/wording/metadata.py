"""Datasette's metadata, made from the data dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gongkai.archive.store.search import INDEX
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.dictionary import DICTIONARY
from gongkai.publish.wording.dictionary_types import Entry, TableEntry

NAME = ("公开", "Gongkai")
ABOUT = (
    "公开：政府信息公开工作年度报告档案。数据取自各地政府网站，原件逐份留存。",
    "Gongkai: an archive of Chinese government annual reports on open information.",
)
SEARCHED = "reports"
"""The table whose rows the search index numbers."""


def metadata(present: Iterable[str], lang: str = "zh") -> dict[str, Any]:
    """Return the metadata of the whole site.

    `present` are the names of all tables and views of the file: what the dictionary does not
    know (readings, search indexes and their parts, migrations) is hidden and refused.
    """
    tables: dict[str, Any] = {
        name: {"hidden": True, "allow": False} for name in present if name not in DICTIONARY.tables
    }
    for entry in DICTIONARY.tables.values():
        tables[entry.name] = _table(entry, lang)
    return {
        "title": _pair(*NAME, lang),
        "description": _pair(*ABOUT, lang),
        "databases": {DATABASE: {"title": _pair("数据库", "Database", lang), "tables": tables}},
    }


def _table(entry: TableEntry, lang: str) -> dict[str, Any]:
    about: dict[str, Any] = {
        "title": _pair(entry.zh, entry.en, lang),
        "description": _pair(entry.about_zh, entry.about_en, lang),
        "columns": {name: _column(column, lang) for name, column in entry.columns.items()},
    }
    if entry.facets:
        about["facets"] = list(entry.facets)
    if entry.label:
        about["label_column"] = entry.label
    if entry.sort_desc:
        about["sort_desc"] = entry.sort_desc
    if entry.name == SEARCHED:
        # a contentless index says nothing of the table it is for
        about |= {"fts_table": INDEX, "fts_pk": "rowid"}
    return about


def _column(column: Entry, lang: str) -> str:
    zh = f"{column.zh}（{column.note_zh}）" if column.note_zh else column.zh
    en = f"{column.en} ({column.note_en})" if column.note_en else column.en
    return _pair(zh, en, lang)


def _pair(zh: str, en: str, lang: str) -> str:
    """Return both languages side by side, the site's own first."""
    return f"{en} · {zh}" if lang == "en" else f"{zh} · {en}"
