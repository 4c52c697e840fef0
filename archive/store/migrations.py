"""The tables of the public data contract, and those that only the build uses.

A migration names its columns itself and never changes once it is released. A later change of the
schema is a new function below the others. Views are in `gongkai.archive.store.views`: they are
derived and replaced where they differ.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database

MIGRATION_SET = "gongkai"
"""The name of our migrations in the table of those that were applied."""


def _run(db: Database, *statements: str) -> None:
    for statement in statements:
        db.execute(statement)


def places(db: Database) -> None:
    """Create the tables of regions, agencies and portals."""
    _run(
        db,
        """CREATE TABLE regions (
             code TEXT PRIMARY KEY, name TEXT NOT NULL, full_name TEXT NOT NULL,
             level TEXT NOT NULL, parent_code TEXT REFERENCES regions(code))""",
        "CREATE INDEX regions_parent ON regions(parent_code)",
        """CREATE TABLE agencies (
             id TEXT PRIMARY KEY, name TEXT NOT NULL, region_code TEXT REFERENCES regions(code),
             level TEXT NOT NULL, kind TEXT NOT NULL, sector TEXT NOT NULL)""",
        "CREATE INDEX agencies_region ON agencies(region_code)",
        """CREATE TABLE sites (
             id TEXT PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL,
             region_code TEXT REFERENCES regions(code), cms TEXT NOT NULL)""",
    )


def provenance(db: Database) -> None:
    """Create the tables of fetches, documents and runs."""
    _run(
        db,
        """CREATE TABLE documents (
             digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, title TEXT NOT NULL,
             outcome TEXT, extractor TEXT, error TEXT NOT NULL)""",
        "CREATE INDEX documents_outcome ON documents(outcome)",
        """CREATE TABLE snapshots (
             id TEXT PRIMARY KEY, site TEXT NOT NULL REFERENCES sites(id), url TEXT NOT NULL,
             final_url TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER,
             media_type TEXT NOT NULL, bytes INTEGER NOT NULL,
             digest TEXT REFERENCES documents(digest),
             warc TEXT NOT NULL, offset INTEGER NOT NULL, outcome TEXT)""",
        "CREATE INDEX snapshots_url ON snapshots(url, fetched_at)",
        "CREATE INDEX snapshots_digest ON snapshots(digest)",
        "CREATE INDEX snapshots_site ON snapshots(site, fetched_at)",
        """CREATE TABLE runs (
             id TEXT PRIMARY KEY, kind TEXT NOT NULL, site TEXT REFERENCES sites(id),
             started TEXT NOT NULL, finished TEXT NOT NULL, outcome TEXT NOT NULL,
             requests INTEGER, new INTEGER, changed INTEGER, unchanged INTEGER, gone INTEGER,
             blocked INTEGER, errors INTEGER)""",
        "CREATE INDEX runs_site ON runs(site, started)",
    )


def reports(db: Database) -> None:
    """Create the tables of reports, their revisions, copies, sections and checks."""
    _run(
        db,
        """CREATE TABLE reports (
             id TEXT PRIMARY KEY, agency_id TEXT NOT NULL REFERENCES agencies(id),
             year INTEGER NOT NULL, form TEXT NOT NULL, title TEXT NOT NULL, published_on TEXT,
             url TEXT NOT NULL, digest TEXT NOT NULL REFERENCES documents(digest),
             status TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
             checks_failed INTEGER NOT NULL, UNIQUE (agency_id, year))""",
        "CREATE INDEX reports_year ON reports(year)",
        "CREATE INDEX reports_published ON reports(published_on)",
        "CREATE INDEX reports_digest ON reports(digest)",
        """CREATE TABLE revisions (
             report_id TEXT NOT NULL REFERENCES reports(id),
             digest TEXT NOT NULL REFERENCES documents(digest), url TEXT NOT NULL,
             first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, current INTEGER NOT NULL,
             PRIMARY KEY (report_id, first_seen, digest)) WITHOUT ROWID""",
        "CREATE INDEX revisions_digest ON revisions(digest)",
        """CREATE TABLE copies (
             report_id TEXT NOT NULL REFERENCES reports(id),
             digest TEXT NOT NULL REFERENCES documents(digest), url TEXT NOT NULL,
             role TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
             PRIMARY KEY (report_id, url)) WITHOUT ROWID""",
        "CREATE INDEX copies_digest ON copies(digest)",
        """CREATE TABLE changes (
             report_id TEXT NOT NULL REFERENCES reports(id), seen_at TEXT NOT NULL,
             part TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL, old TEXT, new TEXT,
             PRIMARY KEY (report_id, seen_at, part, item, field)) WITHOUT ROWID""",
        "CREATE INDEX changes_seen ON changes(seen_at)",
        """CREATE TABLE sections (
             report_id TEXT NOT NULL REFERENCES reports(id), number INTEGER NOT NULL,
             heading TEXT NOT NULL, text TEXT NOT NULL)""",
        "CREATE INDEX sections_report ON sections(report_id, number)",
        """CREATE TABLE checks (
             id TEXT PRIMARY KEY, report_id TEXT NOT NULL REFERENCES reports(id),
             rule TEXT NOT NULL, scope TEXT NOT NULL, verdict TEXT NOT NULL,
             left_value TEXT NOT NULL, right_value TEXT NOT NULL,
             message_zh TEXT NOT NULL, message_en TEXT NOT NULL)""",
        "CREATE INDEX checks_report ON checks(report_id)",
        "CREATE INDEX checks_rule ON checks(rule)",
    )


def numbers(db: Database) -> None:
    """Create the wide tables of the forms: half a kilobyte a report."""
    disclosure_2021 = """regulations_made regulations_repealed regulations_in_force
        normative_docs_made normative_docs_repealed normative_docs_in_force
        licensing_decisions penalty_decisions coercion_decisions"""
    disclosure_2019 = """regulations_new regulations_published regulations_total
        normative_docs_new normative_docs_published normative_docs_total
        licensing_prev_items licensing_change licensing_decisions
        other_services_prev_items other_services_change other_services_decisions
        penalty_prev_items penalty_change penalty_decisions
        coercion_prev_items coercion_change coercion_decisions
        fees_prev_items fees_change procurement_items"""
    applicants = """natural_person business research_institute public_interest_org
        legal_service_org other_org total"""
    results = "upheld corrected other pending total"
    key = "report_id TEXT {}REFERENCES reports(id)"
    # Amounts are NUMERIC, so that 12 stays 12 and does not become 12.0.
    _run(
        db,
        f"""CREATE TABLE active_disclosure ({key.format("PRIMARY KEY ")},
              {_integers(disclosure_2021)}, fees_wan_yuan NUMERIC) WITHOUT ROWID""",
        f"""CREATE TABLE active_disclosure_2019 ({key.format("PRIMARY KEY ")},
              {_integers(disclosure_2019)}, procurement_wan_yuan NUMERIC) WITHOUT ROWID""",
        f"""CREATE TABLE requests ({key.format("")}, item TEXT NOT NULL, {_integers(applicants)},
              PRIMARY KEY (report_id, item)) WITHOUT ROWID""",
        f"""CREATE TABLE review_litigation ({key.format("")}, proceeding TEXT NOT NULL,
              {_integers(results)}, PRIMARY KEY (report_id, proceeding)) WITHOUT ROWID""",
        f"""CREATE TABLE cell_notes ({key.format("")}, part TEXT NOT NULL, item TEXT NOT NULL,
              field TEXT NOT NULL, raw TEXT NOT NULL, note TEXT NOT NULL,
              PRIMARY KEY (report_id, part, item, field)) WITHOUT ROWID""",
    )


def workings(db: Database) -> None:
    """Create the tables of the build: readings, links to attachments, the work queue."""
    _run(
        db,
        """CREATE TABLE readings (
             digest TEXT NOT NULL REFERENCES documents(digest), url TEXT NOT NULL,
             address TEXT NOT NULL, extractor TEXT NOT NULL, region_code TEXT NOT NULL,
             facts TEXT NOT NULL, media_type TEXT NOT NULL, title TEXT NOT NULL,
             outcome TEXT NOT NULL, why TEXT NOT NULL, rank INTEGER, fingerprint TEXT,
             reading BLOB NOT NULL,
             report_id TEXT, article TEXT, article_digest TEXT, published_on TEXT,
             PRIMARY KEY (digest, url))""",
        "CREATE INDEX readings_url ON readings(url)",
        "CREATE INDEX readings_address ON readings(address)",
        "CREATE INDEX readings_report ON readings(report_id)",
        """CREATE TABLE attachments (
             address TEXT NOT NULL, article TEXT NOT NULL, digest TEXT NOT NULL,
             PRIMARY KEY (address, article, digest)) WITHOUT ROWID""",
        "CREATE INDEX attachments_article ON attachments(article, digest)",
        """CREATE TABLE facts (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id), facts TEXT NOT NULL)""",
        "CREATE TABLE pending (kind TEXT, key TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    )


def comparisons(db: Database) -> None:
    """Create the tables of the checks across reports, and of passages that reports share."""
    report = "TEXT NOT NULL REFERENCES reports(id)"
    _run(
        db,
        f"""CREATE TABLE twin_passages (
             report_id {report}, twin_id {report}, number INTEGER NOT NULL,
             passage TEXT NOT NULL, twin_passage TEXT NOT NULL,
             PRIMARY KEY (report_id, twin_id, number)) WITHOUT ROWID""",
        "CREATE INDEX twin_passages_twin ON twin_passages(twin_id)",
        """CREATE TABLE sketches (
             report_id TEXT PRIMARY KEY REFERENCES reports(id), sketch BLOB NOT NULL)""",
        f"""CREATE TABLE likeness (
             report_id {report}, earlier_id {report}, share REAL NOT NULL,
             PRIMARY KEY (report_id, earlier_id)) WITHOUT ROWID""",
        "CREATE INDEX likeness_earlier ON likeness(earlier_id)",
        "CREATE TABLE across_version (version TEXT PRIMARY KEY)",
    )


def absences(db: Database) -> None:
    """Create the tables of remarks of the crawl, of absences, and of outcomes by run."""
    _run(
        db,
        """CREATE TABLE remarks (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id), remark TEXT NOT NULL)""",
        """CREATE TABLE absences (
             report_id TEXT NOT NULL REFERENCES reports(id), since TEXT NOT NULL, until TEXT,
             PRIMARY KEY (report_id, since)) WITHOUT ROWID""",
        """CREATE TABLE run_outcomes (
             run TEXT NOT NULL REFERENCES runs(id), outcome TEXT NOT NULL, pages INTEGER NOT NULL,
             PRIMARY KEY (run, outcome)) WITHOUT ROWID""",
    )


def sentences(db: Database) -> None:
    """Enqueue reports whose prose was edited: `changes` has rows for sentences from here on."""
    _run(
        db,
        "INSERT OR IGNORE INTO pending"
        " SELECT DISTINCT 'report', report_id FROM changes WHERE part = 'sections'",
    )


def change_marks(db: Database) -> None:
    """Create the table of the places where changed passages differ, and enqueue their reports."""
    _run(
        db,
        """CREATE TABLE change_marks (
             report_id TEXT NOT NULL REFERENCES reports(id), seen_at TEXT NOT NULL,
             part TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL,
             old_marks TEXT NOT NULL, new_marks TEXT NOT NULL,
             PRIMARY KEY (report_id, seen_at, part, item, field)) WITHOUT ROWID""",
        "INSERT OR IGNORE INTO pending SELECT DISTINCT 'report', report_id FROM changes"
        " WHERE part IN ('sections', 'sentences')",
    )


def run_reasons(db: Database) -> None:
    """Add to runs why their outcome is not ok, in both languages."""
    _run(
        db,
        "ALTER TABLE runs ADD COLUMN why_zh TEXT",
        "ALTER TABLE runs ADD COLUMN why_en TEXT",
    )


def duties(db: Database) -> None:
    """Create the table of who owes reports, and enqueue its computation."""
    _run(
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


def renderings(db: Database) -> None:
    """Add to snapshots from which answer a rendered page was made."""
    _run(
        db,
        "ALTER TABLE snapshots ADD COLUMN rendered_from TEXT REFERENCES snapshots(id)",
        "CREATE INDEX snapshots_rendered ON snapshots(rendered_from)"
        " WHERE rendered_from IS NOT NULL",
    )


def covered_bodies(db: Database) -> None:
    """Add to reports whether they speak for one body or for several, and the sentence that says so.

    The next build reads the documents once more, because the extractor's version changed with it.
    """
    _run(
        db,
        "ALTER TABLE reports ADD COLUMN covers TEXT NOT NULL DEFAULT 'unclear'",
        "ALTER TABLE reports ADD COLUMN covers_sentence TEXT NOT NULL DEFAULT ''",
    )


def imports(db: Database) -> None:
    """Create the table of records that other crawlers fetched."""
    _run(
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
    _run(
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
    _run(
        db,
        """CREATE TABLE manifests (
             number INTEGER PRIMARY KEY, kind TEXT NOT NULL, run TEXT, site TEXT,
             created TEXT NOT NULL, digest TEXT NOT NULL, records INTEGER NOT NULL)""",
        """CREATE TABLE covered (
             snapshot TEXT PRIMARY KEY REFERENCES snapshots(id),
             manifest INTEGER NOT NULL REFERENCES manifests(number)) WITHOUT ROWID""",
        "CREATE INDEX covered_manifest ON covered(manifest)",
    )


def site_parents(db: Database) -> None:
    """Add to portals the one whose department they belong to."""
    _run(
        db,
        "ALTER TABLE sites ADD COLUMN parent TEXT REFERENCES sites(id)",
        "CREATE INDEX sites_parent ON sites(parent) WHERE parent IS NOT NULL",
    )


def agencies_by_site(db: Database) -> None:
    """Let the next build give agencies of unknown divisions ids that have their portal."""
    _run(
        db,
        """INSERT OR IGNORE INTO pending
             SELECT 'url', url FROM readings WHERE report_id LIKE '000000-%'""",
    )


def forwards(db: Database) -> None:
    """Create the table of ids that have changed."""
    _run(
        db,
        """CREATE TABLE forwards (
             old_id TEXT PRIMARY KEY, new_id TEXT NOT NULL, since TEXT NOT NULL, why TEXT NOT NULL)
             WITHOUT ROWID""",
        "CREATE INDEX forwards_new ON forwards(new_id)",
    )


def lineage(db: Database) -> None:
    """Create the table of agencies that follow each other, and enqueue what it is computed from."""
    _run(
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
    _run(
        db,
        "ALTER TABLE regions ADD COLUMN valid_from INTEGER",
        "ALTER TABLE regions ADD COLUMN valid_to INTEGER",
        "ALTER TABLE regions ADD COLUMN successors TEXT",
    )


def families(db: Database) -> None:
    """Create the tables by which similar texts are looked up, and enqueue all comparisons.

    Similarities and passages that were found stay: they are those of the texts.
    """
    _run(
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


def ledger(db: Database) -> None:
    """Create what tells a build how far it has read the originals, and which documents are unread."""
    _run(
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


def unknown_corrections(db: Database) -> None:
    """Add to the calendar the lines of an operator's file that name no agency, or several."""
    _run(db, "ALTER TABLE due_calendar ADD COLUMN unknown TEXT NOT NULL DEFAULT ''")


