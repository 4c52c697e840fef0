"""Which agencies a portal's tree of disclosure names, and since which year.

Trees name agencies in short: 教体局 for 平罗县教育体育局. A name is that of an agency that is known already
where it can be its short form, and of no agency where it can be that of several: an agency too few
is better than one that is blamed for reports that another published.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
FROM unit_names u JOIN snapshots s ON s.id = u.snapshot
ORDER BY s.seen_at, s.warc, s.offset, u.name
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
class _TreeName:
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


def named_agencies(
    conn: sqlite3.Connection, sites: Mapping[str, Site], known: KnownAgencies
) -> Iterator[NamedAgency]:
    """Yield the agencies that trees name and that owe reports, each with its first naming last.

    Names that add an agency are added to `known`, the longest first: it may have short forms too.
    """
    names = sorted(_tree_names(conn, sites), key=lambda each: (-len(each.own_name), -each.since))
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


def _tree_names(conn: sqlite3.Connection, sites: Mapping[str, Site]) -> Iterator[_TreeName]:
    """Yield each name of a portal that one body of its division or below bears."""
    seen: set[tuple[str, str]] = set()
    for site_id, name, snapshot, year in conn.execute(_FIRST_NAMED):
        site = sites.get(site_id)
        if site is None or (site_id, name) in seen or not is_government_portal(site, sites):
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
            yield _TreeName(agency, own_name(agency), int(year), snapshot, site)


def _is_of_upper_level(name: str, region: str) -> bool:
    """Return whether a name begins with the word of another level: 市教育局 on a county's portal."""
    word = _LEVEL_WORD.match(name)
    return bool(word and word.lastindex and region[-1] not in _ENDS_OF_LEVEL[word.lastindex])


def _lies_in(code: str, within: str) -> bool:
    return any(region.code == within for region in lineage(code))
