"""The certificates that timestamps are checked against: pinned by the operator, for each authority and period.

A PEM file holds for every authority and any time. A TOML file says more:

    [[authority]]
    name = "freetsa.org"            # the beginning of the authority's name in the names of files
    root = "freetsa-2016.pem"       # beside the TOML file; may hold intermediate certificates too
    since = 2016-03-13              # both days included; either may be missing
    until = 2026-02-28
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography import x509

from gongkai.errors import GongkaiError, cause_of
from gongkai.regular_file import read_regular

MAX_ROOT_BYTES = 1 << 20
FIELDS = {"name", "root", "since", "until"}


class RootsUnusable(GongkaiError):
    """A file of certificates cannot be used."""


@dataclass(frozen=True, slots=True)
class PinnedRoot:
    """Certificates of one authority (of all, where `authority` is empty) and the days that they hold for."""

    certificates: tuple[x509.Certificate, ...]
    authority: str = ""
    since: date = date.min
    until: date = date.max

    def holds_for(self, authority: str, time: datetime) -> bool:
        """Return whether a timestamp of an authority and a time is checked against this."""
        day = time.astimezone(UTC).date()
        is_its = not self.authority or (
            authority == self.authority or authority.startswith(f"{self.authority}-")
        )
        return is_its and self.since <= day <= self.until


def read_roots(files: Sequence[Path]) -> list[PinnedRoot]:
    """Return the pinned certificates of PEM and TOML files.

    Raises:
        RootsUnusable: A file cannot be read, or is neither.
    """
    found: list[PinnedRoot] = []
    for file in files:
        if file.suffix.lower() == ".toml":
            found += _read_table(file)
        else:
            found.append(PinnedRoot(_read_certificates(file)))
    return found


def _read_table(file: Path) -> list[PinnedRoot]:
    try:
        content = tomllib.loads(_read(file).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise RootsUnusable("roots_unusable", path=str(file), why=str(problem)) from problem
    entries = content.get("authority")
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        raise RootsUnusable("roots_unusable", path=str(file), why="[[authority]]")
    return [_read_entry(file, entry) for entry in entries]


def _read_entry(file: Path, entry: Mapping[str, object]) -> PinnedRoot:
    name, root = entry.get("name"), entry.get("root")
    if not isinstance(name, str) or not isinstance(root, str) or not entry.keys() <= FIELDS:
        raise RootsUnusable("roots_unusable", path=str(file), why="name, root, since, until")
    days = [entry.get("since", date.min), entry.get("until", date.max)]
    plain = [day for day in days if isinstance(day, date) and not isinstance(day, datetime)]
    if len(plain) != len(days):
        raise RootsUnusable("roots_unusable", path=str(file), why="since, until")
    return PinnedRoot(_read_certificates(file.parent / root), name.lower(), *plain)


def _read_certificates(file: Path) -> tuple[x509.Certificate, ...]:
    try:
        return tuple(x509.load_pem_x509_certificates(_read(file)))
    except ValueError as problem:
        raise RootsUnusable("roots_unusable", path=str(file), why=str(problem)) from problem


def _read(file: Path) -> bytes:
    try:
        return read_regular(file, MAX_ROOT_BYTES)
    except OSError as problem:
        raise RootsUnusable("roots_unusable", path=str(file), why=cause_of(problem)) from problem
