"""Files of the last publication that hold for the next one: linked, not written again."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.publication.parts.file_pieces import Key, PieceIndex
from gongkai.archive.publication.parts.renewed_part import LastPart
from gongkai.archive.publication.parts.sheet_file import LastSheet
from gongkai.archive.publication.parts.stata_rows import LastStata
from gongkai.archive.publication.parts.table_files import Part

UNREADABLE = "unreadable"
"""In place of a checksum: different from that of any file."""

MOST_READ = 32_000_000
"""Bytes of files that are compared with their digests before they hold for one more publication."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What a data package says of a file: bytes, SHA-256 in hexadecimal, rows where it is of a table."""

    bytes: int
    sha256: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """The downloads of the last publication, and which parts of tables did not change since.

    `records` is what the data package of that publication says of its files, `versions` of which
    publications its packed archive is. `pieces` says where the pieces of files stand, `touched` which keys
    of parts that changed were touched.
    """

    folder: Path
    unchanged: Collection[Part]
    records: Mapping[str, FileRecord] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    pieces: PieceIndex = field(default_factory=dict)
    touched: Mapping[Part, Collection[Key]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        folder: Path,
        package: str,
        unchanged: Collection[Part],
        pieces: PieceIndex | None = None,
        touched: Mapping[Part, Collection[Key]] | None = None,
    ) -> KeptFiles:
        """Return what a folder of downloads offers; nothing where its package is damaged.

        `package` is the name of its data package.
        """
        try:
            told = json.loads((folder / package).read_text(encoding="utf-8"))
            records = cls.records_of(told)
            versions = {
                str(each["path"]): str(each["version"])
                for each in told["resources"]
                if "version" in each
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(folder, ())
        return cls(folder, unchanged, records, versions, pieces or {}, touched or {})

    @staticmethod
    def records_of(package: Mapping[str, Any]) -> dict[str, FileRecord]:
        """Return what a data package says of its files."""
        return dict(_records(package))

    def last_part(self, part: Part, names: Iterable[str]) -> LastPart | None:
        """Return a part of which pieces can be copied from its files; None where one is not there.

        Raises:
            RenewalImpossibleError: one is not what its record says.
        """
        pieces, touched = self.pieces.get(part.csv_name), self.touched.get(part)
        if not pieces or not touched or not all(map(self._is_proved, names)):
            return None
        return LastPart(self.folder, pieces, touched)

    def last_sheet(self, name: str, parts: Iterable[Part]) -> LastSheet | None:
        """Return an Excel file of some parts of which rows can be copied; None where it is not there.

        Raises:
            RenewalImpossibleError: it is not what its record says.
        """
        pieces, touched = self.pieces.get(name), self._touched_in(parts)
        if not pieces or touched is None or not self._is_proved(name):
            return None
        return LastSheet(self.folder / name, pieces[0].stretches, touched)

    def last_stata(self, name: str, parts: Iterable[Part]) -> LastStata | None:
        """Return a Stata file of some parts of which rows can be taken; None where it is not there.

        Raises:
            RenewalImpossibleError: it is not what its record says.
        """
        touched = self._touched_in(parts)
        if touched is None or not self._is_proved(name):
            return None
        return LastStata(self.folder / name, {str(key) for key in touched})

    def _touched_in(self, parts: Iterable[Part]) -> Collection[Key] | None:
        """Return the touched keys of some parts; None where not all of those that changed are known."""
        found: set[Key] = set()
        for part in parts:
            if part in self.touched:
                found.update(self.touched[part])
            elif part not in self.unchanged:
                return None
        return found or None

    def _is_proved(self, name: str) -> bool:
        """Return whether a file is there, and what its record says."""
        record = self.records.get(name)
        if record is None:
            return False
        digest = _digest(self.folder / name)
        if digest not in ("", record.sha256):
            raise RenewalImpossibleError("full_file_differs", path=str(self.folder / name))
        return digest != ""

    def link(self, name: str, folder: Path) -> FileRecord | None:
        """Give a new folder a file; return its record, None where it is not there.

        Raises:
            RenewalImpossibleError: it has not the bytes that it had.
        """
        record, source = self.records.get(name), self.folder / name
        if record is None or not source.is_file():
            return None
        if source.stat().st_size != record.bytes:
            raise RenewalImpossibleError("full_file_differs", path=str(source))
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(source, target)
        except OSError:  # another disk, or one without links
            shutil.copy2(source, target)
        return record


def differing_file(folder: Path, records: Mapping[str, FileRecord], turn: int) -> str | None:
    """Return the name of the first of some files that is not what its record says, or None.

    `turn` says which files have their turn. At most `MOST_READ` bytes are read; larger files have none.
    One that is gone does not differ: it is written anew.
    """
    names = sorted(name for name, record in records.items() if record.bytes <= MOST_READ)
    first = turn % len(names) if names else 0
    left = MOST_READ
    for name in (*names[first:], *names[:first]):
        record = records[name]
        left -= record.bytes
        if left < 0:
            break
        if _digest(folder / name) not in ("", record.sha256):
            return name
    return None


def _digest(path: Path) -> str:
    """Return the SHA-256 of a file, "" where it is gone, `UNREADABLE` where the disk fails."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError:
        return UNREADABLE


Digests = Mapping[str, Mapping[str, str]]
"""Digests of content by table and year, "" for a table without years, as a manifest has them."""


def unchanged_parts(before: Digests, now: Digests, tables: Iterable[str] = ()) -> frozenset[Part]:
    """Return the parts of tables whose content is that of the publication before.

    A year that a table has in neither is one of them. `tables` are all that there are: digests name no
    table without rows.
    """
    years = {year for digests in (before, now) for each in digests.values() for year in each} | {""}
    return frozenset(
        Part(table, int(year) if year else None)
        for table in (before.keys() & now.keys()) | set(tables)
        for year in years
        if before.get(table, {}).get(year) == now.get(table, {}).get(year)
    )


def touched_parts(
    keys: Mapping[tuple[str, str], Collection[Key]],
) -> Mapping[Part, Collection[Key]]:
    """Return the keys of replaced rows by part, from those by table and year."""
    return {Part(table, int(year) if year else None): each for (table, year), each in keys.items()}


def _records(package: Mapping[str, Any]) -> Iterator[tuple[str, FileRecord]]:
    for resource in package["resources"]:
        for each in (resource, *resource.get("parts", ()), *resource.get("variants", ())):
            if isinstance(each.get("path"), str):
                digest = str(each["hash"]).removeprefix("sha256:")
                rows = each.get("rows", resource.get("rows"))
                yield each["path"], FileRecord(int(each["bytes"]), digest, rows)
