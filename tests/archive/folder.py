"""A folder of originals that a test fills fetch by fetch, and builds archives from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from click.testing import Result

from gongkai.archive.pipeline.builder import BuildJob, BuildResult, build, rebuild
from gongkai.archive.workers.process_pool import EncodedReading, Task, encode_reading
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.compose import Exchange, http_head, status_line
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshot, Snapshots
from gongkai.crawler.warc.tables.page_notes import PageNote
from gongkai.extract.forms import FORM_2021, Form
from gongkai.extract.report import read
from tests.printing.matrix import Style, Values
from tests.printing.page import Markup, page

HOST = "http://www.pingluo.gov.cn"
HTML = "text/html; charset=utf-8"
Dump = dict[str, list[tuple[object, ...]]]

Command = Callable[..., Result]
"""Runs `gongkai` with the words given, in a folder of its own."""


def zeros(form: Form = FORM_2021, **changes: str) -> Values:
    """Return a form full of zeros; `changes` are cells of table two as item__column="7"."""
    requests = {item.key: {c.key: "0" for c in form.applicants} for item in form.items}
    for place, text in changes.items():
        item, column = place.split("__")
        requests[item][column] = text
    return {
        form.part: {"": dict.fromkeys(form.disclosure_keys, "0")},
        "requests": requests,
        "review_litigation": {p.key: {c.key: "0" for c in form.results} for p in form.proceedings},
    }


def report_page(
    agency: str = "平罗县教育局",
    year: int = 2024,
    *,
    form: Form = FORM_2021,
    template: str = "",
    **changes: str,
) -> bytes:
    """Return an article with a report; `template` changes the page around it and nothing else."""
    title = f"{agency}{year}年政府信息公开工作年度报告"
    body = page(title, form, zeros(form, **changes), Style(), Markup())
    return body.replace(b"</head>", f"<!-- {template} --></head>".encode())


class Folder:
    """A folder of originals under `path`, beside the archive that is built from it."""

    def __init__(self, path: Path) -> None:
        self.snapshots = Snapshots(path / "snapshots")
        self.db = path / "archive.db"

    def __enter__(self) -> Folder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.snapshots.close()

    def fetch(
        self,
        at: str,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        media_type: str = HTML,
        location: str = "",
        site: str = "pingluo",
        missed: bool = False,
        cut: bool = False,
        role: str = "",
        run: str = "",
    ) -> Snapshot:
        """Keep one answer as a crawl would have.

        `missed`: it noted that a report is missing; `cut`: the answer broke off; `role`: "part" for a
        part of a page; `run`: the run that fetched, whose visits that find the same have no row.
        """
        headers = [("Content-Type", media_type), *([("Location", location)] if location else [])]
        exchange = Exchange(
            url=HOST + path,
            fetched_at=at,
            status=status,
            request_head=http_head(f"GET {path} HTTP/1.1", [("Host", "www.pingluo.gov.cn")]),
            response_head=http_head(status_line("HTTP/1.1", status), headers),
            body=body,
            truncated="disconnect" if cut else "",
            role=role,
        )
        writer = self.snapshots.writer(site, run)
        snapshot, _ = writer.write_exchange(exchange)
        if missed:
            writer.write_note(_note_of_missing(snapshot), at)
        writer.close()
        return snapshot

    def note_missed(self, of: Snapshot) -> None:
        """Keep the note of a crawl that a report is missing."""
        writer = self.snapshots.writer(of.site)
        writer.write_note(_note_of_missing(of), of.fetched_at)
        writer.close()

    def run(
        self, key: str, day: str, *, outcome: str = "ok", site: str = "pingluo", **counts: int
    ) -> None:
        """Keep how a crawl of a portal went; `key` is a hex uuid."""
        writer = self.snapshots.writer(site, key)
        started, finished = f"{day}T01:00:00Z", f"{day}T02:00:00Z"
        writer.write_run(Run(key, site, started, finished, outcome, counts))
        writer.close()

    def build(self) -> BuildResult:
        """Build with the readers of this process: quick, and the same function."""
        return build(self.db, self._job())

    def rebuild(self) -> BuildResult:
        """Build anew from all originals."""
        return rebuild(self.db, self._job())

    def _job(self) -> BuildJob:
        return BuildJob(self.snapshots, load_sites(), read=read_here)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the archive."""
        with closing(sqlite3.connect(self.db)) as conn:
            return conn.execute(sql, values).fetchall()

    def dump(self) -> Dump:
        """Return everything that a rebuild has to restore."""
        return dump(self.db)


def _note_of_missing(of: Snapshot) -> PageNote:
    return PageNote(of.id, of.url, of.site, "not_report", "article", "", False, 1)


def read_here(tasks: Iterable[Task]) -> Iterator[tuple[Task, EncodedReading]]:
    """Read in this process without a box, each document once in the life of the tests."""
    return ((task, _kept(task)) for task in tasks)


@cache
def _kept(task: Task) -> EncodedReading:
    return encode_reading(read(task.body, task.source))


def dump(db: Path) -> Dump:
    """Return every table and view as sorted rows, but for build runs and the index's own tables.

    How far the index of the originals was read is no content either, nor what builds touched. The view
    `region_totals` is left out, because it takes a quarter of a second and adds nothing to its tables.
    """
    with closing(sqlite3.connect(db)) as conn:
        names = [
            name
            for (name,) in conn.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
                " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_index%'"
                " AND name NOT LIKE 'name_index%'"
                " AND name NOT IN ('_sqlite_migrations', 'index_mark', 'touches', 'archive_states',"
                " 'region_totals')"
            )
        ]
        tables = {
            name: sorted(conn.execute(f"SELECT * FROM {name}").fetchall(), key=str)
            for name in names
        }
        conn.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, name_index, instance)")
        # in the order of the index: by word, row and place
        tables["name_index"] = conn.execute("SELECT * FROM temp.words").fetchall()
    tables["runs"] = [row for row in tables["runs"] if row[1] != "build"]
    return tables
