"""What an agency owes, since when and until when: a body that another one follows owes nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from gongkai.archive.lineage.bodies import AgencyLink
from gongkai.archive.lineage.links import FOLLOWING
from gongkai.extract.chinese.divisions import former_regions
from gongkai.extract.model.report import Agency

Row = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """One row of `duties`; `source` is a snapshot, `site` the portal that ought to have the reports."""

    agency_id: str
    since: int
    why: str
    ground: str
    source: str | None = None
    site: str | None = None
    until: int | None = None

    @property
    def row(self) -> Row:
        """The columns in their order."""
        return (
            self.agency_id,
            self.since,
            self.until,
            self.why,
            self.ground,
            self.source,
            self.site,
        )


def in_their_time(
    duties: Iterable[Duty],
    links: Sequence[AgencyLink],
    years: Mapping[str, set[int]],
    agencies: Mapping[str, Agency],
) -> Iterator[Duty]:
    """Yield duties that end where another body follows, and begin where it does.

    For the year of the change the new body owes the report (国办公开办函〔2019〕14号), unless the old one has
    published it. A body of a division that ended owes nothing more, whoever followed.
    """
    former = former_regions()
    ends: dict[str | None, int] = {
        key: former[agency.region_code].until - 1
        for key, agency in agencies.items()
        if agency.region_code in former
    }
    ends |= {link.from_id: link.year - 1 for link in links if link.kind in (*FOLLOWING, "ended")}
    begins = {link.to_id: link.year for link in reversed(links) if link.is_main}
    for duty in duties:
        key, until, since = duty.agency_id, ends.get(duty.agency_id), duty.since
        if until is not None:
            until = max(until, *years[key], until)
        if duty.why == "own_reports":
            since = min(since, begins.get(key, since))
        if until is None or since <= until:
            yield replace(duty, since=since, until=until)