def publishers(db: Database) -> None:
    """Add to changes of names whether the text of a report tells them, or a page states another body."""
    _run(db, "ALTER TABLE renamings ADD COLUMN how TEXT NOT NULL DEFAULT 'text'")


def section_places(db: Database) -> None:
    """Give each section of a report its place among the others, which is its key."""
    _run(
        db,
        """CREATE TABLE moved_sections AS SELECT report_id, number, heading, text,
             row_number() OVER (PARTITION BY report_id ORDER BY rowid) AS place
           FROM sections ORDER BY rowid""",
        "DROP TABLE sections",
        """CREATE TABLE sections (
             report_id TEXT NOT NULL REFERENCES reports(id), number INTEGER NOT NULL,
             heading TEXT NOT NULL, text TEXT NOT NULL, place INTEGER NOT NULL,
             PRIMARY KEY (report_id, place))""",
        "INSERT INTO sections SELECT * FROM moved_sections ORDER BY rowid",
        "DROP TABLE moved_sections",
        "CREATE INDEX sections_report ON sections(report_id, number)",
    )


def recognised_places(db: Database) -> None:
    """Add to the notes of recognised cells where they stand in the picture."""
    _run(db, "ALTER TABLE cell_notes ADD COLUMN box TEXT NOT NULL DEFAULT ''")


