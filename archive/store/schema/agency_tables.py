"""Who owes reports, who follows whom, and under which ids and names agencies are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.archive.store.schema.statements import run

if TYPE_CHECKING:
    from sqlite_utils import Database


def duties(db: Database) -> None:
    """Create the table of who owes reports, and enqueue its computation."""
    run(
        db,
        """CREATE TABLE duties (
             agency_id TEXT NOT NULL REFERENCES agencies(id), since INTEGER NOT NULL, until INTEGER,
             why TEXT NOT NULL, ground TEXT NOT NULL, source TEXT REFERENCES snapshots(id),
             site TEXT REFERENCES sites(id), PRIMARY KEY (agency_id, why)) WITHOUT ROWID""",
        "CREATE INDEX duties_source ON duties(source)",
        "CREATE INDEX duties_site ON duties(site)",
        """CREATE TABLE unit_names (
             snapshot TEXT NOT NULL REFERENCES snapshots(id), name TEXT NOT NULL,
             PRIMARY KEY (snapshot, name)) WITHOUT ROWID""",
        "CREATE TABLE due_calendar (day TEXT NOT NULL, rules TEXT NOT NULL)",
        "INSERT OR IGNORE INTO pending VALUES ('duties', '')",
    )


def site_parents(db: Database) -> None:
    """Add to portals the one whose department they belong to."""
    run(
        db,
        "ALTER TABLE sites ADD COLUMN parent TEXT REFERENCES sites(id)",
        "CREATE INDEX sites_parent ON sites(parent) WHERE parent IS NOT NULL",
    )


def agencies_by_site(db: Database) -> None:
    """Let the next build give agencies of unknown divisions ids that have their portal."""
    run(
        db,
        """INSERT OR IGNORE INTO pending
             SELECT 'url', url FROM readings WHERE report_id LIKE '000000-%'""",
    )


def forwards(db: Database) -> None:
    """Create the table of ids that have changed."""
    run(
        db,
        """CREATE TABLE forwards (
             old_id TEXT PRIMARY KEY, new_id TEXT NOT NULL, since TEXT NOT NULL, why TEXT NOT NULL)
             WITHOUT ROWID""",
        "CREATE INDEX forwards_new ON forwards(new_id)",
    )


def lineage(db: Database) -> None:
    """Create the table of agencies that follow each other, and enqueue what it is computed from."""
    run(
        db,
        """CREATE TABLE agency_links (
             from_id TEXT REFERENCES agencies(id), to_id TEXT REFERENCES agencies(id),
             year INTEGER NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL, source TEXT NOT NULL,
             UNIQUE (from_id, to_id))""",
        "CREATE INDEX agency_links_to ON agency_links(to_id)",
        """CREATE TABLE renamings (
             report_id TEXT NOT NULL REFERENCES reports(id), old_id TEXT NOT NULL,
             new_id TEXT NOT NULL, year INTEGER NOT NULL, sentence TEXT NOT NULL,
             PRIMARY KEY (report_id, old_id, new_id)) WITHOUT ROWID""",
        "ALTER TABLE agencies ADD COLUMN lineage_id TEXT NOT NULL DEFAULT ''",
        "UPDATE agencies SET lineage_id = id",
        # an agency that is added alone is a line of its own until links are found
        """CREATE TRIGGER agencies_line AFTER INSERT ON agencies WHEN new.lineage_id = ''
           BEGIN UPDATE agencies SET lineage_id = id WHERE id = new.id; END""",
        "CREATE INDEX agencies_lineage ON agencies(lineage_id)",
        """INSERT OR IGNORE INTO pending SELECT DISTINCT 'report', report_id FROM sections
             WHERE text LIKE '%更名为%' OR text LIKE '%改名为%' OR text LIKE '%改称为%'""",
        "INSERT OR IGNORE INTO pending VALUES ('duties', '')",
    )


def former_regions(db: Database) -> None:
    """Add to divisions since when, until when they bear their name, and which ones followed."""
    run(
        db,
        "ALTER TABLE regions ADD COLUMN valid_from INTEGER",
        "ALTER TABLE regions ADD COLUMN valid_to INTEGER",
        "ALTER TABLE regions ADD COLUMN successors TEXT",
    )


def unknown_corrections(db: Database) -> None:
    """Add to the calendar the lines of an operator's file that name no agency, or several."""
    run(db, "ALTER TABLE due_calendar ADD COLUMN unknown TEXT NOT NULL DEFAULT ''")


def names(db: Database) -> None:
    """Let an agency that comes, goes or changes its rank be written again in the index of names."""
    # a conflict clause in a trigger gives way to that of the statement which fires it
    queue = (
        "INSERT INTO pending SELECT 'name', {0}.id WHERE NOT EXISTS"
        " (SELECT 1 FROM pending WHERE kind = 'name' AND key = {0}.id); END"
    )
    run(
        db,
        f"CREATE TRIGGER agencies_come AFTER INSERT ON agencies BEGIN {queue.format('new')}",
        f"CREATE TRIGGER agencies_go AFTER DELETE ON agencies BEGIN {queue.format('old')}",
        "CREATE TRIGGER agencies_change AFTER UPDATE OF level, kind, name, region_code ON agencies"
        " WHEN (new.level, new.kind, new.name, new.region_code)"
        f" IS NOT (old.level, old.kind, old.name, old.region_code) BEGIN {queue.format('new')}",
    )
