"""All files for download of a public file, with what describes and proves them.

Tables are divided by year, so that a publication writes the years that changed and takes the files of
the others from the last one. Nothing is stored twice: whole tables and the variant for Excel are made
from these files when they are asked for.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from gongkai.archive.codebook.codebook import codebook
from gongkai.archive.codebook.codebook_json import codebook_json
from gongkai.archive.codebook.ddi import DataFile, Study, ddi_xml
from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import year_sql
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import frictionless_check, package
from gongkai.archive.publication.compression import compress
from gongkai.archive.publication.conformity import check_references
from gongkai.archive.publication.layout import CODEBOOK, DDI, PACKAGE, SUMS
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.package import DownloadFile
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.kept_files import KeptFiles
from gongkai.archive.publication.parts.table_files import CSV, Part, write_part
from gongkai.archive.publication.summary_files import SUMMARY, write_summary
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.database import read_only


def write_downloads(
    public_file: Path,
    folder: Path,
    progress: Progress = silent,
    *,
    version: str,
    kept: KeptFiles | None = None,
) -> None:
    """Write every file for download into a folder; Parquet where pyarrow is installed.

    `version` is that of the publication. `kept` are the files of the last one, for a publication that
    is made from it: what did not change since is taken from there, and its packed archive too, which
    is that of an earlier day then and says so.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column, or Frictionless, where it
            is installed, finds an error in the package of a full publication.
    """
    folder.mkdir()
    with closing(read_only(public_file)) as conn:
        last = kept or KeptFiles(folder, ())
        years = _years(conn)
        if not kept:  # a renewal has looked at the rows that it replaced
            check_references(conn, MATERIALISED_VIEWS)
        # packing takes a processor of its own: it does not hold the interpreter
        with ThreadPoolExecutor(1) as beside:
            packed = beside.submit(_packed_archive, public_file, folder, last, version)
            tables = list(_tables(conn, folder, last, years, progress))
            files = [packed.result(), *tables]
        files += _codebooks(folder, files, version)
        described = package.describe_package(conn, folder, files, version)
    _write_package(folder, described)
    write_sums(folder)
    # the files of a renewal are of the same program and the same columns as those of the last full one
    if not kept and frictionless_check.is_installed():
        frictionless_check.validate_package(folder)


def pack_archive(public_file: Path, folder: Path, version: str) -> None:
    """Pack the archive anew in a folder of downloads that has an earlier one; describe and prove it."""
    packed = folder / f"{public_file.name}.gz"
    compress(public_file, packed)
    told = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    made = package.describe_file(folder, DownloadFile(packed, version=version))
    told["resources"] = [
        made if each["name"] == made["name"] else each for each in told["resources"]
    ]
    _write_package(folder, told)
    write_sums(folder)


def _write_package(folder: Path, described: Mapping[str, Any]) -> None:
    text = json.dumps(described, ensure_ascii=False, indent=1)
    (folder / PACKAGE).write_text(f"{text}\n", encoding="utf-8")


def write_sums(folder: Path) -> None:
    """Write the list of checksums that `sha256sum` reads, from what the data package says."""
    described = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    sums = {name: record.sha256 for name, record in KeptFiles.records_of(described).items()}
    sums[PACKAGE] = package.file_sha256(folder / PACKAGE)
    lines = (f"{digest}  {path}\n" for path, digest in sorted(sums.items()))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def _is_divided(table: str) -> bool:
    return bool(year_sql(table_schemas()[table]))


def _packed_archive(public_file: Path, folder: Path, last: KeptFiles, version: str) -> DownloadFile:
    name = f"{public_file.name}.gz"
    path = folder / name
    if last.versions.get(name) and (record := last.link(name, folder)):
        return DownloadFile(path, sha256=record.sha256, version=last.versions[name])
    compress(public_file, path)
    return DownloadFile(path, version=version)


def _codebooks(folder: Path, files: Iterable[DownloadFile], version: str) -> list[DownloadFile]:
    """Write the codebook as JSON and as DDI, which names the CSV of each table: a file or a folder."""
    rows: dict[str, tuple[str, int]] = {}
    for each in files:
        name = each.path.relative_to(folder)
        if name.parts[0] == CSV and each.rows is not None:
            place = name if each.year is None else name.parent
            rows[each.table] = place.as_posix(), rows.get(each.table, ("", 0))[1] + each.rows
    named = tuple(DataFile(table, *place) for table, place in rows.items())
    study = Study(DATA_LICENCE.path, version, named)
    (folder / CODEBOOK).write_text(codebook_json(codebook()), encoding="utf-8")
    (folder / DDI).write_bytes(ddi_xml(codebook(), study))
    return [DownloadFile(folder / CODEBOOK), DownloadFile(folder / DDI)]


def _tables(
    conn: sqlite3.Connection,
    folder: Path,
    last: KeptFiles,
    years: Sequence[int],
    progress: Progress,
) -> Iterator[DownloadFile]:
    """Write the tables year by year, because the reports of a year are looked up once for all tables."""
    names = package.published_tables()
    divided = [name for name in names if _is_divided(name)]
    made: dict[str, list[DownloadFile]] = {name: [] for name in names}
    with progress("progress_downloads", len(years) + 1) as step:
        whole = [name for name in names if name not in divided]
        made.update((name, _whole_files(conn, name, folder, last)) for name in whole)
        for year in years:
            for part, files in _files_of_year(
                conn, [Part(name, year) for name in divided], folder, last
            ):
                made[part.table] += files
            step()
        made.update(
            (name, _whole_files(conn, name, folder, last)) for name in divided if not made[name]
        )
        made[SUMMARY] += write_summary(conn, folder, last, years)
        step()
    for files in made.values():
        yield from files


def _whole_files(
    conn: sqlite3.Connection, name: str, folder: Path, last: KeptFiles
) -> list[DownloadFile]:
    """Return the files of a table without years, or without rows."""
    return _kept(last, Part(name), folder) or _written(conn, Part(name), folder, ())


def _files_of_year(
    conn: sqlite3.Connection, parts: Iterable[Part], folder: Path, last: KeptFiles
) -> Iterator[tuple[Part, list[DownloadFile]]]:
    """Yield the files of each part of a year; its reports are looked up once, if any is written."""
    reports: list[str] | None = None
    for part in parts:
        files = _kept(last, part, folder)
        if files is None:
            if reports is None:
                reports = _reports(conn, part.year)
            files = _written(conn, part, folder, reports)
        yield part, files


def _written(
    conn: sqlite3.Connection, part: Part, folder: Path, reports: Sequence[str]
) -> list[DownloadFile]:
    rows = write_part(conn, table_schemas()[part.table], part.year, folder, reports)
    names = (part.csv_name, part.parquet_name)
    there = [folder / name for name in names if (folder / name).is_file()]
    return [DownloadFile(path, part.table, rows, part.year) for path in there]


def _kept(last: KeptFiles, part: Part, folder: Path) -> list[DownloadFile] | None:
    """Return the files of a part that did not change, [] if it has none; None if it is to be written."""
    if part not in last.unchanged:
        return None
    names = [part.csv_name, *([part.parquet_name] if parquet_part.is_installed() else [])]
    if not any(name in last.records for name in names):
        return [] if part.year else None
    found: list[DownloadFile] = []
    for name in names:
        record = last.link(name, folder)
        if record is None:
            for each in found:
                each.path.unlink()
            return None
        made = DownloadFile(folder / name, part.table, record.rows, part.year, record.sha256)
        found.append(made)
    return found


def _years(conn: sqlite3.Connection) -> list[int]:
    """Return the years of reports, and those for which one is missing."""
    found = conn.execute("SELECT year FROM reports UNION SELECT year FROM coverage ORDER BY 1")
    return [year for (year,) in found]


def _reports(conn: sqlite3.Connection, year: int | None) -> list[str]:
    found = conn.execute("SELECT id FROM reports WHERE year = ? ORDER BY id", [year])
    return [report for (report,) in found]
