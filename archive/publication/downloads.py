"""All files for download of a public file, with what describes and proves them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from gongkai.archive.codebook.codebook import codebook
from gongkai.archive.codebook.codebook_json import codebook_json
from gongkai.archive.codebook.ddi import DataFile, Study, ddi_xml
from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import csv_files as sheets
from gongkai.archive.publication import frictionless_check, package, parquet, stata, workbook
from gongkai.archive.publication.conformity import check_references, check_values
from gongkai.archive.publication.layout import CODEBOOK, DDI, PACKAGE, SUMS
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.package import DownloadFile
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.csv_export import order_by
from gongkai.archive.store.database import read_only

SUMMARY = "report_summary"
"""What the Excel file and the Stata file hold."""


def write_downloads(
    public_file: Path, folder: Path, progress: Progress = silent, *, version: str
) -> None:
    """Write every file for download into a folder; Parquet where pyarrow is installed.

    `version` is that of the publication.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column, or Frictionless, where it
            is installed, finds an error in the package.
    """
    folder.mkdir()
    with closing(read_only(public_file)) as conn:
        check_values(conn, package.published_tables())
        check_references(conn, MATERIALISED_VIEWS)
        files = list(_files(conn, public_file, folder, progress))
        files += _codebooks(folder, files, version)
        described = package.describe_package(conn, folder, files, version)
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / PACKAGE).write_text(f"{text}\n", encoding="utf-8")
    entries = [
        entry for each in described["resources"] for entry in (each, *each.get("variants", ()))
    ]
    sums = {entry["path"]: entry["hash"].removeprefix("sha256:") for entry in entries}
    sums[PACKAGE] = package.file_sha256(folder / PACKAGE)
    lines = (f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    if frictionless_check.is_installed():
        frictionless_check.validate_package(folder)


def _codebooks(folder: Path, files: Iterable[DownloadFile], version: str) -> list[DownloadFile]:
    """Write the codebook as JSON and as DDI, which names the bare files of the tables."""
    bare = {
        each.table: DataFile(each.table, each.path.relative_to(folder).as_posix(), each.rows)
        for each in files
        if each.path.parent.name == sheets.PLAIN and each.rows is not None
    }
    study = Study(DATA_LICENCE.path, version, tuple(bare.values()))
    (folder / CODEBOOK).write_text(codebook_json(codebook()), encoding="utf-8")
    (folder / DDI).write_bytes(ddi_xml(codebook(), study))
    return [DownloadFile(folder / CODEBOOK), DownloadFile(folder / DDI)]


def _files(
    conn: sqlite3.Connection,
    public_file: Path,
    folder: Path,
    progress: Progress,
) -> Iterator[DownloadFile]:
    tables = package.published_tables()
    with progress("progress_downloads", len(tables) + 2) as step:
        zipped = folder / f"{public_file.name}.gz"
        sheets.compress(public_file, zipped)
        yield DownloadFile(zipped)
        step()
        for table in tables:
            made, rows = sheets.write_sheets(conn, table, folder)
            yield from (DownloadFile(path, table, rows) for path in made)
            if parquet.is_installed():
                (folder / "parquet").mkdir(exist_ok=True)
                path = folder / "parquet" / f"{table}.parquet"
                parquet.write_parquet(conn, table_schemas()[table], order_by(conn, table), path)
                yield DownloadFile(path, table, rows)
            if table == SUMMARY:
                (folder / "xlsx").mkdir()
                path = folder / "xlsx" / f"{table}.xlsx"
                workbook.write_workbook(conn, table_schemas()[table], path)
                yield DownloadFile(path, table, rows)
                if stata.is_installed() and rows <= stata.LONGEST:
                    (folder / stata.FOLDER).mkdir()
                    path = folder / stata.FOLDER / f"{table}.dta"
                    stata.write_stata(conn, table_schemas()[table], order_by(conn, table), path)
                    yield DownloadFile(path, table, rows)
            step()
        step()
