"""The files for download beside a published archive: which there are, and what they contain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.publication.layout import CODEBOOK, DDI, PACKAGE, SUMS

_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)?")

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".xml": "application/xml",
    ".dta": "application/x-stata-dta",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
FORMATS = {
    "xlsx": "Excel",
    "csv-bom": "CSV（Excel）",
    "csv": "CSV",
    "parquet": "Parquet",
    "dta": "Stata",
}
"""The folders of the files of a table and the names of their formats, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file: its path within the folder, its size in bytes, its checksum.

    `sha256` is "" for the list of checksums itself, `rows` None where it is unknown.
    """

    name: str
    bytes: int
    sha256: str = ""
    rows: int | None = None

    @property
    def media_type(self) -> str:
        """The media type it is sent as, never one that a browser would run."""
        return MEDIA_TYPES.get(Path(self.name).suffix, "application/octet-stream")

    @property
    def table(self) -> str:
        """The table that it contains, or "" for a file about the whole archive."""
        return Path(self.name).name.partition(".")[0] if "/" in self.name else ""

    @property
    def purpose(self) -> str:
        """The purpose of a file about the whole archive: sums, package, codebook, ddi or archive."""
        purposes = {SUMS: "sums", PACKAGE: "package", CODEBOOK: "codebook", DDI: "ddi"}
        return purposes.get(self.name, "archive")

    @property
    def format(self) -> str:
        """The name of its format, or ""."""
        kind = FORMATS.get(self.name.partition("/")[0], "")
        return f"{kind}.gz" if self.name.endswith(".gz") else kind


def list_downloads(folder: Path | None) -> tuple[Download, ...]:
    """Return the list of checksums and all files that it names, in order of name."""
    if folder is None:
        return ()
    sums, rows = _read_sums(folder), _read_rows(folder)
    return tuple(
        Download(name, (folder / name).stat().st_size, sums.get(name, ""), rows.get(name))
        for name in sorted({*sums, SUMS})
        if _is_safe(folder, name)
    )


def find_download(folder: Path | None, name: str) -> Download | None:
    """Return the file with a name, or None if it is not offered."""
    if folder is None:
        return None
    sums = _read_sums(folder)
    if name not in {*sums, SUMS} or not _is_safe(folder, name):
        return None
    return Download(name, (folder / name).stat().st_size, sums.get(name, ""))


def group_by_table(
    files: Iterable[Download], order: Iterable[str]
) -> Mapping[str, tuple[Download, ...]]:
    """Return the files of each table, in the given order of tables.

    The files about the whole archive come first, under "".
    """
    groups: dict[str, list[Download]] = {name: [] for name in ("", *order)}
    for each in files:
        groups.setdefault(each.table, []).append(each)
    return {
        table: tuple(sorted(group, key=_format_order)) for table, group in groups.items() if group
    }


def _format_order(file: Download) -> tuple[int, str]:
    places = {name: place for place, name in enumerate(FORMATS)}
    return places.get(file.name.partition("/")[0], len(places)), file.name


def _is_safe(folder: Path, name: str) -> bool:
    """Say whether a name leads to a file in the folder that is neither hidden nor a link."""
    path = folder / name
    return bool(_NAME.fullmatch(name)) and path.is_file() and not path.is_symlink()


def _read_sums(folder: Path) -> dict[str, str]:
    return {
        match[2]: match[1] for line in _read_lines(folder / SUMS) if (match := _SUM.fullmatch(line))
    }


def _read_lines(path: Path) -> Iterator[str]:
    if path.is_file():
        yield from path.read_text(encoding="utf-8").splitlines()


def _read_rows(folder: Path) -> dict[str, int]:
    """Return the rows of each file as the data package says, or {} if it cannot be read."""
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        return {
            str(file["path"]): resource["rows"]
            for resource in package["resources"]
            for file in (resource, *resource.get("variants", ()))
            if isinstance(resource.get("rows"), int)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
