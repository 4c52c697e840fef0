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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gongkai.archive.codebook.codebook import codebook
from gongkai.archive.codebook.codebook_json import codebook_json
from gongkai.archive.codebook.ddi import DataFile, Study, ddi_xml
from gongkai.archive.codebook.table_schema import table_schemas
from gongkai.archive.codebook.table_years import year_sql
from gongkai.archive.errors import PublicationRefusedError, RenewalImpossibleError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.publication import frictionless_check, package
from gongkai.archive.publication.compression import compress
from gongkai.archive.publication.conformity import check_references
from gongkai.archive.publication.layout import CODEBOOK, DDI, PACKAGE, SUMS
from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.package import DownloadFile
from gongkai.archive.publication.parts import parquet_part
from gongkai.archive.publication.parts.file_pieces import FilePiece, PieceIndex
from gongkai.archive.publication.parts.kept_files import KeptFiles
from gongkai.archive.publication.parts.renewed_part import renew_part
from gongkai.archive.publication.parts.table_files import CSV, Part, write_part
from gongkai.archive.publication.summary_files import SUMMARY, write_summary
from gongkai.archive.renewal.content_digests import TABLE as DIGESTS
from gongkai.archive.rollups.materialised_views import MATERIALISED_VIEWS
from gongkai.archive.store.database import read_only
from gongkai.archive.store.work_queue import distinct_values


def write_downloads(
    public_file: Path,
    folder: Path,
    progress: Progress = silent,
    *,
    version: str,
    kept: KeptFiles | None = None,
    rows: Mapping[str, int] | None = None,
) -> PieceIndex:
    """Write every file for download into a folder; return their pieces. Parquet where pyarrow is installed.

    `version` is that of the publication. `kept` are the files of the last one, for a publication that
    is made from it: what did not change since is taken from there, and its packed archive too, which
    is that of an earlier day then and says so. `rows` are how many each table and view has, where that is
    known.

    Raises:
        PublicationRefusedError: a value does not fit the type of its column, files have not the rows of
            the public file, or Frictionless, where it is installed, finds an error in the package of a
            full publication.
        RenewalImpossibleError: a file that others are made from is damaged, or those that are made from
            others have not the rows of the public file.
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
            place = _Place(conn, folder, last)
            tables = list(_tables(place, years, progress))
            files = [packed.result(), *tables]
        _check_rows(conn, files, rows or {}, is_renewal=kept is not None)
        files += _codebooks(folder, files, version)
        described = package.describe_package(conn, folder, files, version)
    _write_package(folder, described)
    write_sums(folder)
    # the files of a renewal are of the same program and the same columns as those of the last full one
    if not kept and frictionless_check.is_installed():
        frictionless_check.validate_package(folder)
    return place.pieces


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
    (folder / SUMS).write_text(_sums(folder), encoding="utf-8")


def has_true_sums(folder: Path) -> bool:
    """Return whether the list of checksums is that of the data package, and of the package itself.

    Each proves the other: a bit that flips in either makes them differ.
    """
    try:
        return (folder / SUMS).read_text(encoding="utf-8") == _sums(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _sums(folder: Path) -> str:
    described = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    sums = {name: record.sha256 for name, record in KeptFiles.records_of(described).items()}
    sums[PACKAGE] = package.file_sha256(folder / PACKAGE)
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(sums.items()))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where tables are read, where their files go, what can be taken from; the pieces of what was made."""

    conn: sqlite3.Connection
    folder: Path
    last: KeptFiles
    pieces: dict[str, Sequence[FilePiece]] = field(default_factory=dict)


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


