"""Random changes of a small archive, as builds make them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from gongkai.archive.pipeline.report_writer import CHILDREN
from gongkai.archive.store.database import transaction, writer
from tests.publish.small_archive import insert

Event = Callable[[sqlite3.Connection, random.Random], None]
CHILD_TABLES = (*(name for name in CHILDREN if name != "renamings"), "twin_passages")
FILE_NAME = "file:///00ff/%E6%9D%8E%E5%9B%9B.pdf"


def change_archive(path: Path, dice: random.Random, events: Sequence[Event] = ()) -> list[str]:
    """Let some events happen in an archive; return their names."""
    chosen = events or dice.sample(EVENTS, dice.randint(0, 4))
    with writer(path) as conn:
        for event in chosen:
            with transaction(conn):
                event(conn, dice)
    return [event.__name__ for event in chosen]


def _any_report(conn: sqlite3.Connection, dice: random.Random) -> str:
    return str(dice.choice(conn.execute("SELECT id FROM reports ORDER BY id").fetchall())[0])


def _any_agency(conn: sqlite3.Connection, dice: random.Random) -> str:
    return str(dice.choice(conn.execute("SELECT id FROM agencies ORDER BY id").fetchall())[0])


def change_figures(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Give a report other numbers."""
    report = _any_report(conn, dice)
    conn.execute(
        "UPDATE requests SET natural_person = natural_person + ?2, total = total + ?2"
        " WHERE report_id = ?1",
        [report, dice.randint(1, 9)],
    )
    conn.execute(
        "UPDATE review_litigation SET corrected = coalesce(corrected, 0) + 1 WHERE report_id = ?",
        [report],
    )
    conn.execute(
        "UPDATE active_disclosure SET fees_wan_yuan = coalesce(fees_wan_yuan, 0) + 0.3"
        " WHERE report_id = ?",
        [report],
    )


