"""Which document stood for a report, and from when to when: a pure function of what was seen.

Every address of a report (an article, its copy in another column, its attachment) is a place. At
any time a place shows one content or is gone; the best place stands for the report. A revision is
a stretch of time in which what stands says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

GONE_AFTER = 2
"""A place is gone when it answered so often in a row that it has nothing, or something else."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A document that is a report's, at one address."""

    url: str
    digest: str
    fingerprint: str
    rank: int
    role: str  # page, file, attachment
    published_on: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One fetch of one of the report's addresses: the claim it gave, None when it is not there.

    `cut` tells that the answer broke off on its way.
    """

    at: str
    url: str
    claim: Claim | None
    cut: bool = False


@dataclass(slots=True)
class Revision:
    """What stood for the report, from when to when."""

    claim: Claim
    first_seen: str
    last_seen: str


@dataclass(slots=True)
class Place:
    """One address of the report: the content it showed last, and whether it still does."""

    claim: Claim
    first_seen: str
    last_seen: str
    misses: int = 0

    @property
    def there(self) -> bool:
        """Whether the address still has the report, as far as is known."""
        return self.misses < GONE_AFTER

    @property
    def order(self) -> tuple[object, ...]:
        """Sorts the best first: complete and consistent, page before attachment, latest, oldest known."""
        claim = self.claim
        date = int(claim.published_on.replace("-", "") or 0)
        return claim.rank, claim.role != "page", -date, self.first_seen, claim.url


@dataclass(slots=True)
class Absence:
    """A time in which no address had the report: since when that was certain, until it came back."""

    since: str
    until: str | None = None


@dataclass(slots=True)
class History:
    """What is known of a report over time."""

    revisions: list[Revision] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def current(self) -> Revision:
        """The revision that stands, or stood last."""
        return self.revisions[-1]

    @property
    def removed(self) -> bool:
        """Whether no address has the report any more."""
        return not any(place.there for place in self.places.values())

    @property
    def first_seen(self) -> str:
        """When any of its documents was first seen."""
        return min(place.first_seen for place in self.places.values())

    @property
    def last_seen(self) -> str:
        """When any of its documents was last seen."""
        return max(place.last_seen for place in self.places.values())

    @property
    def copies(self) -> list[Place]:
        """The further addresses, besides the one that stands."""
        standing = self.current.claim.url
        return [self.places[url] for url in sorted(self.places) if url != standing]


def trace(sightings: Iterable[Sighting]) -> History:
    """Return the history of a report.

    :param sightings: all fetches of its addresses in order of time, at least one with a claim
    """
    history = History()
    for rounds in _rounds(sightings):
        for sighting in rounds:
            _visit(history.places, sighting)
        there = [place for place in history.places.values() if place.there]
        if there:
            _stand(history.revisions, min(there, key=lambda place: place.order), rounds)
        _absent(history, away=bool(history.places) and not there, at=rounds[-1].at)
    return history


def _rounds(sightings: Iterable[Sighting]) -> Iterator[list[Sighting]]:
    """Cut at the second fetch of an address: within one round a page and its attachment are one."""
    rounds: list[Sighting] = []
    for sighting in sightings:
        if any(sighting.url == other.url for other in rounds):
            yield rounds
            rounds = []
        rounds.append(sighting)
    if rounds:
        yield rounds


def _visit(places: dict[str, Place], sighting: Sighting) -> None:
    place = places.get(sighting.url)
    if place and sighting.cut and sighting.claim != place.claim:
        return  # half an answer says nothing against a whole one
    if sighting.claim is None:
        if place:
            place.misses += 1
    elif place is None:
        places[sighting.url] = Place(sighting.claim, sighting.at, sighting.at)
    else:
        place.misses = 0
        place.last_seen = sighting.at
        if sighting.claim.fingerprint != place.claim.fingerprint:
            place.claim = sighting.claim


def _absent(history: History, away: bool, at: str) -> None:
    now_away = bool(history.absences) and history.absences[-1].until is None
    if away and not now_away:
        history.absences.append(Absence(at))
    elif now_away and not away:
        history.absences[-1].until = at


def _stand(revisions: list[Revision], best: Place, rounds: Sequence[Sighting]) -> None:
    claim = best.claim
    seen = [
        s.at for s in rounds if s.claim is not None and s.claim.fingerprint == claim.fingerprint
    ]
    if not revisions or revisions[-1].claim.fingerprint != claim.fingerprint:
        first = seen[0] if seen else rounds[-1].at
        revisions.append(Revision(claim, first, first))
    elif revisions[-1].claim.url != claim.url:
        revisions[-1].claim = claim  # the same words at another address
    if seen:
        revisions[-1].last_seen = max(seen)
