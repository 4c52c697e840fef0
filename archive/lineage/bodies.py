"""Agencies with the years of their reports, and the changes that lead from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from gongkai.archive.lineage.name_changes import ChangeKind, name_words
from gongkai.extract.chinese.duty_grounds import own_name
from gongkai.extract.model.report import Agency

Why = Literal["operator", "stated", "rule"]
"""Who says so: an operator's file, the text of a report, or the changes that reforms brought."""

StatedKind = ChangeKind | Literal["none"]
"""What may be stated: a change, or that there was none."""


@lru_cache(maxsize=1 << 17)
def _words(agency: Agency) -> str:
    """Return the words of a name, which many comparisons ask for."""
    return name_words(own_name(agency))


@dataclass(frozen=True, slots=True)
class Body:
    """An agency with the years that it has reports for. `is_listed`: its portal names it today."""

    id: str
    agency: Agency
    years: frozenset[int] = frozenset()
    is_listed: bool = False

    @property
    def words(self) -> str:
        """The words of its name: see `name_words`."""
        return _words(self.agency)

    @property
    def last(self) -> int:
        """The last year with a report, 0 without any."""
        return max(self.years, default=0)


@dataclass(frozen=True, slots=True)
class AgencyLink:
    """One row of `agency_links`: from `year` on, the body `to_id` stands where `from_id` stood.

    A body that was founded has no `from_id`, one that ended without a successor no `to_id`. `is_main`
    tells that the new body carries on the line of the old one. `source` is an address, a plan, a report
    or the line of an operator's file.
    """

    from_id: str | None
    to_id: str | None
    year: int
    kind: ChangeKind
    why: Why
    source: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class Stated:
    """A change that somebody states, with the ids of both bodies; kind "none" denies a change."""

    from_id: str
    to_id: str
    year: int
    kind: StatedKind
    why: Why
    source: str
