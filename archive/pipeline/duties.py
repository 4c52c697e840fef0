"""Who owes reports since when and why: the rows of `duties`, and agencies that never reported.

They are computed anew from everything that is known of the divisions in which something changed, so that
many builds give the same as one rebuild, and written where they differ. An agency owes by the law (a government of the division of an
entered portal, or of one below it), because the tree of disclosure of such a portal names it, and
because it has reported before.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gongkai.archive.lineage.bodies import Body
from gongkai.archive.lineage.corrections import Correction, resolved
from gongkai.archive.lineage.duty_basis import basis_of, divisions_concerned
from gongkai.archive.lineage.duty_scope import EVERYTHING, DutyScope, among, scope_of
from gongkai.archive.lineage.duty_times import Duty, Row, in_their_time
from gongkai.archive.lineage.link_rows import delete_links, told_by_reports, write_links
from gongkai.archive.lineage.links import find_links
from gongkai.archive.pipeline.forwards import write_agency_forwards
from gongkai.archive.pipeline.tree_units import (
    KnownAgencies,
    Trees,
    is_government_portal,
    named_agencies,
)
from gongkai.archive.store import work_queue
from gongkai.archive.store.database import transaction
from gongkai.archive.store.deadlines import FIRST_YEAR, last_deadline_before
from gongkai.archive.store.ids import agency_id
from gongkai.archive.store.work_queue import DUTIES, TREES
from gongkai.crawler.sites.registry import Site
from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.divisions import (
    bears_name_since,
    is_statistical,
    lineage,
    regions,
)
from gongkai.extract.chinese.duty_grounds import duty_ground
from gongkai.extract.model.report import Agency

YEAR_OF_STATISTICAL_CODES = 2023
"""The year of the statistics bureau's table: when its zones were founded is not in it."""

_UNGOVERNED = frozenset(("460321", "460322", "460323", "620201"))
"""Codes without a government of their own: islands, and 嘉峪关 as a district of itself."""

_PREFECTURES_OF_OFFICES = ("地区", "盟")
"""Prefectures that a 行政公署 governs, which reports under more than one name."""

_REPORTING = """
SELECT a.id, a.name, coalesce(a.region_code, ''), a.level, a.kind, a.sector
FROM agencies a WHERE EXISTS (SELECT 1 FROM reports r WHERE r.agency_id = a.id) AND {among} ORDER BY a.id
"""

_END_REPORTS = """
SELECT e.agency_id, e.year, s.id, s.site
FROM (SELECT agency_id, {end}(year) AS year, url, digest FROM reports
      WHERE {among} GROUP BY agency_id) e
LEFT JOIN snapshots s ON s.id = (
  SELECT n.id FROM snapshots n WHERE n.url = e.url AND n.digest = e.digest
  ORDER BY n.seen_at, n.warc, n.offset LIMIT 1)
"""


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
    return have == [(_passed_deadline(conn, today), _basis(sites, corrections))]


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
    """Write duties as `write_duties` does, for the divisions where something changed.

    All are computed where the rules or the deadline are others, and where an operator states corrections:
    these name agencies by words that a new one may bear. Of a portal that comes, goes or changes it is its
    division, and those below.
    """
    touched = work_queue.queued(conn, DUTIES)
    named_by = work_queue.queued(conn, TREES)
    if is_current(conn, sites, today, corrections) and not touched and not named_by:
        return unknown_corrections(conn, corrections)
    scope = EVERYTHING
    codes = _divisions_concerned(conn, sites, today, corrections)
    if codes is not None and "" not in touched and not corrections:
        trees = Trees(conn, sites)
        codes |= trees.divisions_named(named_by)
        scope = scope_of(conn, touched, codes, trees.sharing_towns)
    return write_duties(conn, sites, today, corrections, scope)


def _divisions_concerned(
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    today: str | None,
    corrections: Sequence[Correction],
) -> set[str] | None:
    """Return the divisions in which portals came, went or changed; None where all is to be computed."""
    have = conn.execute("SELECT day, rules FROM due_calendar").fetchone()
    if have is None or have[0] != _passed_deadline(conn, today):
        return None
    return divisions_concerned(have[1], _basis(sites, corrections))


