"""The tables and views of the data contract as Frictionless Table Schemas, read from `schemas/`.

One source for the data package, the workbook, the site and docs/data-dictionary.md. The README in
`schemas/` explains the properties that are our own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, NotRequired, TypedDict, cast

from gongkai.catalogue import Language

FieldType = Literal["string", "integer", "number", "date", "datetime"]
Facet = str | dict[str, str]
"""A field by which a table page narrows down, or Datasette's form of it: {type: field}."""

Missing = Literal["null", "empty string", "null or empty string"]
"""How SQLite has a missing value of a column."""

Constraints = Mapping[str, object]
"""Table Schema's constraints by name: required, unique, enum, pattern, minimum, maximum."""

FOLDER = files("gongkai.archive.publication") / "schemas"
NAMES = (
    "reports",
    "sections",
    "revisions",
    "copies",
    "absences",
    "changes",
    "change_marks",
    "active_disclosure",
    "active_disclosure_2019",
    "requests",
    "review_litigation",
    "cell_notes",
    "checks",
    "twin_passages",
    "report_summary",
    "coverage",
    "reports_by_region",
    "refusal_reasons",
    "cells",
    "form_crosswalk",
    "panel",
    "region_totals",
    "requests_in_context",
    "reasons_by_agency",
    "figures",
    "regions",
    "agencies",
    "duties",
    "sites",
    "documents",
    "snapshots",
    "imports",
    "runs",
    "manifests",
    "covered",
    "forwards",
    "agency_links",
)
"""The tables and views in the order in which the dictionary presents them."""


class Reference(TypedDict):
    """What a foreign key points to; the resource is "" for the table itself."""

    resource: str
    fields: list[str]


class ForeignKey(TypedDict):
    """A foreign key as Table Schema writes it."""

    fields: list[str]
    reference: Reference


class _FieldDescriptor(TypedDict):
    name: str
    type: FieldType
    title: str
    title_en: str
    description: NotRequired[str]
    description_en: NotRequired[str]
    constraints: NotRequired[dict[str, object]]
    unit: NotRequired[str]
    missing: NotRequired[Missing]


class _Target(TypedDict):
    table: str
    field: str


class _Browse(TypedDict, total=False):
    facets: list[Facet]
    label: str
    leads_to: _Target
    sort_desc: str
    fields: list[str]
    row_pages: bool
    sortable: bool


class _TableDescriptor(TypedDict):
    name: str
    title: str
    title_en: str
    description: str
    description_en: str
    fields: list[_FieldDescriptor]
    primaryKey: NotRequired[list[str]]
    uniqueKeys: NotRequired[list[list[str]]]
    foreignKeys: NotRequired[list[ForeignKey]]
    browse: NotRequired[_Browse]


@dataclass(frozen=True, slots=True)
class TableField:
    """A column. `unit` is "" for counts and texts; `missing` means nothing for a required field.

    `titles` and `descriptions` have a text for each language.
    """

    name: str
    type: FieldType
    titles: Mapping[Language, str]
    descriptions: Mapping[Language, str]
    constraints: Constraints = field(default_factory=dict)
    unit: str = ""
    missing: Missing = "null"

    @property
    def is_nullable(self) -> bool:
        """Whether the column may be NULL in SQLite."""
        return not self.constraints.get("required") and self.missing != "empty string"

    def title(self, lang: Language) -> str:
        """Return the label in a language."""
        return self.titles[lang]

    def description(self, lang: Language) -> str:
        """Return what the label does not say, in a language; "" where it says everything."""
        return self.descriptions[lang]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table or view: its names, what a row is, its columns and keys, and how it is browsed.

    `label` is the column that names a row ("" for none); that name links to the row of
    `leads_to`, a table and its key column, or to the row itself where these are "". `shown` are
    the columns of a table page in their order; downloads have all. `has_row_pages` is False for
    a view of totals, `is_sortable` for one whose rows no index has in order.
    """

    name: str
    titles: Mapping[Language, str]
    descriptions: Mapping[Language, str]
    fields: Mapping[str, TableField]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    shown: tuple[str, ...]
    facets: tuple[Facet, ...] = ()
    label: str = ""
    leads_to: tuple[str, str] = ("", "")
    sort_desc: str = ""
    has_row_pages: bool = True
    is_sortable: bool = True

    def title(self, lang: Language) -> str:
        """Return the table's name for people in a language."""
        return self.titles[lang]

    def description(self, lang: Language) -> str:
        """Return what one row is, in a language."""
        return self.descriptions[lang]


def bilingual_title(each: TableField | TableSchema) -> str:
    """Return a title in both languages, for files that all readers share."""
    return f"{each.title('zh')} · {each.title('en')}"


def bilingual_description(each: TableField) -> str:
    """Return a column's description in both languages, "" where it has none."""
    return " · ".join(text for text in (each.description("zh"), each.description("en")) if text)


@cache
def table_schemas() -> Mapping[str, TableSchema]:
    """Return the schema of every table and view by its name, in the order of the dictionary."""
    return {name: _read(name) for name in NAMES}


def _read(name: str) -> TableSchema:
    descriptor = cast(
        _TableDescriptor, json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    )
    fields = {each["name"]: _field(each) for each in descriptor["fields"]}
    browse = descriptor.get("browse", {})
    target = browse.get("leads_to", {"table": "", "field": ""})
    return TableSchema(
        name=descriptor["name"],
        titles={"zh": descriptor["title"], "en": descriptor["title_en"]},
        descriptions={"zh": descriptor["description"], "en": descriptor["description_en"]},
        fields=fields,
        primary_key=tuple(descriptor.get("primaryKey", ())),
        unique_keys=tuple(tuple(key) for key in descriptor.get("uniqueKeys", ())),
        foreign_keys=tuple(descriptor.get("foreignKeys", ())),
        shown=tuple(browse.get("fields", fields)),
        facets=tuple(browse.get("facets", ())),
        label=browse.get("label", ""),
        leads_to=(target["table"], target["field"]),
        sort_desc=browse.get("sort_desc", ""),
        has_row_pages=browse.get("row_pages", True),
        is_sortable=browse.get("sortable", True),
    )


def _field(descriptor: _FieldDescriptor) -> TableField:
    return TableField(
        name=descriptor["name"],
        type=descriptor["type"],
        titles={"zh": descriptor["title"], "en": descriptor["title_en"]},
        descriptions={
            "zh": descriptor.get("description", ""),
            "en": descriptor.get("description_en", ""),
        },
        constraints=descriptor.get("constraints", {}),
        unit=descriptor.get("unit", ""),
        missing=descriptor.get("missing", "null"),
    )
