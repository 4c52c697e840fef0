"""What the comparison of texts keeps from one build to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.archive.store.schema.statements import run

if TYPE_CHECKING:
    from sqlite_utils import Database


def families(db: Database) -> None:
    """Create the tables by which similar texts are looked up, and enqueue all comparisons.

    Similarities and passages that were found stay: they are those of the texts.
    """
    run(
        db,
        "DROP TABLE sketches",
        """CREATE TABLE families (
             member INTEGER PRIMARY KEY, report_id TEXT NOT NULL UNIQUE, place TEXT NOT NULL,
             is_first INTEGER NOT NULL, sketch BLOB NOT NULL, is_current INTEGER NOT NULL)""",
        """CREATE TABLE bands (
             band INTEGER NOT NULL, is_first INTEGER NOT NULL, period INTEGER NOT NULL,
             member INTEGER NOT NULL, PRIMARY KEY (band, is_first, period, member)) WITHOUT ROWID""",
        "CREATE TABLE watches (site TEXT PRIMARY KEY, since TEXT) WITHOUT ROWID",
        "CREATE INDEX snapshots_own ON snapshots(site, seen_at) WHERE warc NOT GLOB 'imports/*'",
        "INSERT OR IGNORE INTO pending VALUES ('across', '')",
    )
