"""One annual report as a document prints it: its tables, its sections, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gongkai.catalogue import text
from gongkai.extract.model.cell_place import CellPlace
from gongkai.messages import Message

FormId = Literal["2021", "2019", "legacy"]
Status = Literal["complete", "partial", "text_only", "unreadable"]
Verdict = Literal["source", "extraction", "unsure"]
Covers = Literal["own", "compiled", "unclear"]
Note = Literal["", "blank", "dash", "odd", "unreadable", "ocr"]

Number = int | float


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a form: the printed text, and its number if it plainly is one.

    `place` is where the document prints it, None where that is not known. It is no part of what
    the cell says: comparisons are without it, and stored readings have it only where it was recognised.
    """

    raw: str
    value: Number | None
    note: Note = ""
    place: CellPlace | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections (`number` 1 to 6), or 0 for the text before the first heading."""

    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A violated identity, an unreadable part or a contradiction. It never changes a number.

    `scope` is the key of the column, row or proceeding that it is about, "" for the whole report.
    `left` and `right` are the compared values. The archive identifies a finding by them, so that
    their wording is fixed; the texts of `message` can be improved at any time.
    """

    rule: str
    scope: str
    verdict: Verdict
    left: str
    right: str
    message: Message

    @property
    def message_zh(self) -> str:
        """The message in Chinese."""
        return text("zh", self.message)

    @property
    def message_en(self) -> str:
        """The message in English."""
        return text("en", self.message)


@dataclass(frozen=True, slots=True)
class Agency:
    """The reporting agency. `region_code` is a GB/T 2260 code of six digits, "" if it is unknown."""

    name: str
    region_code: str
    level: str  # province, city, county, town, or "" where it is unknown
    kind: str  # government, department, office
    sector: str  # e.g. 工业和信息化, "" for governments and where it is unknown


Table = Mapping[str, Mapping[str, Cell]]
"""item (row key; "" for the one-row tables) -> field (column key) -> cell."""


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one agency for one year, as one document prints it.

    `tables` has a key for each part that was found: active_disclosure, active_disclosure_2019,
    requests, review_litigation. A cell that could not be read is absent from its row, or present
    with value None and a note; blank is never zero. `covers` says whether the report speaks for one
    body or is compiled from the reports of several, and `covers_sentence` is the sentence or title
    that says so, "" where nothing does. `publisher` is the name of a body of the same kind and division
    that the page states beside the title, "" where there is none or it is the agency itself.
    """

    title: str
    year: int | None
    form: FormId
    published_on: str  # ISO date, "" where it is unknown
    agency: Agency | None
    status: Status
    sections: tuple[Section, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    covers: Covers = "unclear"
    covers_sentence: str = ""
    publisher: str = ""
