"""Whole tables and variants for download, made from the files of the years when they are asked for.

csv/requests.csv.gz, parquet/requests.parquet    the files of all years, joined
csv/requests.csv, csv/requests/2024.csv          unpacked
csv-bom/requests.csv, csv-bom/requests.csv.gz    for Excel, a year in the same way
parquet/requests.json                            the addresses of the files of the years
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from gongkai.archive.publication.parts.csv_part import LEVEL, CsvPart, join_parts, unpacked_rows
from gongkai.archive.publication.parts.csv_rows import MARK, excel_lines
from gongkai.archive.publication.parts.joined_parquet import join_parquet
from gongkai.archive.publication.parts.stretches import Piece, piece_size
from gongkai.publish.pages.data.downloads import MEDIA_TYPES, Download, list_downloads

PLAIN, FOR_EXCEL, PARQUET = "csv", "csv-bom", "parquet"

BLOCK = 1 << 17
"""Bytes that are unpacked at a time."""

_NAME = re.compile(
    r"(?P<kind>csv|csv-bom|parquet)/(?P<table>[a-z0-9_]{1,60})(?:/(?P<year>[0-9]{4}))?"
    r"\.(?P<suffix>csv|csv\.gz|parquet)"
)
_JOINED_KEPT = 200
"""Joined files whose pieces are remembered: all of two publications."""


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """A file that is put together from stretches of others, its sources. `etag` is in quotation marks."""

    name: str
    media_type: str
    etag: str
    pieces: Sequence[Piece]
    sources: Sequence[Path]

    @property
    def size(self) -> int:
        """The number of its bytes."""
        return sum(map(piece_size, self.pieces))


@dataclass(frozen=True, slots=True)
class UnpackedFile:
    """A CSV file that is made while it is sent: unpacked, for Excel, or packed again for Excel.

    `size` is None where it is known only at the end.
    """

    name: str
    media_type: str
    etag: str
    parts: Sequence[CsvPart]
    for_excel: bool
    is_packed: bool

    @property
    def sources(self) -> Sequence[Path]:
        """The files that it is made from."""
        return [part.path for part in self.parts]

    @property
    def size(self) -> int | None:
        """The number of its bytes."""
        if self.for_excel:
            return None
        return len(self.parts[0].head) + sum(part.rows_bytes for part in self.parts)

    def blocks(self) -> Iterator[bytes]:
        """Yield its bytes.

        Raises:
            OSError: A file cannot be read.
            ValueError: A file is damaged. What was yielded is not all.
        """
        rows = unpacked_rows(self.parts, BLOCK)
        if self.for_excel:
            rows = _marked(rows)
        return _packed(rows) if self.is_packed else rows


def _marked(rows: Iterator[bytes]) -> Iterator[bytes]:
    yield MARK
    yield from excel_lines(rows)


def _packed(rows: Iterator[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for block in rows:
        if data := packer.compress(block):
            yield data
    yield packer.flush()


def find_made(folder: Path | None, name: str) -> JoinedFile | UnpackedFile | None:
    """Return a file that is made from those of a folder, None where it has none with such a name."""
    found = _NAME.fullmatch(name)
    if folder is None or found is None:
        return None
    year = int(found["year"]) if found["year"] else None
    stored = stored_parts(folder, found["kind"].removesuffix("-bom"), found["table"], year)
    if not stored or (found["kind"] == PARQUET) != (found["suffix"] == PARQUET):
        return None
    tag = sha256("\n".join([name, *(each.sha256 for each in stored)]).encode()).hexdigest()
    try:
        return _made(folder, found, stored, f'"{tag}"')
    except (OSError, ValueError):
        return None


def has_years_alone(folder: Path | None, name: str) -> bool:
    """Say whether a whole file would be that of years which are offered alone, as of a long summary."""
    kind, _, table = name.partition(".")[0].partition("/")
    return any(
        each.table == table and each.year and each.name.startswith(f"{kind}/")
        for each in list_downloads(folder)
    )


def stored_parts(
    folder: Path, kind: str, table: str, year: int | None = None
) -> tuple[Download, ...]:
    """Return the files of a table in CSV or Parquet in the order of years, or that of one year."""
    files = [
        each
        for each in list_downloads(folder)
        if each.table == table and each.name.startswith(f"{kind}/") and not _is_bare(each)
    ]
    return tuple(
        sorted(
            (each for each in files if year is None or each.year == year),
            key=lambda each: each.year or 0,
        )
    )


def _is_bare(file: Download) -> bool:
    """Say whether a file is unpacked CSV, as older publications have beside the packed one."""
    return file.name.endswith(".csv")


def _made(
    folder: Path, asked: re.Match[str], stored: Sequence[Download], etag: str
) -> JoinedFile | UnpackedFile | None:
    paths = tuple(folder / each.name for each in stored)
    name = "-".join(filter(None, (asked["table"], asked["year"]))) + f".{asked['suffix']}"
    if asked["suffix"] == PARQUET:
        return JoinedFile(name, MEDIA_TYPES[".parquet"], etag, _parquet_pieces(paths), paths)
    parts = _csv_parts(paths)
    if len({part.head for part in parts}) != 1:
        return None
    if asked["kind"] == PLAIN and asked["suffix"] == "csv.gz":
        return JoinedFile(name, MEDIA_TYPES[".gz"], etag, _csv_pieces(parts), paths)
    is_packed = asked["suffix"] == "csv.gz"
    media_type = MEDIA_TYPES[".gz" if is_packed else ".csv"]
    return UnpackedFile(name, media_type, etag, parts, asked["kind"] == FOR_EXCEL, is_packed)


@lru_cache(_JOINED_KEPT)
def _csv_parts(paths: tuple[Path, ...]) -> tuple[CsvPart, ...]:
    return tuple(CsvPart.read(path) for path in paths)


@lru_cache(_JOINED_KEPT)
def _csv_pieces(parts: tuple[CsvPart, ...]) -> tuple[Piece, ...]:
    return tuple(join_parts(parts))


@lru_cache(_JOINED_KEPT)
def _parquet_pieces(paths: tuple[Path, ...]) -> tuple[Piece, ...]:
    return tuple(join_parquet(paths))
