"""The rows of `agency_links` and `renamings`, and the line of each agency."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from gongkai.archive.lineage.bodies import AgencyLink, Body, Stated
from gongkai.archive.lineage.duty_scope import EVERYTHING, DutyScope, among
from gongkai.archive.lineage.links import lines
from gongkai.archive.lineage.sources import stated_by_sources
from gongkai.archive.store import work_queue
from gongkai.archive.store.ids import agency_id, agency_of_report
from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.renamings import stated_renamings
from gongkai.extract.model.report import Report

Row = tuple[object, ...]
_LINKS = "SELECT from_id, to_id, year, kind, why, source FROM agency_links WHERE"


def renaming_rows(report_id: str, report: Report) -> list[Row]:
    """Return a row for each change of a name that the text of a report tells, or its page states.

    Without a year in the sentence, the change is taken to be of the year of the report. A body without a
    division is not looked for. Where a page states another body beside the title, the row has the agency
    first, whichever of the two is the older one.
    """
    near = report.agency.region_code if report.agency else ""
    found: dict[tuple[str, str], Row] = {}
    for section in report.sections if near else ():
        for each in stated_renamings(section.text):
            old, new = describe_agency(each.old, near), describe_agency(each.new, near)
            ids = agency_id(old.name, old.region_code), agency_id(new.name, new.region_code)
            if ids[0] != ids[1] and old.region_code and new.region_code:
                year = each.year or report.year
                found.setdefault(ids, (report_id, *ids, year, each.sentence, "text"))
    if report.publisher and near:
        other = describe_agency(report.publisher, near)
        ids = agency_of_report(report_id), agency_id(other.name, other.region_code)
        if ids[0] != ids[1] and other.region_code:
            row = (report_id, *ids, report.year, report.publisher, "source")
            found.setdefault(ids, row)
    return list(found.values())


def told_by_reports(
    conn: sqlite3.Connection, bodies: Iterable[Body], scope: DutyScope = EVERYTHING
) -> list[Stated]:
    """Return the changes that reports and their pages tell, the source of each being such a report.

    Only those of agencies of a scope are returned.
    """
    found = conn.execute(
        "SELECT report_id, old_id, new_id, year, how FROM renamings ORDER BY report_id"
    )
    rows = [row for row in found if scope.holds(row[1]) or scope.holds(row[2])]
    told = [
        Stated(old, new, year, "renamed", "stated", report_id)
        for report_id, old, new, year, how in rows
        if how == "text" and agency_of_report(report_id) in (old, new)  # others may be elsewhere
    ]
    pairs = [(old, new, report_id) for report_id, old, new, _, how in rows if how == "source"]
    return [*told, *stated_by_sources(pairs, bodies)]


def write_links(
    conn: sqlite3.Connection, links: Iterable[AgencyLink], ids: Collection[str] | None = None
) -> None:
    """Write the links, and the line of each agency, where they differ.

    With ids, they are the links of these agencies, and of no other one.
    """
    links = list(links)
    wanted = {
        (link.from_id, link.to_id, link.year, link.kind, link.why, link.source) for link in links
    }
    had: set[Row] = set()
    for column in ("from_id", "to_id"):
        condition, values = among(ids, column)
        had |= set(conn.execute(f"{_LINKS} {condition}", values).fetchall())
    conn.executemany(
        "DELETE FROM agency_links WHERE from_id IS ? AND to_id IS ?",
        [row[:2] for row in sorted(had - wanted, key=str)],
    )
    conn.executemany(
        "INSERT INTO agency_links(from_id, to_id, year, kind, why, source) VALUES (?, ?, ?, ?, ?, ?)",
        sorted(wanted - had, key=str),
    )
    for row in sorted(had ^ wanted, key=str):
        if row[1]:
            work_queue.enqueue(conn, "across_agency", str(row[1]))
    ends = lines(links)
    condition, values = among(ids, "id")
    changed = [
        (ends.get(key, key), key)
        for key, line in conn.execute(
            f"SELECT id, lineage_id FROM agencies WHERE {condition}", values
        )
        if line != ends.get(key, key)
    ]
    conn.executemany("UPDATE agencies SET lineage_id = ? WHERE id = ?", changed)


def delete_links(conn: sqlite3.Connection, agency: str) -> None:
    """Delete the links of an agency that is no more, and enqueue what concerns those at their other ends."""
    for column, other in (("from_id", "to_id"), ("to_id", "from_id")):
        for far, after in conn.execute(
            f"DELETE FROM agency_links WHERE {column} = ? RETURNING {other}, to_id", [agency]
        ).fetchall():
            if far:
                work_queue.enqueue(conn, work_queue.DUTIES, far)
            if after:
                work_queue.enqueue(conn, "across_agency", after)


def enqueue_renamed(conn: sqlite3.Connection, report_id: str) -> None:
    """Enqueue the duties of the bodies that a report names, before it names others or is removed."""
    for bodies in conn.execute(
        "SELECT old_id, new_id FROM renamings WHERE report_id = ?", [report_id]
    ).fetchall():
        for key in bodies:
            work_queue.enqueue(conn, work_queue.DUTIES, key)