def write_duties(
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    today: str | None,
    corrections: Sequence[Correction] = (),
    scope: DutyScope = EVERYTHING,
) -> list[Correction]:
    """Write `duties`, the agencies that have no report, who follows whom, and the last deadline passed.

    `today` is an ISO date in China; without it, the day of the last fetch counts. `scope` says for which
    agencies. What is returned are the corrections that name no agency of the archive, or several.
    """
    ids = scope.agencies(conn)
    condition, values = among(ids, "a.id")
    rows = conn.execute(_REPORTING.format(among=condition), values)
    reporting = {key: Agency(*rest) for key, *rest in rows}
    silent: dict[str, Agency] = {}
    duties = [*_own_reports(conn, reporting, ids)]
    named = (*_by_law(sites, reporting, scope), *_by_tree(conn, sites, reporting, scope))
    for key, agency, duty in named:
        duties.append(duty)
        if key not in reporting:
            silent[key] = agency
    known = reporting | silent
    names = ((key, agency.name) for key, agency in known.items())
    stated, unknown = resolved(corrections, names)
    listed = {duty.agency_id for duty in duties if duty.why == "tree"}
    years = _years(conn, ids)
    deadline = _passed_deadline(conn, today)
    bodies = [Body(key, a, frozenset(years[key]), key in listed) for key, a in known.items()]
    links = find_links(
        bodies,
        [*stated, *told_by_reports(conn, bodies, scope)],
        last_due=int(deadline[:4]) - 1 if deadline else FIRST_YEAR,
    )
    duties = [*in_their_time(duties, links, years, known)]
    owing = {duty.agency_id for duty in duties}
    silent = {key: agency for key, agency in silent.items() if key in owing}
    agencies: set[Row] = {
        (key, a.name, a.region_code or None, a.level, a.kind, a.sector) for key, a in silent.items()
    }
    there = reporting.keys() | silent.keys() | {None}
    with transaction(conn):
        _write(conn, agencies, {duty.row for duty in duties}, ids)
        now = None if ids is None else {*ids, *silent}
        write_links(conn, [link for link in links if {link.from_id, link.to_id} <= there], now)
        write_agency_forwards(conn)
        current = (
            deadline,
            _basis(sites, corrections),
            " ".join(str(each.line) for each in unknown),
        )
        if conn.execute("SELECT day, rules, unknown FROM due_calendar").fetchall() != [current]:
            conn.execute("DELETE FROM due_calendar")
            conn.execute("INSERT INTO due_calendar VALUES (?, ?, ?)", current)
        conn.execute("DELETE FROM pending WHERE kind IN (?, ?)", [DUTIES, TREES])
    return unknown


def _basis(sites: Sequence[Site], corrections: Sequence[Correction]) -> str:
    """Return what tells apart the rules and the portals by which duties were computed."""
    return basis_of({site.id: (site.region_code, site.parent) for site in sites}, corrections)


def _years(conn: sqlite3.Connection, ids: Collection[str] | None) -> Mapping[str, set[int]]:
    years: dict[str, set[int]] = defaultdict(set)
    condition, values = among(ids, "agency_id")
    for agency, year in conn.execute(
        f"SELECT agency_id, year FROM reports WHERE {condition}", values
    ):
        years[agency].add(year)
    return years


def _write(
    conn: sqlite3.Connection,
    agencies: set[Row],
    duties: set[Row],
    ids: Collection[str] | None,
) -> None:
    """Write what differs; an agency without reports is one that `reports` does not name."""
    condition, values = among(ids, "agency_id")
    had = set(conn.execute(f"SELECT * FROM duties WHERE {condition}", values).fetchall())
    conn.executemany(
        "DELETE FROM duties WHERE agency_id = ? AND why = ?",
        [(row[0], row[3]) for row in sorted(had - duties, key=str)],
    )
    condition, values = among(ids, "a.id")
    had_agencies = set(
        conn.execute(
            "SELECT id, name, region_code, level, kind, sector FROM agencies a WHERE NOT EXISTS"
            f" (SELECT 1 FROM reports r WHERE r.agency_id = a.id) AND {condition}",
            values,
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
            "SELECT date(max((SELECT max(last_seen) FROM snapshots s WHERE s.site = p.id)), '+8 hours')"
            " FROM sites p"
        ).fetchone()
    return last_deadline_before(day) if day else ""


def _own_reports(
    conn: sqlite3.Connection, reporting: Mapping[str, Agency], ids: Collection[str] | None
) -> Iterator[Duty]:
    """Yield a duty for each agency that has reported, from its first report on."""
    condition, values = among(ids, "agency_id")
    first, latest = (_END_REPORTS.format(end=end, among=condition) for end in ("min", "max"))
    last = {key: site for key, _, _, site in conn.execute(latest, values)}
    for key, since, snapshot, _ in conn.execute(first, values).fetchall():
        if ground := duty_ground(reporting[key]):
            yield Duty(key, since, "own_reports", ground, snapshot, last[key])


def _by_law(
    sites: Sequence[Site], reporting: Mapping[str, Agency], scope: DutyScope
) -> Iterator[tuple[str, Agency, Duty]]:
    """Yield a duty for each government of the division of an entered portal, and of those below."""
    portals = _government_portals(sites)
    governments = _governments(reporting)
    for code, region in regions().items():
        if code in _UNGOVERNED or not scope.holds_division(code):
            continue
        above = {each.code for each in lineage(code)}
        if not above & portals.keys():
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
    conn: sqlite3.Connection,
    sites: Sequence[Site],
    reporting: Mapping[str, Agency],
    scope: DutyScope,
) -> Iterator[tuple[str, Agency, Duty]]:
    """Yield a duty for each agency that the tree of an entered portal names, since it first does."""
    known = KnownAgencies(reporting.items())
    found: dict[str, tuple[Agency, Duty]] = {}
    for named in named_agencies(Trees(conn, sites).names_in(scope), known):
        before = found.get(named.id)
        if before is None or (named.since, named.snapshot) < (before[1].since, before[1].source):
            ground = duty_ground(named.agency)
            duty = Duty(named.id, named.since, "tree", ground, named.snapshot, named.site)
            found[named.id] = named.agency, duty
    for key, (agency, duty) in found.items():
        yield key, agency, duty