def names(db: Database) -> None:
    """Let an agency that comes, goes or changes its rank be written again in the index of names."""
    # a conflict clause in a trigger gives way to that of the statement which fires it
    queue = (
        "INSERT INTO pending SELECT 'name', {0}.id WHERE NOT EXISTS"
        " (SELECT 1 FROM pending WHERE kind = 'name' AND key = {0}.id); END"
    )
    _run(
        db,
        f"CREATE TRIGGER agencies_come AFTER INSERT ON agencies BEGIN {queue.format('new')}",
        f"CREATE TRIGGER agencies_go AFTER DELETE ON agencies BEGIN {queue.format('old')}",
        "CREATE TRIGGER agencies_change AFTER UPDATE OF level, kind, name, region_code ON agencies"
        " WHEN (new.level, new.kind, new.name, new.region_code)"
        f" IS NOT (old.level, old.kind, old.name, old.region_code) BEGIN {queue.format('new')}",
    )


def touch_log(db: Database) -> None:
    """Create the log of what is touched, which triggers fill, and the states that the archive reached.

    What a key stands for: the rows of one report in all its tables, those of one agency, or one row.
    A key is logged once after each state. Nothing is logged before the first, which stands for all.
    """
    of_report = """sections cell_notes checks requests review_litigation active_disclosure
        active_disclosure_2019 changes change_marks revisions copies absences twin_passages"""
    logged = [
        ("report", "reports", ("id",)),
        *(("report", table, ("report_id",)) for table in of_report.split()),
        ("agency", "agencies", ("id",)),
        ("agency", "duties", ("agency_id",)),
        ("agency", "agency_links", ("from_id", "to_id")),
        ("region", "regions", ("code",)),
        ("site", "sites", ("id",)),
        ("document", "documents", ("digest",)),
        ("snapshot", "snapshots", ("id",)),
        ("snapshot", "imports", ("snapshot",)),
        ("snapshot", "covered", ("snapshot",)),
        ("run", "runs", ("id",)),
        ("manifest", "manifests", ("number",)),
        ("forward", "forwards", ("old_id",)),
        ("calendar", "due_calendar", ("day",)),
    ]
    _run(
        db,
        "CREATE TABLE archive_states (seq INTEGER PRIMARY KEY, token TEXT NOT NULL)",
        # a number is never given again, whatever is deleted
        """CREATE TABLE touches (
             seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL,
             UNIQUE (kind, key))""",
        *(
            f"""CREATE TRIGGER {table}_touched_by_{event} AFTER {event} ON {table}
                WHEN EXISTS (SELECT 1 FROM archive_states)
                BEGIN {_touches(kind, columns, versions)} END"""
            for kind, table, columns in logged
            for event, versions in (("insert", "n"), ("delete", "o"), ("update", "on"))
        ),
    )


