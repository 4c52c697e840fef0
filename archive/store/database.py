"""Opening an archive: one writer under a lock, any number of readers, readable error messages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from gongkai.archive.errors import ArchiveError, BrokenArchiveError
from gongkai.archive.store import search, views
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.migrations import MIGRATION_SET, MIGRATIONS, migrate
from gongkai.messages import message

BUSY_SECONDS = 10
"""How long to wait for another program that writes."""

_MAGIC = b"SQLite format 3\x00"
_ERRORS = {
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_NOTADB: "database_invalid",
    sqlite3.SQLITE_CORRUPT: "database_broken",
    sqlite3.SQLITE_READONLY: "database_read_only",
    sqlite3.SQLITE_PERM: "database_forbidden",
    sqlite3.SQLITE_CANTOPEN: "database_not_opened",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_IOERR: "disk_error",
}
"""What SQLite says about the file itself, as keys of texts."""


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Raise an ArchiveError for what SQLite says about the file; the error of a query stays one.

    Raises:
        BrokenArchiveError: the file is damaged, or no database.
        ArchiveError: the file cannot be used for another reason.
    """
    try:
        yield
    except sqlite3.DatabaseError as problem:
        code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
        if code not in _ERRORS:
            raise
        broken = code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        kind = BrokenArchiveError if broken else ArchiveError
        raise kind(_ERRORS[code], path=str(path)) from problem


_OF_PUBLIC_FILES = "content_digests"
"""A table that the public files of publications have, and no archive."""

_FIRST_READ = "SELECT count(*) FROM sqlite_master"


def read_only(path: Path) -> sqlite3.Connection:
    """Open any database file for reading; the caller closes it.

    What a writer that died had begun is rolled back first, where the file can be written to.
    """
    address = f"{path.absolute().as_uri()}?mode=ro"
    conn = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)
    if _is_half_written(conn):
        with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as other:
            other.execute(_FIRST_READ)
    return conn


def _is_half_written(conn: sqlite3.Connection) -> bool:
    try:
        conn.execute(_FIRST_READ)
    except sqlite3.Error as problem:  # whoever reads on meets any other fault again
        return getattr(problem, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_ROLLBACK
    return False


@contextmanager
def reader(path: Path, *, older: bool = False) -> Iterator[sqlite3.Connection]:
    """Open an archive for reading; `older` accepts an older schema, which a build migrates.

    Raises:
        ArchiveError: there is no archive, or it has another schema or is no database.
    """
    if path.is_dir():
        raise ArchiveError("archive_is_folder", path=str(path))
    if not path.exists():
        raise ArchiveError("archive_not_found", path=str(path))
    with translate_sqlite_errors(path), closing(read_only(path)) as conn:
        if _needs_migration(path, conn) and not older:
            raise ArchiveError("archive_older", path=str(path))
        yield conn


@contextmanager
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an archive for writing, inside `locked`, with schema and views up to date.

    Statements commit by themselves unless they run inside `transaction`.

    Raises:
        ArchiveError: it cannot be written.
    """
    with (
        translate_sqlite_errors(path),
        closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as conn,
    ):
        conn.execute("PRAGMA foreign_keys = ON")
        _migrate(path, conn)
        try:
            yield conn
        except BaseException:
            with suppress(sqlite3.Error):  # what went wrong is told by the error that is raised
                mark_state(conn)
            raise
        mark_state(conn)


def mark_state(conn: sqlite3.Connection) -> None:
    """Give the state that an archive has reached a random name, where it differs from the last.

    A publication of a state can be renewed from what is logged after it. A copy of the archive that
    went another way has other names. After a kill there is no name until the next writer ends.
    """
    (reached,) = conn.execute(_REACHED).fetchone()
    last = conn.execute("SELECT max(seq) FROM archive_states").fetchone()[0]
    if conn.in_transaction or (last is not None and reached <= last):
        return
    with transaction(conn):
        conn.execute("INSERT INTO archive_states VALUES (?, lower(hex(randomblob(16))))", [reached])
        conn.execute(
            "DELETE FROM archive_states WHERE seq < (SELECT min(seq) FROM"
            " (SELECT seq FROM archive_states ORDER BY seq DESC LIMIT ?))",
            [STATES_KEPT],
        )
        conn.execute("DELETE FROM touches WHERE seq <= (SELECT min(seq) FROM archive_states)")


def _migrate(path: Path, conn: sqlite3.Connection) -> None:
    if _needs_migration(path, conn):
        migrate(conn)
    if views.outdated_views(conn):
        with transaction(conn):
            views.create_views(conn)
    if not search.is_current(conn):
        with transaction(conn):
            search.rebuild_index(conn)


def _needs_migration(path: Path, conn: sqlite3.Connection) -> bool:
    """Return whether migrations have to be applied.

    Raises:
        ArchiveError: the file is not an archive, or is newer than this program.
    """
    names = {
        name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    known = set(MIGRATIONS)
    applied: set[str] = set()
    if "_sqlite_migrations" in names:
        applied = {
            name
            for (name,) in conn.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [MIGRATION_SET]
            )
        }
    # the table of migrations alone is left by a process that was killed before the first of them
    if names - {"_sqlite_migrations"} and not applied:
        is_public = _OF_PUBLIC_FILES in names
        raise ArchiveError("archive_is_public" if is_public else "archive_foreign", path=str(path))
    if applied - known:
        raise ArchiveError("archive_newer", path=str(path))
    return applied != known


@contextmanager
def transaction(conn: sqlite3.Connection) -> Iterator[None]:
    """Run a block as one transaction that has the write lock from its start."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        # Rows of one report refer to each other in both directions while they change.
        conn.execute("PRAGMA defer_foreign_keys = ON")
        yield
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise


@contextmanager
def bulk_write(conn: sqlite3.Connection) -> Iterator[None]:
    """Write with a log that needs no fsync per transaction; leave a single file at the end.

    A file in WAL mode cannot be served as immutable. Therefore the mode is reset at the end; where
    another program is reading just then, the next build resets it.
    """
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = NORMAL")
    try:
        yield
    finally:
        with suppress(sqlite3.OperationalError):
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the archive's lock: one build at a time.

    The lock is on a file of its own, because SQLite's locks on a file end when any part of the
    process closes it.

    Raises:
        ArchiveError: another build is at work, or the folder of the archive is missing.
    """
    if path.is_dir():
        raise ArchiveError("archive_is_folder", path=str(path))
    if not path.parent.is_dir():
        raise ArchiveError("folder_missing", path=str(path.parent))
    busy = message("build_running", path=str(path))
    with exclusive_lock(path.with_name(f"{path.name}.lock"), busy):
        yield


_REACHED = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'touches'), 0)"
STATES_KEPT = 64
"""How many states of an archive stay: a publication of an older one is made anew."""

_FILES = ("", "-journal", "-wal", "-shm")


def remove(path: Path) -> None:
    """Remove a database file that is not open, with its logs."""
    for suffix in _FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """Rename a broken database to FILE.broken, with its logs, which its successor must not inherit."""
    for suffix in _FILES:
        if (file := path.with_name(path.name + suffix)).exists():
            file.replace(path.with_name(f"{path.name}.broken{suffix}"))


def is_sqlite(path: Path) -> bool:
    """Return whether a file begins as a database does. Use it for files that are not open here."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
