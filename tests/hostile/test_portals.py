"""A night over hostile portals ends, publishes, and names them; the good ones are whole."""

from __future__ import annotations

from pathlib import Path

from tests.hostile.portals import run_night

NAMES = ["good-0", "long-1", "twice-2", "tarpit-3", "hours-4", "drip-5", "tags-6", "good-7"]
EXPECTED = {
    "good-0": "ok",
    "long-1": "hostile",
    "twice-2": "hostile",
    "tarpit-3": "failed",
    "hours-4": "failed",
    "drip-5": "failed",
    "tags-6": "hostile",
    "good-7": "ok",
}

AT_ONCE = 4
CRAWL_MIB = 150
"""What the process of a crawl holds on a good portal, its part of the command included."""

PAGE_MIB = 250
"""What the process that analyses pages holds with the densest page of 4 MB. Without walls, one of
these portals takes 3,800 MiB alone."""


def test_a_night_over_hostile_portals(tmp_path: Path) -> None:
    night = run_night(NAMES, tmp_path, AT_ONCE, GONGKAI_PAGE_SECONDS="2", GONGKAI_MAX_MINUTES="2")
    assert {name: run["outcome"] for name, run in night.runs.items()} == EXPECTED, night.errors
    assert (night.code, night.published) == (1, True)
    assert night.runs["good-7"]["counts"]["reports"] == 1
    assert night.runs["tarpit-3"]["counts"]["requests"] < 60
    assert night.mib < AT_ONCE * (CRAWL_MIB + PAGE_MIB)
