"""One report with everything its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gongkai.extract.forms import FORMS, SECTIONS
from gongkai.publish.pages.places.divisions import Region
from gongkai.publish.pages.report.differences import Change
from gongkai.publish.pages.report.originals import Copy
from gongkai.publish.pages.report.printed_form import Printed, tables
from gongkai.publish.pages.report.public_reviews import Review
from gongkai.publish.pages.report.shared_passages import Twin
from gongkai.publish.wording.rules import CellKey, Rule

Row = Mapping[str, object]
Number = int | float

PROSE_ONLY = (1, 5, 6)
"""Sections that have no table."""

NOT_ANSWERS = ("new", "carried_in", "total_handled", "carried_out")
"""Rows of table two that are no way of answering a request."""

SECTION_SCOPES = tuple(str(number) for number, _, _ in SECTIONS)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a form as it is shown: its number, the text as printed, and what is odd about it.

    `checks` are the numbers of the failed checks that speak of it.
    """

    key: CellKey
    value: Number | None
    raw: str = ""
    note: str = ""
    checks: tuple[int, ...] = ()

    @property
    def anchor(self) -> str:
        """Return the id of the cell in the page."""
        return "cell-" + "-".join(part for part in self.key if part)

    @property
    def text(self) -> str:
        """Return what stands in the cell: the number, else the text as printed."""
        if self.value is None:
            return self.raw.strip()
        return f"{self.value:.15g}" if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True, slots=True)
class Check:
    """A failed or unsure check, numbered in the order of the page. `rule` is None if unknown."""

    number: int
    id: str
    rule: Rule | None
    rule_id: str
    scope: str
    verdict: str
    left: str
    right: str
    message_zh: str
    message_en: str
    cells: tuple[CellKey, ...]

    @property
    def section(self) -> int:
        """Return the number of the section the check speaks of, 0 where it speaks of none."""
        if self.scope in SECTION_SCOPES:
            return int(self.scope)
        return self.rule.section if self.rule else 0

    def message(self, lang: str) -> str:
        """Return the finding in words, in `lang`."""
        return self.message_en if lang == "en" else self.message_zh


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six parts as the page shows it; `gloss` is its name in the reader's language."""

    number: int
    heading: str
    gloss: str
    paragraphs: tuple[str, ...]
    missing: bool = False
    wants_table: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the report: a version of it (`role` is ""), or a further copy."""

    role: str
    current: bool
    url: str
    digest: str
    first_seen: str
    last_seen: str

    @property
    def hex(self) -> str:
        """Return the digest without its prefix, as it stands in addresses."""
        return self.digest.partition(":")[2]


@dataclass(frozen=True)
class Report:
    """A report and what hangs on it."""

    row: Row
    agency: Row
    regions: tuple[Region, ...]
    sections: tuple[Row, ...]
    cells: Mapping[CellKey, Cell]
    checks: tuple[Check, ...]
    documents: tuple[Document, ...]
    kept: Copy | None
    previous: Row | None
    next: Row | None
    changes: tuple[Change, ...] = ()
    reviews: Mapping[str, Review] = field(default_factory=dict)
    twins: Mapping[str, Twin] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Return the report's id."""
        return str(self.row["id"])

    @cached_property
    def has_form(self) -> bool:
        """Return whether the report follows an official layout."""
        return str(self.row["form"]) in FORMS

    def tables(self, lang: str) -> dict[int, Printed]:
        """Return the tables of which the archive has a cell, by the section they stand in."""
        if not self.has_form:
            return {}
        found = {part for part, _, _ in self.cells}
        printed = tables(FORMS[str(self.row["form"])], lang)
        return {table.section: table for table in printed if table.part in found}

    def parts(self, lang: str) -> tuple[Part, ...]:
        """Return the parts in order. An official layout has six; one that is absent is said so."""
        texts: dict[int, list[Row]] = {}
        for section in self.sections:
            texts.setdefault(int(str(section["number"])), []).append(section)
        names = {number: (zh, en) for number, zh, en in SECTIONS}
        numbers = sorted({*texts, *(names if self.has_form else ())})
        found = self.tables(lang)
        return tuple(
            self._part(number, texts.get(number, []), names, number in found, lang)
            for number in numbers
        )

    def _part(
        self,
        number: int,
        texts: list[Row],
        names: Mapping[int, tuple[str, str]],
        has_table: bool,
        lang: str,
    ) -> Part:
        zh, en = names.get(number, ("", ""))
        heading = str(texts[0]["heading"]) if texts else zh
        return Part(
            number=number,
            heading=heading,
            gloss=en if lang == "en" else "",
            paragraphs=tuple(_paragraphs(str(section["text"]) for section in texts)),
            missing=not texts and not has_table,
            wants_table=self.has_form
            and number in names
            and number not in PROSE_ONLY
            and not has_table,
        )

    def cell(self, key: CellKey) -> Cell:
        """Return the cell at `key`; one without value or text where the archive has none."""
        return self.cells.get(key) or Cell(key, None, note="missing")

    def notes(self, table: Printed) -> dict[str, int]:
        """Return the kinds of notes in a table, with the number of cells of each."""
        counts: dict[str, int] = {}
        for key in table.keys:
            if note := self.cell(key).note:
                counts[note] = counts.get(note, 0) + 1
        return counts

    def marked(self, table: Printed) -> bool:
        """Return whether a failed check speaks of a cell of this table."""
        return any(self.cell(key).checks for key in table.keys)

    def first_marked(self, check: Check) -> Cell | None:
        """Return the first cell a check speaks of that is on the page, or None."""
        return next((self.cells[key] for key in check.cells if key in self.cells), None)

    @cached_property
    def figures(self) -> tuple[tuple[str, Number | None], ...]:
        """Return the few figures a reader looks for first; None where one cannot be had."""
        if not any(part == "requests" for part, _, _ in self.cells):
            return ()
        total = {
            item: cell.value
            for (part, item, field), cell in self.cells.items()
            if part == "requests" and field == "total"
        }
        suits = [
            self.cell(("review_litigation", suit, "total")).value
            for suit in ("suit_direct", "suit_after_review")
        ]
        return (
            ("new", total.get("new")),
            ("handled", total.get("total_handled")),
            ("granted", _sum(total.get(key) for key in ("granted", "granted_partly"))),
            ("refused", _sum(total[key] for key in total if key.startswith("refused_"))),
            ("reviews", self.cell(("review_litigation", "review", "total")).value),
            ("suits", _sum(suits)),
        )

    @cached_property
    def answers(self) -> tuple[tuple[str, int, str], ...]:
        """Return the ways in which requests were answered: (item, how many, its cell's anchor)."""
        printed = [item.key for item in FORMS["2021"].items if item.key not in NOT_ANSWERS]
        cells = [(item, self.cell(("requests", item, "total"))) for item in printed]
        return tuple((item, int(c.value), c.anchor) for item, c in cells if c.value)

    def data_tables(self) -> tuple[str, ...]:
        """Return the tables of the archive that hold rows of this report, for download."""
        parts = dict.fromkeys(part for part, _, _ in self.cells)
        return (
            "report_summary",
            *parts,
            *(("cells",) if parts else ()),
            "sections",
            *(("checks",) if self.checks else ()),
            *(("changes",) if self.changes else ()),
        )


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        yield from (line.strip() for line in text.splitlines() if line.strip())


def _sum(values: Iterable[Number | None]) -> Number | None:
    """Return the sum, or None if nothing is to be added or a part is missing: blank is not zero."""
    total: Number = 0
    parts = list(values)
    for value in parts:
        if value is None:
            return None
        total += value
    return total if parts else None
