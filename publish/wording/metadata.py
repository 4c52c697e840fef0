"""Datasette's metadata, made from the data dictionary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gongkai.archive.store.search import INDEX
from gongkai.catalogue import Language, text
from gongkai.publish.site import DATABASE
from gongkai.publish.wording.dictionary import TableField, TableSchema, tables

SEARCHED = "reports"
"""The table whose rows the search index numbers."""

_PASSAGES = ("text", "passage", "twin_passage", "covers_sentence", "raw", "error", "remarks")
LONG_TEXTS = frozenset((*_PASSAGES, "old", "new", "old_marks", "new_marks"))
"""Columns by which nothing is sorted: the address of the next page would have to have a whole text."""


def datasette_metadata(
    present: Mapping[str, Collection[str]], lang: Language = "zh"
) -> dict[str, Any]:
    """Return the metadata of the whole site, in both languages with `lang` first.

    `present` are all tables and views of the file with their columns. Those that the dictionary does
    not have (readings, search indexes and their parts, migrations) are hidden and refused. A file that
    an earlier version published may lack columns: nothing is counted by them.
    """
    known = tables()
    described: dict[str, Any] = {
        name: {"hidden": True, "allow": False} for name in present if name not in known
    }
    for schema in known.values():
        described[schema.name] = _table(schema, present.get(schema.name, ()), lang)
    database = {"title": _both("metadata_database", lang), "tables": described}
    return {
        "title": _both("site_name", lang),
        "description": _both("metadata_about", lang),
        "databases": {DATABASE: database},
    }


def _table(schema: TableSchema, columns: Collection[str], lang: Language) -> dict[str, Any]:
    about: dict[str, Any] = {
        "title": _pair(schema.title("zh"), schema.title("en"), lang),
        "description": _pair(schema.description("zh"), schema.description("en"), lang),
        "columns": {field.name: _column(field, lang) for field in schema.fields.values()},
    }
    facets = [each for each in schema.facets if _faceted(each) in columns]
    if facets:
        about["facets"] = facets
    if schema.label:
        about["label_column"] = schema.label
    sortable = [name for name in columns if name not in LONG_TEXTS] if schema.is_sortable else []
    about["sortable_columns"] = sorted(sortable)
    if schema.sort_desc in columns:
        about["sort_desc"] = schema.sort_desc
    if schema.name == SEARCHED:
        # a contentless index does not name the table that it belongs to
        about |= {"fts_table": INDEX, "fts_pk": "rowid"}
    return about


def _faceted(facet: str | Mapping[str, str]) -> str:
    """Return the column that a facet counts; one of a kind of its own is a mapping from kind to column."""
    return facet if isinstance(facet, str) else next(iter(facet.values()))


def _column(field: TableField, lang: Language) -> str:
    return _pair(explained(field, "zh"), explained(field, "en"), lang)


def explained(field: TableField, lang: Language) -> str:
    """Return the label of a column with its description in brackets, in a language."""
    description = field.description(lang)
    if not description:
        return field.title(lang)
    brackets = " ({})" if lang == "en" else "（{}）"
    return field.title(lang) + brackets.format(description)


def _both(key: str, lang: Language) -> str:
    return _pair(text("zh", key), text("en", key), lang)


def _pair(zh: str, en: str, lang: Language) -> str:
    """Return both languages side by side, the site's own first."""
    return f"{en} · {zh}" if lang == "en" else f"{zh} · {en}"
