"""A complete crawl of a portal of every family, from its home page alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from gongkai.crawler.analysis.page_analysis import REPORT_OUTCOMES
from gongkai.crawler.discovery.cms import recognise_family
from gongkai.crawler.discovery.page import WebPage
from gongkai.crawler.runs.jobs import crawl
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.extract.classify import classify
from gongkai.replica.server import Replica
from tests.crawler.tiny import FAST
from tests.replica.families.layout import Layout
from tests.replica.families.serving import ALL, FURTHER, KNOWN, SCRIPTED, layout, serve, site
from tests.replica.families.unseen import UNSEEN

SHORTENED = {"plain": 2}
"""Families whose lists cut titles so short that near misses read like reports, and how many."""


@dataclass(frozen=True)
class Crawled:
    """A portal and what a crawl brought of it."""

    layout: Layout
    run: Run
    asked: list[tuple[str, int]]
    reports: set[str]  # addresses of pages that are reports by their content
    families: set[str]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory) -> Iterator[dict[str, Crawled]]:
    folder = tmp_path_factory.mktemp("families")
    made = [layout(family, seed, departments=3, towns=3) for seed, family in enumerate(ALL, 1)]
    with Replica(pages=serve(made)) as replica:
        runs = crawl([site(m) for m in made], folder, proxy=replica.url, settings=FAST, workers=2)
        asked = [(url, status) for _, url, status in replica.requests]
    with Snapshots(folder) as snapshots:
        return {
            m.name: brought(m, run, asked, snapshots) for m, run in zip(made, runs, strict=True)
        }


def brought(made: Layout, run: Run, asked: list[tuple[str, int]], snapshots: Snapshots) -> Crawled:
    reports, families = set(), set()
    for snapshot in snapshots.all(run.site):
        if snapshot.status != 200 or snapshot.url.endswith("robots.txt"):
            continue
        body = snapshots.body(snapshot)
        if snapshot.media_type == "text/html":
            families.add(recognise_family(WebPage(snapshot.url, body)).name)
        if classify(body, snapshot.media_type, snapshot.url) in REPORT_OUTCOMES:
            reports.add(snapshot.url)
    own = [(url, status) for url, status in asked if f"//{made.place.host}/" in url]
    return Crawled(made, run, own, reports, families)


@pytest.mark.parametrize("name", [family.name for family in KNOWN])
def test_every_report_of_a_known_family_is_found_and_nothing_else(crawled, name):
    found = crawled[name]
    asked = {url for url, status in found.asked if status == 200}
    assert found.layout.found() - asked == set()
    pages = {url for url in found.layout.found() if url in found.reports}
    assert found.reports == pages
    assert (found.run.outcome, found.run.counts["reports"]) == ("ok", len(found.layout.found()))
    assert name in found.families


@pytest.mark.parametrize("name", [family.name for family in (*SCRIPTED, *FURTHER)])
def test_every_report_of_a_list_that_scripts_request_is_found(crawled, name):
    found = crawled[name]
    asked = {url for url, status in found.asked if status == 200}
    assert found.layout.found() - asked == set()
    assert (found.run.outcome, found.run.counts["reports"]) == ("ok", len(found.layout.found()))


@pytest.mark.parametrize("name", [family.name for family in UNSEEN])
def test_nine_tenths_of_an_unseen_family_are_reached_by_words_alone(crawled, name):
    found = crawled[name]
    asked = {url for url, status in found.asked if status == 200}
    assert found.run.outcome == "ok"
    assert len(found.layout.found() & asked) >= 0.9 * len(found.layout.found())
    assert found.reports <= found.layout.found()
    assert found.families == {"generic"}


@pytest.mark.parametrize("name", [family.name for family in ALL])
def test_portals_are_asked_for_what_they_have_once_and_not_for_the_rest(crawled, name):
    asked = crawled[name].asked
    assert len(asked) == len(set(asked))
    assert [url for url, status in asked if status != 200] == [
        f"http://{crawled[name].layout.place.host}/robots.txt"
    ]
    layout = crawled[name].layout
    answers = sum(len(names) for names in layout.answers.values())
    assert len(asked) <= 1.3 * (len(layout.pages) + answers)


@pytest.mark.parametrize("name", [family.name for family in ALL])
def test_few_requests_are_made_in_vain(crawled, name):
    """At most 1.3 for each address that has to be known; no circular and no other kind of report."""
    found = crawled[name]
    host = f"http://{found.layout.place.host}"
    asked = [url for url, _ in found.asked if url != f"{host}/robots.txt"]
    assert len(asked) <= 1.3 * len(found.layout.needed())
    near = {path for path in found.layout.near_misses() if host + path in asked}
    assert len(near) <= SHORTENED.get(name, 0)
