"""The checks across reports: computed when reports are loaded, for those that changed and what they concern.

Whatever a report says enters the checks of its agency and of the one that follows it, and the comparison
of texts. A build that loads all reports checks them all, so that many builds give the same as one rebuild.
The expensive part, comparing texts, is stored between builds: the sketch of the prose of each report, and
the similarity of each pair, until a text changes.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable

from gongkai.archive.checks import RULES, VERSION
from gongkai.archive.checks.carry_over import carry_over
from gongkai.archive.checks.concerned import EVERYTHING, ConcernedReports, concerned_reports
from gongkai.archive.checks.deadline import deadline
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import WATCHED, FactsReader, former_name
from gongkai.archive.checks.families import Families, clear_families, discard_sketch
from gongkai.archive.checks.in_force import in_force_continuity
from gongkai.archive.checks.prose_readings import ReadBatches, read_here, read_proses
from gongkai.archive.checks.similar_reports import TextComparison
from gongkai.archive.progress import Progress, silent
from gongkai.archive.store import work_queue
from gongkai.archive.store.check_rows import check_rows
from gongkai.archive.store.database import transaction
from gongkai.archive.store.work_queue import ADDED
from gongkai.extract.model.report import Finding

Row = tuple[object, ...]
_RULES = ", ".join(f"'{rule}'" for rule in RULES)


def is_current(conn: sqlite3.Connection) -> bool:
    """Return whether the archive was checked by this version of the rules."""
    return conn.execute("SELECT version FROM across_version").fetchall() == [(VERSION,)]


def stored_check_rows(conn: sqlite3.Connection, report_id: str) -> list[Row]:
    """Return the rows of `checks` of a report that these rules have written."""
    return conn.execute(
        f"SELECT * FROM checks WHERE report_id = ? AND rule IN ({_RULES})", [report_id]
    ).fetchall()


def enqueue_checks(conn: sqlite3.Connection, report_id: str) -> None:
    """Enqueue the checks of a report that was written or removed, and of all that it concerns."""
    work_queue.enqueue(conn, "across", report_id)


def discard_comparisons(conn: sqlite3.Connection, report_id: str) -> None:
    """Delete the stored comparisons of a report whose text has changed."""
    discard_sketch(conn, report_id)
    for table in ("likeness", "twin_passages"):
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report_id])
    conn.execute("DELETE FROM likeness WHERE earlier_id = ?", [report_id])
    conn.execute("DELETE FROM twin_passages WHERE twin_id = ?", [report_id])


def run_cross_report_checks(
    conn: sqlite3.Connection, progress: Progress = silent, read: ReadBatches = read_here
) -> None:
    """Check the reports that are enqueued against each other and all others, in one transaction.

    `read` reads the prose of reports where there are many of them.
    """
    with transaction(conn):
        if not is_current(conn):
            clear_families(conn)
            for table in ("likeness", "twin_passages", "across_version"):
                conn.execute(f"DELETE FROM {table}")
            conn.execute("INSERT INTO across_version VALUES (?)", [VERSION])
            work_queue.enqueue(conn, "across", EVERYTHING)
        _enqueue_watched(conn)
        concerned = concerned_reports(conn)
        if concerned.ids or concerned.gone:
            _check(conn, concerned, progress, read)
        conn.execute("DELETE FROM pending WHERE kind IN ('across', 'across_agency')")


def _enqueue_watched(conn: sqlite3.Connection) -> None:
    """Enqueue the reports of portals of which it is known anew since when we have crawled them."""
    had = dict(conn.execute("SELECT site, since FROM watches"))
    for (site,) in conn.execute("SELECT id FROM sites WHERE id <> ?", [ADDED]).fetchall():
        (since,) = conn.execute(WATCHED, [site]).fetchone()
        if since == had.pop(site, None):
            continue
        conn.execute("INSERT OR REPLACE INTO watches VALUES (?, ?)", [site, since])
        conn.execute(
            "INSERT OR IGNORE INTO pending SELECT 'across', r.report_id FROM snapshots s"
            " JOIN readings r ON r.url = s.url WHERE s.site = ? AND r.report_id IS NOT NULL",
            [site],
        )
    conn.executemany("DELETE FROM watches WHERE site = ?", [(site,) for site in had])


def _check(
    conn: sqlite3.Connection, concerned: ConcernedReports, progress: Progress, read: ReadBatches
) -> None:
    facts = FactsReader(conn)
    changed = facts.read(concerned.ids)
    known = Families(conn)
    unread = [each for each in changed.values() if not known.has_current_sketch(each.report_id)]
    readings = read_proses(conn, unread, read)
    found: dict[str, list[Finding]] = defaultdict(list)
    read_anew: set[str] = set()

    def sketch_of(report: ReportFacts) -> bytes:
        key, reading = next(readings)
        if key != report.report_id:
            raise LookupError(f"{report.report_id} was asked for, and {key} was read")
        read_anew.add(key)
        found[key] += reading.findings
        return reading.sketch

    comparison = TextComparison(conn, facts)
    with progress("progress_compare", len(changed)) as step:
        comparison.compare(changed.values(), concerned.gone, sketch_of, step)
    for report in facts.read(changed.keys() | comparison.found.keys()).values():
        findings = found[report.report_id]
        findings += _over_the_years(conn, facts, report)
        findings += comparison.found.get(report.report_id, [])
        stay = set() if report.report_id in read_anew else {"foreign_place"}
        stay |= set() if report.report_id in comparison.found else {"near_duplicate"}
        _write(conn, report.report_id, findings, stay)


def _over_the_years(
    conn: sqlite3.Connection, facts: FactsReader, report: ReportFacts
) -> list[Finding]:
    """Compare a report with that of the year before, which may be of an earlier name of the agency."""
    last = facts.of_year(report.agency_id, report.year - 1)
    if last is None and (former := former_name(conn, report.agency_id)):
        last = facts.of_year(former, report.year - 1)
    findings = deadline(report)
    if last:
        findings += carry_over(last, report)
        findings += in_force_continuity(last, report)
    return findings


def _write(
    conn: sqlite3.Connection, report_id: str, findings: Iterable[Finding], stay: Collection[str]
) -> None:
    """Write the findings of a report where they differ; those of the rules `stay` are as they were.

    These are rules on the text, which is read and compared only where it has changed.
    """
    have = stored_check_rows(conn, report_id)
    wanted = check_rows(report_id, findings)
    wanted = sorted(wanted + [row for row in have if row[2] in stay])
    if sorted(have) == wanted:
        return
    conn.execute(f"DELETE FROM checks WHERE report_id = ? AND rule IN ({_RULES})", [report_id])
    conn.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", wanted)
    conn.execute(
        "UPDATE reports SET checks_failed ="
        " (SELECT count(*) FROM checks WHERE report_id = reports.id) WHERE id = ?",
        [report_id],
    )
