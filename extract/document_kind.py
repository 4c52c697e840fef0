"""Decide by its content what a document is: a report, a list, a scan or something else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.extract.chinese.dates import covers_part_of_year
from gongkai.extract.chinese.meaning import is_meaningless
from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.chinese.titles import (
    Title,
    has_other_subject,
    is_about_part_of_year,
    is_about_reports,
    parse_title,
)
from gongkai.extract.formats.media_type import DOCX, OFD
from gongkai.extract.model.document import Document, Grid, Paragraph
from gongkai.extract.model.report import Cell, Outcome, Section
from gongkai.extract.tables.table_reader import FormTables
from gongkai.messages import Message, message

_LIST_LINKS = 8
_HEADINGS_OF_WHOLE_REPORT = 5
"""Headings of a whole report, even if it is titled as a notice."""
_OWN_TABLES = frozenset(("requests", "review_litigation"))
"""Tables that only reports have, by which an untitled document is recognised."""
_PAGE_FORMATS = ("application/pdf", OFD)
"""Formats of drawn pages: of characters and lines, or of pictures."""
_NEIGHBOURS = 3
"""The report of an article, the one before and the one after it."""
_LONGEST_ROW = 120
_CUT = re.compile(r".{0,40}20\d\d年.{2,60}(?:…|\.\.\.)")
_OPENING = 20_000
_YEARLY = ("年度", "年报")
"""Words of the title of an office that was dissolved in the middle of its last year."""
_DAY = re.compile(r"[\[(（]?(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?[\])）]?")
_ARTICLE_META = ("articletitle", "pubdate")


def find_other_outcome(
    document: Document, title: Title | None, tables: FormTables, sections: Sequence[Section]
) -> tuple[Outcome, Message] | None:
    """Return what a document is instead of a report and the reason, None if it is a report.

    A report has at least two of the six headings and a table of the form; or the title of a report
    and three headings (years before 2019, tables as images). Notices about reports contain the form
    too, but not filled in and without the title of a report. Some pages are titled as a notice and
    contain a whole report.
    """
    headed = len({section.number for section in sections})
    whole = headed >= _HEADINGS_OF_WHOLE_REPORT and _filled_in(tables)
    first = document.headline[0] if document.headline else ""
    if is_about_reports(first) and not whole:
        return "not_report", message("about_reports")
    if has_other_subject(first) and title is None and not whole:
        return "not_report", message("not_annual_report")
    stated = [*document.headline[:1], *([title.text] if title else [])]
    yearly = title is not None and any(word in title.text for word in _YEARLY)
    partly = not yearly and covers_part_of_year(document.text[:_OPENING])
    if partly or any(map(is_about_part_of_year, stated)):
        return "not_report", message("part_of_year")
    # a report on 法治政府建设 counts licences too, under similar headings
    named = title is not None or bool(tables.parts.keys() & _OWN_TABLES)
    if tables.parts and named and (headed >= 2 or title is not None):
        if title is None and _unfilled(tables):
            return "not_report", message("form_unfilled")
        return None
    if title is not None and headed >= 3:
        return (
            ("image_tables", message("tables_are_images"))
            if _tables_are_images(document, title)
            else None
        )
    return _what_instead(document, title)


def _filled_in(tables: FormTables) -> bool:
    """Return whether most cells of the table of requests have a value."""
    cells = [cell for row in tables.parts.get("requests", {}).values() for cell in row.values()]
    return 2 * sum(cell.value is not None and cell.note != "blank" for cell in cells) > max(
        len(cells), 1
    )


def _unfilled(tables: FormTables) -> bool:
    cells: list[Cell] = [
        c for part in tables.parts.values() for row in part.values() for c in row.values()
    ]
    return all(cell.value is None or cell.note == "blank" for cell in cells)


def _tables_are_images(document: Document, title: Title) -> bool:
    modern = title.year is None or title.year >= 2019
    return (
        modern
        and document.images > 0
        and document.media_type in ("text/html", *_PAGE_FORMATS, DOCX)
    )


def _what_instead(document: Document, title: Title | None) -> tuple[Outcome, Message]:
    text = sum(
        len(normalize_text(block.text)) for block in document.blocks if isinstance(block, Paragraph)
    )
    if document.media_type in _PAGE_FORMATS and (reason := _why_scan(document)):
        return "scan", reason
    article = any(name in document.meta for name in _ARTICLE_META)
    listed = document.media_type == "text/html" and not article and document.links >= _LIST_LINKS
    if title is not None and (title.agency or title.year) and document.attachments:
        listed = listed and _lists_several_reports(document)
        if not listed:
            return "attachments_only", message("attachment_has_report")
    if listed:
        return "list", message("list_page")
    if text == 0 and not any(isinstance(block, Grid) for block in document.blocks):
        return "unreadable", message("document_without_text")
    if is_meaningless(document.text):
        return "unreadable", message("document_without_meaning")
    return "not_report", message("not_annual_report")


def _lists_several_reports(document: Document) -> bool:
    """Return whether a page is a list: whether its lines name reports of several agencies or years.

    An article names its own report, and at most the next and the previous one.
    """
    rows = {row for text in document.text.splitlines() if (row := _named_report(text))}
    own = any(parse_title(text) for text in document.headline)
    return len(rows) > (_NEIGHBOURS if own else 1)


def _named_report(text: str) -> tuple[str, int | None] | None:
    """Return the agency and year that a line names, without a date beside it, None for other lines.

    A title that the list cut off stands for itself.
    """
    bare = normalize_text(_DAY.sub("", text)) if len(text) < _LONGEST_ROW else ""
    if _CUT.fullmatch(bare):
        return bare, None
    title = parse_title(bare)
    return (title.agency, title.year) if title else None


def _why_scan(document: Document) -> Message | None:
    """Return why a document of pages is a scan, None if it is not."""
    seen = len(normalize_text(document.text))
    if seen >= 20 * document.pages or (seen and not document.images):
        return None
    if document.hidden > seen:
        return message("scan_with_hidden_text")
    return message("scan_without_text")
