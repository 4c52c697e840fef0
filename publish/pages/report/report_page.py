"""One report with everything that its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gongkai.catalogue import Language, text
from gongkai.extract.forms import FORMS, SECTIONS, Form, section_label
from gongkai.extract.forms.request_items import OUTCOMES
from gongkai.publish.datasette_types import Row
from gongkai.publish.http.known_then import AsOf
from gongkai.publish.pages.places.region_tree import Region
from gongkai.publish.pages.report.differences import Change
from gongkai.publish.pages.report.main_figures import FIGURE_CELLS, FigureCell
from gongkai.publish.pages.report.originals import Original, WrongClock
from gongkai.publish.pages.report.printed_form import PrintedTable, print_tables
from gongkai.publish.pages.report.public_reviews import Review
from gongkai.publish.pages.report.removals import Removal
from gongkai.publish.pages.report.shared_passages import SimilarReport
from gongkai.publish.pages.report.witnesses import Sighting
from gongkai.publish.wording.rules import CellKey, Rule

Number = int | float

FORM_BY_ID: Mapping[str, Form] = {form.id: form for form in FORMS.values()}

PROSE_ONLY = (1, 5, 6)
"""Numbers of the sections without a table."""

SECTION_SCOPES = tuple(str(number) for number, _ in SECTIONS)


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of a form: its number, the printed text, and a note if the text is not a plain number.

    `checks` are the numbers of the failed checks that are about it. `box` is where it was recognised in a
    picture, as it is stored.
    """

    key: CellKey
    value: Number | None
    raw: str = ""
    note: str = ""
    checks: tuple[int, ...] = ()
    box: str = ""

    @property
    def anchor(self) -> str:
        """The id of the cell in the page."""
        return "cell-" + "-".join(part for part in self.key if part)

    @property
    def text(self) -> str:
        """What the page shows: the number, or the printed text if there is no number."""
        if self.value is None:
            return self.raw.strip()
        return f"{self.value:.15g}" if isinstance(self.value, float) else str(self.value)


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """A failed or unsure check, numbered in the order of the page.

    `rule` is None for a rule of an older version. `cells` are the cells that it is about.
    """

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
        """The number of the section that the check is about, or 0."""
        if self.scope in SECTION_SCOPES:
            return int(self.scope)
        return self.rule.section if self.rule else 0

    def message(self, lang: Language) -> str:
        """Return the finding in words, in `lang`."""
        return self.message_en if lang == "en" else self.message_zh


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six sections as the page shows it. `gloss` is its name in the reader's language.

    `wants_table` means that the section should have a table, and has none.
    """

    number: int
    heading: str
    gloss: str
    paragraphs: tuple[str, ...]
    missing: bool = False
    wants_table: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the report: one of its versions (`role` is ""), or a further copy."""

    role: str
    current: bool
    url: str
    digest: str
    first_seen: str
    last_seen: str

    @property
    def hex(self) -> str:
        """The digest without its prefix, as in addresses."""
        return self.digest.partition(":")[2]