def light_touches(db: Database) -> None:
    """Log a report that was only seen again as `seen`, and an agency only where its row differs.

    Every night sees most reports again, and nothing is to be counted anew because of that. The list of
    changes tells when a report that is gone was seen last.
    """
    agency = "id name region_code level kind sector lineage_id"
    report = """id agency_id year form title published_on url digest status first_seen checks_failed
        covers covers_sentence"""
    seen = {
        "reports": ("id", report),
        "revisions": ("report_id", "report_id digest url first_seen current"),
        "copies": ("report_id", "report_id digest url role first_seen"),
    }
    _run(db, *(f"DROP TRIGGER {table}_touched_by_update" for table in ("agencies", *seen)))
    _run(db, _on_update("agencies_touched_by_update", "agency", "agencies", "id", _differs(agency)))
    for table, (key, columns) in seen.items():
        differs = _differs(columns)
        if table == "reports":
            differs = f"({differs} OR new.status = 'removed')"
        full, light = f"{table}_touched_by_update", f"{table}_seen_by_update"
        _run(
            db,
            _on_update(full, "report", table, key, differs),
            _on_update(light, "seen", table, key, f"NOT {differs}"),
        )


def _differs(columns: str) -> str:
    """Return SQL for a row that an update gave another value in one of some columns."""
    old, new = (", ".join(f"{row}.{name}" for name in columns.split()) for row in ("old", "new"))
    return f"({old}) IS NOT ({new})"


