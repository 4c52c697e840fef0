"""Read HTML pages: paragraphs and tables of the article, and what the page says about itself."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup
from bs4.element import CData, NavigableString, PageElement, Tag

from gongkai.extract.chinese.charset import decode_text
from gongkai.extract.chinese.titles import find_title
from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.html.attachments import count_links, find_attachments
from gongkai.extract.formats.html.bounded_text import first_inside
from gongkai.extract.formats.html.element_index import index_elements
from gongkai.extract.formats.html.html_metadata import (
    find_breadcrumb,
    find_headlines,
    read_info_header,
    read_meta_tags,
)
from gongkai.extract.formats.html.html_tables import CellBudget, read_table
from gongkai.extract.formats.html.html_tree import parse_html
from gongkai.extract.formats.html.layout_tables import find_layout_tables
from gongkai.extract.formats.html.page_frame import drop_frame
from gongkai.extract.formats.html.page_places import common_ancestor, find_shown_blocks, is_within
from gongkai.extract.model.document import Block, Document, Paragraph
from gongkai.extract.tables.row_recognition import anchor_kinds

MAX_CHARACTERS = 12_000_000
_ABOVE = 12
"""Blocks above an article in which its title is searched for."""
_FEWEST_ANCHORS = 2
_SKIP = frozenset(
    ("script", "style", "noscript", "template", "select", "head", "title", "textarea")
)
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
     "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody",
     "td", "tfoot", "th", "thead", "tr", "ul")
)  # fmt: skip
_HEADINGS = {f"h{n}": n for n in range(1, 7)}


def read_html(body: bytes, media_type: str = "") -> Document:
    """Read a page.

    `blocks` are those of the article if the page holds a report, else those of the whole page. Bad
    markup raises no error.

    Raises:
        TooLarge: the page exceeds a limit
    """
    soup = parse_html(page_text(body, media_type))
    page = index_elements(soup)
    blocks, nodes = _collect(soup, find_layout_tables(soup))
    kinds = [anchor_kinds(block) for block in blocks]
    shown = find_shown_blocks(nodes, kinds)
    blocks, nodes = [blocks[n] for n in shown], [nodes[n] for n in shown]
    anchors = [at for at, n in enumerate(shown) if kinds[n]]
    first, last = _article(blocks, nodes, anchors)
    article: tuple[Block, ...] = tuple(blocks[first:last])
    if len(anchors) >= _FEWEST_ANCHORS:
        inside = [at - first for at in anchors]
        article = drop_frame(blocks[first:last], nodes[first:last], inside)
    around = (*blocks[:first], *blocks[last:])
    meta = read_meta_tags(page)
    return Document(
        media_type="text/html",
        blocks=article,
        meta=meta,
        headline=(*find_headlines(page, meta), *_title_above(blocks[:first], nodes)),
        breadcrumb=find_breadcrumb(page),
        info=read_info_header(around or tuple(blocks)),
        attachments=find_attachments(page),
        links=count_links(page),
        images=len(page.tags["img"]),
    )


def page_text(body: bytes, media_type: str = "") -> str:
    """Return the markup of a page, decoded.

    Raises:
        TooLarge: the page exceeds a limit
    """
    if len(body) > MAX_CHARACTERS:
        raise TooLarge("html_too_large", size=len(body), most=MAX_CHARACTERS)
    return decode_text(body, media_type).replace("\x00", "")


def read_tables(soup: BeautifulSoup) -> None:
    """Read the tables of a tree, which puts the numbers of their cells into it."""
    _collect(soup, find_layout_tables(soup))


def _title_above(blocks: list[Block], nodes: list[Tag]) -> tuple[str, ...]:
    """Return the title of the report in the last paragraphs above the article, without links."""
    texts = [
        block.text
        for block, node in list(zip(blocks, nodes, strict=False))[-_ABOVE:]
        if isinstance(block, Paragraph) and not _has_link(node) and not node.find_parent("a")
    ]
    title = find_title((), texts)
    return (title.text,) if title is not None and title.agency else ()


def _has_link(node: Tag) -> bool:
    return any(isinstance(each, Tag) and each.name == "a" for each in first_inside(node))


def _collect(soup: BeautifulSoup, layouts: set[int]) -> tuple[list[Block], list[Tag]]:
    """Return all blocks of the page in order, and the element of each.

    `layouts` has the ids of the tables that only place other tables.
    """
    blocks: list[Block] = []
    nodes: list[Tag] = []
    budget = CellBudget()
    words: list[str] = []
    owner: Tag = soup
    heading = 0

    def flush() -> None:
        text = " ".join("".join(words).split())
        words.clear()
        if text:
            blocks.append(Paragraph(text, heading))
            nodes.append(owner)

    for event, node in _walk(soup, layouts):
        if event == "text":
            words.append(str(node))
            continue
        assert isinstance(node, Tag)
        flush()
        if event == "table":
            blocks.append(read_table(node, budget))
            nodes.append(node)
        elif event == "enter":
            owner, heading = node, _HEADINGS.get(node.name, heading)
        else:
            owner = node.parent if isinstance(node.parent, Tag) else soup
            heading = 0 if node.name in _HEADINGS else heading
    flush()
    return blocks, nodes


def _walk(root: Tag, layouts: set[int]) -> Iterator[tuple[str, PageElement]]:
    """Walk depth first without recursion, because hostile pages nest tens of thousands deep."""
    stack: list[tuple[bool, PageElement]] = [(False, root)]
    while stack:
        leaving, node = stack.pop()
        if leaving:
            yield "leave", node
        elif isinstance(node, NavigableString):
            if type(node) is NavigableString or isinstance(node, CData):
                yield "text", node
        elif isinstance(node, Tag) and node.name not in _SKIP:
            if node.name == "table" and id(node) not in layouts:
                yield "table", node
                continue
            if "hidden" in node.attrs and node.name not in _BLOCKS:
                continue
            if node.name in _BLOCKS:
                yield "enter", node
                stack.append((True, node))
            stack.extend((False, child) for child in reversed(node.contents))


def _article(blocks: list[Block], nodes: list[Tag], anchors: list[int]) -> tuple[int, int]:
    """Return the range of blocks in the smallest element with all anchors of a report.

    Anchors are tables of the form and headings of the six sections, which navigation and footers
    never have. Without enough anchors all blocks are returned.
    """
    if len(anchors) < _FEWEST_ANCHORS:
        return 0, len(blocks)
    common = common_ancestor([nodes[n] for n in anchors])
    known = {id(common): True}
    inside = [n for n, node in enumerate(nodes) if is_within(node, known)]
    return (inside[0], inside[-1] + 1) if inside else (0, len(blocks))
