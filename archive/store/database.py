"""Opening an archive: one writer under a lock, any number of readers, and clear words when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlite_utils import Database

from gongkai.archive.errors import ArchiveError, Broken
from gongkai.archive.store import search, views
from gongkai.archive.store.lock import exclusive_lock
from gongkai.archive.store.migrations import MIGRATIONS

BUSY_SECONDS = 10
"""How long to wait for another program that writes."""

_MAGIC = b"SQLite format 3\x00"
_TROUBLES = {
    sqlite3.SQLITE_BUSY: "数据库正被其他程序占用 locked by another program; try again later",
    sqlite3.SQLITE_LOCKED: "数据库正被其他程序占用 locked by another program; try again later",
    sqlite3.SQLITE_NOTADB: "不是数据库文件 not a database; name another file with --db",
    sqlite3.SQLITE_CORRUPT: "数据库已损坏 broken; restore it with: gongkai build --rebuild",
    sqlite3.SQLITE_READONLY: "没有写入权限 cannot be written; check its permissions",
    sqlite3.SQLITE_PERM: "没有访问权限 no permission; check the file's owner",
    sqlite3.SQLITE_CANTOPEN: "无法打开 cannot be opened; check the path and its permissions",
    sqlite3.SQLITE_FULL: "磁盘已满 disk full; make room and run again, nothing kept is lost",
    sqlite3.SQLITE_IOERR: "读写磁盘出错 disk error; check the disk and run again",
}


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn what SQLite says about the file itself into an ArchiveError; a wrong query stays one."""
    try:
        yield
    except sqlite3.DatabaseError as problem:
        code = getattr(problem, "sqlite_errorcode", 0) & 0xFF
        if code not in _TROUBLES:
            raise
        kind = Broken if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else ArchiveError
        raise kind(f"{path}: {_TROUBLES[code]}") from problem


def read_only(path: Path) -> sqlite3.Connection:
    """Open a database file for reading, whatever it holds; the caller closes it."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)


@contextmanager
def reader(path: Path, *, older: bool = False) -> Iterator[sqlite3.Connection]:
    """Open an archive for reading.

    :param older: accept one that this program would bring up to date first
    :raises ArchiveError: when there is none, or it is of another schema or no database
    """
    if path.is_dir():
        raise ArchiveError(f"{path}: 是目录 is a directory; name a file with --db")
    if not path.exists():
        raise ArchiveError(f"{path}: 档案不存在 no archive here; make it with: gongkai build")
    with translate_sqlite_errors(path), closing(read_only(path)) as conn:
        if _pending(path, conn) and not older:
            raise ArchiveError(
                f"{path}: 档案版本较旧 an older schema; bring it up with: gongkai build"
            )
        yield conn


@contextmanager
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """Open an archive for writing, inside `locked`, with schema and views brought up to date.

    Statements commit by themselves unless they run inside `transaction`.

    :raises ArchiveError: when it cannot be written
    """
    with (
        translate_sqlite_errors(path),
        closing(sqlite3.connect(path, isolation_level=None, timeout=BUSY_SECONDS)) as conn,
    ):
        conn.execute("PRAGMA foreign_keys = ON")
        _bring_up(path, conn)
        yield conn


def _bring_up(path: Path, conn: sqlite3.Connection) -> None:
    if _pending(path, conn):
        MIGRATIONS.apply(Database(conn))
    if views.outdated_views(conn):
        with transaction(conn):
            views.create_views(conn)
    if not search.is_current(conn):
        with transaction(conn):
            search.rebuild_index(conn)


def _pending(path: Path, conn: sqlite3.Connection) -> bool:
    """Say whether migrations are to be applied; raise where the file is not ours or is newer."""
    names = {
        name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    known = {migration.name for migration in MIGRATIONS.pending(Database(memory=True))}
    applied: set[str] = set()
    if "_sqlite_migrations" in names:
        applied = {
            name
            for (name,) in conn.execute(
                "SELECT name FROM _sqlite_migrations WHERE migration_set = ?", [MIGRATIONS.name]
            )
        }
    # the table of migrations alone: whoever made it was killed before the first of them
    if names - {"_sqlite_migrations"} and not applied:
        raise ArchiveError(f"{path}: 不是公开档案 a database of something else; name another file")
    if applied - known:
        raise ArchiveError(f"{path}: 档案版本较新 made by a newer Gongkai; update this program")
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
    """Write with a log that needs no fsync per transaction; leave a single plain file behind.

    A file in WAL mode cannot be served as immutable, so the mode is taken back at the end, unless
    someone is reading just then: the next build does it.
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

    A file of its own, because SQLite's locks on a file end when anyone in the process closes it.

    :raises ArchiveError: when another build is at work, or there is no place for an archive
    """
    if path.is_dir():
        raise ArchiveError(f"{path}: 是目录 is a directory; name a file with --db")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path.parent}: 目录不存在 no such folder; make it first")
    with exclusive_lock(
        path.with_name(f"{path.name}.lock"),
        f"{path}: 另一个构建正在进行 another build is at work; wait until it ends",
    ):
        yield


_FILES = ("", "-journal", "-wal", "-shm")


def remove(path: Path) -> None:
    """Remove a database file that nobody has open, with its logs."""
    for suffix in _FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """Keep a broken database as FILE.broken; its logs would be taken for those of its successor."""
    for suffix in _FILES:
        if (file := path.with_name(path.name + suffix)).exists():
            file.replace(path.with_name(f"{path.name}.broken{suffix}"))


def is_sqlite(path: Path) -> bool:
    """Say whether a file begins as a database does. Only for a file that is not open here."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC
