"""The tables of the index, and what its questions have in common."""

from __future__ import annotations

from gongkai.crawler.warc.tables.entries import IMPORTS_FOLDER

SCHEMA_VERSION = 14
"""Version of the tables below; an index of another version is made again."""

SCHEMA = """
CREATE TABLE snapshots (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, site TEXT NOT NULL, url TEXT NOT NULL,
    final_url TEXT NOT NULL, fetched_at TEXT NOT NULL, status INTEGER NOT NULL,
    media_type TEXT NOT NULL, bytes INTEGER NOT NULL, digest TEXT NOT NULL, warc TEXT NOT NULL,
    offset INTEGER NOT NULL, rendered_from TEXT NOT NULL, server_date TEXT NOT NULL,
    seen_at TEXT NOT NULL, clock TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL, refers TEXT NOT NULL,
    etag TEXT NOT NULL, last_modified TEXT NOT NULL, truncated TEXT NOT NULL, stretch INTEGER,
    last_seen TEXT NOT NULL
);
CREATE INDEX snapshots_url ON snapshots(url, seen_at);
CREATE INDEX snapshots_last ON snapshots(url, last_seen);
CREATE INDEX snapshots_digest ON snapshots(digest);
CREATE INDEX snapshots_rendered ON snapshots(rendered_from) WHERE rendered_from != '';
CREATE INDEX snapshots_site ON snapshots(site, seen_at);
CREATE INDEX snapshots_time ON snapshots(seen_at, warc, offset);
CREATE INDEX snapshots_stretch ON snapshots(stretch);
CREATE INDEX snapshots_payload ON snapshots(payload, site) WHERE kind NOT IN ('revisit', 'conversion');
CREATE INDEX snapshots_file ON snapshots(warc);
CREATE INDEX snapshots_cut ON snapshots(seq) WHERE truncated != '';
CREATE TABLE files (
    name TEXT PRIMARY KEY, site TEXT NOT NULL, run TEXT NOT NULL, started TEXT NOT NULL,
    is_ended INTEGER NOT NULL
);
CREATE INDEX files_run ON files(run);
CREATE INDEX files_unended ON files(run) WHERE NOT is_ended;
CREATE TABLE held (
    id TEXT PRIMARY KEY, reader TEXT NOT NULL, site TEXT NOT NULL, fetched_at TEXT NOT NULL,
    warc TEXT NOT NULL, offset INTEGER NOT NULL, stretch INTEGER, refers TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX held_refers ON held(refers) WHERE refers != '';
CREATE TABLE imports (
    snapshot TEXT PRIMARY KEY, collection TEXT NOT NULL, crawler TEXT NOT NULL, source TEXT NOT NULL,
    source_digest TEXT NOT NULL, record TEXT NOT NULL, imported_at TEXT NOT NULL, refers TEXT NOT NULL,
    remarks TEXT NOT NULL, kind TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX imports_record ON imports(record);
CREATE TABLE foreign_files (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE awaited_files (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE doubted (warc TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (warc, offset)) WITHOUT ROWID;
CREATE TABLE notes (
    snapshot TEXT PRIMARY KEY, url TEXT NOT NULL, site TEXT NOT NULL, outcome TEXT NOT NULL,
    role TEXT NOT NULL, via TEXT NOT NULL, report INTEGER NOT NULL, misses INTEGER NOT NULL,
    leads TEXT NOT NULL
);
CREATE INDEX notes_site ON notes(site);
CREATE INDEX notes_missed ON notes(snapshot) WHERE misses > 0;
CREATE TABLE units (
    snapshot TEXT NOT NULL, site TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (site, name, snapshot)
) WITHOUT ROWID;
CREATE INDEX units_snapshot ON units(snapshot);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, site TEXT NOT NULL, started TEXT NOT NULL, finished TEXT NOT NULL,
    outcome TEXT NOT NULL, counts TEXT NOT NULL, kind TEXT NOT NULL, why TEXT NOT NULL,
    server_lead INTEGER
);
CREATE TABLE site_facts (
    site TEXT NOT NULL, facts TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (site, facts)
) WITHOUT ROWID;
"""
COLUMNS = (
    "id, site, url, final_url, fetched_at, status, media_type, bytes, digest, warc, offset, "
    "rendered_from, server_date, seen_at, clock, role, kind, payload, refers, etag, last_modified, truncated"
)
RUNS_OF_SITE = "CREATE INDEX IF NOT EXISTS runs_site ON runs(site, started, id)"
"""An index of a version that lacks it gets it when it is opened."""

LOST_FILES = "CREATE TABLE IF NOT EXISTS lost_files (name TEXT PRIMARY KEY) WITHOUT ROWID"
"""Files of ours that were not in the folder when it was listed last; created as `RUNS_OF_SITE` is."""

ORDER_BY_TIME = "ORDER BY seen_at, warc, offset"
LATEST = "ORDER BY last_seen DESC, warc DESC, offset DESC LIMIT 1"
SNAPSHOT_WIDTH = 16
RUN_SEEN = (
    "coalesce((SELECT strftime('%Y-%m-%dT%H:%M:%SZ', r.started, t.shift || ' seconds')"
    " FROM stretches t WHERE t.run = r.id AND t.shift != 0"
    " ORDER BY t.sequence, t.offset LIMIT 1), r.started)"
)
"""SQL: when the run r probably began."""

RUN_CLOCK = "coalesce((SELECT max(t.clock) FROM stretches t WHERE t.run = r.id), '')"
"""SQL: what is thought of the clock of the run r; "wrong" in any stretch counts for all."""

FETCHED = "kind != 'conversion'"
"""SQL: what came from a server or from disk; a rendered page is another form of it."""

OWN = f"warc NOT GLOB '{IMPORTS_FOLDER}/*'"
"""SQL: what we fetched ourselves; a crawl goes on from this alone."""