def _on_update(name: str, kind: str, table: str, key: str, condition: str) -> str:
    """Return a trigger that logs updated rows under a condition."""
    return f"""CREATE TRIGGER {name} AFTER UPDATE ON {table}
               WHEN EXISTS (SELECT 1 FROM archive_states) AND {condition}
               BEGIN {_touches(kind, (key,), "on")} END"""


def _touches(kind: str, columns: tuple[str, ...], versions: str) -> str:
    """Return the body of a trigger: statements that meet no conflict, whatever fires them."""
    names = {"o": "old", "n": "new"}
    keys = [f"CAST({names[each]}.{column} AS TEXT)" for each in versions for column in columns]
    return " ".join(
        f"""DELETE FROM touches WHERE kind = '{kind}' AND key = {key}
              AND seq <= (SELECT max(seq) FROM archive_states);
            INSERT INTO touches (kind, key) SELECT '{kind}', {key} WHERE {key} IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM touches WHERE kind = '{kind}' AND key = {key});"""
        for key in keys
    )


def visits(db: Database) -> None:
    """Let a fetch count the visits after it that found the same.

    The next build takes them from the index of the originals, and removes their own rows.
    """
    _run(
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


def _integers(columns: str) -> str:
    return ", ".join(f"{column} INTEGER" for column in columns.split())


def unit_pages(db: Database) -> None:
    """Create the list of the pages of each portal that name agencies."""
    _run(
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


_STEPS = (
    *(places, provenance, reports, numbers, workings, comparisons, absences, sentences),
    change_marks,
    run_reasons,
    duties,
    renderings,
    covered_bodies,
    imports,
    clocks,
    site_parents,
    manifests,
    agencies_by_site,
    forwards,
    lineage,
    former_regions,
    families,
    ledger,
    unknown_corrections,
    publishers,
    section_places,
    recognised_places,
    names,
    touch_log,
    light_touches,
    unit_pages,
    visits,
)
MIGRATIONS = tuple(step.__name__ for step in _STEPS)
"""The names of all migrations, in the order in which they are applied."""


def migrate(conn: sqlite3.Connection) -> None:
    """Apply the migrations that an archive lacks."""
    # late: it loads pandas where that is installed, and few commands meet an older archive
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    migrations = Migrations(MIGRATION_SET)
    for step in _STEPS:
        migrations()(step)
    migrations.apply(Database(conn))
