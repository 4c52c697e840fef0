"""The archive as it was known at the end of a day: views that stand in for its tables for one request.

They hide what was fetched later. Figures and words are only kept of the version of a report that stands
now: of one that was edited since, they are left out, since nobody could tell what an earlier version lacked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gongkai.archive.store.views import VIEWS
from gongkai.clock import CHINA, china_today, utc_stamp
from gongkai.publish.http.query_args import BadValue

FIRST_DAY = date(2008, 5, 1)
"""The day on which the first regulation on open government information came into force."""

_CONTENT = (
    *("active_disclosure", "active_disclosure_2019", "requests", "review_litigation"),
    *("cell_notes", "sections"),
)
"""Tables with what the version of a report that stands now says."""

_ACROSS = "('carry_over', 'in_force_continuity', 'near_duplicate')"
"""Rules that compare a report with others, which need not have been known."""

_SUMMARY = "report_summary"
_OF_ANY_VERSION = (
    *(
        "report_id",
        "agency_id",
        "agency",
        "region_code",
        "region",
        "level",
        "kind",
        "sector",
        "year",
    ),
    *("form", "title", "published_on", "covers"),
)
"""Its columns that do not come from the figures of a version."""

_REBUILT = (_SUMMARY, "coverage")
"""Views of the archive that read from its tables."""


_ALL_REPORTS = "SELECT 1 FROM main.reports WHERE :codes IS NOT NULL"
_REPORTS_BELOW = """
WITH RECURSIVE below(code) AS (
    SELECT value FROM json_each(:codes)
    UNION SELECT g.code FROM main.regions g JOIN below b ON g.parent_code = b.code)
SELECT 1 FROM below b CROSS JOIN main.agencies a ON a.region_code = b.code
CROSS JOIN main.reports r ON r.agency_id = a.id
"""


class TooLargeThen(ValueError):
    """Raised where more than `most` reports would have to be looked at as of a day."""

    most = 800


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day in China; `end` is when it is over (UTC, ISO)."""

    day: date
    end: str

    @property
    def query(self) -> str:
        """What an address has to have to be shown as of this day."""
        return f"as_of={self.day.isoformat()}"


def address_then(path: str, as_of: AsOf | None) -> str:
    """Return the address of a page as of a day; None leaves it as it is.

    >>> address_then("/region?of=bodies", read_as_of("2025-03-01"))
    '/region?of=bodies&as_of=2025-03-01'
    """
    if as_of is None:
        return path
    return f"{path}{'&' if '?' in path else '?'}{as_of.query}"


def read_as_of(value: str | None) -> AsOf | None:
    """Return the day that an address names, None where it names none.

    Raises:
        BadValue: It is no day on which anything could be known.
    """
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError as problem:
        raise BadValue(value[:40]) from problem
    if day.isoformat() != value or not FIRST_DAY <= day <= china_today():
        raise BadValue(value[:40])
    return AsOf(day, utc_stamp(datetime.combine(day + timedelta(days=1), time(), CHINA)))


@contextmanager
def archive_then(conn: sqlite3.Connection, as_of: AsOf | None) -> Iterator[None]:
    """Let queries of the block see the archive as of a day; the connection is used by nobody else."""
    if as_of is None:
        yield
        return
    made: list[str] = []
    try:
        for name, sql in _views(conn, as_of):
            made.append(name)
            conn.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        yield
    finally:
        for name in made:
            conn.execute(f"DROP VIEW IF EXISTS temp.{name}")


def check_size_then(conn: sqlite3.Connection, codes: Collection[str], country: str) -> None:
    """Check that some divisions with all below them have few enough reports to be totalled as of a day.

    `country` is the code that stands for all of them. What is shown of today needs no check.

    Raises:
        TooLargeThen: They have too many.
    """
    made = {name for (name,) in conn.execute("SELECT name FROM sqlite_temp_master")}
    if "reports" not in made:
        return
    sql = _ALL_REPORTS if country in codes else _REPORTS_BELOW
    parameters = {"codes": json.dumps(sorted(codes)), "most": TooLargeThen.most + 1}
    (found,) = conn.execute(f"SELECT count(*) FROM ({sql} LIMIT :most)", parameters).fetchone()
    if found > TooLargeThen.most:
        raise TooLargeThen


def was_edited_since(conn: sqlite3.Connection, report_id: str, as_of: AsOf) -> bool:
    """Return whether another version of a report was seen after a day."""
    sql = f"SELECT {_edited('?1', as_of.end)}"
    return bool(conn.execute(sql, (report_id,)).fetchone()[0])


def _edited(report: str, end: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM main.revisions later"
        f" WHERE later.report_id = {report} AND later.first_seen >= '{end}')"
    )


def _known(report: str, end: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM main.reports known"
        f" WHERE known.id = {report} AND known.first_seen < '{end}')"
    )


