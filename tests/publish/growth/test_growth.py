"""No address costs more in a large publication than in a small one.

Counted are instructions of SQLite, not seconds. The bounds of what is read are made small, so that the small
publication reaches them as a country does. What the full-text index does inside is not counted: how many hits
are read is tested with the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log
from pathlib import Path

import pytest

from gongkai.publish.pages.lists import (
    feed_rows,
    list_counts,
    listing,
    passed_reports,
    search_hits,
    sitemap,
)
from gongkai.publish.plugins.routes import ROUTES
from gongkai.publish.server import bounded_database
from tests.publish.growth.counted_steps import (
    keys_of,
    lines_of,
    make_public,
    steps_of,
    steps_of_start,
)
from tests.publish.growth.every_address import FILES, every_address

SMALL, LARGE = 700, 2800
MOST_GROWTH = 0.3
NOISE = 20_000
"""Instructions, some two milliseconds, below which growth says nothing: a page that was not full."""

GROWS = {
    "/search.atom?q=%E5%85%AC%E5%BC%80%20OR%20%E5%A4%8D%E8%AE%AE%20-%E9%94%99%E5%88%AB%E5%AD%97": "walks",
    "/search.atom?q=-%E9%94%99%E5%88%AB%E5%AD%97": "walks",
    "/region/640100?as_of=2025-05-01": "adds",
    "/status?health=stale": "counts",
    "/table?rows=region&region=640100&kind=department": "adds",
    "/table?region=640000&year=2024&m=refused&sort=-refused.2024": "sorts",
}
"""Addresses that may grow, with the reason.

A feed walks from the newest report on until a page is full: the rarer the word, the farther. A table that is
sorted by a measure reads the reports of its division and years, a division as of a day adds up its reports:
of more than `TooLargeThen.most` it is refused in words. A table of a city's counties adds up their reports,
which are those of a city at most. The status counts all portals by their state, some
eighty instructions each.
"""

NOT_ASKED = (
    r"\.csv\$$|\.xlsx\$$|^\^/table\\\.json",  # files and long pages cost what is in them
    r"/kept/|/viewer/|/proof/.*(page|zip|png)|/edit/",  # one document, without an archive of originals
    r"/chart/",  # the same numbers as the pages
    r"^\^/sql|/releases/|/download/",  # files, or what readers ask themselves
    r"^\^/proof/.*\{1,60\}\)\$$",  # the sheet, as its data
    r"^\^/sitemap/\(",  # a block of as many rows as every other
)
"""Patterns of addresses that are not asked."""


MOST_PER_ROW = 500
"""Instructions for a row of a file: some fifty microseconds."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """Return a small and a large public file."""
    return tuple(make_public(tmp_path_factory.mktemp(f"of{size}"), size) for size in (SMALL, LARGE))


@pytest.fixture(scope="module", autouse=True)
def small_bounds() -> Iterator[None]:
    """Make the bounds so small that the small publication reaches them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_hits, "MOST_HITS", 150)
        patch.setattr(search_hits, "MOST_RANKED", 300)
        patch.setattr(passed_reports, "SAMPLE", 100)
        patch.setattr(listing, "MOST_COUNTED", 40)
        patch.setattr(list_counts, "MOST_COUNTED", 40)
        patch.setattr(feed_rows, "FIRST_STEP", 60)
        patch.setattr(sitemap, "BLOCK", 100)
        patch.setattr(bounded_database, "FACET_STEPS", 2_000)
        yield


@pytest.fixture(scope="module")
def asked(files: tuple[Path, ...], small_bounds: None) -> dict[str, tuple[tuple[int, int], ...]]:
    """Return for each address its status and its instructions in both publications."""
    found = [steps_of(path, every_address(keys_of(path))) for path in files]
    small, large = (list(each.items()) for each in found)
    # the keys of reports are others, the addresses are the same in the same order
    return {address: (one, other) for (_, one), (address, other) in zip(small, large, strict=True)}


def test_every_address_is_answered(asked: dict[str, tuple[tuple[int, int], ...]]) -> None:
    refused = [
        address
        for address, found in asked.items()
        for status, _ in found
        if status not in (200, 301, 302)
    ]
    assert refused == []


def test_no_address_costs_more_in_a_larger_publication(
    asked: dict[str, tuple[tuple[int, int], ...]],
) -> None:
    grows = {}
    for address, ((_, small), (_, large)) in asked.items():
        exponent = log(max(large, NOISE) / max(small, NOISE)) / log(LARGE / SMALL)
        if exponent > MOST_GROWTH and address not in GROWS:
            grows[address] = (round(exponent, 2), small, large)
    assert grows == {}


def test_a_row_of_a_file_costs_the_same(files: tuple[Path, ...]) -> None:
    small, large = (lines_of(path, FILES) for path in files)
    for address, (lines, steps) in large.items():
        assert lines > 1.5 * small[address][0], address
        assert steps / lines < MOST_PER_ROW, address
        assert steps / lines < 1.3 * small[address][1] / small[address][0], address


def test_a_start_costs_the_same(files: tuple[Path, ...]) -> None:
    small, large = map(steps_of_start, files)
    assert log(large / small) / log(LARGE / SMALL) < MOST_GROWTH


def test_every_route_is_asked_or_says_why_not(
    asked: dict[str, tuple[tuple[int, int], ...]],
) -> None:
    paths = [address.partition("?")[0] for address in asked]
    left = [
        pattern
        for pattern, _ in ROUTES
        if not any(re.match(pattern, path) for path in paths)
        and not any(re.search(each, pattern) for each in NOT_ASKED)
    ]
    assert left == []
