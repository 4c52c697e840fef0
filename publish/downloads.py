"""The files made for download beside a published archive: which there are, and how they are sent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SUMS = ("SHA256SUMS", "SHA256SUMS.txt", "checksums.txt")
"""Files with a line `<sha256>  <name>` for each of the others."""

PACKAGE = "datapackage.json"
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")

KINDS = {
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
    ".db": "application/vnd.sqlite3",
    ".md": "text/markdown; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file: its name within the folder, its size, its checksum and its rows where known."""

    name: str
    bytes: int
    sha256: str = ""
    rows: int | None = None
    title: str = ""

    @property
    def media_type(self) -> str:
        """Return what it is sent as; never anything a browser would run."""
        return KINDS.get(Path(self.name).suffix, "application/octet-stream")


def offered(folder: Path | None) -> tuple[Download, ...]:
    """Return the files of the folder and of the folders in it, in order of name.

    Hidden files and links are left out; where there is no folder, there is nothing.
    """
    if folder is None or not folder.is_dir():
        return ()
    sums, told = _sums(folder), _package(folder)
    return tuple(
        Download(
            name,
            (folder / name).stat().st_size,
            sums.get(name, "") or str(told.get(name, {}).get("hash", "")).removeprefix("sha256:"),
            _rows(told.get(name, {})),
            str(told.get(name, {}).get("title") or ""),
        )
        for name in sorted(_names(folder))
    )


def path_of(folder: Path | None, name: str) -> Path | None:
    """Return the file to be sent for a name, None for what is not offered."""
    if folder is None or name not in set(_names(folder)):
        return None
    return folder / name


def _names(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        return
    for path in (*folder.glob("*"), *folder.glob("*/*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield name.as_posix()


def _sums(folder: Path) -> dict[str, str]:
    found = {}
    for name in SUMS:
        if (folder / name).is_file():
            for line in (folder / name).read_text(encoding="utf-8").splitlines():
                if match := _SUM.fullmatch(line):
                    found[match[2].removeprefix("./")] = match[1]
    return found


def _package(folder: Path) -> dict[str, dict[str, object]]:
    """Return what the Frictionless data package says of each file; nothing where it is no such."""
    try:
        package = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
        return {str(each["path"]): each for each in package["resources"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _rows(resource: dict[str, object]) -> int | None:
    rows = resource.get("rows") or resource.get("rowCount") or resource.get("row_count")
    return rows if isinstance(rows, int) else None