def _views(conn: sqlite3.Connection, as_of: AsOf) -> Iterator[tuple[str, str]]:
    """Yield the views by name. An archive of an earlier version lacks some of the tables."""
    stored: dict[str, str] = dict(
        conn.execute("SELECT name, sql FROM main.sqlite_master WHERE type IN ('table', 'view')")
    )
    end, day = as_of.end, as_of.day.isoformat()
    plain = {
        "runs": f"x.seen_at < '{end}'",
        "changes": f"x.seen_at < '{end}'",
        "change_marks": f"x.seen_at < '{end}'",
        "copies": f"x.first_seen < '{end}'",
        "twin_passages": "0",
        "likeness": "0",
        "region_sums": "0",
        "checks": f"{_known('x.report_id', end)} AND NOT {_edited('x.report_id', end)}"
        f" AND x.rule NOT IN {_ACROSS}",
        **dict.fromkeys(
            _CONTENT, f"{_known('x.report_id', end)} AND NOT {_edited('x.report_id', end)}"
        ),
    }
    for name, condition in plain.items():
        if name in stored:
            yield name, f"SELECT x.* FROM main.{name} x WHERE {condition}"
    changed = {
        "due_calendar": (f"day = min(x.day, '{day}')", "1"),
        "revisions": (
            f"last_seen = min(x.last_seen, '{end}'); current = x.first_seen ="
            " (SELECT max(v.first_seen) FROM main.revisions v WHERE v.report_id = x.report_id"
            f" AND v.first_seen < '{end}')",
            f"x.first_seen < '{end}'",
        ),
        "absences": (
            f"until = CASE WHEN x.until < '{end}' THEN x.until END",
            f"x.since < '{end}'",
        ),
        "reports": (_report_columns(end, "absences" in stored), f"x.first_seen < '{end}'"),
        "snapshots": (_visit_columns(conn, end), f"x.seen_at < '{end}'"),
    }
    for name, (columns, condition) in changed.items():
        if name in stored:
            yield (
                name,
                f"SELECT {_columns(conn, name, columns)} FROM main.{name} x WHERE {condition}",
            )
    if "due_calendar" not in stored:  # a publication does not have it
        yield "due_calendar", f"SELECT '{day}' AS day"
    for name in _REBUILT:
        # a publication has tables in the place of these views
        sql = stored[name].partition(" AS\n")[2]
        if not sql:
            sql = _summaries(conn, end) if name == _SUMMARY else VIEWS[name]
        yield name, sql


def _summaries(conn: sqlite3.Connection, end: str) -> str:
    """Return the view of summaries over those that a publication has; it is the same as that of an archive.

    Of a report that was edited later all figures are unknown. What is not of its version is as `reports` has it.
    """
    names = [row[1] for row in conn.execute(f"PRAGMA main.table_info({_SUMMARY})")]
    columns = {**dict.fromkeys(names, "c"), **dict.fromkeys(_OF_ANY_VERSION, "s")}
    columns |= dict.fromkeys(("status", "url", "checks_failed"), "r")
    listed = ", ".join(f"{columns[name]}.{name}" for name in names)
    return (
        f"SELECT {listed} FROM main.{_SUMMARY} s CROSS JOIN reports r ON r.id = s.report_id"
        f" LEFT JOIN main.{_SUMMARY} c ON c.rowid = s.rowid AND NOT {_edited('s.report_id', end)}"
    )


def _visit_columns(conn: sqlite3.Connection, end: str) -> str:
    """Return the columns that count visits, with those until a time; earlier versions do not have them."""
    if "visits" not in {row[1] for row in conn.execute("PRAGMA main.table_info(snapshots)")}:
        return "visits = 1"
    # when each visit took place, by the seconds from one to the next
    until = (
        "(SELECT {0} FROM (SELECT key, value, datetime(x.seen_at, sum(value) OVER (ORDER BY key)"
        " || ' seconds') AS at FROM json_each(x.visited))"
        f" WHERE at < datetime('{end}'))"
    )
    is_cut = f"x.last_seen >= '{end}'"
    stamped = until.format("strftime('%Y-%m-%dT%H:%M:%SZ', max(at))")
    columns = {
        "visits": f"1 + {until.format('count(*)')}",
        "last_seen": f"coalesce({stamped}, x.seen_at)",
        "visited": f"nullif({until.format('json_group_array(value)')}, '[]')",
        **dict.fromkeys(("last_record", "last_warc", "last_offset"), "NULL"),
    }
    return "; ".join(
        f"{name} = CASE WHEN {is_cut} THEN {sql} ELSE x.{name} END" for name, sql in columns.items()
    )


def _report_columns(end: str, has_absences: bool) -> str:
    version = (
        "(SELECT v.{0} FROM main.revisions v WHERE v.report_id = x.id"
        f" AND v.first_seen < '{end}' ORDER BY v.first_seen DESC LIMIT 1)"
    )
    columns = [f"{name} = coalesce({version.format(name)}, x.{name})" for name in ("digest", "url")]
    columns.append(
        f"last_seen = min(x.last_seen, coalesce({version.format('last_seen')}, '{end}'), '{end}')"
    )
    if has_absences:
        gone = (
            "EXISTS (SELECT 1 FROM main.absences b WHERE b.report_id = x.id"
            f" AND b.since < '{end}' AND (b.until IS NULL OR b.until >= '{end}'))"
        )
        has_tables = "EXISTS (SELECT 1 FROM main.requests q WHERE q.report_id = x.id)"
        stood = f"CASE WHEN {has_tables} THEN 'complete' ELSE 'text_only' END"
        columns.append(
            f"status = CASE WHEN {gone} THEN 'removed'"
            f" WHEN x.status = 'removed' THEN {stood} ELSE x.status END"
        )
    columns.append(
        "checks_failed = (SELECT count(*) FROM main.checks c WHERE c.report_id = x.id AND"
        f" c.rule NOT IN {_ACROSS} AND NOT {_edited('x.id', end)})"
    )
    return "; ".join(columns)


def _columns(conn: sqlite3.Connection, table: str, changed: str) -> str:
    """Return the columns of a table, those that are given as `name = SQL; …` in place of their own."""
    given = {
        name.strip(): sql
        for name, _, sql in (each.partition(" = ") for each in changed.split("; "))
    }
    names = [row[1] for row in conn.execute(f"PRAGMA main.table_info({table})")]
    return ", ".join(f"{given[name]} AS {name}" if name in given else f"x.{name}" for name in names)
