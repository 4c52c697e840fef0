"""datapackage.json: what the files for download are, as Frictionless tools read it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.table_schema import (
    TableField,
    TableSchema,
    bilingual_description,
    bilingual_title,
    table_schemas,
)
from gongkai.archive.store.csv_export import TABLES, VIEWS

NAME = "gongkai"
TITLE = "公开：政府信息公开工作年度报告档案 · Gongkai: annual reports on government information"
DESCRIPTION = (
    "各地行政机关政府信息公开工作年度报告的数据，逐格识读、逐项核对，可追溯到原件。空白不等于零。"
    "CSV 中以 = + - @ 开头的文字前加一个单引号，以免被当作公式。 "
    "Figures of the annual reports of Chinese agencies on government information disclosure, read "
    "cell by cell, checked, and traced to their originals. Blank is not zero. In CSV files a text "
    "that begins with = + - @ has a ' in front of it, so that no spreadsheet runs it."
)


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """A file made for download: of which table ("" for the whole archive), with how many rows."""

    path: Path
    table: str = ""
    rows: int | None = None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def describe_package(
    conn: sqlite3.Connection, folder: Path, files: Sequence[DownloadFile]
) -> dict[str, Any]:
    """Return the description of the files of a folder. `version` is the day of the last fetch.

    A table is one resource, its bare CSV; the same in other formats are its `variants`.
    """
    (seen,) = conn.execute("SELECT coalesce(max(fetched_at), '') FROM snapshots").fetchone()
    tables: dict[str, list[DownloadFile]] = {}
    for made in files:
        if made.table:
            tables.setdefault(made.table, []).append(made)
    return {
        "profile": "data-package",
        "name": NAME,
        "title": TITLE,
        "description": DESCRIPTION,
        **({"version": seen[:10].replace("-", "."), "created": seen} if seen else {}),
        "licenses": [asdict(DATA_LICENCE)],
        "sources": [{"title": "各行政机关的政府网站 The portals of the agencies"}],
        "keywords": ["政府信息公开", "年度报告", "open government", "freedom of information"],
        "resources": [
            *(_table(folder, table_schemas()[name], made) for name, made in tables.items()),
            *(_whole(folder, made) for made in files if not made.table),
        ],
    }


def _whole(folder: Path, made: DownloadFile) -> dict[str, Any]:
    return {
        "name": made.path.name.lower(),
        "title": "整个档案（SQLite） · The whole archive (SQLite)",
        "profile": "data-resource",
        "format": "gz",
        "mediatype": "application/gzip",
        **_file(folder, made),
    }


def _table(folder: Path, table: TableSchema, files: Sequence[DownloadFile]) -> dict[str, Any]:
    bare, *others = files  # the first is the one without a mark, compressed where it is too long
    return {
        "name": table.name,
        "title": bilingual_title(table),
        "description": f"{table.description('zh')} {table.description('en')}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"compression": "gz"} if bare.path.suffix == ".gz" else {}),
        **_file(folder, bare),
        "rows": bare.rows,
        "variants": [_file(folder, made) for made in others],
        "schema": _schema(table),
    }


def _file(folder: Path, made: DownloadFile) -> dict[str, Any]:
    return {
        "path": made.path.relative_to(folder).as_posix(),
        "bytes": made.path.stat().st_size,
        "hash": f"sha256:{file_sha256(made.path)}",
    }


def _schema(table: TableSchema) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(each) for each in table.fields.values()],
        "missingValues": [""],
    }
    if table.primary_key:
        schema["primaryKey"] = list(table.primary_key)
    if table.foreign_keys:
        schema["foreignKeys"] = list(table.foreign_keys)
    return schema


def _field(told: TableField) -> dict[str, Any]:
    field: dict[str, Any] = {"name": told.name, "type": told.type, "title": bilingual_title(told)}
    if description := bilingual_description(told):
        field["description"] = description
    if told.constraints:
        field["constraints"] = dict(told.constraints)
    if told.unit:
        field["unit"] = told.unit
    return field


def published_tables() -> tuple[str, ...]:
    """Return the tables and views that are handed out."""
    return (*TABLES, *VIEWS)
