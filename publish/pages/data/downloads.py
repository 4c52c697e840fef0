"""The files made for download beside a published archive: which there are, and what they hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gongkai.archive.publication.layout import PACKAGE, SUMS

_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)?")

KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
FORMATS = {
    "xlsx": "Excel",
    "csv-bom": "CSV（Excel）",
    "csv": "CSV",
    "parquet": "Parquet",
}
"""Folders of the files of a table, in the order in which they are offered, by what they are called."""


@dataclass(frozen=True, slots=True)
class Download:
    """A file: its name within the folder, its size, its checksum; table and rows where known."""

    name: str
    bytes: int
    sha256: str = ""
    rows: int | None = None

    @property
    def media_type(self) -> str:
        """Return what it is sent as; never anything a browser would run."""
        return KINDS.get(Path(self.name).suffix, "application/octet-stream")

    @property
    def table(self) -> str:
        """Return the table it holds, "" for a file about everything."""
        return Path(self.name).name.partition(".")[0] if "/" in self.name else ""

    @property
    def purpose(self) -> str:
        """Return what a file about everything is for."""
        return {SUMS: "sums", PACKAGE: "package"}.get(self.name, "archive")

    @property
    def format(self) -> str:
        """Return what kind of file it is, in a word."""
        kind = FORMATS.get(self.name.partition("/")[0], "")
        return f"{kind}.gz" if self.name.endswith(".gz") else kind


def offered(folder: Path | None) -> tuple[Download, ...]:
    """Return the files that the list of checksums names, and the list; in order of name."""
    if folder is None:
        return ()
    sums, rows = _sums(folder), _rows(folder)
    return tuple(
        Download(name, (folder / name).stat().st_size, sums.get(name, ""), rows.get(name))
        for name in sorted({*sums, SUMS})
        if _is_plain(folder, name)
    )


def one(folder: Path | None, name: str) -> Download | None:
    """Return the file of a name, None for what is not offered."""
    if folder is None:
        return None
    sums = _sums(folder)
    if name not in {*sums, SUMS} or not _is_plain(folder, name):
        return None
    return Download(name, (folder / name).stat().st_size, sums.get(name, ""))


def by_table(files: Iterable[Download], order: Iterable[str]) -> Mapping[str, tuple[Download, ...]]:
    """Return the files of each table, "" for those about everything; tables in the order given."""
    places = list(FORMATS)
    found: dict[str, list[Download]] = {name: [] for name in ("", *order)}
    for each in files:
        found.setdefault(each.table, []).append(each)
    return {
        table: tuple(sorted(each, key=lambda d: (_place(places, d.name.partition("/")[0]), d.name)))
        for table, each in found.items()
        if each
    }


def _place(places: list[str], name: str) -> int:
    return places.index(name) if name in places else len(places)


def _is_plain(folder: Path, name: str) -> bool:
    """No way out of the folder, nothing hidden, no links."""
    path = folder / name
    return bool(_NAME.fullmatch(name)) and path.is_file() and not path.is_symlink()


def _sums(folder: Path) -> dict[str, str]:
    return {match[2]: match[1] for line in _lines(folder / SUMS) if (match := _SUM.fullmatch(line))}


def _lines(path: Path) -> Iterator[str]:
    if path.is_file():
        yield from path.read_text(encoding="utf-8").splitlines()


def _rows(folder: Path) -> dict[str, int]:
    """Return the rows that the data package tells of each file; nothing where it is no such."""
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        return {
            str(told["path"]): each["rows"]
            for each in package["resources"]
            for told in (each, *each.get("variants", ()))
            if isinstance(each.get("rows"), int)
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
