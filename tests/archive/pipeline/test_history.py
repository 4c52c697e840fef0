"""Which document stood for a report and when: a pure function of what was seen."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gongkai.archive.pipeline.history import (
    DocumentVersion,
    Observation,
    reconstruct_history,
)
from gongkai.crawler.warc.tables.page_notes import GONE_AFTER


def version(
    url: str, said: str, rank: int = 0, role: str = "page", on: str = ""
) -> DocumentVersion:
    return DocumentVersion(url, f"{url}-{said}", said, rank, role, on)


def seen(at: int, claimed: DocumentVersion) -> Observation:
    return Observation(f"{at:02}", claimed.url, claimed)


def missed(at: int, url: str) -> Observation:
    return Observation(f"{at:02}", url, None)


def stood(*observations: Observation) -> list[tuple[str, str, str]]:
    """Return (document, first seen, last seen) of each revision."""
    found = reconstruct_history(observations).revisions
    return [(r.version.digest, r.first_seen, r.last_seen) for r in found]


def missed_elsewhere(at: int, url: str) -> Observation:
    return Observation(f"{at:02}", url, None, by_others=True)


PAGE, FILE = version("p", "x"), version("f", "y", role="attachment")


def test_page_stands_before_its_attachment() -> None:
    assert stood(seen(1, FILE), seen(2, PAGE)) == [("p-x", "02", "02")]


def test_attachment_that_keeps_its_identities_stands_before_a_page_that_does_not() -> None:
    assert stood(seen(1, version("p", "x", rank=1)), seen(2, FILE)) == [("f-y", "02", "02")]


def test_latest_published_stands_among_equals_then_the_oldest_known() -> None:
    old, new = version("a", "x", on="2025-01-20"), version("b", "y", on="2025-02-01")
    assert stood(seen(1, old), seen(2, new)) == [("b-y", "02", "02")]
    assert stood(seen(1, PAGE), seen(2, version("a", "y"))) == [("p-x", "01", "01")]


def test_edit_and_undo_are_three_revisions() -> None:
    edited = version("p", "z")
    assert stood(seen(1, PAGE), seen(2, edited), seen(3, PAGE), seen(4, PAGE)) == [
        ("p-x", "01", "01"),
        ("p-z", "02", "02"),
        ("p-x", "03", "04"),
    ]


def test_what_is_found_a_night_later_is_a_revision() -> None:
    partial = version("p", "x", rank=2)
    assert stood(seen(1, partial), seen(2, partial), seen(3, FILE)) == [
        ("p-x", "01", "01"),
        ("f-y", "03", "03"),
    ]


def test_the_other_document_stands_when_the_best_is_gone() -> None:
    nights = [seen(1, PAGE), seen(2, FILE), missed(3, "p"), seen(4, FILE), missed(5, "p")]
    assert stood(*nights) == [("p-x", "01", "01"), ("f-y", "05", "05")]
    assert not reconstruct_history(nights).is_removed


SIGHTINGS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from("xyz-"), st.integers(0, 2)), max_size=12
).map(
    lambda drawn: [
        missed(at, url) if said == "-" else seen(at, version(url, said, rank))
        for at, (url, said, rank) in enumerate(drawn)
    ]
)
KNOWN = SIGHTINGS.filter(lambda observations: any(s.version for s in observations))


@given(KNOWN)
def test_revisions_follow_each_other(observations: list[Observation]) -> None:
    history = reconstruct_history(observations)

    said = [revision.version.fingerprint for revision in history.revisions]
    assert all(one != other for one, other in pairwise(said))
    starts = [revision.first_seen for revision in history.revisions]
    assert starts == sorted(starts)
    assert all(r.first_seen <= r.last_seen for r in history.revisions)
    sighted = [s.at for s in observations if s.version]
    assert (history.first_seen, history.last_seen) == (sighted[0], sighted[-1])


@given(KNOWN)
def test_every_address_is_the_standing_one_or_a_copy(observations: list[Observation]) -> None:
    history = reconstruct_history(observations)

    urls = {s.url for s in observations if s.version}
    copies = [place.version.url for place in history.copies]
    assert {history.current.version.url, *copies} == urls
    assert len(copies) == len(urls) - 1


@given(KNOWN)
def test_removed_is_gone_everywhere_twice_in_a_row(observations: list[Observation]) -> None:
    by_url: dict[str, list[bool]] = {}
    for observation in observations:
        if observation.version or observation.url in by_url:
            by_url.setdefault(observation.url, []).append(observation.version is not None)

    gone = all(
        len(answers) >= GONE_AFTER and not any(answers[-GONE_AFTER:]) for answers in by_url.values()
    )
    assert reconstruct_history(observations).is_removed == gone


def test_what_others_missed_is_an_absence_between_sightings_and_no_removal() -> None:
    def absences(*observations: Observation) -> tuple[list[tuple[str, str | None]], bool]:
        found = reconstruct_history(observations)
        return [(each.since, each.until) for each in found.absences], found.is_removed

    gone = [missed_elsewhere(at, "p") for at in (2, 3, 4)]
    assert absences(seen(1, PAGE), *gone) == ([], False)
    assert absences(seen(1, PAGE), *gone, seen(5, PAGE)) == ([("02", "05")], False)
    # at another address it was there all the time
    assert absences(seen(1, FILE), seen(1, PAGE), *gone, seen(5, PAGE)) == ([], False)
    # our own answer tells that it is gone
    final = Observation("06", "p", None, is_final=True)
    assert absences(seen(1, PAGE), *gone, final) == ([("06", None)], True)
    assert absences(seen(1, PAGE), *gone, missed(6, "p")) == ([], False)
