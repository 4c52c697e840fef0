"""From snapshots to archive: read what is new, say whose it is, load the reports it touches.

Each step notes in the archive what the next has to do, in the transaction of its own work, and
each computes from everything that is known, not from what changed. So a build may be killed at any
time and run again, and building in many steps gives what one rebuild gives.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gongkai.archive.checks import runner
from gongkai.archive.errors import ArchiveError, Broken
from gongkai.archive.pipeline import intake, reference_data
from gongkai.archive.pipeline.attribution import attribute_readings, is_unattributed, store_reading
from gongkai.archive.pipeline.backlog import UnreadDocument, documents_to_read
from gongkai.archive.pipeline.intake import SnapshotSource
from gongkai.archive.pipeline.loader import LOAD_RESULTS, load_report
from gongkai.archive.pipeline.outcomes import describe_documents
from gongkai.archive.progress import Progress, silent
from gongkai.archive.store import work_queue
from gongkai.archive.store.database import (
    bulk_write,
    is_sqlite,
    locked,
    reader,
    remove,
    set_aside,
    transaction,
    writer,
)
from gongkai.archive.workers.process_pool import EncodedReading, Task, read_all
from gongkai.catalogue import error_text, language_of_environment
from gongkai.crawler.warc.snapshot import new_run_id
from gongkai.extract.model.report import Source


@dataclass(slots=True)
class BuildResult:
    """What a build did.

    `lost` names originals that could not be read from the snapshots, `unattributed` the addresses of
    reports read in this build of which agency or year is unknown.
    """

    snapshots: int = 0
    runs: int = 0
    documents: int = 0
    reports: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    unattributed: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        """Whether the archive was written to."""
        return bool(self.snapshots or self.runs or self.documents or self.reports)

    def data(self) -> dict[str, object]:
        """Return the build as plain data."""
        return {
            "snapshots": self.snapshots,
            "documents": self.documents,
            "reports": {name: self.reports[name] for name in LOAD_RESULTS},
            "lost": self.lost,
            "nobodys": self.unattributed,
        }

    def line(self) -> str:
        """Return the build as one line."""
        if not self.has_changes:
            return "建库 build: 没有变化 nothing new"
        return (
            f"建库 build: 快照 {self.snapshots} snapshots · 文档 {self.documents} read · "
            f"报告 reports: 新增 {self.reports['new']} new, 变更 {self.reports['changed']} changed, "
            f"未变 {self.reports['unchanged']} unchanged, 移除 {self.reports['dropped']} dropped"
        )


@dataclass(frozen=True, slots=True)
class BuildJob:
    """What a build works with; `read` reads documents, by default in a pool of processes here."""

    originals: SnapshotSource
    sites: Sequence[Any]
    progress: Progress = silent
    read: Callable[[Iterable[Task]], Iterator[tuple[Task, EncodedReading]]] = read_all


def build(db: Path, job: BuildJob) -> BuildResult:
    """Bring an archive up to date with its snapshots. A second build changes nothing.

    :raises ArchiveError: when the archive cannot be written
    """
    with locked(db), writer(db) as conn:
        return _build(conn, job)


def rebuild(db: Path, job: BuildJob) -> BuildResult:
    """Build anew from all originals beside the archive, then put it in its place.

    The old archive stays until the new one is whole; its build runs are carried over.

    :raises ArchiveError: when the archive cannot be written or an original cannot be read
    """
    with locked(db):
        kept, broken = _build_runs(db) if db.exists() else ([], False)
        fresh = db.with_name(f"{db.name}.rebuild")
        remove(fresh)
        with writer(fresh) as conn:
            built = _build(conn, job)
            if built.lost or (db.exists() and not built.snapshots):
                why = built.lost[0] if built.lost else "没有原件 there are no originals"
                raise ArchiveError(f"{db}: 未重建，保持原样 not rebuilt, left as it was: {why}")
            with transaction(conn):
                for run in kept:
                    intake.add_run(conn, run)
        if broken:
            set_aside(db)
        fresh.replace(db)
    return built


def _build_runs(db: Path) -> tuple[list[intake.Row], bool]:
    """Return the build runs of the old archive, and whether it is broken."""
    if db.stat().st_size and not is_sqlite(db):
        raise ArchiveError(f"{db}: 不是数据库文件 not a database; name another file with --db")
    try:
        with reader(db, older=True) as conn:
            return conn.execute("SELECT * FROM runs WHERE kind = 'build'").fetchall(), False
    except Broken:
        return [], True


def _build(conn: sqlite3.Connection, job: BuildJob) -> BuildResult:
    started, built = _now(), BuildResult()
    new, runs = intake.new_snapshots(conn, job.originals), intake.new_runs(conn, job.originals)
    remarks = intake.new_remarks(conn, job.originals)
    sites = reference_data.site_rows(conn, job.sites, {entry.site for entry in (*new, *runs)})
    current = reference_data.is_up_to_date(conn, sites)
    checked = runner.is_current(conn)
    fresh = new or runs or remarks
    if (
        current
        and checked
        and not (fresh or work_queue.has_queued(conn) or documents_to_read(conn))
    ):
        return built
    with bulk_write(conn):
        runner.enqueue_checks(conn)
        if not current:
            reference_data.write_reference_data(conn, sites)
        built.snapshots = intake.copy_snapshots(conn, job.originals, new, built.lost)
        intake.copy_remarks(conn, remarks)
        intake.copy_runs(conn, runs)
        built.runs = len(runs)
        read = _read(conn, job, built)
        built.documents = len(read)
        attribute_readings(conn)
        built.unattributed = [url for digest, url in read if is_unattributed(conn, digest, url)]
        describe_documents(conn)
        _load(conn, job, built)
        runner.run_cross_report_checks(conn, job.progress)
        if built.has_changes:
            _note_run(conn, started, built)
    return built


def _read(conn: sqlite3.Connection, job: BuildJob, built: BuildResult) -> list[tuple[str, str]]:
    reading = documents_to_read(conn)
    read: list[tuple[str, str]] = []
    with job.progress("读取 read", len(reading)) as step:
        for task, kept in job.read(_tasks(reading, job, built.lost)):
            store_reading(conn, task, kept)
            read.append((task.digest, task.url))
            step()
    return read


def _tasks(reading: Sequence[UnreadDocument], job: BuildJob, lost: list[str]) -> Iterator[Task]:
    """Yield what is to be read; an original that is not to be had costs only itself, aloud."""
    for entry in reading:
        snapshot = job.originals.get(entry.snapshot)
        try:
            body = job.originals.body(snapshot)
            headers = {name.lower(): value for name, value in job.originals.headers(snapshot)}
        except OSError as problem:
            why = error_text(language_of_environment(), problem)
            lost.append(f"{entry.url}: {why}")
            continue
        source = Source(
            url=entry.url,
            media_type=headers.get("content-type", snapshot.media_type),
            filename=entry.filename,
            site_region=entry.site_region,
            agency=entry.agency,
            year=entry.year,
        )
        yield Task(entry.digest, entry.url, body, source, entry.facts)


def _load(conn: sqlite3.Connection, job: BuildJob, built: BuildResult) -> None:
    reports = work_queue.queued(conn, "report")
    with job.progress("载入 load", len(reports)) as step:
        for report_id in reports:
            built.reports[load_report(conn, report_id)] += 1
            step()


def _note_run(conn: sqlite3.Connection, started: str, built: BuildResult) -> None:
    counts = {
        "new": built.reports["new"],
        "changed": built.reports["changed"],
        "unchanged": built.reports["unchanged"],
        "gone": built.reports["dropped"],
        "errors": len(built.lost),
    }
    outcome = "failed" if built.lost else "ok"
    row = intake.run_row(new_run_id(), "build", None, started, _now(), outcome, counts)
    with transaction(conn):
        intake.add_run(conn, row)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
