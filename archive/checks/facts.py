"""The facts about a report that the rules across reports use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = int | float | None


@dataclass(frozen=True, slots=True, eq=False)
class ReportFacts:
    """One report of the archive. Dates are ISO, "" where unknown.

    `watched` is the day from which its portal has been crawled. `doubtful` means that its tables
    may have been misread. `carried_in` and `carried_out` go by applicant; `disclosure` is the table
    of the 2021 layout, empty for other layouts. A number that could not be read is None.
    """

    report_id: str
    agency_id: str
    agency: str
    region_code: str
    level: str
    kind: str
    year: int
    published_on: str = ""
    first_seen: str = ""
    watched: str = ""
    doubtful: bool = False
    carried_in: Mapping[str, Value] = field(default_factory=dict)
    carried_out: Mapping[str, Value] = field(default_factory=dict)
    disclosure: Mapping[str, Value] = field(default_factory=dict)
