"""Who owes reports since when and why: the rows of `duties`, and agencies that never reported.

They are computed anew from everything that is known, so that many builds give the same as one
rebuild, and written where they differ. An agency owes by the law (a government of the division of an
entered portal, or of one below it), because the tree of disclosure of such a portal names it, and
because it has reported before.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from gongkai.archive.lineage.bodies import AgencyLink, Body
from gongkai.archive.lineage.corrections import Correction, resolved
from gongkai.archive.lineage.link_rows import delete_links, told_by_reports, write_links
from gongkai.archive.lineage.links import FOLLOWING, find_links
from gongkai.archive.pipeline.forwards import write_agency_forwards
from gongkai.archive.pipeline.tree_units import (
    KnownAgencies,
    is_government_portal,
    named_agencies,
)
from gongkai.archive.store import work_queue
from gongkai.archive.store.database import transaction
from gongkai.archive.store.deadlines import FIRST_YEAR, last_deadline_before
from gongkai.archive.store.ids import agency_id
from gongkai.archive.store.work_queue import DUTIES
from gongkai.crawler.sites.registry import Site
from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.divisions import (
    bears_name_since,
    former_regions,
    is_statistical,
    lineage,
    regions,
)
from gongkai.extract.chinese.duty_grounds import duty_ground
from gongkai.extract.model.report import Agency

VERSION = "3"
"""Changes with any rule of who owes reports; an archive of another version is computed again."""

YEAR_OF_STATISTICAL_CODES = 2023
"""The year of the statistics bureau's table: when its zones were founded is not in it."""

_UNGOVERNED = frozenset(("460321", "460322", "460323", "620201"))
"""Codes without a government of their own: islands, and 嘉峪关 as a district of itself."""

_PREFECTURES_OF_OFFICES = ("地区", "盟")
"""Prefectures that a 行政公署 governs, which reports under more than one name."""

_REPORTING = """
SELECT a.id, a.name, coalesce(a.region_code, ''), a.level, a.kind, a.sector
FROM agencies a WHERE a.id IN (SELECT agency_id FROM reports)
"""

