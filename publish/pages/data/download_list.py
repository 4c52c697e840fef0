"""What the page of downloads lists: the files of each table, of all years or of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.publish.http.csv_stream import MOST_LINES
from gongkai.publish.pages.data.downloads import FORMATS, Download, list_downloads
from gongkai.publish.pages.data.whole_tables import FOR_EXCEL, PARQUET, PLAIN


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file: its path below /download, its format, its size in bytes; 0 where it is made when asked for."""

    name: str
    format: str
    bytes: int


@dataclass(frozen=True, slots=True)
class OfferedTable:
    """A table, or a year of it, with its rows and files."""

    table: str
    rows: int | None
    files: Sequence[OfferedFile]


def list_whole_files(folder: Path | None) -> list[Download]:
    """Return the files about the whole archive."""
    return [each for each in list_downloads(folder) if not each.table]


def list_years(folder: Path | None) -> list[int]:
    """Return the years that can be had alone, the latest first."""
    return sorted({each.year for each in list_downloads(folder) if each.year}, reverse=True)


def list_tables(
    folder: Path | None, order: Iterable[str], year: int | None = None
) -> list[OfferedTable]:
    """Return the files of each table in the given order; of one year, only those that have it."""
    stored: dict[str, list[Download]] = {name: [] for name in order}
    for each in list_downloads(folder):
        if each.table:
            stored.setdefault(each.table, []).append(each)
    if year is not None:
        stored = {
            name: [each for each in files if each.year == year] for name, files in stored.items()
        }
    return [_offered(name, files, year) for name, files in stored.items() if files]


def _offered(table: str, stored: Sequence[Download], year: int | None) -> OfferedTable:
    sheets = [each for each in stored if each.name.startswith(f"{PLAIN}/")]
    packed = [each for each in sheets if each.name.endswith(".gz")] or sheets
    counts = [each.rows for each in packed]
    rows = sum(n for n in counts if n is not None) if any(n is not None for n in counts) else None
    made = _made(table, stored, packed, rows, year)
    # a stored file before one that is made
    files = {each.name: each for each in (*made, *_stored(stored, year))}
    return OfferedTable(table, rows, sorted(files.values(), key=_place))


def _stored(files: Iterable[Download], year: int | None) -> Iterator[OfferedFile]:
    """Yield the files that stand as they are offered."""
    for each in files:
        if each.year is None or year is not None:
            yield OfferedFile(each.name, each.format, each.bytes)


def _made(
    table: str,
    stored: Iterable[Download],
    packed: Sequence[Download],
    rows: int | None,
    year: int | None,
) -> Iterator[OfferedFile]:
    """Yield the files that are made from others. None that a spreadsheet cannot open is for one."""
    if not any(each.name.endswith(".csv.gz") for each in packed):
        return
    name = table if year is None else f"{table}/{year}"
    if rows is not None and rows <= MOST_LINES:
        yield OfferedFile(f"{FOR_EXCEL}/{name}.csv", FORMATS[FOR_EXCEL], 0)
    yield OfferedFile(f"{PLAIN}/{name}.csv", FORMATS[PLAIN], 0)
    if year is None:
        size = sum(each.bytes for each in packed)
        yield OfferedFile(f"{PLAIN}/{name}.csv.gz", f"{FORMATS[PLAIN]}.gz", size)
        typed = [each.bytes for each in stored if each.name.startswith(f"{PARQUET}/")]
        if typed:
            yield OfferedFile(f"{PARQUET}/{name}.parquet", FORMATS[PARQUET], sum(typed))


def _place(file: OfferedFile) -> tuple[int, str]:
    places = {name: place for place, name in enumerate(FORMATS)}
    return places.get(file.name.partition("/")[0], len(places)), file.name
