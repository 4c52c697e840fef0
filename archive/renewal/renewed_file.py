"""The public file of a publication, made from that of the last one.

It is copied, and what was touched in the archive since is replaced, in one transaction. Nothing else is
read. A file that is made anew is the definition of what is right: both say the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.archive.errors import RenewalImpossibleError
from gongkai.archive.progress import Progress, silent
from gongkai.archive.renewal.archive_state import (
    ArchiveState,
    attached_archive,
    is_ancestor,
)
from gongkai.archive.renewal.changed_keys import ChangedKeys, collect_keys
from gongkai.archive.renewal.content_digests import ContentDigests, load_digests
from gongkai.archive.renewal.copied_tables import CALENDAR
from gongkai.archive.renewal.file_copy import FileMark, copy_proved
from gongkai.archive.renewal.part_check import differing_part
from gongkai.archive.renewal.replaced_rows import lost_reference, replace_rows, see_again
from gongkai.archive.renewal.table_scopes import COMPUTED, COPIED, COUNTED_VIEWS, SEEN, UNCHANGING
from gongkai.archive.renewal.touched_rows import collect_touched
from gongkai.archive.rollups.every_rollup import add_rollups, forget_rollups
from gongkai.archive.rollups.site_numbers import SITE_REPORTS
from gongkai.archive.store.database import translate_sqlite_errors

MOST_TOUCHED = 0.1
"""The share of reports above which a file is made anew: that is not slower then."""

_STEPS = 6


@dataclass(frozen=True, slots=True)
class LastFile:
    """The public file of the last publication, as its manifest describes it.

    `sha256` is that of the file, `state` is what it shows, `rows` are the numbers of rows of its tables
    and views. `mark` tells whether somebody wrote to it since; None where nothing does.
    """

    path: Path
    sha256: str
    state: ArchiveState
    rows: Mapping[str, int]
    mark: FileMark | None = None


@dataclass(frozen=True, slots=True)
class RenewedFile:
    """What was replaced, and what the file holds now.

    `rows` has each table and view, `sites` the numbers of reports by portal, `keys` the keys of replaced
    rows.
    """

    state: ArchiveState
    reports: int
    digests: ContentDigests
    rows: Mapping[str, int]
    sites: Mapping[str, int]
    keys: ChangedKeys = field(default_factory=dict)


def renew_public_file(
    archive: Path, last: LastFile, target: Path, progress: Progress = silent
) -> RenewedFile:
    """Write the public file of an archive from the last one.

    Raises:
        RenewalImpossibleError: it has to be made anew; the message says why.
        ArchiveError: the archive cannot be read, or there is no room.
    """
    with translate_sqlite_errors(target), progress("progress_renewal", _STEPS) as step:
        _refuse_early(archive, last)
        try:
            is_proved = copy_proved(last.path, target, last.sha256, last.mark)
        except FileNotFoundError as problem:
            raise RenewalImpossibleError("full_damaged", path=str(last.path)) from problem
        if not is_proved:
            raise RenewalImpossibleError("full_damaged", path=str(last.path))
        step()
        with closing(sqlite3.connect(target, isolation_level=None, uri=True)) as conn:
            conn.execute("PRAGMA journal_mode = OFF")  # a file that is not finished is thrown away
            conn.execute("PRAGMA synchronous = OFF")
            with attached_archive(conn, archive) as state:
                _refuse_other(conn, last, state)
                try:
                    return _renew(conn, last, state, step)
                except sqlite3.IntegrityError as problem:
                    raise RenewalImpossibleError("full_rows_differ", why=str(problem)) from problem


def _refuse_early(archive: Path, last: LastFile) -> None:
    """Check what can be known before a large file is copied, as `_refuse_other` does."""
    with (
        closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as conn,
        attached_archive(conn, archive) as state,
    ):
        _refuse_other(conn, last, state)


def _refuse_other(conn: sqlite3.Connection, file: LastFile, now: ArchiveState) -> None:
    """Check that what was touched since is known, and is not everything.

    Raises:
        RenewalImpossibleError: it is not.
    """
    last = file.state
    if not is_ancestor(conn, last):
        raise RenewalImpossibleError("full_other_archive")
    if now.layout != last.layout:
        raise RenewalImpossibleError("full_other_program")
    everywhere = "SELECT 1 FROM archive.touches WHERE kind = 'region' AND seq > ?"
    if now.calendar != last.calendar or conn.execute(everywhere, [last.sequence]).fetchone():
        raise RenewalImpossibleError("full_everywhere")
    (touched,) = conn.execute(
        "SELECT count(*) FROM archive.touches WHERE kind = 'report' AND seq > ?", [last.sequence]
    ).fetchone()
    if touched > file.rows["reports"] * MOST_TOUCHED:
        raise RenewalImpossibleError("full_many", n=touched)


def _renew(
    conn: sqlite3.Connection, last: LastFile, state: ArchiveState, step: Callable[[], object]
) -> RenewedFile:
    collect_touched(conn, last.state.sequence)
    conn.execute(f"CREATE TABLE main.{CALENDAR} AS SELECT * FROM archive.{CALENDAR}")
    step()
    digests, views = load_digests(conn), {view: last.rows[view] for view in COUNTED_VIEWS}
    scopes = (*COPIED.items(), *COMPUTED.items(), *SEEN.items())
    keys: ChangedKeys = {}
    collect_keys(conn, scopes, keys)
    for table, condition in scopes:
        digests.subtract(conn, table, condition)
    for view in views:
        views[view] -= _count_touched(conn, view)
    step()
    forget_rollups(conn)
    replace_rows(conn)
    see_again(conn)
    step()
    add_rollups(conn)
    step()
    for table, condition in scopes:
        digests.add(conn, table, condition)
    collect_keys(conn, scopes, keys)
    for view in views:
        views[view] += _count_touched(conn, view)
    digests.store(conn)
    conn.execute(f"DROP TABLE main.{CALENDAR}")
    if lost := lost_reference(conn):
        raise RenewalImpossibleError("full_reference_lost", table=lost[0], other=lost[1])
    if part := differing_part(conn, digests, state.sequence):
        raise RenewalImpossibleError("full_part_differs", table=part[0], year=part[1])
    step()
    (reports,) = conn.execute("SELECT count(*) FROM touched_reports").fetchone()
    rows = {table: digests.count(table) for table in (*COPIED, *COMPUTED, *UNCHANGING)}
    return RenewedFile(state, reports, digests, rows | views, site_reports(conn), keys)


def site_reports(conn: sqlite3.Connection) -> dict[str, int]:
    """Return how many reports stand on each portal, as a public file has it ready."""
    return dict(conn.execute(f"SELECT site, n FROM main.{SITE_REPORTS} ORDER BY site"))


def _count_touched(conn: sqlite3.Connection, view: str) -> int:
    keys, condition = COUNTED_VIEWS[view]
    counted = f"SELECT count(*) FROM main.{view} t WHERE {condition}"
    return sum(conn.execute(counted, key).fetchone()[0] for key in conn.execute(keys))
