"""What a comparison asks for: agencies, regions, measures and years."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from gongkai.publish.datasette_types import Arguments
from gongkai.publish.http.known_then import AsOf, read_as_of
from gongkai.publish.http.query_args import (
    BadValue,
    check_region_code,
    positive_int,
    short_text,
    unique_values,
)
from gongkai.publish.wording.measures import MEASURES, present_keys

MAX_SUBJECTS = 8
"""The most agencies, and the most regions, that can be compared at once."""

MAX_MEASURES = 6
DEFAULT_MEASURES = ("requests_handled", "disclosure_rate")


@dataclass(frozen=True, slots=True)
class Subject:
    """An agency or a region that is compared.

    `place` is the full name of its region, or "". `level` is that of a region.
    """

    kind: Literal["agency", "region"]
    id: str
    name: str
    place: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """What is to be compared, by ids of agencies, codes of regions and keys of measures.

    `first` and `last` limit the years. `small` shows rates of few cases too. `add` is a part of a
    name of more agencies and regions to suggest. `as_of` is the day as of which the archive is read,
    None for now.
    """

    agencies: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    measures: tuple[str, ...] = DEFAULT_MEASURES
    first: int | None = None
    last: int | None = None
    small: bool = False
    add: str = ""
    as_of: AsOf | None = None

    @classmethod
    def parse(cls, args: Arguments) -> ComparisonQuery:
        """Return what an address asks for.

        Raises:
            BadValue: A value is invalid.
            TooManyValues: Too many are to be compared.
        """
        measures = present_keys(unique_values(args, "measure", MAX_MEASURES))
        for key in measures:
            if key not in MEASURES:
                raise BadValue(key)
        regions = unique_values(args, "region", MAX_SUBJECTS)
        return cls(
            agencies=unique_values(args, "agency", MAX_SUBJECTS),
            regions=tuple(check_region_code(code) for code in regions),
            measures=measures or DEFAULT_MEASURES,
            first=positive_int(args, "from"),
            last=positive_int(args, "to"),
            small=bool(args.get("small")),
            add=short_text(args, "add"),
            as_of=read_as_of(args.get("as_of")),
        )

    def query_string(self) -> str:
        """Return the query string of this comparison."""
        pairs = self.pairs()
        if self.as_of:
            pairs.append(("as_of", self.as_of.day))
        return urlencode(pairs)

    def pairs(self) -> list[tuple[str, object]]:
        """Return what is compared as names and values of a query string, without the day."""
        pairs: list[tuple[str, object]] = [("agency", id) for id in self.agencies]
        pairs += [("region", code) for code in self.regions]
        if self.measures != DEFAULT_MEASURES:
            pairs += [("measure", key) for key in self.measures]
        if self.first:
            pairs.append(("from", self.first))
        if self.last:
            pairs.append(("to", self.last))
        if self.small:
            pairs.append(("small", 1))
        return pairs

    def without(self, subject: Subject) -> ComparisonQuery:
        """Return the comparison without a subject."""
        if subject.kind == "agency":
            return replace(self, agencies=tuple(id for id in self.agencies if id != subject.id))
        return replace(self, regions=tuple(code for code in self.regions if code != subject.id))

    def with_added(self, subject: Subject) -> ComparisonQuery:
        """Return the comparison with one more subject, at the end of its kind."""
        others = self.without(subject)
        if subject.kind == "agency":
            return replace(others, agencies=(*others.agencies, subject.id))
        return replace(others, regions=(*others.regions, subject.id))

    def includes(self, year: int) -> bool:
        """Say whether a year is within the limits."""
        return (self.first or year) <= year <= (self.last or year)
