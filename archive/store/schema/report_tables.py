"""What a report says and how it changed: the tables of the public data contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gongkai.archive.store.schema.statements import integers, run

if TYPE_CHECKING:
    from sqlite_utils import Database


def places(db: Database) -> None:
    """Create the tables of regions, agencies and portals."""
    run(
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
    run(
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
    run(
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
    run(
        db,
        f"""CREATE TABLE active_disclosure ({key.format("PRIMARY KEY ")},
              {integers(disclosure_2021)}, fees_wan_yuan NUMERIC) WITHOUT ROWID""",
        f"""CREATE TABLE active_disclosure_2019 ({key.format("PRIMARY KEY ")},
              {integers(disclosure_2019)}, procurement_wan_yuan NUMERIC) WITHOUT ROWID""",
        f"""CREATE TABLE requests ({key.format("")}, item TEXT NOT NULL, {integers(applicants)},
              PRIMARY KEY (report_id, item)) WITHOUT ROWID""",
        f"""CREATE TABLE review_litigation ({key.format("")}, proceeding TEXT NOT NULL,
              {integers(results)}, PRIMARY KEY (report_id, proceeding)) WITHOUT ROWID""",
        f"""CREATE TABLE cell_notes ({key.format("")}, part TEXT NOT NULL, item TEXT NOT NULL,
              field TEXT NOT NULL, raw TEXT NOT NULL, note TEXT NOT NULL,
              PRIMARY KEY (report_id, part, item, field)) WITHOUT ROWID""",
    )


def workings(db: Database) -> None:
    """Create the tables of the build: readings, links to attachments, the work queue."""
    run(
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
    run(
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
    run(
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
    run(
        db,
        "INSERT OR IGNORE INTO pending"
        " SELECT DISTINCT 'report', report_id FROM changes WHERE part = 'sections'",
    )


def change_marks(db: Database) -> None:
    """Create the table of the places where changed passages differ, and enqueue their reports."""
    run(
        db,
        """CREATE TABLE change_marks (
             report_id TEXT NOT NULL REFERENCES reports(id), seen_at TEXT NOT NULL,
             part TEXT NOT NULL, item TEXT NOT NULL, field TEXT NOT NULL,
             old_marks TEXT NOT NULL, new_marks TEXT NOT NULL,
             PRIMARY KEY (report_id, seen_at, part, item, field)) WITHOUT ROWID""",
        "INSERT OR IGNORE INTO pending SELECT DISTINCT 'report', report_id FROM changes"
        " WHERE part IN ('sections', 'sentences')",
    )


def publishers(db: Database) -> None:
    """Add to changes of names whether the text of a report tells them, or a page states another body."""
    run(db, "ALTER TABLE renamings ADD COLUMN how TEXT NOT NULL DEFAULT 'text'")


def section_places(db: Database) -> None:
    """Give each section of a report its place among the others, which is its key."""
    run(
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
    run(db, "ALTER TABLE cell_notes ADD COLUMN box TEXT NOT NULL DEFAULT ''")
