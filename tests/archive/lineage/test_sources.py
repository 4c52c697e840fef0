"""What a page tells that states another body beside its title."""

from __future__ import annotations

import pytest

from gongkai.archive.lineage.bodies import Body
from gongkai.archive.lineage.links import find_links, lines
from gongkai.archive.lineage.sources import stated_by_sources
from gongkai.extract.chinese.agencies import describe_agency


def body(name: str, *years: int, listed: bool = False) -> Body:
    return Body(name, describe_agency(name, "640221"), frozenset(years), listed)


OLD, NEW = "平罗县招商服务局", "平罗县投资合作局"


@pytest.mark.parametrize("pair", [(OLD, NEW, "a"), (NEW, OLD, "a")])
def test_title_and_source_are_the_names_of_one_body(pair: tuple[str, str, str]) -> None:
    """The title may be the old one, or that of today over an old report."""
    bodies = [body(OLD, 2016, 2017), body(NEW, 2019, 2020)]
    (link,) = find_links(bodies, stated_by_sources([pair], bodies))
    assert (link.from_id, link.to_id, link.year, link.kind) == (OLD, NEW, 2019, "renamed")
    assert (link.why, link.source) == ("stated", "a")
    assert lines([link]) == {OLD: NEW}


def test_a_body_that_several_became_is_that_of_a_merger() -> None:
    other = "平罗县口岸局"
    bodies = [body(OLD, 2017), body(other, 2018), body(NEW, 2019)]
    said = stated_by_sources([(OLD, NEW, "a"), (other, NEW, "b"), (OLD, NEW, "c")], bodies)
    assert sorted((each.from_id, each.kind, each.source) for each in said) == [
        (other, "merged", "b"),
        (OLD, "merged", "a"),
    ]


@pytest.mark.parametrize(
    "bodies",
    [
        # it publishes for others: both report for the same years
        [body(OLD, 2017, 2018), body(NEW, 2018, 2019)],
        [body(OLD, 2018), body(NEW, 2015, 2016, 2017, 2018, 2019)],
        # the portal still names the older one
        [body(OLD, 2016, listed=True), body(NEW, 2019)],
        # the other body has no reports
        [body(OLD, 2016), body(NEW)],
        [body(OLD, 2016)],
    ],
)
def test_a_source_that_is_no_successor(bodies: list[Body]) -> None:
    assert stated_by_sources([(OLD, NEW, "a")], bodies) == []


def test_known_changes_are_left_to_their_rule() -> None:
    old, new = "平罗县卫生和计划生育局", "平罗县卫生健康局"
    bodies = [body(old, 2017), body(new, 2019)]
    assert stated_by_sources([(old, new, "a")], bodies) == []
    assert [link.why for link in find_links(bodies)] == ["rule"]
