"""The layout of a folder of releases. A finished release never changes.

DIR/2026.1/           release.json, README.md, CITATION.cff, SHA256SUMS, data/, delta/, …
DIR/catalog.jsonld    all releases, as DCAT
DIR/.new-…/           one in the making, or the remains of one that was killed
DIR/.lock             held while one is made
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gongkai.archive.releases.release_number import ReleaseNumber
from gongkai.foreign_json import parse_json
from gongkai.regular_file import read_regular

MANIFEST = "release.json"
DATA = "data"
DELTA = "delta"
SUMS = "SHA256SUMS"
CATALOGUE = "catalog.jsonld"
RECORD = "dataset.jsonld"
CITATION = "CITATION.cff"
DATACITE = "datacite.json"
UNFINISHED = ".new-"
LOCK = ".lock"
DEFAULT = "releases"
"""Where the releases of a folder of publications are, below it."""

DOI = r"10\.[0-9]{4,9}/[A-Za-z0-9:/_;().-]{1,100}"
BASE_URL = r"https?://[A-Za-z0-9.:\[\]-]{1,250}(?:/[A-Za-z0-9._~-]{1,100}){0,8}"

_NAME = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,99}+(?:/[A-Za-z0-9_][A-Za-z0-9_.=-]{0,99}+){0,4}+"
)
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")
_TEXTS = ("date", "version", "extractor", "public_file", "previous", "doi", "base_url")
_SHAPES = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "version": re.compile(r"[0-9A-Za-z.+-]{1,200}"),
    "extractor": re.compile(r"[0-9A-Za-z.-]{0,100}"),
    "public_file": re.compile(r"[0-9a-f]{64}"),
    "previous": re.compile(r"(?:[1-9][0-9]{3}\.[1-9][0-9]{0,3})?"),
    "doi": re.compile(rf"(?:{DOI})?"),
    "base_url": re.compile(rf"(?:{BASE_URL})?"),
}
"""What the texts of a manifest look like. They become addresses on pages."""

_MOST_BYTES = 1_000_000
"""Of a manifest, or of a list of checksums. Ours have a few thousand."""


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release: its path within it, its size in bytes, its SHA-256 in hexadecimal.

    `sha256` is "" for the list of checksums itself.
    """

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A release: what its manifest says.

    `date` is an ISO date, `version` that of the publication, `extractor` the version of what read the
    documents, `public_file` the SHA-256 of the public file. `previous` is the number of the release
    that the changes refer to, "" for the first one. `rows` counts the rows of each table, `changes` the
    changes by kind and reason. `made_with` has the versions of the libraries on which the bytes of the
    files depend. `doi` and `base_url` (what addresses of the site begin with) are "" without one.
    """

    path: Path
    number: ReleaseNumber
    date: str
    version: str
    extractor: str
    public_file: str
    rows: Mapping[str, int]
    previous: str = ""
    doi: str = ""
    base_url: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    made_with: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Release:
        """Read the manifest of a release.

        Raises:
            ValueError: It is missing, damaged, or that of another release.
            OSError: It cannot be read.
        """
        manifest = path / MANIFEST
        if path.is_symlink() or manifest.is_symlink():
            raise ValueError(str(manifest))
        said = parse_json(read_regular(manifest, _MOST_BYTES))
        try:
            texts = {name: str(said[name]) for name in _TEXTS}
            rows = {str(name): int(count) for name, count in said["rows"].items()}
            number = ReleaseNumber.parse(str(said["number"]))
            made_with = {str(name): str(each) for name, each in said["made_with"].items()}
            changes = _checked_changes(said["changes"])
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(str(manifest)) from problem
        shaped = all(shape.fullmatch(texts[name]) for name, shape in _SHAPES.items())
        if str(number) != path.name or not shaped:
            raise ValueError(str(manifest))
        date.fromisoformat(texts["date"])
        return cls(path, number, rows=rows, changes=changes, made_with=made_with, **texts)

    def data(self) -> dict[str, Any]:
        """Return the manifest."""
        return {
            "number": str(self.number),
            **{name: getattr(self, name) for name in _TEXTS},
            "rows": dict(self.rows),
            "changes": dict(self.changes),
            "made_with": dict(self.made_with),
        }


def _checked_changes(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of changes; an empty mapping for a first release.

    Raises:
        KeyError: One is missing.
        TypeError: One is no number.
        AttributeError: There are none by kind and reason.
    """
    if not said:
        return {}
    tables = {
        part: {
            str(kind): {str(reason): int(n) for reason, n in by_reason.items()}
            for kind, by_reason in said[part].items()
        }
        for part in ("reports", "cells")
    }
    return {**tables, **{name: int(said[name]) for name in ("changed_reports", "forwarded_ids")}}


def is_safe_name(name: str) -> bool:
    """Return whether a path within a release is one that we would give: plain, below, not hidden.

    >>> is_safe_name("data/csv/reports.csv"), is_safe_name("../x"), is_safe_name("data/.x")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None


def numbered_folders(folder: Path) -> list[Path]:
    """Return what is named like a release in a folder, in the order of numbers."""
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            found.append((ReleaseNumber.parse(path.name), path))
        except ValueError:
            continue
    return [path for _, path in sorted(found)]


def readable_releases(folder: Path) -> Iterator[Release]:
    """Yield the releases of a folder, the oldest first, without those whose manifest is damaged."""
    for path in numbered_folders(folder):
        try:
            yield Release.read(path)
        except (OSError, ValueError):
            continue


def read_sums(path: Path) -> dict[str, str]:
    """Return the checksums that a file of `sha256sum` lists, by name.

    Raises:
        ValueError: A line is none of these, or names a file that no release can have.
        OSError: It cannot be read.
    """
    sums: dict[str, str] = {}
    lines = read_regular(path, _MOST_BYTES).decode("utf-8").split("\n")
    if lines.pop():
        raise ValueError(str(path))  # the end is missing
    for line in lines:
        found = _SUM.fullmatch(line)
        if found is None or not is_safe_name(found[2]) or found[2] in sums:
            raise ValueError(line[:200])
        sums[found[2]] = found[1]
    return sums


def list_files(release: Path) -> tuple[ReleaseFile, ...]:
    """Return the files of a release in the order of their names, its list of checksums last.

    Where a name is one that no release can have, or a file is missing or a link, nothing of the folder
    is offered.
    """
    try:
        sums = read_sums(release / SUMS)
        names = [(name, sums[name]) for name in sorted(sums)]
        return tuple(_file(release, name, digest) for name, digest in (*names, (SUMS, "")))
    except (OSError, ValueError):
        return ()


def find_file(release: Path, name: str) -> ReleaseFile | None:
    """Return the file of a release with a name, None where it is not offered."""
    try:
        sums = {**read_sums(release / SUMS), SUMS: ""}
        return _file(release, name, sums[name]) if name in sums else None
    except (OSError, ValueError):
        return None


def _file(release: Path, name: str, digest: str) -> ReleaseFile:
    path = release / name
    inner = [path, *(parent for parent in path.parents if parent.is_relative_to(release))]
    if any(each.is_symlink() for each in inner) or not path.is_file():
        raise ValueError(name)
    return ReleaseFile(name, path.stat().st_size, digest)
