"""The prose of a report without what differs between copies: names, years, punctuation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from gongkai.archive.store.ids import name_without_region
from gongkai.extract.chinese.divisions import lineage

PROSE = (1, 5, 6)
"""Sections of prose; two to four are tables with a line or two around them."""

SHORTEST = 300
"""Characters of blanked prose; a shorter text is the wording of the form, the same everywhere."""

_YEAR = re.compile(r"20\d\d年?度?")
_NO_WORD = re.compile(r"[\W_]+")


def prose(sections: Mapping[int, str]) -> str:
    """Return the sections of prose, unchanged."""
    return "\n".join(sections[number] for number in PROSE if sections.get(number))


def blank_names(text: str, agency: str, region_code: str) -> str:
    """Return a text without the names of its agency and divisions, years, spaces and punctuation.

    >>> blank_names("2024年，平罗县教育局公开信息5条。", "平罗县教育局", "640221")
    '公开信息5条'
    """
    bare = _NO_WORD.sub("", text)
    for name in names_to_blank(agency, region_code):
        bare = bare.replace(name, "")
    return _YEAR.sub("", bare)


@lru_cache(maxsize=4096)
def names_to_blank(agency: str, region_code: str) -> tuple[str, ...]:
    """Return the names of an agency and of its regions, the longest first."""
    found = {agency, name_without_region(agency, region_code)}
    for region in lineage(region_code):
        stem = region.name[:-1]
        found |= {region.name, stem} if len(stem) > 1 else {region.name}
    return tuple(sorted((name for name in found if len(name) > 1), key=lambda n: (-len(n), n)))
