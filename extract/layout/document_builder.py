"""Build a document from drawn pages: tables and the paragraphs around them, in reading order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.extract.layout.page import DrawnPage
from gongkai.extract.layout.ruled_tables import PlacedTable, characters_outside, find_ruled_tables
from gongkai.extract.layout.ruling_lines import merge_pieces, outline_areas
from gongkai.extract.layout.strikethrough import remove_strikethrough
from gongkai.extract.layout.text_lines import (
    TextLine,
    group_into_lines,
    join_paragraphs,
    remove_page_edges,
)
from gongkai.extract.layout.unruled_tables import find_unruled_tables
from gongkai.extract.layout.watermarks import remove_watermarks
from gongkai.extract.model.document import (
    Block,
    Document,
    Paragraph,
)
from gongkai.extract.model.report import Finding

_LARGE = 0.08  # of a page


def build_document(media_type: str, pages: list[DrawnPage]) -> Document:
    """Return the document of drawn pages, with watermarks removed."""
    remove_watermarks(pages)
    remove_strikethrough(pages)
    blocks, findings = find_blocks(pages)
    return Document(
        media_type=media_type,
        blocks=blocks,
        images=sum(_large_pictures(page) for page in pages),
        pages=len(pages),
        hidden=sum(page.hidden for page in pages),
        findings=findings,
    )


def find_blocks(pages: list[DrawnPage]) -> tuple[tuple[Block, ...], tuple[Finding, ...]]:
    """Return the paragraphs and tables of pages, and findings about tables that cannot be read."""
    layouts = _layouts(pages)
    findings = tuple(finding for layout in layouts for finding in layout.findings)
    return tuple(_blocks(layouts)), findings


def _large_pictures(page: DrawnPage) -> int:
    """Return the number of pictures large enough for a table or page, unlike seals and logos."""
    sheet = page.width * page.height
    boxes = {fill.box for fill in page.pictures}
    return sum((x1 - x0) * (y1 - y0) > _LARGE * sheet for x0, y0, x1, y1 in boxes)


@dataclass(frozen=True, slots=True)
class _Layout:
    """The tables of a page, and the lines around them without page numbers and running heads."""

    tables: list[PlacedTable]
    lines: list[TextLine]
    findings: list[Finding]


def _layouts(pages: list[DrawnPage]) -> list[_Layout]:
    ruled: list[list[PlacedTable]] = []
    padding = 0.0
    for page in pages:
        page.padding = padding
        ruled.append(find_ruled_tables(page))
        padding = page.padding
    outside = [
        group_into_lines(characters_outside(tables, page.chars))
        for page, tables in zip(pages, ruled, strict=True)
    ]
    inner = remove_page_edges(outside)
    return [_layout(*parts) for parts in zip(pages, ruled, inner, strict=True)]


def _layout(page: DrawnPage, ruled: list[PlacedTable], lines: list[TextLine]) -> _Layout:
    """Return ruled tables, unruled ones among the other lines, and the remaining lines of a page."""
    rules = [
        rule
        for rule in merge_pieces(page.horizontal)
        if not any(
            t.y0 - 1 <= rule.at <= t.y1 + 1 and t.x0 < rule.end and rule.start < t.x1 for t in ruled
        )
    ]
    edges = [rule.at for rule in merge_pieces(outline_areas(page.fills)[0])]
    unruled, findings = find_unruled_tables(lines, rules, edges, page)
    rest = [line for line in lines if line.turn or not any(t.y0 < line.y < t.y1 for t in unruled)]
    return _Layout([*ruled, *unruled], rest, findings)


def _blocks(layouts: list[_Layout]) -> Iterator[Block]:
    """Yield paragraphs and tables of all pages, each page from top to bottom."""
    pending: list[TextLine] = []
    for layout in layouts:
        for piece in _sort_pieces(layout.lines, layout.tables):
            if isinstance(piece, TextLine):
                pending.append(piece)
                continue
            yield from _paragraphs(pending)
            pending = []
            yield piece.grid
    yield from _paragraphs(pending)


def _sort_pieces(lines: list[TextLine], tables: list[PlacedTable]) -> list[TextLine | PlacedTable]:
    pieces: list[TextLine | PlacedTable] = [*lines, *tables]
    return sorted(pieces, key=lambda piece: -(piece.y if isinstance(piece, TextLine) else piece.y1))


def _paragraphs(lines: list[TextLine]) -> Iterator[Paragraph]:
    for text in join_paragraphs(lines):
        yield Paragraph(text)
