"""datapackage.json: what the files for download are, as Frictionless tools read it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gongkai.archive.codebook.codebook import column_codes
from gongkai.archive.codebook.table_schema import (
    TableField,
    TableSchema,
    bilingual_description,
    bilingual_title,
    table_schemas,
)
from gongkai.archive.publication.layout import CODEBOOK, DDI
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.parts.table_files import CSV
from gongkai.archive.publication.version import last_fetch
from gongkai.archive.store.csv_export import TABLES, VIEWS
from gongkai.catalogue import text
from gongkai.messages import Value

NAME = "gongkai"

_ARCHIVE = ("package_archive", "gz", "application/gzip")
_WHOLE = {
    CODEBOOK: ("package_codebook", "json", "application/json"),
    DDI: ("package_ddi", "xml", "application/xml"),
}
"""Key of the title, format and media type of the files that belong to no table."""


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A file for download: of which table ("" for the whole archive) and year, with how many rows.

    `year` is None for a file with all years. `sha256` is "" for a file that is new. `version` is that of
    the publication whose archive a packed one is.
    """

    path: Path
    table: str = ""
    rows: int | None = None
    year: int | None = None
    sha256: str = ""
    version: str = ""


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_package(
    conn: sqlite3.Connection, folder: Path, files: Sequence[DownloadFile], version: str
) -> dict[str, Any]:
    """Return the description of the files of a folder. `version` is that of the publication.

    A table is one resource, its CSV. Where it is divided by year, `path` lists the files, as the standard
    has it, and `parts` says more of each. The same in other formats are its `variants`.
    """
    seen = last_fetch(conn)
    tables: dict[str, list[DownloadFile]] = {}
    for made in files:
        if made.table:
            tables.setdefault(made.table, []).append(made)
    return {
        "profile": "data-package",
        "name": NAME,
        "title": _both("package_title"),
        "description": _both("package_description"),
        "version": version,
        **({"created": seen} if seen else {}),
        "licenses": [asdict(DATA_LICENCE)],
        "sources": [{"title": _both("package_sources")}],
        "keywords": ["政府信息公开", "年度报告", "open government", "freedom of information"],
        "resources": [
            *(_table(folder, table_schemas()[name], made) for name, made in tables.items()),
            *(describe_file(folder, made) for made in files if not made.table),
        ],
    }


def _both(key: str, **params: Value) -> str:
    """Return a text in both languages: people of either read the file."""
    return f"{text('zh', key, **params)} · {text('en', key, **params)}"


def describe_file(folder: Path, made: DownloadFile) -> dict[str, Any]:
    """Return the description of a file that belongs to no table."""
    title, kind, media_type = _WHOLE.get(made.path.name, _ARCHIVE)
    about = {
        "description": _both("package_archive_version", version=made.version),
        "version": made.version,
    }
    return {
        "name": made.path.name.lower(),
        "title": _both(title),
        **(about if made.version else {}),
        "profile": "data-resource",
        "format": kind,
        "mediatype": media_type,
        **_file(folder, made),
    }


def _table(folder: Path, table: TableSchema, files: Sequence[DownloadFile]) -> dict[str, Any]:
    sheets = [_file(folder, made) for made in files if _is_sheet(folder, made)]
    others = [_file(folder, made) for made in files if not _is_sheet(folder, made)]
    if "year" in sheets[0]:
        place = {"path": [each["path"] for each in sheets], "parts": sheets}
    else:
        place = dict(sheets[0])
    return {
        "name": table.name,
        "title": bilingual_title(table),
        "description": f"{table.description('zh')} {table.description('en')}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "compression": "gz",
        **place,
        "rows": sum(each["rows"] for each in sheets),
        "variants": others,
        "schema": _schema(table),
    }


def _is_sheet(folder: Path, made: DownloadFile) -> bool:
    return made.path.relative_to(folder).parts[0] == CSV


def _file(folder: Path, made: DownloadFile) -> dict[str, Any]:
    return {
        "path": made.path.relative_to(folder).as_posix(),
        **({} if made.year is None else {"year": made.year}),
        **({} if made.rows is None else {"rows": made.rows}),
        "bytes": made.path.stat().st_size,
        "hash": f"sha256:{made.sha256 or file_sha256(made.path)}",
    }


def _schema(table: TableSchema) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(each, table.primary_key) for each in table.fields.values()],
        "missingValues": [""],
    }
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    if table.unique_keys:
        schema["uniqueKeys"] = [list(key) for key in table.unique_keys]
    if table.foreign_keys:
        schema["foreignKeys"] = list(table.foreign_keys)
    return schema


def _enum(column: TableField) -> list[object]:
    values = column.constraints.get("enum")
    return values if isinstance(values, list) else []


def _field(column: TableField, key: Sequence[str]) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": bilingual_title(column),
    }
    if description := bilingual_description(column):
        field["description"] = description
    if column.constraints:
        field["constraints"] = dict(column.constraints)
    if codes := column_codes(column):
        field["categories"] = [
            {"value": value, "label": f"{code.labels['zh']} · {code.labels['en']}"}
            for value, code in zip(_enum(column), codes, strict=True)
        ]
    if column.name in key and column.missing == "empty string":
        field["missingValues"] = []  # an empty text is a value of the key
    if column.unit:
        field["unit"] = column.unit
    return field


def published_tables() -> tuple[str, ...]:
    """Return the tables and views that are handed out."""
    return (*TABLES, *VIEWS)