def change_prose(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Edit a section, and note the change."""
    report, day = _any_report(conn, dice), f"2025-07-{dice.randint(10, 28)}T00:00:00Z"
    conn.execute("UPDATE sections SET text = text || '新增一句。' WHERE report_id = ?", [report])
    insert(conn, "changes", (report, day, "sections", "1", "text", "旧", "新"))


def change_date(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Move the day of publishing, or take it away."""
    day = dice.choice(("2024-01-05", "2025-09-09", None))
    report = _any_report(conn, dice)
    conn.execute("UPDATE reports SET published_on = ? WHERE id = ?", [day, report])


def change_status(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Remove a report from its portal, or let it come back."""
    report = _any_report(conn, dice)
    status = dice.choice(("removed", "complete", "partial"))
    conn.execute("UPDATE reports SET status = ? WHERE id = ?", [status, report])
    insert(conn, "absences", (report, f"2025-08-{dice.randint(10, 28)}T00:00:00Z", None))


def change_checks(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Find one thing more about a report, and one less."""
    report = _any_report(conn, dice)
    conn.execute(
        "DELETE FROM checks WHERE id = (SELECT min(id) FROM checks WHERE report_id = ?)", [report]
    )
    row = (
        f"c{dice.getrandbits(60)}",
        report,
        "requests_balance",
        "new",
        "source",
        "5",
        "7",
        "一",
        "one",
    )
    insert(conn, "checks", row)
    conn.execute(
        "UPDATE reports SET checks_failed ="
        " (SELECT count(*) FROM checks c WHERE c.report_id = reports.id) WHERE id = ?",
        [report],
    )


def copy_report(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Let an agency, or a new one, have a report with the figures of another."""
    report, agency = _any_report(conn, dice), _any_agency(conn, dice)
    if dice.random() < 0.5:
        new = f"640100-xin-{dice.getrandbits(16):04x}"
        row = (new, f"新机构{new[-4:]}", dice.choice(("640100", "640221", None)))
        insert(conn, "agencies", (*row, "city", dice.choice(("office", "government")), "教育"))
        agency = new
    year = dice.randint(2019, 2025)
    found = conn.execute("SELECT 1 FROM reports WHERE agency_id = ? AND year = ?", [agency, year])
    if found.fetchone():
        return
    new = f"{agency}-{year}"
    for table, key in (("reports", "id"), *((name, "report_id") for name in CHILD_TABLES)):
        rows = conn.execute(f"SELECT * FROM {table} WHERE {key} = ?", [report]).fetchall()
        names = [name for _, name, *_ in conn.execute(f"PRAGMA table_info({table})")]
        other = {key: new, "agency_id": agency, "year": year, "published_on": f"{year + 1}-03-09"}
        for row in rows:
            told = dict(zip(names, row, strict=True)) | {
                k: v for k, v in other.items() if k in names
            }
            if table == "checks":
                told["id"] = f"{told['id']}{new}"
            insert(conn, table, tuple(told.values()))


def drop_report(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Take a report away with all that refers to it, and its agency with the last of its reports."""
    report = _any_report(conn, dice)
    ((agency,),) = conn.execute("SELECT agency_id FROM reports WHERE id = ?", [report])
    for table in CHILD_TABLES:
        conn.execute(f"DELETE FROM {table} WHERE report_id = ?", [report])
    conn.execute("DELETE FROM twin_passages WHERE twin_id = ?", [report])
    conn.execute("DELETE FROM reports WHERE id = ?", [report])
    insert(conn, "forwards", (report, "other", "2025-07-01T00:00:00Z", "region"))
    if not conn.execute("SELECT 1 FROM reports WHERE agency_id = ?", [agency]).fetchone():
        conn.execute("DELETE FROM duties WHERE agency_id = ?", [agency])
        conn.execute("DELETE FROM agency_links WHERE ? IN (from_id, to_id)", [agency])
        conn.execute("DELETE FROM agencies WHERE id = ?", [agency])


def change_agency(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Give an agency another name, kind or division."""
    column, value = dice.choice(
        (
            ("name", f"改名局{dice.randint(1, 99)}"),
            ("kind", dice.choice(("government", "office", "department"))),
            ("region_code", dice.choice(("640221", "640100", None))),
            ("sector", "教育"),
        )
    )
    agency = _any_agency(conn, dice)
    conn.execute(f"UPDATE agencies SET {column} = ? WHERE id = ?", [value, agency])


def link_agencies(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Let one agency follow another."""
    one, other = _any_agency(conn, dice), _any_agency(conn, dice)
    if one != other:
        insert(conn, "agency_links", (one, other, 2024, "renamed", "stated", ""))


def owe_reports(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Let an agency owe reports on a portal, or no longer."""
    agency = _any_agency(conn, dice)
    conn.execute("DELETE FROM duties WHERE agency_id = ?", [agency])
    ground = dice.choice(("government", "department", "unlisted"))
    insert(conn, "duties", (agency, dice.randint(2015, 2023), None, "law", ground, None, "pingluo"))


def crawl(conn: sqlite3.Connection, dice: random.Random) -> None:
    """Crawl the portal: whole, blocked or broken off, before or after a deadline."""
    day = f"202{dice.randint(4, 6)}-{dice.choice(('01-20', '02-10', '03-20', '04-10'))}"
    times = (f"{day}T01:00:00Z", f"{day}T02:00:00Z")
    blocked, outcome = dice.choice(((0, "ok"), (3, "ok"), (0, "partial")))
    row = (f"run-{dice.getrandbits(60)}", "crawl", "pingluo", *times, outcome, 9, 0, 0, 9, 0)
    insert(conn, "runs", (*row, blocked, 0, None, None))
    insert(conn, "runs", (f"b-{row[0]}", "build", None, *times, "ok"))


def see_again(conn: sqlite3.Connection, dice: random.Random) -> None:
    """See half of the reports once more; one of them is perhaps gone from its portal."""
    seen = f"2025-09-{dice.randint(10, 28)}T00:00:00Z"
    half = "(SELECT id FROM reports WHERE rowid % 2)"
    conn.execute(f"UPDATE reports SET last_seen = ? WHERE id IN {half}", [seen])
    for table in ("revisions", "copies"):
        conn.execute(f"UPDATE {table} SET last_seen = ? WHERE report_id IN {half}", [seen])


def fetch_again(conn: sqlite3.Connection, dice: random.Random) -> None:
    """See a report once more, at its address or a new one, and note a number of the manifests."""
    report = _any_report(conn, dice)
    url, digest = conn.execute("SELECT url, digest FROM reports WHERE id = ?", [report]).fetchone()
    site = dice.choice(("pingluo", "other"))
    insert(conn, "sites", ("other", "另一网站", "http://other.example/", None, "trs"))
    seen, name = f"2025-08-{dice.randint(10, 28)}T00:00:00Z", f"f{dice.getrandbits(90):x}"
    row = (name, site, url, dice.choice((url, FILE_NAME)), seen, 200, "text/html", 9, digest)
    insert(conn, "snapshots", (*row, "x.warc.gz", 5, "report", None))
    (number,) = conn.execute("SELECT coalesce(max(number), 0) + 1 FROM manifests").fetchone()
    insert(conn, "manifests", (number, "run", None, site, seen, "sha256:00", 1))
    insert(conn, "covered", (name, number))
    see_again(conn, dice)
    conn.execute("UPDATE documents SET title = title || '。' WHERE digest = ?", [digest])


EVENTS: tuple[Event, ...] = (
    *(change_figures, change_prose, change_date, change_status, change_checks, copy_report),
    *(copy_report, drop_report, change_agency, link_agencies, owe_reports, crawl, fetch_again),
    *(see_again, change_status),
)
"""What happens; reports come more often than they go."""
