"""From snapshots to archive: read new documents, attribute them, load the reports they concern.

Each step enqueues the work of the next one in the transaction of its own work, and computes from
everything that is known, not from what changed. Therefore a build may be killed at any time and run
again, and many builds give the same archive as one rebuild.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.archive.checks import runner
from gongkai.archive.checks.prose_readings import ReadBatches, read_here
from gongkai.archive.errors import ArchiveError, BrokenArchiveError
from gongkai.archive.lineage.corrections import Correction
from gongkai.archive.pipeline import duties, imports, intake, manifests, reference_data
from gongkai.archive.pipeline.attribution import attribute_readings, is_unattributed, store_reading
from gongkai.archive.pipeline.backlog import (
    UnreadDocument,
    documents_to_read,
    forget_read_documents,
)
from gongkai.archive.pipeline.forwards import KnownIds, carry_over, known_ids
from gongkai.archive.pipeline.index_news import (
    SnapshotSource,
    compare_with_index,
    store_mark,
)
from gongkai.archive.pipeline.outcomes import describe_documents
from gongkai.archive.pipeline.report_writer import LOAD_RESULTS, load_report, see_report
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
from gongkai.archive.store.names import name_index
from gongkai.archive.workers.process_pool import EncodedReading, Task, read_all
from gongkai.archive.workers.reading_conditions import is_out_of_time, protections_missing
from gongkai.catalogue import Language, stored_message, text
from gongkai.clock import utc_stamp
from gongkai.crawler.sites.registry import Site
from gongkai.crawler.sites.site_facts import with_kept_facts
from gongkai.crawler.warc.snapshot import Run, new_run_id
from gongkai.errors import cause_of
from gongkai.extract.model.report import SecondReading, Source
from gongkai.messages import Message, message

LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class BuildResult:
    """What a build did.

    `lost` names originals that could not be read, with the reason; `postponed` names documents that a
    busy machine did not finish in time, which the next build reads again; `unattributed` are the addresses
    of reports read in this build whose agency or year is unknown; `missing_walls` names the
    protections without which documents were read. `regionless` are the portals that were crawled
    and whose division neither the registry nor the originals tell. `unknown_corrections` name no
    agency of the archive, or several. `doubts` are manifests that the archive knows and the originals
    have no more.
    """

    snapshots: int = 0
    runs: int = 0
    documents: int = 0
    reports: Counter[str] = field(default_factory=Counter)
    lost: list[Message] = field(default_factory=list)
    postponed: list[Message] = field(default_factory=list)
    unattributed: list[str] = field(default_factory=list)
    missing_walls: tuple[Message, ...] = ()
    regionless: tuple[str, ...] = ()
    unknown_corrections: list[Correction] = field(default_factory=list)
    doubts: list[Message] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        """Whether the archive was written to."""
        done = self.snapshots or self.runs or self.documents or self.reports
        return bool(done or self.postponed)

    def data(self, lang: Language) -> dict[str, object]:
        """Return the build as plain data, its texts in a language."""
        return {
            "snapshots": self.snapshots,
            "documents": self.documents,
            "reports": {name: self.reports[name] for name in LOAD_RESULTS},
            "lost": [text(lang, lost) for lost in self.lost],
            "postponed": [text(lang, each) for each in self.postponed],
            "nobodys": self.unattributed,
            "sites_without_region": list(self.regionless),
            "doubts": [text(lang, each) for each in self.doubts],
            "lineage_lines_unknown": [each.line for each in self.unknown_corrections],
            "missing_walls": [text(lang, wall) for wall in self.missing_walls],
        }


@dataclass(frozen=True, slots=True)
class BuildJob:
    """What a build works with.

    `read` reads documents, by default in processes of this machine, `read_prose` the prose of many reports. What `sites` lack is taken from
    the facts that are kept with the originals. `today` is the day in China by
    which reports are due, as an ISO date; without it, the day of the last fetch counts. `second_reading`
    says which PDF files and pages are read by two readers. `corrections` say which agencies follow each
    other, against all rules.
    """

    originals: SnapshotSource
    sites: Sequence[Site]
    progress: Progress = silent
    read: Callable[[Iterable[Task]], Iterator[tuple[Task, EncodedReading]]] = read_all
    today: str | None = None
    second_reading: SecondReading = "doubted"
    corrections: tuple[Correction, ...] = ()
    read_prose: ReadBatches = read_here


def build(db: Path, job: BuildJob) -> BuildResult:
    """Bring an archive up to date with its snapshots. A second build changes nothing.

    Raises:
        ArchiveError: the archive cannot be written.
    """
    with locked(db), writer(db) as conn:
        return _build(conn, job)


def rebuild(db: Path, job: BuildJob) -> BuildResult:
    """Build a new archive from all originals, then put it in the place of the old one.

    The old archive stays until the new one is complete. Its build runs are copied, and its ids that
    have changed are forwarded.

    Raises:
        ArchiveError: the archive cannot be written, or an original cannot be read.
    """
    with locked(db):
        kept, known, broken = _kept_rows(db) if db.exists() else ([], KnownIds(), False)
        doubts = _chain_doubts(db, job) if db.exists() and not broken else []
        fresh = rebuilt_file(db)
        remove(fresh)
        with writer(fresh) as conn:
            built = _build(conn, job)
            built.doubts = doubts
            if built.lost or (db.exists() and not built.snapshots):
                raise ArchiveError("rebuild_refused", path=str(db), why=_refusal(built))
            with transaction(conn):
                for run in kept:
                    intake.add_run(conn, run)
                carry_over(conn, known)
        if broken:
            set_aside(db)
        fresh.replace(db)
    return built


def rebuilt_file(db: Path) -> Path:
    """Return where the new archive is made. It stays there when the program ends in between."""
    return db.with_name(f"{db.name}.rebuild")


def _chain_doubts(db: Path, job: BuildJob) -> list[Message]:
    """Return which manifests the old archive knows and the originals have no more."""
    with reader(db, older=True) as conn:
        return manifests.chain_differences(conn, job.originals.folder)


def _refusal(built: BuildResult) -> Message:
    return built.lost[0] if built.lost else message("rebuild_without_originals")


def _kept_rows(db: Path) -> tuple[list[intake.Row], KnownIds, bool]:
    """Return the build runs and the ids of the old archive, and whether it is broken."""
    if db.stat().st_size and not is_sqlite(db):
        raise ArchiveError("database_invalid", path=str(db))
    try:
        with reader(db, older=True) as conn:
            found = conn.execute("SELECT * FROM runs WHERE kind = 'build'")
            names = [name for name, *_ in found.description]
            runs = [intake.stored_run(dict(zip(names, row, strict=True))) for row in found]
            return runs, known_ids(conn), False
    except BrokenArchiveError:
        return [], KnownIds(), True


def _build(conn: sqlite3.Connection, job: BuildJob) -> BuildResult:
    started, built = utc_stamp(), BuildResult()
    portals = with_kept_facts(job.sites, job.originals.sites())
    homes = imports.homes_of(portals)
    news = compare_with_index(conn, job.originals)
    new = [imports.with_portal(each, homes) for each in news.snapshots]
    runs = news.runs
    moved = imports.portals_moved(conn, homes)
    proofs = manifests.new_manifests(conn, job.originals.folder)
    built.doubts = manifests.chain_differences(conn, job.originals.folder)
    sites = reference_data.site_rows(
        conn, portals, {entry.site for entry in new} | {run.site for run in runs}
    )
    current = reference_data.is_up_to_date(conn, sites) and not moved
    computed = runner.is_current(conn) and duties.is_current(
        conn, portals, job.today, job.corrections
    )
    computed = computed and name_index.is_current(conn)
    fresh = news or proofs
    LOG.info("%d new snapshots, %d new runs", len(new), len(runs))
    if (
        current
        and computed
        and not (fresh or work_queue.has_queued(conn) or documents_to_read(conn))
    ):
        built.regionless = reference_data.sites_without_region(conn, portals)
        built.unknown_corrections = duties.unknown_corrections(conn, job.corrections)
        return built
    with bulk_write(conn):
        if not current:
            reference_data.write_reference_data(conn, sites, moved)
        built.snapshots = intake.copy_snapshots(conn, job.originals, new, built.lost)
        imports.copy_imports(conn, news.imports)
        intake.copy_visits(conn, news.visits)
        intake.remove_counted(conn, news.counted)
        intake.copy_remarks(conn, news.remarks)
        intake.copy_units(conn, news.units)
        intake.copy_runs(conn, runs)
        intake.copy_judgements(conn, news)
        intake.copy_places(conn, news.moved)
        manifests.copy_manifests(conn, job.originals.folder, proofs)
        if not built.lost:  # what could not be copied is asked for again
            with transaction(conn):
                store_mark(conn, news.mark)
        built.runs = len(runs)
        built.regionless = reference_data.sites_without_region(conn, portals)
        read = _read(conn, job, built)
        built.documents = len(read)
        attribute_readings(conn)
        built.unattributed = [url for digest, url in read if is_unattributed(conn, digest, url)]
        describe_documents(conn)
        _load(conn, job, built)
        built.unknown_corrections = duties.update_duties(conn, portals, job.today, job.corrections)
        with transaction(conn):
            name_index.update_names(conn)
        runner.run_cross_report_checks(conn, job.progress, job.read_prose)
        if built.has_changes:
            _note_run(conn, started, built)
    return built


def _read(conn: sqlite3.Connection, job: BuildJob, built: BuildResult) -> list[tuple[str, str]]:
    reading = documents_to_read(conn)
    read: list[tuple[str, str]] = []
    LOG.info("%d documents to read", len(reading))
    if reading and (missing := protections_missing()):
        built.missing_walls = missing
        LOG.warning(text("en", "walls_missing", walls=missing))
    with job.progress("progress_read", len(reading)) as step:
        for task, kept in job.read(_tasks(reading, job, built.lost)):
            step()
            if is_out_of_time(kept.why):
                built.postponed.append(
                    message("reading_postponed", url=task.url, why=stored_message(kept.why))
                )
                continue
            store_reading(conn, task, kept)
            read.append((task.digest, task.url))
    with transaction(conn):
        forget_read_documents(conn)
    return read


def _tasks(reading: Sequence[UnreadDocument], job: BuildJob, lost: list[Message]) -> Iterator[Task]:
    """Yield the documents to read; skip unreadable originals and list them in `lost`."""
    for entry in reading:
        snapshot = job.originals.get(entry.snapshot)
        if snapshot is None:
            lost.append(message("original_unknown", url=entry.url))
            continue
        try:
            body = job.originals.body(snapshot)
            headers = {name.lower(): value for name, value in job.originals.headers(snapshot)}
        except OSError as problem:
            lost.append(message("original_unreadable", url=entry.url, why=cause_of(problem)))
            LOG.warning("%s: original cannot be read: %s", entry.url, problem)
            continue
        source = Source(
            url=entry.url,
            media_type=headers.get("content-type", snapshot.media_type),
            filename=entry.filename,
            site_region=entry.site_region,
            agency=entry.agency,
            year=entry.year,
            second_reading=job.second_reading,
        )
        yield Task(entry.digest, entry.url, body, source, entry.facts)


def _load(conn: sqlite3.Connection, job: BuildJob, built: BuildResult) -> None:
    reports = work_queue.queued(conn, "report")
    seen = sorted({*work_queue.queued(conn, work_queue.SEEN)} - {*reports})
    with job.progress("progress_load", len(reports) + len(seen)) as step:
        for report_id in reports:
            built.reports[load_report(conn, report_id)] += 1
            step()
        for start in range(0, len(seen), work_queue.BATCH):
            with transaction(conn):
                for report_id in seen[start : start + work_queue.BATCH]:
                    built.reports[see_report(conn, report_id)] += 1
                    step()


def _note_run(conn: sqlite3.Connection, started: str, built: BuildResult) -> None:
    counts = {
        "new": built.reports["new"],
        "changed": built.reports["changed"],
        "unchanged": built.reports["unchanged"],
        "gone": built.reports["dropped"],
        "errors": len(built.lost),
    }
    outcome = "failed" if built.lost else ("partial" if built.postponed else "ok")
    run = Run(new_run_id(), "", started, utc_stamp(), outcome, counts, kind="build")
    with transaction(conn):
        intake.add_run(conn, intake.run_row(run, None))
