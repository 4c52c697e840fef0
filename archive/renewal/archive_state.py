"""Which state of an archive a publication shows, and with which program it was made."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import version as version_of
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from unicodedata import unidata_version
from urllib.parse import quote

from gongkai.archive.renewal.copied_tables import CALENDAR
from gongkai.archive.store.database import locked, reader

_PACKAGES = ("gongkai.archive", "gongkai.extract")
"""What a public file is made by, with the names, lists and rules that it uses."""

_LIBRARIES = ("pypinyin",)
"""By which rows are computed that are not in the archive: the forms of names."""

_READ = (".py", ".csv", ".json", ".toml", ".txt")


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """How far the log of an archive goes, the name of that state, and the last deadline that it knows.

    `token` is "" for a state without a name: a build was killed, and left `waiting` pieces of work to the
    next one. `layout` stands for the definition of its tables.
    """

    sequence: int
    token: str
    calendar: str
    layout: str
    waiting: int = 0

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> ArchiveState | None:
        """Return the state that the manifest of a publication names; None where it names none."""
        named = manifest.get("state")
        if not isinstance(named, dict):
            return None
        found = {"waiting": 0} | named  # earlier versions did not count what waits
        if set(found) != set(cls.__slots__):
            return None
        if not all(isinstance(found[name], int) for name in ("sequence", "waiting")):
            return None
        token, calendar, layout = (str(found[name]) for name in ("token", "calendar", "layout"))
        return cls(found["sequence"], token, calendar, layout, found["waiting"])

    def data(self) -> dict[str, object]:
        """Return it as a manifest has it."""
        return asdict(self)


@contextmanager
def attached_archive(conn: sqlite3.Connection, archive: Path) -> Iterator[ArchiveState]:
    """Attach an archive as `archive` for reading, in one transaction until the end; give its state.

    No build may be at work meanwhile.
    """
    with reader(archive):
        pass  # checks it
    with locked(archive):
        conn.execute("ATTACH ? AS archive", [f"{file_address(archive)}?mode=ro"])
        conn.execute("BEGIN")
        yield read_state(conn)
        conn.execute("COMMIT")
        conn.execute("DETACH archive")


def file_address(path: Path) -> str:
    """Return the address of a file for SQLite; its name may be no text in our encoding."""
    return f"file:{quote(os.fsencode(path.absolute()))}"


def read_state(conn: sqlite3.Connection) -> ArchiveState:
    """Return the state of the attached archive."""
    (sequence,) = conn.execute(
        "SELECT coalesce((SELECT seq FROM archive.sqlite_sequence WHERE name = 'touches'), 0)"
    ).fetchone()
    token = _token(conn, sequence)
    days = conn.execute(f"SELECT day FROM archive.{CALENDAR} ORDER BY day").fetchall()
    definitions = conn.execute(
        "SELECT name, sql FROM archive.sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"
    ).fetchall()
    layout = sha256(repr(definitions).encode()).hexdigest()
    (waiting,) = conn.execute("SELECT count(*) FROM archive.pending").fetchone()
    return ArchiveState(sequence, token, " ".join(day for (day,) in days), layout, waiting)


def is_ancestor(conn: sqlite3.Connection, state: ArchiveState) -> bool:
    """Return whether the attached archive was in a state, and logs what was touched after it."""
    return state.token != "" and _token(conn, state.sequence) == state.token


def _token(conn: sqlite3.Connection, sequence: int) -> str:
    found = conn.execute(
        "SELECT token FROM archive.archive_states WHERE seq = ?", [sequence]
    ).fetchone()
    return str(found[0]) if found else ""


@cache
def program_digest() -> str:
    """Return what tells this program from others that might write other files: SHA-256 of its parts."""
    libraries = (f"{name} {version_of(name)}" for name in _LIBRARIES)
    platform = (sqlite3.sqlite_version, sys.version, unidata_version)
    found = sha256("\n".join((*platform, *libraries)).encode())
    for package in _PACKAGES:
        for name, content in sorted(_contents(files(package), package)):
            found.update(f"{name} {sha256(content).hexdigest()}\n".encode())
    return found.hexdigest()


def _contents(folder: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _contents(each, f"{name}/{each.name}")
        elif each.name.endswith(_READ):
            yield f"{name}/{each.name}", each.read_bytes()
