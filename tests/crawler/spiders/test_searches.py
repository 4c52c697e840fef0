"""Portals of UCAP and TRS whose lists come from a search: whole, nothing else, a quiet second night."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gongkai.crawler.discovery.cms import recognise_family
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.server import Replica
from tests.crawler.tiny import FAST, reason
from tests.replica.families.layout import Layout
from tests.replica.families.searches import SEARCHES
from tests.replica.families.serving import layout, serve, site

NAMES = [family.name for family in SEARCHES]


@dataclass(frozen=True)
class Nights:
    """A portal, its two nights, what the first one asked for, and the families of its pages."""

    layout: Layout
    first: Run
    second: Run
    asked: list[tuple[str, str, int]]
    families: set[str]


@pytest.fixture(scope="module")
def nights(tmp_path_factory) -> dict[str, Nights]:
    folder = tmp_path_factory.mktemp("searches")
    made = [layout(family, seed, departments=2, towns=3) for seed, family in enumerate(SEARCHES, 1)]
    sites = [site(each) for each in made]
    with Replica(pages=serve(made)) as replica:
        first = crawl(sites, folder, proxy=replica.url, settings=FAST, workers=2)
        asked = [*replica.requests]
        second = crawl(sites, folder, proxy=replica.url, settings=FAST, workers=2)
    with Snapshots(folder) as snapshots:
        return {
            each.name: Nights(
                each,
                *runs,
                [one for one in asked if f"//{each.place.host}/" in one[1]],
                {
                    recognise_family(WebPage(one.url, snapshots.body(one))).name
                    for one in snapshots.all(runs[0].site)
                    if one.media_type == "text/html" and one.status == 200
                },
            )
            for each, *runs in zip(made, first, second, strict=True)
        }


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_found_and_nothing_else(nights, name):
    found = nights[name]
    host = f"http://{found.layout.place.host}"
    asked = {url for _, url, status in found.asked if status == 200}
    assert found.layout.found() - asked == set()
    assert {path for path in found.layout.near_misses() if host + path in asked} == set()
    assert (found.first.outcome, reason(found.first)) == ("ok", "")
    assert found.first.counts["reports"] == len(found.layout.found())
    assert name.replace("ucap-", "ucap ").split()[0] in found.families


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_for_twice_and_little_in_vain(nights, name):
    asked = nights[name].asked
    assert len(asked) == len(set(asked))
    missing = [url for _, url, status in asked if status != 200 and not url.endswith("/robots.txt")]
    # where the search is has to be tried once on each portal
    assert len(missing) <= (1 if name == "ucap-search" else 0)
    assert len(asked) - 1 <= 1.3 * len(nights[name].layout.needed())


@pytest.mark.parametrize("name", NAMES)
def test_the_second_night_is_quiet(nights, name):
    counts = nights[name].second.counts
    quiet = {key: counts[key] for key in ("new", "changed", "errors", "blocked", "gone")}
    assert quiet == dict.fromkeys(quiet, 0)
    assert nights[name].second.outcome == "ok"
    assert counts["reports"] == nights[name].first.counts["reports"]
