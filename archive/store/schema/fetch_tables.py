"""What was fetched, when, by whom, and how far a build has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.archive.store.schema.statements import run

if TYPE_CHECKING:
    from sqlite_utils import Database


def run_reasons(db: Database) -> None:
    """Add to runs why their outcome is not ok, in both languages."""
    run(
        db,
        "ALTER TABLE runs ADD COLUMN why_zh TEXT",
        "ALTER TABLE runs ADD COLUMN why_en TEXT",
    )


def renderings(db: Database) -> None:
    """Add to snapshots from which answer a rendered page was made."""
    run(
        db,
        "ALTER TABLE snapshots ADD COLUMN rendered_from TEXT REFERENCES snapshots(id)",
        "CREATE INDEX snapshots_rendered ON snapshots(rendered_from)"
        " WHERE rendered_from IS NOT NULL",
    )


def covered_bodies(db: Database) -> None:
    """Add to reports whether they speak for one body or for several, and the sentence that says so.

    The next build reads the documents once more, because the extractor's version changed with it.
    """
    run(
        db,
        "ALTER TABLE reports ADD COLUMN covers TEXT NOT NULL DEFAULT 'unclear'",
        "ALTER TABLE reports ADD COLUMN covers_sentence TEXT NOT NULL DEFAULT ''",
    )


def imports(db: Database) -> None:
    """Create the table of records that other crawlers fetched."""
    run(
        db,
        """CREATE TABLE imports (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id), host TEXT NOT NULL,
             collection TEXT NOT NULL, crawler TEXT NOT NULL, source TEXT NOT NULL,
             source_digest TEXT NOT NULL, record TEXT NOT NULL, imported_at TEXT NOT NULL,
             remarks TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX imports_host ON imports(host)",
    )


def clocks(db: Database) -> None:
    """Add the server's own date beside ours, and the time at which a fetch probably took place.

    The next build fills in the dates of the servers.
    """
    run(
        db,
        "ALTER TABLE snapshots ADD COLUMN server_date TEXT",
        "ALTER TABLE snapshots ADD COLUMN seen_at TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE snapshots ADD COLUMN clock TEXT NOT NULL DEFAULT ''",
        "UPDATE snapshots SET seen_at = fetched_at",
        "DROP INDEX snapshots_url",
        "CREATE INDEX snapshots_url ON snapshots(url, seen_at)",
        "DROP INDEX snapshots_site",
        "CREATE INDEX snapshots_site ON snapshots(site, seen_at)",
        "CREATE INDEX snapshots_clock ON snapshots(clock) WHERE clock <> ''",
        "ALTER TABLE runs ADD COLUMN server_lead INTEGER",
        "ALTER TABLE runs ADD COLUMN seen_at TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE runs ADD COLUMN clock TEXT NOT NULL DEFAULT ''",
        "UPDATE runs SET seen_at = started",
        # a row that is added without a time of its own has that of our clock
        """CREATE TRIGGER snapshots_seen AFTER INSERT ON snapshots WHEN new.seen_at = ''
           BEGIN UPDATE snapshots SET seen_at = fetched_at WHERE id = new.id; END""",
        """CREATE TRIGGER runs_seen AFTER INSERT ON runs WHEN new.seen_at = ''
           BEGIN UPDATE runs SET seen_at = started WHERE id = new.id; END""",
        "DROP INDEX runs_site",
        "CREATE INDEX runs_site ON runs(site, seen_at)",
    )


def manifests(db: Database) -> None:
    """Create the tables of manifests, and of the fetches that they cover."""
    run(
        db,
        """CREATE TABLE manifests (
             number INTEGER PRIMARY KEY, kind TEXT NOT NULL, run TEXT, site TEXT,
             created TEXT NOT NULL, digest TEXT NOT NULL, records INTEGER NOT NULL)""",
        """CREATE TABLE covered (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id),
             manifest INTEGER NOT NULL REFERENCES manifests(number)) WITHOUT ROWID""",
        "CREATE INDEX covered_manifest ON covered(manifest)",
    )


def ledger(db: Database) -> None:
    """Create what tells a build how far it has read the originals, and which documents are unread."""
    run(
        db,
        """CREATE TABLE index_mark (
             name TEXT NOT NULL, seq INTEGER NOT NULL, snapshot TEXT NOT NULL,
             number INTEGER NOT NULL, line TEXT NOT NULL)""",
        "CREATE TABLE unread (digest TEXT, url TEXT, PRIMARY KEY (digest, url)) WITHOUT ROWID",
        "INSERT OR IGNORE INTO unread SELECT digest, url FROM snapshots WHERE digest IS NOT NULL",
        "CREATE INDEX readings_extractor ON readings(extractor)",
        "CREATE INDEX readings_outcome ON readings(outcome, why)",
        "CREATE INDEX readings_stated ON readings(json_extract(facts, '$.article'))"
        " WHERE facts <> ''",
    )


def unit_pages(db: Database) -> None:
    """Create the list of the pages of each portal that name agencies."""
    run(
        db,
        """CREATE TABLE unit_pages (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id), site TEXT NOT NULL) WITHOUT ROWID""",
        "CREATE INDEX unit_pages_site ON unit_pages(site)",
        """INSERT INTO unit_pages SELECT id, site FROM snapshots
             WHERE id IN (SELECT snapshot FROM unit_names)""",
        """CREATE TRIGGER unit_pages_come AFTER INSERT ON unit_names
           WHEN NOT EXISTS (SELECT 1 FROM unit_pages WHERE snapshot = new.snapshot)
           BEGIN INSERT INTO unit_pages SELECT id, site FROM snapshots WHERE id = new.snapshot; END""",
        """CREATE TRIGGER unit_pages_move AFTER UPDATE OF site ON snapshots WHEN new.site <> old.site
           BEGIN UPDATE unit_pages SET site = new.site WHERE snapshot = new.id; END""",
    )


def visits(db: Database) -> None:
    """Let a fetch count the visits after it that found the same.

    The next build takes them from the index of the originals, and removes their own rows.
    """
    run(
        db,
        "ALTER TABLE index_mark ADD COLUMN visit INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE snapshots ADD COLUMN visits INTEGER NOT NULL DEFAULT 1",
        "ALTER TABLE snapshots ADD COLUMN last_seen TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE snapshots ADD COLUMN last_record TEXT",
        "ALTER TABLE snapshots ADD COLUMN last_warc TEXT",
        "ALTER TABLE snapshots ADD COLUMN last_offset INTEGER",
        "ALTER TABLE snapshots ADD COLUMN visited TEXT",
        "UPDATE snapshots SET last_seen = seen_at",
        "CREATE INDEX snapshots_last ON snapshots(site, last_seen)",
        # a row that is added without a last visit of its own has the first one alone
        """CREATE TRIGGER snapshots_last_seen AFTER INSERT ON snapshots WHEN new.last_seen = ''
           BEGIN UPDATE snapshots SET last_seen = coalesce(nullif(seen_at, ''), fetched_at)
           WHERE id = new.id; END""",
    )
