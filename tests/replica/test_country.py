"""The simulated country: the same for whoever makes it, and served portal by portal."""

from __future__ import annotations

from tests.replica.families.country import Country, Size, portal
from tests.replica.families.serving import ALL


def test_portals_follow_from_their_numbers():
    size = Size(departments=30, towns=20, years=1)
    one, other = Country(40, size), Country(40, size)
    assert [made.place for made in one.portals] == [made.place for made in other.portals]
    assert {type(made) for made in one.portals} == set(ALL)
    assert len({made.place.host for made in one.portals}) == 40
    agencies = {item.unit.name for item in one.portals[7].place.reports()}
    assert len(agencies) == 1 + 30 + 20


def test_every_report_is_served_and_nothing_of_other_hosts():
    country = Country(20, Size())
    for number in (0, 5, 19):
        made = portal(number, Size())
        assert country.knows(made.place.host)
        pages = [country.find(url) for url in made.found()]
        assert len(pages) == 16
        assert all(page is not None and page.status == 200 for page in pages)
        assert country.find(f"http://{made.place.host}/nothing.html") is None
    assert not country.knows("www.example.gov.cn")
