"""The files for download beside a published archive: which there are, and what they contain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gongkai.archive.publication.layout import CODEBOOK, DDI, PACKAGE, SUMS

_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=-]*+(?:/[A-Za-z0-9_][A-Za-z0-9_.=-]*+){0,3}+")
_YEAR = re.compile(r"/(?:[a-z0-9_]{1,60}-)?(?P<year>[0-9]{4})\.[a-z.]+$")
_LISTS_KEPT = 4

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

    `sha256` is "" for the list of checksums itself, `rows` None where it is unknown. `version` is that
    of the publication which the packed archive is of, "" for other files.
    """

    name: str
    bytes: int
    sha256: str = ""
    rows: int | None = None
    version: str = ""

    @property
    def media_type(self) -> str:
        """The media type it is sent as, never one that a browser would run."""
        return MEDIA_TYPES.get(Path(self.name).suffix, "application/octet-stream")

    @property
    def table(self) -> str:
        """The table that it contains, or "" for a file about the whole archive."""
        folders = self.name.split("/")
        return folders[1].partition(".")[0] if len(folders) > 1 else ""

    @property
    def year(self) -> int | None:
        """The year of the table that it contains, None for all years."""
        found = _YEAR.search(self.name) if self.name.count("/") > 1 else None
        return int(found["year"]) if found else None

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
    """Return the list of checksums and all files that it names, in order of name.

    A publication never changes, so its list is kept.
    """
    if folder is None:
        return ()
    try:
        changed = (folder / SUMS).stat().st_mtime_ns
    except OSError:
        return ()
    return _listed(folder, changed)


@lru_cache(_LISTS_KEPT)
def _listed(folder: Path, changed: int) -> tuple[Download, ...]:
    """Return what a list says that was written at a time."""
    del changed
    sums, said = _read_sums(folder), _read_package(folder)
    return tuple(
        Download(name, (folder / name).stat().st_size, sums.get(name, ""), *said.get(name, ()))
        for name in sorted({*sums, SUMS})
        if _is_safe(folder, name)
    )


def find_download(folder: Path | None, name: str) -> Download | None:
    """Return the file with a name, or None if it is not offered."""
    found = next((each for each in list_downloads(folder) if each.name == name), None)
    return found if found and folder and _is_safe(folder, name) else None


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


def _read_package(folder: Path) -> dict[str, tuple[int | None, str]]:
    """Return rows and version of each file as the data package says, or {} if it cannot be read."""
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        return {
            file["path"]: (_whole_number(file.get("rows", rows)), str(resource.get("version", "")))
            for resource in package["resources"]
            for rows in [resource.get("rows")]
            for file in (resource, *resource.get("parts", ()), *resource.get("variants", ()))
            if isinstance(file["path"], str)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _whole_number(rows: object) -> int | None:
    return rows if isinstance(rows, int) else None