def _tables(place: _Place, years: Sequence[int], progress: Progress) -> Iterator[DownloadFile]:
    """Write the tables year by year, because the reports of a year are looked up once for all tables."""
    names = package.published_tables()
    divided = [name for name in names if _is_divided(name)]
    made: dict[str, list[DownloadFile]] = {name: [] for name in names}
    with progress("progress_downloads", len(years) + 1) as step:
        whole = [name for name in names if name not in divided]
        made.update((name, _whole_files(place, name)) for name in whole)
        for year in years:
            for part, files in _files_of_year(place, [Part(name, year) for name in divided]):
                made[part.table] += files
            step()
        made.update((name, _whole_files(place, name)) for name in divided if not made[name])
        made[SUMMARY] += write_summary(place.conn, place.folder, place.last, years, place.pieces)
        step()
    for files in made.values():
        yield from files


def _whole_files(place: _Place, name: str) -> list[DownloadFile]:
    """Return the files of a table without years, or without rows."""
    return _kept(place, Part(name)) or _written(place, Part(name), ())


def _files_of_year(
    place: _Place, parts: Iterable[Part]
) -> Iterator[tuple[Part, list[DownloadFile]]]:
    """Yield the files of each part of a year; its reports are looked up once, if any is written."""
    reports: list[str] | None = None
    for part in parts:
        files = _kept(place, part)
        if files is None:
            if reports is None:
                reports = _reports(place.conn, part.year)
            files = _written(place, part, reports)
        yield part, files


def _written(place: _Place, part: Part, reports: Sequence[str]) -> list[DownloadFile]:
    """Write the files of a part, from those of the last publication where few of its rows changed.

    Raises:
        RenewalImpossibleError: one of these is damaged.
    """
    table, folder = table_schemas()[part.table], place.folder
    names = _names(part)
    pieces = None
    if last := place.last.last_part(part, names):
        pieces = renew_part(place.conn, table, part, folder, reports, last)
    if pieces is None:
        pieces = write_part(place.conn, table, part.year, folder, reports)
    place.pieces[part.csv_name] = pieces
    rows = sum(piece.rows for piece in pieces)
    there = [folder / name for name in names if (folder / name).is_file()]
    return [DownloadFile(path, part.table, rows, part.year) for path in there]


def _check_rows(
    conn: sqlite3.Connection,
    files: Iterable[DownloadFile],
    rows: Mapping[str, int],
    *,
    is_renewal: bool,
) -> None:
    """Check that the files of each table and format have the rows of the public file, all and by year.

    Raises:
        RenewalImpossibleError: some of a publication that is made from the last one have others.
        PublicationRefusedError: some of one that is made anew have.
    """
    made: dict[tuple[str, str], dict[int | None, int]] = {}
    for each in files:
        if each.table and each.rows is not None:
            kind = each.path.suffix, each.table
            made.setdefault(kind, {})[each.year] = each.rows
    by_year = {
        (table, int(year) if year else None): count
        for table, year, count in conn.execute(f'SELECT "table", year, "rows" FROM {DIGESTS}')
    }
    for (_, table), counts in made.items():
        is_right = sum(counts.values()) == rows.get(table, sum(counts.values())) and all(
            count == by_year.get((table, year), count) for year, count in counts.items()
        )
        if not is_right:
            problem = RenewalImpossibleError if is_renewal else PublicationRefusedError
            raise problem("files_other_rows", table=table)


def _names(part: Part) -> list[str]:
    """Return the names of the files of a part."""
    return [part.csv_name, *([part.parquet_name] if parquet_part.is_installed() else [])]


def _kept(place: _Place, part: Part) -> list[DownloadFile] | None:
    """Return the files of a part that did not change, [] if it has none; None if it is to be written."""
    last, folder = place.last, place.folder
    if part not in last.unchanged:
        return None
    names = _names(part)
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
    place.pieces[part.csv_name] = last.pieces.get(part.csv_name, ())
    return found


def _years(conn: sqlite3.Connection) -> list[int]:
    """Return the years of reports, and those for which one is missing."""
    tables = ("reports", "coverage")
    return sorted({int(year) for each in tables for year in distinct_values(conn, each, "year")})


def _reports(conn: sqlite3.Connection, year: int | None) -> list[str]:
    found = conn.execute("SELECT id FROM reports WHERE year = ? ORDER BY id", [year])
    return [report for (report,) in found]