@dataclass(frozen=True)
class Report:
    """A report and everything about it.

    `regions` are that of its agency and those above it. `reviews` are public verdicts by check,
    `similar_reports` similar earlier reports by id. `is_cut` means that not all of it is here: the
    report is longer than a page may be. `as_of` is the day as of which it is shown, None for today;
    `is_edited_since` that another version was seen since.
    """

    row: Row
    agency: Row
    regions: tuple[Region, ...]
    sections: tuple[Row, ...]
    cells: Mapping[CellKey, FormCell]
    checks: tuple[FailedCheck, ...]
    documents: tuple[Document, ...]
    original: Original | None
    previous: Row | None
    next: Row | None
    changes: tuple[Change, ...] = ()
    reviews: Mapping[str, Review] = field(default_factory=dict)
    similar_reports: Mapping[str, SimilarReport] = field(default_factory=dict)
    is_cut: bool = False
    sightings: tuple[Sighting, ...] = ()
    removal: Removal | None = None
    is_asked: bool = True
    first_clock: WrongClock | None = None
    as_of: AsOf | None = None
    is_edited_since: bool = False

    @property
    def is_only_elsewhere(self) -> bool:
        """Whether only other crawlers ever saw a document of the report."""
        seen = [each for each in self.sightings if each.digest]
        return bool(seen) and not any(each.own for each in seen)

    @property
    def first_witness(self) -> str:
        """The name of the other crawler that saw the report first, "" where that were we."""
        first = self.sightings[0] if self.sightings else None
        return first.who if first and not first.own else ""

    @property
    def last_witness(self) -> str:
        """The name of the other crawler that saw the report last, "" where that were we."""
        seen = [each for each in self.sightings if each.digest]
        last = max(seen, key=lambda each: (each.last, each.own), default=None)
        return last.who if last and not last.own else ""

    @property
    def witnesses(self) -> str:
        """The names of the other crawlers that saw the report, separated by commas."""
        return ", ".join(dict.fromkeys(each.who for each in self.sightings if not each.own))

    @property
    def id(self) -> str:
        """The id of the report."""
        return str(self.row["id"])

    @property
    def form(self) -> Form | None:
        """The official form that the report follows, or None."""
        return FORM_BY_ID.get(str(self.row["form"]))

    def tables(self, lang: Language) -> dict[int, PrintedTable]:
        """Return the tables that have a cell in the archive, by the number of their section."""
        if self.form is None:
            return {}
        found = {part for part, _, _ in self.cells}
        printed = print_tables(self.form, lang)
        return {table.section: table for table in printed if table.part in found}

    def parts(self, lang: Language) -> tuple[Part, ...]:
        """Return the sections in order. All six of an official form are there, even missing ones."""
        texts: dict[int, list[Row]] = {}
        for section in self.sections:
            texts.setdefault(int(str(section["number"])), []).append(section)
        names = {number: (zh, text("en", section_label(number))) for number, zh in SECTIONS}
        numbers = sorted({*texts, *(names if self.form else ())})
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
        lang: Language,
    ) -> Part:
        zh, en = names.get(number, ("", ""))
        heading = str(texts[0]["heading"]) if texts else zh
        return Part(
            number=number,
            heading=heading,
            gloss=en if lang == "en" else "",
            paragraphs=tuple(_paragraphs(str(section["text"]) for section in texts)),
            missing=not (texts or has_table or self.is_cut),
            wants_table=self.form is not None
            and number in names
            and number not in PROSE_ONLY
            and not has_table,
        )

    def cell(self, key: CellKey) -> FormCell:
        """Return a cell, an empty one if the archive has none."""
        return self.cells.get(key) or FormCell(key, None, note="missing")

    def notes(self, table: PrintedTable) -> dict[str, int]:
        """Return the notes in a table with the number of cells of each."""
        counts: dict[str, int] = {}
        for key in table.keys:
            if note := self.cell(key).note:
                counts[note] = counts.get(note, 0) + 1
        return counts

    def has_checked_cells(self, table: PrintedTable) -> bool:
        """Say whether a failed check is about a cell of a table."""
        return any(self.cell(key).checks for key in table.keys)

    def first_checked_cell(self, check: FailedCheck) -> FormCell | None:
        """Return the first cell on the page that a check is about, or None."""
        return next((self.cells[key] for key in check.cells if key in self.cells), None)

    @cached_property
    def figures(self) -> tuple[tuple[str, Number | None], ...]:
        """The main figures as (name, number); None for a number that cannot be computed."""
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
            ("disclosed", _sum(total.get(key) for key in ("granted", "granted_partly"))),
            ("refused", _sum(total[key] for key in total if key.startswith("refused_"))),
            ("reviews", self.cell(("review_litigation", "review", "total")).value),
            ("suits", _sum(suits)),
        )

    def cell_of_figure(self, name: str) -> FigureCell | None:
        """Return the cell to which a main figure leads; None where the report has none."""
        found = FIGURE_CELLS[name]
        return found if found.key in self.cells else None

    @cached_property
    def answers(self) -> tuple[tuple[str, int, str], ...]:
        """The ways in which requests were answered, as (item, number, anchor of the cell)."""
        cells = [(item, self.cell(("requests", item, "total"))) for item in OUTCOMES]
        return tuple((item, int(c.value), c.anchor) for item, c in cells if c.value)

    def data_tables(self) -> tuple[str, ...]:
        """Return the tables of the archive that have rows of this report."""
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
    for each in texts:
        yield from (line.strip() for line in each.splitlines() if line.strip())


def _sum(values: Iterable[Number | None]) -> Number | None:
    """Return the sum, or None if there are no values or one is missing: blank is not zero."""
    total: Number = 0
    parts = list(values)
    for value in parts:
        if value is None:
            return None
        total += value
    return total if parts else None
