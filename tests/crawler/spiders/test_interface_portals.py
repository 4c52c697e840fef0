"""Portals whose lists come from interfaces: a second night, and an interface that stops after one page."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gongkai.catalogue import stored_text
from gongkai.crawler.runs.jobs import crawl
from gongkai.replica.pages import Page
from gongkai.replica.server import Replica
from tests.crawler.tiny import FAST
from tests.replica.families.interfaces import (
    EpointLayout,
    HanwebXxgkLayout,
    InterfaceLayout,
    LonsunLayout,
    TrueCmsLayout,
)
from tests.replica.families.paged import MeetfineLayout
from tests.replica.families.serving import FURTHER, layout, serve, site

QUIET = (HanwebXxgkLayout, LonsunLayout, TrueCmsLayout, EpointLayout, MeetfineLayout, *FURTHER)


def test_a_second_night_finds_nothing_new(tmp_path: Path) -> None:
    made = [layout(family, 7, departments=1, towns=2) for family in QUIET]
    sites = [site(each) for each in made]
    with Replica(pages=serve(made)) as replica:
        first = crawl(sites, tmp_path, proxy=replica.url, settings=FAST, workers=2)
        second = crawl(sites, tmp_path, proxy=replica.url, settings=FAST, workers=2)
    for each, before, after in zip(made, first, second, strict=True):
        reports = len(each.found())
        assert (before.outcome, before.counts["reports"]) == ("ok", reports), each.name
        assert (after.outcome, after.counts["reports"]) == ("ok", reports), each.name
        assert after.counts.get("new", 0) == after.counts.get("changed", 0) == 0, each.name


@pytest.mark.parametrize(
    ("family", "field", "last"),
    [(HanwebXxgkLayout, "currpage", "99"), (EpointLayout, "pageIndex", "99")],
)
def test_a_list_that_was_reached_in_part_is_no_good_night(
    family: type[InterfaceLayout], field: str, last: str, tmp_path: Path
) -> None:
    """The interface counts all of its rows, and gives those of its first page alone."""
    made = layout(family, 7, departments=1, towns=2)
    whole = made.interfaces[made.service]

    def first_page_alone(method: str, fields: Mapping[str, str]) -> Page | None:
        is_first = fields.get(field) in ("", str(family.first))
        return whole(method, fields if is_first else dict(fields) | {field: last})

    made.interfaces[made.service] = first_page_alone
    with Replica(pages=serve([made])) as replica:
        (run,) = crawl([site(made)], tmp_path, proxy=replica.url, settings=FAST)
    assert run.outcome == "incomplete"
    assert run.why is not None
    assert "政府信息公开年报" in stored_text("zh", run.why)
