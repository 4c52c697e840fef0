"""What became of the bodies of a division that ended: renamed with it, joined to others, or split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gongkai.archive.lineage.bodies import AgencyLink, Body
from gongkai.archive.lineage.name_changes import ChangeKind
from gongkai.extract.chinese.agencies import short_region_name
from gongkai.extract.chinese.divisions import (
    Region,
    bears_name_since,
    every_region,
    former_regions,
)


def of_following_divisions(
    body: Body, groups: Mapping[tuple[str, bool], list[Body]]
) -> Sequence[Body]:
    """Return the bodies of the divisions that followed that of a body, () where it still exists."""
    region = former_regions().get(body.agency.region_code)
    codes = region.successors if region else ()
    is_town = body.agency.level == "town"
    return [each for code in codes for each in groups.get((code, is_town), ())]


def by_division_change(
    body: Body, region: Region, others: Sequence[Body]
) -> Iterator[tuple[bool, AgencyLink]]:
    """Yield the links of bodies of a division that ended: 九台市教育局 became 九台区教育局 in 2014.

    Where the division was joined to another one, its bodies were too (下城区教育局, 2021); where it was
    divided, each of them was split. A town lies in one of the divisions that followed.
    """
    alike = [
        other
        for other in others
        if other.words == body.words
        and other.agency.kind == body.agency.kind
        and other.agency.region_code != region.code
        and body.last <= region.until
    ]
    is_town = body.agency.level == "town"
    if is_town and len(alike) > 1:
        return
    for other in alike:
        kind, is_main = _change_of_division(region, other.agency.region_code)
        if is_town:
            kind, is_main = "renamed", True  # it came to the other division as a whole
        both = body.years & other.years
        is_one = all(region.until - 1 <= year <= region.until for year in both) and len(both) <= 1
        if is_one or kind != "renamed":  # a division that lived on had such a body before, too
            year = max(region.until, body.last + 1)
            yield False, AgencyLink(body.id, other.id, year, kind, "rule", "", is_main)


def _change_of_division(region: Region, successor: str) -> tuple[ChangeKind, bool]:
    """Return what became of a division that ended, and whether its line goes on in a successor."""
    if len(region.successors) > 1:
        return "split", False
    joined = sum(successor in each.successors for each in former_regions().values())
    if joined == 1 and bears_name_since(successor) >= region.until:
        return "renamed", True
    names = (region.name, every_region()[successor].name)
    return "merged", len({short_region_name(name) for name in names}) == 1
