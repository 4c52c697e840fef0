"""datapackage.json: what the files for download are, as Frictionless tools read it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai.archive.publication.columns import Column, primary_key, table_columns
from gongkai.archive.publication.words import (
    DATA,
    Dictionary,
    TableWords,
    bilingual_about,
    bilingual_note,
    bilingual_title,
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
    conn: sqlite3.Connection, folder: Path, files: Sequence[DownloadFile], dictionary: Dictionary
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
        "licenses": [{"name": DATA.name, "title": DATA.title, "path": DATA.path}],
        "sources": [{"title": "各行政机关的政府网站 The portals of the agencies"}],
        "keywords": ["政府信息公开", "年度报告", "open government", "freedom of information"],
        "resources": [
            *(_table(conn, folder, name, made, dictionary[name]) for name, made in tables.items()),
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


def _table(
    conn: sqlite3.Connection,
    folder: Path,
    name: str,
    files: Sequence[DownloadFile],
    words: TableWords,
) -> dict[str, Any]:
    bare, *others = files  # the first is the one without a mark, compressed where it is too long
    return {
        "name": name,
        "title": bilingual_title(words),
        "description": bilingual_about(words),
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        **({"compression": "gz"} if bare.path.suffix == ".gz" else {}),
        **_file(folder, bare),
        "rows": bare.rows,
        "variants": [_file(folder, made) for made in others],
        "schema": _schema(conn, name, words),
    }


def _file(folder: Path, made: DownloadFile) -> dict[str, Any]:
    return {
        "path": made.path.relative_to(folder).as_posix(),
        "bytes": made.path.stat().st_size,
        "hash": f"sha256:{file_sha256(made.path)}",
    }


def _schema(conn: sqlite3.Connection, table: str, words: TableWords) -> dict[str, Any]:
    listed = table_columns(conn, table)
    schema: dict[str, Any] = {
        "fields": [_field(column, words) for column in listed],
        "missingValues": [""],
    }
    if key := primary_key(conn, table):
        schema["primaryKey"] = list(key)
    leads = [
        {
            "fields": [column.name],
            "reference": {
                "resource": "" if column.references[0] == table else column.references[0],
                "fields": [column.references[1]],
            },
        }
        for column in listed
        if column.references
    ]
    return schema | ({"foreignKeys": leads} if leads else {})


def _field(column: Column, words: TableWords) -> dict[str, Any]:
    told = words.columns[column.name]
    field = {"name": column.name, "type": column.kind, "title": bilingual_title(told)}
    return field | ({"description": bilingual_note(told)} if bilingual_note(told) else {})


def published_tables() -> tuple[str, ...]:
    """Return the tables and views that are handed out."""
    return (*TABLES, *VIEWS)
