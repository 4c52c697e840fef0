"""Which document stands for a report, and from when to when: a pure function of all fetches.

A report may be found at several addresses: an article, its copy in another column, its attachment.
At any time an address shows one version or is gone; the best address stands for the report. A
revision is a stretch of time in which the standing document says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gongkai.crawler.warc.tables.page_notes import GONE_AFTER


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    """A document of a report, as it was found at one address."""

    url: str
    digest: str
    fingerprint: str
    rank: int
    role: str  # page, file, attachment
    published_on: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One fetch of an address of the report: the version found there, None where it was missing.

    `cut` is set where the answer broke off, `by_others` where another crawler asked. `is_final` tells that a missing report counts as removed
    without a second visit: only other crawlers had seen it there.
    """

    at: str
    url: str
    version: DocumentVersion | None
    cut: bool = False
    is_final: bool = False
    by_others: bool = False


@dataclass(slots=True)
class Revision:
    """A version that stood for the report, from when to when."""

    version: DocumentVersion
    first_seen: str
    last_seen: str


@dataclass(slots=True)
class AddressState:
    """One address of the report: the version found there last, and whether it still is there."""

    version: DocumentVersion
    first_seen: str
    last_seen: str
    misses: int = 0
    is_gone_elsewhere: bool = False  # other crawlers found nothing there when they looked last

    @property
    def has_report(self) -> bool:
        """Whether the address still has the report, as far as is known."""
        return self.misses < GONE_AFTER

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Sorts the best first: complete and consistent, page before attachment, latest, first seen."""
        version = self.version
        date = int(version.published_on.replace("-", "") or 0)
        return version.rank, version.role != "page", -date, self.first_seen, version.url


@dataclass(slots=True)
class Absence:
    """A time in which no address had the report; `until` is None while it is missing."""

    since: str
    until: str | None = None


@dataclass(slots=True)
class History:
    """Everything known of a report over time."""

    revisions: list[Revision] = field(default_factory=list)
    absences: list[Absence] = field(default_factory=list)
    addresses: dict[str, AddressState] = field(default_factory=dict)
    missed_elsewhere: str = ""  # since when other crawlers found it at no address

    @property
    def current(self) -> Revision:
        """The standing revision, or the last one of a removed report."""
        return self.revisions[-1]

    @property
    def is_removed(self) -> bool:
        """Whether no address has the report any more."""
        return not any(address.has_report for address in self.addresses.values())

    @property
    def first_seen(self) -> str:
        """When any of its documents was first seen."""
        return min(address.first_seen for address in self.addresses.values())

    @property
    def last_seen(self) -> str:
        """When any of its documents was last seen."""
        return max(address.last_seen for address in self.addresses.values())

    @property
    def copies(self) -> list[AddressState]:
        """The addresses besides the standing one."""
        standing = self.current.version.url
        return [self.addresses[url] for url in sorted(self.addresses) if url != standing]


def reconstruct_history(observations: Iterable[Observation]) -> History:
    """Return the history of a report from all fetches of its addresses in order of time.

    At least one of them has a version.
    """
    history = History()
    for rounds in _split_into_rounds(observations):
        for observation in rounds:
            _record_visit(history.addresses, observation)
        there = [address for address in history.addresses.values() if address.has_report]
        if there:
            _record_revision(
                history.revisions, min(there, key=lambda address: address.sort_key), rounds
            )
        _record_absence(history, away=bool(history.addresses) and not there, at=rounds[-1].at)
        _record_absence_elsewhere(history, there, rounds[-1].at)
    return history


def without_cut_versions(observations: Iterable[Observation]) -> list[Observation]:
    """Return observations in order of time, without cut ones by others where a whole one is known.

    Web archives cut at a size of their own: that is no version of a report, before or after the whole
    one.
    """
    ordered = sorted(observations, key=lambda each: each.at)
    whole = {each.url for each in ordered if each.version and not each.cut}
    return [
        each
        for each in ordered
        if not (each.by_others and each.cut and each.version and each.url in whole)
    ]


def _split_into_rounds(observations: Iterable[Observation]) -> Iterator[list[Observation]]:
    """Yield rounds of observations; a second fetch of an address begins the next round."""
    rounds: list[Observation] = []
    for observation in observations:
        if any(observation.url == other.url for other in rounds):
            yield rounds
            rounds = []
        rounds.append(observation)
    if rounds:
        yield rounds


def _record_visit(addresses: dict[str, AddressState], observation: Observation) -> None:
    address = addresses.get(observation.url)
    if address and observation.cut and observation.version != address.version:
        return  # ignore truncated answers that differ from the known version
    if observation.version is None:
        if address and observation.by_others:
            address.is_gone_elsewhere = True
        elif address:
            address.misses += GONE_AFTER if observation.is_final else 1
    elif address is None:
        addresses[observation.url] = AddressState(
            observation.version, observation.at, observation.at
        )
    else:
        address.misses = 0
        address.is_gone_elsewhere = False
        address.last_seen = observation.at
        if observation.version.fingerprint != address.version.fingerprint:
            address.version = observation.version


def _record_absence(history: History, away: bool, at: str) -> None:
    now_away = bool(history.absences) and history.absences[-1].until is None
    if away and not now_away:
        history.absences.append(Absence(at))
    elif now_away and not away:
        history.absences[-1].until = at


def _record_absence_elsewhere(history: History, there: list[AddressState], at: str) -> None:
    """Record a time in which other crawlers found a report nowhere, once it was seen again.

    What others missed is no removal: only our own answer tells that a report is gone now.
    """
    is_missed = bool(there) and all(address.is_gone_elsewhere for address in there)
    if is_missed:
        history.missed_elsewhere = history.missed_elsewhere or at
    elif history.missed_elsewhere:
        if there:
            history.absences.append(Absence(history.missed_elsewhere, at))
        history.missed_elsewhere = ""


def _record_revision(
    revisions: list[Revision], best: AddressState, rounds: Sequence[Observation]
) -> None:
    version = best.version
    seen = [
        s.at
        for s in rounds
        if s.version is not None and s.version.fingerprint == version.fingerprint
    ]
    if not revisions or revisions[-1].version.fingerprint != version.fingerprint:
        first = seen[0] if seen else rounds[-1].at
        revisions.append(Revision(version, first, first))
    elif revisions[-1].version.url != version.url:
        revisions[-1].version = version  # the same words at another address
    if seen:
        revisions[-1].last_seen = max(seen)