_END_REPORTS = """
SELECT e.agency_id, e.year, s.id, s.site
FROM (SELECT agency_id, {end}(year) AS year, url, digest FROM reports GROUP BY agency_id) e
LEFT JOIN snapshots s ON s.id = (
  SELECT n.id FROM snapshots n WHERE n.url = e.url AND n.digest = e.digest
  ORDER BY n.seen_at, n.warc, n.offset LIMIT 1)
"""

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of `duties`; `source` is a snapshot, `site` the portal that ought to have the reports."""

    agency_id: str
    since: int
    why: str
    ground: str
    source: str | None = None
    site: str | None = None
    until: int | None = None

    @property
    def row(self) -> Row:
        """The columns in their order."""
        return (
            self.agency_id,
            self.since,
            self.until,
            self.why,
            self.ground,
            self.source,
            self.site,
        )


def is_current(
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    today: str | None,
    corrections: Sequence[Correction] = (),
) -> bool:
    """Return whether duties were computed by these rules for these portals, and no deadline has passed.

    What reports and portals say by now is in the queue of work.
    """
    have = conn.execute("SELECT day, rules FROM due_calendar").fetchall()
    return have == [(_passed_deadline(conn, today), _rules(sites, corrections))]


def unknown_corrections(
    conn: sqlite3.Connection, corrections: Sequence[Correction]
) -> list[Correction]:
    """Return the corrections that name no agency of the archive, or several, as they were last read."""
    (lines,) = conn.execute("SELECT unknown FROM due_calendar").fetchone()
    unknown = set(map(int, lines.split()))
    return [each for each in corrections if each.line in unknown]


def update_duties(
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    today: str | None,
    corrections: Sequence[Correction] = (),
) -> list[Correction]:
    """Write duties as `write_duties` does, if anything that they are computed from has changed."""
    is_queued = bool(work_queue.queued(conn, DUTIES))
    if is_queued or not is_current(conn, sites, today, corrections):
        return write_duties(conn, sites, today, corrections)
    return unknown_corrections(conn, corrections)


def write_duties(
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    today: str | None,
    corrections: Sequence[Correction] = (),
) -> list[Correction]:
    """Write `duties`, the agencies that have no report, who follows whom, and the last deadline passed.

    `today` is an ISO date in China; without it, the day of the last fetch counts. What is returned are
    the corrections that name no agency of the archive, or several.
    """
    reporting = {key: Agency(*rest) for key, *rest in conn.execute(_REPORTING)}
    silent: dict[str, Agency] = {}
    duties = [*_own_reports(conn, reporting)]
    for key, agency, duty in (*_by_law(sites, reporting), *_by_tree(conn, sites, reporting)):
        duties.append(duty)
        if key not in reporting:
            silent[key] = agency
    known = reporting | silent
    names = ((key, agency.name) for key, agency in known.items())
    stated, unknown = resolved(corrections, names)
    listed = {duty.agency_id for duty in duties if duty.why == "tree"}
    years = _years(conn)
    deadline = _passed_deadline(conn, today)
    bodies = [Body(key, a, frozenset(years[key]), key in listed) for key, a in known.items()]
    links = find_links(
        bodies,
        [*stated, *told_by_reports(conn, bodies)],
        last_due=int(deadline[:4]) - 1 if deadline else FIRST_YEAR,
    )
    duties = [*_in_their_time(duties, links, years, known)]
    owing = {duty.agency_id for duty in duties}
    silent = {key: agency for key, agency in silent.items() if key in owing}
    agencies: set[Row] = {
        (key, a.name, a.region_code or None, a.level, a.kind, a.sector) for key, a in silent.items()
    }
    there = reporting.keys() | silent.keys() | {None}
    with transaction(conn):
        _write(conn, agencies, {duty.row for duty in duties})
        write_links(conn, [link for link in links if {link.from_id, link.to_id} <= there])
        write_agency_forwards(conn)
        current = (
            deadline,
            _rules(sites, corrections),
            " ".join(str(each.line) for each in unknown),
        )
        if conn.execute("SELECT day, rules, unknown FROM due_calendar").fetchall() != [current]:
            conn.execute("DELETE FROM due_calendar")
            conn.execute("INSERT INTO due_calendar VALUES (?, ?, ?)", current)
        work_queue.dequeue(conn, DUTIES, "")
    return unknown


def _rules(sites: Sequence[Site], corrections: Sequence[Correction]) -> str:
    """Return what tells apart the rules by which duties were computed, and the portals."""
    portals = sorted((site.id, site.region_code, site.parent) for site in sites)
    return f"{VERSION} {sha256(repr((portals, tuple(corrections))).encode()).hexdigest()}"


def _years(conn: sqlite3.Connection) -> Mapping[str, set[int]]:
    years: dict[str, set[int]] = defaultdict(set)
    for agency, year in conn.execute("SELECT agency_id, year FROM reports"):
        years[agency].add(year)
    return years


def _in_their_time(
    duties: Iterable[Duty],
    links: Sequence[AgencyLink],
    years: Mapping[str, set[int]],
    agencies: Mapping[str, Agency],
) -> Iterator[Duty]:
    """Yield duties that end where another body follows, and begin where it does.

    For the year of the change the new body owes the report (国办公开办函〔2019〕14号), unless the old one has
    published it. A body of a division that ended owes nothing more, whoever followed.
    """
    former = former_regions()
    ends: dict[str | None, int] = {
        key: former[agency.region_code].until - 1
        for key, agency in agencies.items()
        if agency.region_code in former
    }
    ends |= {link.from_id: link.year - 1 for link in links if link.kind in (*FOLLOWING, "ended")}
    begins = {link.to_id: link.year for link in reversed(links) if link.is_main}
    for duty in duties:
        key, until, since = duty.agency_id, ends.get(duty.agency_id), duty.since
        if until is not None:
            until = max(until, *years[key], until)
        if duty.why == "own_reports":
            since = min(since, begins.get(key, since))
        if until is None or since <= until:
            yield replace(duty, since=since, until=until)


def _write(conn: sqlite3.Connection, agencies: set[Row], duties: set[Row]) -> None:
    """Write what differs; an agency without reports is one that `reports` does not name."""
    had = set(conn.execute("SELECT * FROM duties").fetchall())
    conn.executemany(
        "DELETE FROM duties WHERE agency_id = ? AND why = ?",
        [(row[0], row[3]) for row in sorted(had - duties, key=str)],
    )
    without = "id NOT IN (SELECT agency_id FROM reports)"
    had_agencies = set(
        conn.execute(
            f"SELECT id, name, region_code, level, kind, sector FROM agencies WHERE {without}"
        ).fetchall()
    )
    for row in sorted(had_agencies - agencies, key=str):
        delete_links(conn, str(row[0]))
        conn.execute("DELETE FROM agencies WHERE id = ?", row[:1])
    conn.executemany(
        "INSERT INTO agencies(id, name, region_code, level, kind, sector, lineage_id)"
        " VALUES (?, ?, ?, ?, ?, ?, ?1)",
        sorted(agencies - had_agencies, key=str),
    )
    conn.executemany(
        "INSERT INTO duties VALUES (?, ?, ?, ?, ?, ?, ?)", sorted(duties - had, key=str)
    )


def _passed_deadline(conn: sqlite3.Connection, today: str | None) -> str:
    """Return the last deadline that has passed, "" for an archive in which nothing was fetched."""
    day: str | None = today
    if day is None:
        # the last of each portal is one step in an index
        (day,) = conn.execute(
            "SELECT date(max((SELECT max(seen_at) FROM snapshots s WHERE s.site = p.id)), '+8 hours')"
            " FROM sites p"
        ).fetchone()
    return last_deadline_before(day) if day else ""


def _own_reports(conn: sqlite3.Connection, reporting: Mapping[str, Agency]) -> Iterator[Duty]:
    """Yield a duty for each agency that has reported, from its first report on."""
    last = {key: site for key, _, _, site in conn.execute(_END_REPORTS.format(end="max"))}
    for key, since, snapshot, _ in conn.execute(_END_REPORTS.format(end="min")).fetchall():
        if ground := duty_ground(reporting[key]):
            yield Duty(key, since, "own_reports", ground, snapshot, last[key])


def _by_law(
    sites: Sequence[Site], reporting: Mapping[str, Agency]
) -> Iterator[tuple[str, Agency, Duty]]:
    """Yield a duty for each government of the division of an entered portal, and of those below."""
    portals = _government_portals(sites)
    governments = _governments(reporting)
    for code, region in regions().items():
        above = {each.code for each in lineage(code)}
        if code in _UNGOVERNED or not above & portals.keys():
            continue
        agency = describe_agency(region.name, code)
        key = agency_id(agency.name, agency.region_code)
        is_irregular = is_statistical(code) or region.name.endswith(_PREFECTURES_OF_OFFICES)
        if is_irregular and key not in reporting and governments.get(code):
            key = governments[code][0]  # zones and 行政公署 report under several names
            agency = reporting[key]
        since = YEAR_OF_STATISTICAL_CODES if is_statistical(code) else FIRST_YEAR
        since = max(since, bears_name_since(code))
        yield key, agency, Duty(key, since, "law", duty_ground(agency), None, portals.get(code))


def _governments(reporting: Mapping[str, Agency]) -> dict[str, list[str]]:
    """Return the ids of reporting governments above towns by division, in a stable order."""
    found: dict[str, list[str]] = {}
    for key in sorted(reporting):
        agency = reporting[key]
        if agency.kind == "government" and agency.level != "town":
            found.setdefault(agency.region_code, []).append(key)
    return found


def _government_portals(sites: Iterable[Site]) -> dict[str, str]:
    """Return the id of the portal of each government by its division, the first of several."""
    found: dict[str, str] = {}
    by_id = {site.id: site for site in sites}
    for site in sorted(by_id.values(), key=lambda each: each.id):
        if is_government_portal(site, by_id):
            found.setdefault(site.region_code, site.id)
    return found


def _by_tree(
    conn: sqlite3.Connection, sites: Sequence[Site], reporting: Mapping[str, Agency]
) -> Iterator[tuple[str, Agency, Duty]]:
    """Yield a duty for each agency that the tree of an entered portal names, since it first does."""
    known = KnownAgencies(reporting.items())
    found: dict[str, tuple[Agency, Duty]] = {}
    for named in named_agencies(conn, {site.id: site for site in sites}, known):
        before = found.get(named.id)
        if before is None or (named.since, named.snapshot) < (before[1].since, before[1].source):
            ground = duty_ground(named.agency)
            duty = Duty(named.id, named.since, "tree", ground, named.snapshot, named.site)
            found[named.id] = named.agency, duty
    for key, (agency, duty) in found.items():
        yield key, agency, duty
