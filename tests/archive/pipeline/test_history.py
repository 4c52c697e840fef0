"""Which document stood for a report and when: a pure function of what was seen."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.pipeline.history import GONE_AFTER, Claim, Sighting, trace


def claim(url: str, said: str, rank: int = 0, role: str = "page", on: str = "") -> Claim:
    return Claim(url, f"{url}-{said}", said, rank, role, on)


def seen(at: int, claimed: Claim) -> Sighting:
    return Sighting(f"{at:02}", claimed.url, claimed)


def missed(at: int, url: str) -> Sighting:
    return Sighting(f"{at:02}", url, None)


def stood(*sightings: Sighting) -> list[tuple[str, str, str]]:
    """Return (document, first seen, last seen) of each revision."""
    found = trace(sightings).revisions
    return [(r.claim.digest, r.first_seen, r.last_seen) for r in found]


PAGE, FILE = claim("p", "x"), claim("f", "y", role="attachment")


def test_page_stands_before_its_attachment() -> None:
    assert stood(seen(1, FILE), seen(2, PAGE)) == [("p-x", "02", "02")]


def test_attachment_that_keeps_its_identities_stands_before_a_page_that_does_not() -> None:
    assert stood(seen(1, claim("p", "x", rank=1)), seen(2, FILE)) == [("f-y", "02", "02")]


def test_latest_published_stands_among_equals_then_the_oldest_known() -> None:
    old, new = claim("a", "x", on="2025-01-20"), claim("b", "y", on="2025-02-01")
    assert stood(seen(1, old), seen(2, new)) == [("b-y", "02", "02")]
    assert stood(seen(1, PAGE), seen(2, claim("a", "y"))) == [("p-x", "01", "01")]


def test_edit_and_undo_are_three_revisions() -> None:
    edited = claim("p", "z")
    assert stood(seen(1, PAGE), seen(2, edited), seen(3, PAGE), seen(4, PAGE)) == [
        ("p-x", "01", "01"),
        ("p-z", "02", "02"),
        ("p-x", "03", "04"),
    ]


def test_what_is_found_a_night_later_is_a_revision() -> None:
    partial = claim("p", "x", rank=2)
    assert stood(seen(1, partial), seen(2, partial), seen(3, FILE)) == [
        ("p-x", "01", "01"),
        ("f-y", "03", "03"),
    ]


def test_the_other_document_stands_when_the_best_is_gone() -> None:
    nights = [seen(1, PAGE), seen(2, FILE), missed(3, "p"), seen(4, FILE), missed(5, "p")]
    assert stood(*nights) == [("p-x", "01", "01"), ("f-y", "05", "05")]
    assert not trace(nights).removed


SIGHTINGS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz-"), st.integers(0, 2)), max_size=12
).map(
    lambda drawn: [
        missed(at, url) if said == "-" else seen(at, claim(url, said, rank))
        for at, (url, said, rank) in enumerate(drawn)
    ]
)
KNOWN = SIGHTINGS.filter(lambda sightings: any(s.claim for s in sightings))


@given(KNOWN)
def test_revisions_follow_each_other(sightings: list[Sighting]) -> None:
    history = trace(sightings)

    said = [revision.claim.fingerprint for revision in history.revisions]
    assert all(one != other for one, other in pairwise(said))
    starts = [revision.first_seen for revision in history.revisions]
    assert starts == sorted(starts)
    assert all(r.first_seen <= r.last_seen for r in history.revisions)
    sighted = [s.at for s in sightings if s.claim]
    assert (history.first_seen, history.last_seen) == (sighted[0], sighted[-1])


@given(KNOWN)
def test_every_address_is_the_standing_one_or_a_copy(sightings: list[Sighting]) -> None:
    history = trace(sightings)

    urls = {s.url for s in sightings if s.claim}
    copies = [place.claim.url for place in history.copies]
    assert {history.current.claim.url, *copies} == urls
    assert len(copies) == len(urls) - 1


@given(KNOWN)
def test_removed_is_gone_everywhere_twice_in_a_row(sightings: list[Sighting]) -> None:
    by_url: dict[str, list[bool]] = {}
    for sighting in sightings:
        if sighting.claim or sighting.url in by_url:
            by_url.setdefault(sighting.url, []).append(sighting.claim is not None)

    gone = all(
        len(answers) >= GONE_AFTER and not any(answers[-GONE_AFTER:]) for answers in by_url.values()
    )
    assert trace(sightings).removed == gone
