"""Which agencies a portal's tree of disclosure names, and since which year.

Trees name agencies in short: 教体局 for 平罗县教育体育局. A name is that of an agency that is known already
where it can be its short form, and of no agency where it can be that of several: an agency too few
is better than one that is blamed for reports that another published.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.archive.lineage.duty_scope import DutyScope, among
from gongkai.archive.store.ids import agency_id
from gongkai.crawler.sites.registry import Site
from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.divisions import lineage, regions
from gongkai.extract.chinese.duty_grounds import duty_ground, names_one_body, own_name
from gongkai.extract.chinese.zones import is_zone
from gongkai.extract.model.report import Agency

_SHORT_ENDINGS = (("委员会", "委"), ("办公室", "办"), ("办公厅", "办"))
_UNSPOKEN = re.compile(r"[(（][^()（）]*[)）]|[和与及、]")
"""What short forms leave out: second names in brackets, and the words between two tasks."""

_SHORTEST_END = 3
"""Characters of a name with which a longer name may end: 税务局 of 国家税务总局平罗县税务局."""

_LEVEL_WORD = re.compile(r"[我本]?(?:(自治区|省|州|盟)|(市)(?!场|容|政(?!府))|(县|旗)|(区)(?!域))")
_ENDS_OF_LEVEL = {1: "区省州盟", 2: "市", 3: "县旗", 4: "区"}
"""The group of `_LEVEL_WORD`, and the last characters of divisions of that kind."""

_FIRST_NAMED = """
SELECT s.site, u.name, u.snapshot, substr(datetime(s.seen_at, '+8 hours'), 1, 4)
FROM unit_pages p JOIN snapshots s ON s.id = p.snapshot JOIN unit_names u ON u.snapshot = p.snapshot
WHERE {among} ORDER BY s.seen_at, s.warc, s.offset, u.name
"""


@dataclass(frozen=True, slots=True)
class NamedAgency:
    """An agency of a tree: since when, and the snapshot and site that named it first."""

    id: str
    agency: Agency
    since: int
    snapshot: str
    site: str


@dataclass(frozen=True, slots=True)
class TreeName:
    """A name of one body in the tree of a portal, and when the tree first had it."""

    agency: Agency
    own_name: str
    since: int
    snapshot: str
    site: Site


class KnownAgencies:
    """Agencies by division and by their name without the division."""

    def __init__(self, agencies: Iterable[tuple[str, Agency]]) -> None:
        self._by_region: dict[str, dict[str, tuple[str, Agency]]] = defaultdict(dict)
        self._towns: dict[str, list[tuple[str, Agency]]] = defaultdict(list)
        for key, agency in agencies:
            self.add(key, agency)

    def add(self, key: str, agency: Agency) -> None:
        """Add an agency with its id."""
        name = _spoken(own_name(agency))
        self._by_region[agency.region_code].setdefault(name, (key, agency))
        if agency.level == "town":
            self._towns[name].append((key, agency))

    def find(self, agency: Agency, within: str) -> list[tuple[str, Agency]]:
        """Return the agencies that a name may mean; a town may lie in any division of the portal."""
        name, there = _spoken(own_name(agency)), self._by_region[agency.region_code]
        if name in there:
            return [there[name]]
        if agency.level == "town":
            return [each for each in self._towns[name] if _lies_in(each[1].region_code, within)]
        return [known for other, known in there.items() if may_be_same(name, other)]


def is_government_portal(site: Site, sites: Mapping[str, Site]) -> bool:
    """Return whether a site is the portal of a government whose division is known.

    A site below the portal of the same division is that of a department; its tree names its offices.
    `sites` has the other sites by id.
    """
    parent = sites.get(site.parent)
    is_of_department = site.parent != "" and (
        parent is None or parent.region_code == site.region_code
    )
    return site.region_code in regions() and not is_of_department


def named_agencies(tree_names: Iterable[TreeName], known: KnownAgencies) -> Iterator[NamedAgency]:
    """Yield the agencies that trees name and that owe reports, each with its first naming last.

    Names that add an agency are added to `known`, the longest first: it may have short forms too.
    """
    names = sorted(tree_names, key=lambda each: (-len(each.own_name), -each.since))
    for each in names:
        found = known.find(each.agency, each.site.region_code)
        if len(found) > 1:
            continue
        if found:
            ((key, agency),) = found
        else:
            agency = each.agency
            key = agency_id(agency.name, agency.region_code)
            known.add(key, agency)
        yield NamedAgency(key, agency, each.since, each.snapshot, each.site.id)


def may_be_same(one: str, other: str) -> bool:
    """Return whether one name may be the short form of the other.

    >>> may_be_same("教体局", "教育体育局"), may_be_same("卫健委", "卫生健康委员会")
    (True, True)
    >>> may_be_same("水利局", "财政局"), may_be_same("教育局", "体育局")
    (False, False)
    """
    short, long = sorted((_short_ending(_spoken(one)), _short_ending(_spoken(other))), key=len)
    if not short or short[-1] != long[-1]:
        return False
    if len(short) >= _SHORTEST_END and long.endswith(short):
        return True
    if short[0] != long[0] and not (is_zone(one) and is_zone(other)):  # 高新区 of a longer name
        return False
    rest = iter(long)
    return all(character in rest for character in short)


def _spoken(name: str) -> str:
    return _UNSPOKEN.sub("", name) or name


def _short_ending(name: str) -> str:
    if is_zone(name):
        return name.removesuffix("管理委员会")
    for long, short in _SHORT_ENDINGS:
        if name.endswith(long):
            return name.removesuffix(long) + short
    return name


class Trees:
    """The trees of disclosure of the portals of governments."""

    def __init__(self, conn: sqlite3.Connection, sites: Iterable[Site]) -> None:
        self._conn = conn
        by_id = {site.id: site for site in sites}
        self._portals = {
            site.id: site for site in by_id.values() if is_government_portal(site, by_id)
        }
        self._by_division: dict[str, list[str]] = defaultdict(list)
        for site in self._portals.values():
            self._by_division[site.region_code].append(site.id)
        self._below: dict[str, frozenset[str]] = {}

    def names_in(self, scope: DutyScope) -> Iterator[TreeName]:
        """Yield the names of bodies of these divisions, which their portals and those above them have."""
        if scope.codes is None:
            yield from self._names(None)
            return
        above = {region.code for code in scope.codes for region in lineage(code)}
        for each in self._names([key for code in sorted(above) for key in self._by_division[code]]):
            if scope.holds_division(each.agency.region_code):
                yield each

    def divisions_named(self, portals: Iterable[str]) -> set[str]:
        """Return the divisions whose bodies the trees of these portals name."""
        return {each.agency.region_code for each in self._names([*portals])}

    def sharing_towns(self, code: str) -> set[str]:
        """Return the divisions below each portal whose tree names towns that may lie in this one."""
        return {each for region in lineage(code) for each in self._divisions_of_towns(region.code)}

    def _divisions_of_towns(self, code: str) -> frozenset[str]:
        if code not in self._below:
            below = (
                [key for key in regions() if _lies_in(key, code)] if self._by_division[code] else []
            )
            is_shared = len(below) > 1 and any(
                each.agency.level == "town" for each in self._names(self._by_division[code])
            )
            self._below[code] = frozenset(below if is_shared else ())
        return self._below[code]

    def _names(self, portals: Sequence[str] | None) -> Iterator[TreeName]:
        """Yield each name of these portals, or of all, that one body of the division or below bears."""
        seen: set[tuple[str, str]] = set()
        condition, values = among(portals, "p.site")
        for site_id, name, snapshot, year in self._conn.execute(
            _FIRST_NAMED.format(among=condition), values
        ):
            site = self._portals.get(site_id)
            if site is None or (site_id, name) in seen:
                continue
            seen.add((site_id, name))
            if _is_of_upper_level(name, regions()[site.region_code].name):
                continue
            agency = describe_agency(name, site.region_code)
            if (
                _lies_in(agency.region_code, site.region_code)
                and names_one_body(agency)
                and duty_ground(agency) not in ("", "other")
            ):
                yield TreeName(agency, own_name(agency), int(year), snapshot, site)


def _is_of_upper_level(name: str, region: str) -> bool:
    """Return whether a name begins with the word of another level: 市教育局 on a county's portal."""
    word = _LEVEL_WORD.match(name)
    return bool(word and word.lastindex and region[-1] not in _ENDS_OF_LEVEL[word.lastindex])


def _lies_in(code: str, within: str) -> bool:
    return any(region.code == within for region in lineage(code))
