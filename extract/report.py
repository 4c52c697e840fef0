"""Read a document: from bytes to a Reading. This is the only entry of the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from gongkai.extract.block_pages import block_reason, block_signature
from gongkai.extract.checks import period_findings
from gongkai.extract.checks.all_rules import contradictions_of
from gongkai.extract.chinese.covered_bodies import tell_covered_bodies
from gongkai.extract.chinese.dates import find_period_year
from gongkai.extract.chinese.headings import find_headings
from gongkai.extract.chinese.publication_date import find_publication_date
from gongkai.extract.chinese.reporting_agency import (
    Attribution,
    attribute_document,
    differing_source,
)
from gongkai.extract.chinese.titles import Title, find_quoted_title, find_title, parse_loose_title
from gongkai.extract.document_kind import find_other_outcome
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.docx.docx_reader import read_docx
from gongkai.extract.formats.html.html_reader import read_html
from gongkai.extract.formats.html.mhtml import read_mhtml, read_mhtml_again
from gongkai.extract.formats.html.second_tables import read_html_again
from gongkai.extract.formats.media_type import (
    DOC,
    DOCX,
    LOCKED,
    MHTML,
    ODT,
    OFD,
    RTF,
    XLS,
    XLSX,
    ZIP,
    sniff,
)
from gongkai.extract.formats.ofd.ofd_reader import read_ofd
from gongkai.extract.formats.ole_container import refuse_locked, refuse_old
from gongkai.extract.formats.pdf.pdf_reader import read_pdf, read_pdf_again
from gongkai.extract.formats.spreadsheet import read_xls, read_xlsx
from gongkai.extract.formats.text.text_reader import read_text
from gongkai.extract.forms import FORM_2019, SECTIONS, Form, form_by_basis, section_label
from gongkai.extract.model.document import Block, Document, Grid, Paragraph, block_lines
from gongkai.extract.model.findings import table_is_picture
from gongkai.extract.model.report import Outcome, Reading, Report, Section, Source, Status
from gongkai.extract.second_reading import (
    compare_readings,
    known_of,
    read_tables_again,
    wants_second_reading,
)
from gongkai.extract.tables.row_recognition import AssignedRows, assign_rows, text_outside_form
from gongkai.extract.tables.stated_blanks import states_zero_blanks
from gongkai.extract.tables.table_reader import FormTables, read_tables
from gongkai.extract.zip_attachments import choose_reading, unpack_documents
from gongkai.messages import message

READERS: dict[str, Callable[[bytes, str], Document]] = {
    "text/html": read_html,
    "text/plain": read_text,
    "application/pdf": read_pdf,
    DOCX: read_docx,
    OFD: read_ofd,
    XLSX: read_xlsx,
    XLS: read_xls,
    MHTML: read_mhtml,
    DOC: refuse_old,
    RTF: refuse_old,
    ODT: refuse_old,
    LOCKED: refuse_locked,
}
_PAGES_AGAIN = {"text/html": read_html_again, MHTML: read_mhtml_again}


def read(
    body: bytes, source: Source | None = None, converted: Mapping[str, bytes] | None = None
) -> Reading:
    """Read one document. A bad document is an outcome with a reason, never an exception.

    `converted` has the old Word files of a ZIP as .docx, by name.
    """
    source = source or Source()
    media_type = sniff(body, source.media_type)
    if media_type == ZIP:
        return _read_package(body, source, converted or {})
    return _read_one(body, source, media_type)


def _read_package(body: bytes, source: Source, converted: Mapping[str, bytes]) -> Reading:
    """Return the reading of a ZIP from those of its members; packages inside it are not opened."""
    try:
        members = unpack_documents(body)
    except ExtractError as problem:
        return Reading("unreadable", ZIP, "", reason=problem.message)
    readings: list[tuple[str, Reading]] = []
    for member in members:
        content = converted.get(member.name, member.body)
        media_type = "" if member.reason else sniff(content)
        if member.reason or media_type == ZIP:
            reason = member.reason or message("zip_in_zip")
            readings.append((member.name, Reading("unreadable", ZIP, "", reason=reason)))
            continue
        known = replace(source, media_type="", filename=member.name)
        readings.append((member.name, _read_one(content, known, media_type)))
    return choose_reading(readings, ZIP)


def _read_one(body: bytes, source: Source, media_type: str) -> Reading:
    if not media_type:
        return Reading("unreadable", "", "", reason=message("document_empty"))
    if media_type.startswith("image/"):
        return Reading("scan", media_type, "", reason=message("picture_unread"))
    if media_type == "text/html" and (signature := block_signature(body)):
        return Reading("blocked", media_type, "", reason=block_reason(signature))
    reader = READERS.get(media_type)
    if reader is None:
        return Reading(
            "unreadable",
            media_type,
            "",
            reason=message("format_unsupported", media_type=media_type),
        )
    try:
        document = reader(body, source.media_type)
    except ExtractError as problem:
        return Reading("unreadable", media_type, "", reason=problem.message)
    reading = build_reading(document, source)
    if wants_second_reading(reading, body, source.second_reading):
        return compare_readings(reading, read_again(body, known_of(reading, source)))
    return reading


def read_again(body: bytes, source: Source) -> Reading:
    """Read a document with the second reader alone.

    That of a PDF shares nothing with the first but the layout; that of a page reads its tables only.
    """
    media_type = sniff(body, source.media_type)
    try:
        if again := _PAGES_AGAIN.get(media_type):
            return read_tables_again(again(body, source.media_type), source)
        return build_reading(read_pdf_again(body), source)
    except ExtractError as problem:
        return Reading("unreadable", media_type, "", reason=problem.message)


def build_reading(document: Document, source: Source) -> Reading:
    """Return the reading of a document: its report, or what it is instead."""
    assigned = assign_rows([block for block in document.blocks if isinstance(block, Grid)])
    zero_blanks = states_zero_blanks(document.text)
    tables = read_tables(assigned, pictures=document.images > 0, zero_blanks=zero_blanks)
    sections = split_sections(document.blocks, assigned)
    title = find_title(_title_candidates(document), block_lines(document.blocks[:20]))
    if title is None and tables.parts and document.headline:
        title = parse_loose_title(document.headline[0]) or find_quoted_title(document.text)
    shown = next(iter(document.headline), title.text if title else "")
    found = attribute_document(document, title, source.agency, source.site_region)
    is_stated = found is None or found.is_stated
    other = find_other_outcome(document, title, tables, sections)
    if other is not None:
        outcome, reason = other
        known = (
            _report_without_numbers(document, title, sections, source, outcome, found)
            if outcome in _OUTCOMES_WITHOUT_NUMBERS
            else None
        )
        kind = document.media_type
        return Reading(
            outcome, kind, shown, known, document.attachments, reason, _column(document),
            document.doubts, is_stated,
        )  # fmt: skip
    return Reading(
        outcome="report",
        media_type=document.media_type,
        title=shown,
        report=_report(document, title, assigned, tables, sections, source, found),
        attachments=document.attachments,
        column=_column(document),
        doubts=document.doubts,
        is_agency_stated=is_stated,
    )


def _column(document: Document) -> str:
    return document.meta.get("columnname", "") or document.breadcrumb


_OUTCOMES_WITHOUT_NUMBERS = ("attachments_only", "image_tables", "scan")


def _report_without_numbers(
    document: Document,
    title: Title | None,
    sections: tuple[Section, ...],
    source: Source,
    outcome: Outcome,
    found: Attribution | None,
) -> Report | None:
    """Return a report whose numbers are in another document or in pictures.

    Agency and year must both be known: the page stands for the report if its attachment cannot be
    read, and supplies what the attachment does not state.
    """
    year = source.year or (title.year if title else None)
    if title is None or found is None or not year:
        return None
    form = form_by_basis(year, document.text)
    pictured = zip((form.part, "requests", "review_litigation"), SECTIONS[1:4], strict=True)
    return Report(
        title=title.text,
        year=year,
        form=form.id if year and year >= 2019 else "legacy",
        published_on=find_publication_date(document, source.url),
        agency=found.agency,
        status="text_only" if sections else "unreadable",
        sections=sections,
        findings=tuple(
            table_is_picture(part, heading, section_label(number))
            for part, (number, heading) in pictured
            if outcome == "image_tables"
        ),
    )


def _title_candidates(document: Document) -> list[str]:
    headings = [b.text for b in document.blocks[:30] if isinstance(b, Paragraph) and b.heading]
    return [*document.headline, *headings]


_FORM_ROWS = 15
"""Rows of section three that prove the form, whatever the year of the title."""


def _report(
    document: Document,
    title: Title | None,
    assigned: AssignedRows,
    tables: FormTables,
    sections: tuple[Section, ...],
    source: Source,
    found: Attribution | None,
) -> Report:
    text = document.text
    period = find_period_year(text)
    published = find_publication_date(document, source.url)
    year = source.year or (title.year if title else None) or period
    if year is None and published:
        year = int(published[:4]) - 1
    form = tables.form or form_by_basis(year, text)
    if tables.form is None and form is FORM_2019:
        tables = read_tables(assigned, form, document.images > 0, states_zero_blanks(text))
    legacy = year is not None and year < 2019 and len(tables.parts.get("requests", {})) < _FORM_ROWS
    if legacy:  # the appendix of indicators uses words of the later forms
        tables = FormTables(None, {}, ())
        sections = split_sections(document.blocks, [[] for _ in assigned])
    agency = found.agency if found else None
    covered = tell_covered_bodies(title.text if title else "", agency, sections)
    return Report(
        title=title.text if title else "",
        year=year,
        form="legacy" if legacy else form.id,
        published_on=published,
        agency=agency,
        status=_status(tables, form),
        sections=sections,
        tables=tables.parts,
        findings=(
            *document.findings,
            *tables.findings,
            *period_findings(title.year if title else None, period, published),
            *(contradictions_of(tables.parts, form, sections, year) if not legacy else ()),
        ),
        covers=covered.covers,
        covers_sentence=covered.sentence,
        publisher=differing_source(document, agency, source.site_region) if agency else "",
    )


def _status(tables: FormTables, form: Form) -> Status:
    """Return the status; `complete` if every cell of the form was found, blank or not."""
    if not tables.parts:
        return "text_only"
    expected = len(form.disclosure_keys) + 7 * len(form.items) + 15
    found = sum(len(row) for table in tables.parts.values() for row in table.values())
    unread = any(
        cell.note == "unreadable"
        for table in tables.parts.values()
        for row in table.values()
        for cell in row.values()
    )
    return "complete" if found == expected and not unread else "partial"


def _lines_outside_form(grid: Grid) -> list[tuple[str, bool]]:
    """Return the lines of a table that is none of the form, and whether they can be headings.

    A table with one cell in each row is a frame around text: each line in its cells is a line of the
    article.
    """
    if all(len(row) == 1 for row in grid.rows):
        lines = (line for row in grid.rows for line in row[0].text.splitlines())
        return [(line, True) for line in lines if line.strip()]
    return [(line, False) for line in block_lines((grid,))]


def split_sections(blocks: tuple[Block, ...], assigned: AssignedRows) -> tuple[Section, ...]:
    """Return the sections with heading and text; the tables of the form are not part of the text."""
    used = iter(assigned)
    entries: list[tuple[str, bool]] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            entries.append((block.text, True))
        elif not next(used):
            entries.extend(_lines_outside_form(block))
        else:
            entries.extend((line, True) for line in text_outside_form(block))
    headings = find_headings([text if is_text else "" for text, is_text in entries])
    found: list[Section] = []
    for n, (start, heading) in enumerate(headings):
        end = headings[n + 1][0] if n + 1 < len(headings) else len(entries)
        body = [heading.rest, *(text for text, _ in entries[start + 1 : end])]
        found.append(
            Section(heading.number, heading.text, "\n".join(line for line in body if line))
        )
    return tuple(found)
