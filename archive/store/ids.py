"""Stable ids of agencies and reports: pure functions of their names and regions.

640221-gongyehexinxihuaju-1f0a        平罗县工业和信息化局
640221-gongyehexinxihuaju-1f0a-2024   its report for 2024
000000-lindu-caizhengju-3b1c09aa      财政局 on the portal lindu, whose division is unknown
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256

from gongkai.extract.chinese.divisions import lineage

UNKNOWN_REGION = "000000"
"""The region code in an id where the region is unknown; there is no such code."""

_NOT_IN_IDS = re.compile(r"[^a-z0-9_-]")
"""What the host of a portal has and an id does not."""


def agency_id(name: str, region_code: str, site: str = "") -> str:
    """Return the id of an agency: region code, pinyin of the name after its region, 4 hex digits.

    Where the region is unknown, the same name on two portals is that of two agencies: the id has the
    `site` too, and 8 digits that depend on it.
    """
    pinyin = _pinyin(name_without_region(name, region_code))
    if region_code or not site:
        return f"{region_code or UNKNOWN_REGION}-{pinyin}-{sha256(name.encode()).hexdigest()[:4]}"
    digits = sha256(f"{site}\n{name}".encode()).hexdigest()[:8]
    return f"{UNKNOWN_REGION}-{_NOT_IN_IDS.sub('-', site.lower())}-{pinyin}-{digits}"


@lru_cache(maxsize=4096)  # departments are called the same everywhere
def _pinyin(name: str) -> str:
    from pypinyin import lazy_pinyin  # late: it loads large dictionaries

    return re.sub("[^a-z0-9]", "", "".join(lazy_pinyin(name)).lower()) or "x"


def agency_of_report(report: str) -> str:
    """Return the id of the agency in the id of a report."""
    return report.rpartition("-")[0]


def report_id(agency: str, year: int) -> str:
    """Return the id of an agency's report for a year."""
    return f"{agency}-{year}"


def name_without_region(name: str, region_code: str) -> str:
    """Return a name without the region it begins with, or all of it where nothing would be left."""
    names: list[str] = []
    for region in lineage(region_code):
        names += [region.full_name, region.name, region.name.removesuffix(region.name[-1])]
    rest = name
    # 石嘴山市平罗县…: one division after the other; a stem of one character is no region.
    while prefix := max(
        (n for n in names if len(n) > 1 and rest.startswith(n)), key=len, default=""
    ):
        rest = rest.removeprefix(prefix)
    return rest or name
