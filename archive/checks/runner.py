"""The checks across reports, computed when all reports are loaded and written where they differ.

They are computed from all reports, so that many builds give the same as one rebuild. The expensive
part, comparing texts, is stored between builds: the sketch of the prose of each report, and the
similarity of each pair, until a text changes.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from gongkai.archive.checks import RULES, VERSION
from gongkai.archive.checks.carry_over import carry_over
from gongkai.archive.checks.comparable_prose import SHORTEST, blank_names, prose
from gongkai.archive.checks.deadline import deadline
from gongkai.archive.checks.facts import ReportFacts
from gongkai.archive.checks.facts_query import former_names, load_report_facts, section_texts
from gongkai.archive.checks.foreign_place import foreign_place
from gongkai.archive.checks.in_force import in_force_continuity
from gongkai.archive.checks.passages import Passage, common_passages
from gongkai.archive.progress import Progress, silent
from gongkai.archive.store import work_queue
from gongkai.archive.store.check_rows import check_rows
from gongkai.archive.store.database import transaction
from gongkai.extract.model.report import Finding

Row = tuple[object, ...]
_RULES = ", ".join(f"'{rule}'" for rule in RULES)
_KEPT = "foreign_place"
"""A rule on the text of one report alone: its findings stay until the text changes."""


def is_current(conn: sqlite3.Connection) -> bool:
    """Return whether the archive was checked by this version of the rules."""
    return conn.execute("SELECT version FROM across_version").fetchall() == [(VERSION,)]


def enqueue_checks(conn: sqlite3.Connection) -> None:
    """Enqueue the checks, for the next build if this one is killed."""
    work_queue.enqueue(conn, "across", "")


def stored_check_rows(conn: sqlite3.Connection, report_id: str) -> list[Row]:
    """Return the rows of `checks` of a report that these rules have written."""
    return conn.execute(
        f"SELECT * FROM checks WHERE report_id = ? AND rule IN ({_RULES})", [report_id]
    ).fetchall()


def discard_comparisons(conn: sqlite3.Connection, report_id: str) -> None:
    """Delete the stored comparisons of a report whose text has changed."""
    for table in ("sketches", "likeness", "twin_passages"):
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report_id])
    conn.execute("DELETE FROM likeness WHERE earlier_id = ?", [report_id])
    conn.execute("DELETE FROM twin_passages WHERE twin_id = ?", [report_id])


def run_cross_report_checks(conn: sqlite3.Connection, progress: Progress = silent) -> None:
    """Check all reports against each other, in one transaction."""
    with transaction(conn):
        if not is_current(conn):
            for table in ("sketches", "likeness", "twin_passages", "across_version"):
                conn.execute(f"DELETE FROM {table}")
            conn.execute("INSERT INTO across_version VALUES (?)", [VERSION])
        reports = load_report_facts(conn)
        found: dict[str, list[Finding]] = defaultdict(list)
        unchanged = _read_words(conn, reports, found, progress)
        _over_the_years(reports.values(), former_names(conn), found)
        _compare_words(conn, reports, found, progress)
        _write(conn, reports, found, unchanged)
        work_queue.dequeue(conn, "across", "")


def _over_the_years(
    reports: Iterable[ReportFacts],
    former: Mapping[str, str],
    found: dict[str, list[Finding]],
) -> None:
    """Compare reports with those of the year before, which may be of an earlier name of the agency."""
    by_year = {(report.agency_id, report.year): report for report in reports}
    for (agency, year), report in by_year.items():
        found[report.report_id] += deadline(report)
        last = by_year.get((agency, year - 1))
        if last is None and agency in former:
            last = by_year.get((former[agency], year - 1))
        if last:
            found[report.report_id] += carry_over(last, report)
            found[report.report_id] += in_force_continuity(last, report)


def _read_words(
    conn: sqlite3.Connection,
    reports: Mapping[str, ReportFacts],
    found: dict[str, list[Finding]],
    progress: Progress,
) -> set[str]:
    """Read the prose of reports whose words are new; return the others, whose rows stay."""
    have = {key for (key,) in conn.execute("SELECT report_id FROM sketches")}
    new = [report for key, report in reports.items() if key not in have]
    with progress("progress_words", len(new)) as step:
        for report in new:
            text = prose(section_texts(conn, report.report_id))
            found[report.report_id] += foreign_place(report, text)
            bare = blank_names(text, report.agency, report.region_code)
            conn.execute("INSERT INTO sketches VALUES (?, ?)", [report.report_id, _sketch(bare)])
            step()
    return have


def _sketch(bare: str) -> bytes:
    if len(bare) < SHORTEST:
        return b""
    from gongkai.archive.checks.minhash import (  # late: numpy and scipy take half a second
        minhash_sketch,
        shingles,
    )

    return minhash_sketch(shingles(bare))


def _compare_words(
    conn: sqlite3.Connection,
    reports: Mapping[str, ReportFacts],
    found: dict[str, list[Finding]],
    progress: Progress,
) -> None:
    sketches: dict[str, bytes] = dict(conn.execute("SELECT report_id, sketch FROM sketches"))
    if not any(sketches.values()):
        conn.execute("DELETE FROM likeness")
        conn.execute("DELETE FROM twin_passages")
        return
    from gongkai.archive.checks.near_duplicate import find_similar_pairs, near_duplicate
    from gongkai.archive.checks.similarity_cache import SimilarityCache

    likeness = SimilarityCache(conn)
    shown: dict[tuple[str, str], str] = {
        (report, twin): quote
        for report, twin, quote in conn.execute(
            "SELECT report_id, twin_id, passage FROM twin_passages WHERE number = 1"
        )
    }
    pairs = set()
    with progress("progress_compare", len(reports)) as step:
        for twin in find_similar_pairs(reports.values(), sketches, likeness, step):
            pair = twin.report.report_id, twin.earlier.report_id
            pairs.add(pair)
            if pair not in shown:
                shown[pair] = _show(conn, twin.report, twin.earlier)
            found[pair[0]].append(near_duplicate(twin, shown[pair]))
    likeness.save()
    for pair in shown.keys() - pairs:
        conn.execute("DELETE FROM twin_passages WHERE report_id = ? AND twin_id = ?", pair)


def _show(conn: sqlite3.Connection, report: ReportFacts, earlier: ReportFacts) -> str:
    """Store the passages that two reports share, and return the longest."""
    common: tuple[Passage, ...] = common_passages(
        prose(section_texts(conn, report.report_id)),
        prose(section_texts(conn, earlier.report_id)),
        lambda text: blank_names(text, report.agency, report.region_code),
        lambda text: blank_names(text, earlier.agency, earlier.region_code),
    )
    conn.executemany(
        "INSERT INTO twin_passages VALUES (?, ?, ?, ?, ?)",
        [
            (report.report_id, earlier.report_id, number, passage.here, passage.there)
            for number, passage in enumerate(common or (Passage("", ""),), 1)
        ],
    )
    return common[0].here if common else ""


def _write(
    conn: sqlite3.Connection,
    reports: Iterable[str],
    found: Mapping[str, list[Finding]],
    unchanged: Collection[str],
) -> None:
    """Write the findings of reports where they differ; `unchanged` reports keep their rows of `_KEPT`."""
    have: dict[str, list[Row]] = defaultdict(list)
    for row in conn.execute(f"SELECT * FROM checks WHERE rule IN ({_RULES})"):
        have[row[1]].append(row)
    for report_id in reports:
        wanted = check_rows(report_id, found.get(report_id, ()))
        if report_id in unchanged:
            wanted = sorted(wanted + [row for row in have[report_id] if row[2] == _KEPT])
        if sorted(have[report_id]) == wanted:
            continue
        conn.execute(f"DELETE FROM checks WHERE report_id = ? AND rule IN ({_RULES})", [report_id])
        conn.executemany("INSERT INTO checks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", wanted)
        conn.execute(
            "UPDATE reports SET checks_failed ="
            " (SELECT count(*) FROM checks WHERE report_id = reports.id) WHERE id = ?",
            [report_id],
        )
