"""What is needed to show a document with any of its cells: made in the sandbox, kept by the site."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Literal

from gongkai.extract.cell_places import (
    CellKey,
    PlacedReading,
    read_page_look,
    read_placed,
    write_safe_page,
)
from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.media_type import MHTML, sniff
from gongkai.extract.model.cell_place import Box, CellPlace
from gongkai.extract.model.document import GridCell
from gongkai.extract.model.report import Number, Source
from gongkai.publish.rendering.image_places import image_place
from gongkai.publish.rendering.page_cleaning import clean_page
from gongkai.publish.rendering.style_cleaning import clean_styles
from gongkai.publish.rendering.table_markup import write_tables

Kind = Literal["page", "picture", "table", "none"]
"""A web page as it looked; a drawn page; tables as read; nothing that can be shown."""

PDF = "application/pdf"
LONGEST_TEXT = 120
"""Characters of a cell in a row that is shown."""
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell of a report where it stands.

    `numbers` are those of its elements in the markup. `page` counts from 1 and is 0 in other
    documents, `boxes` and `turn` are those of `CellPlace`. `row` is the number of its row in
    `ShownDocument.rows`, `column` that of the cell in it, -1 for the whole row: the cell itself was
    not read.
    """

    raw: str = ""
    value: Number | None = None
    note: str = ""
    numbers: tuple[int, ...] = ()
    page: int = 0
    boxes: tuple[Box, ...] = ()
    turn: int = 0
    row: int = -1
    column: int = -1


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document as it is shown. `rows` are the printed rows that hold cells of the report.

    `member` is the name of the file in a package that is shown. `pages` counts those of a drawn document.
    `images` are the addresses of the images of a page as it writes them; the markup has a place for each.
    `styles` are those of its style sheets, `base` is what they are relative to, "" for the page itself.
    `look` is the style sheet within the page, cleaned.
    """

    kind: Kind
    markup: str = ""
    member: str = ""
    pages: int = 0
    images: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    base: str = ""
    look: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    cells: Mapping[CellKey, ShownCell] = field(default_factory=dict)

    def find(self, key: CellKey) -> ShownCell | None:
        """Return where a cell stands, or the row in which it should; None if neither is known."""
        part, item, _ = key
        rows = ((part, item, ""), (part, "", ""))
        return next((self.cells[each] for each in (key, *rows) if each in self.cells), None)

    def row_of(self, cell: ShownCell) -> tuple[str, ...]:
        """Return the texts of the printed row of a cell, () if it is not known."""
        return self.rows[cell.row] if 0 <= cell.row < len(self.rows) else ()


def is_picture(body: bytes, media_type: str) -> bool:
    """Return whether a document is one picture, or pages that can be drawn as pictures."""
    found = sniff(body, media_type)
    return found == PDF or found.startswith("image/")


def show_document(
    body: bytes, source: Source, converted: Mapping[str, bytes] | None = None
) -> ShownDocument:
    """Return how a document is shown, and where its cells stand. Runs in the sandbox."""
    placed = read_placed(body, source, converted)
    if placed is None:
        return ShownDocument("none")
    images: dict[str, int] = {}
    kind, markup = _look(placed, source, images)
    rows: dict[tuple[GridCell, ...], int] = {}
    cells = dict(_cells(placed, rows))
    texts = tuple(tuple(cell.text[:LONGEST_TEXT] for cell in row[:MOST_COLUMNS]) for row in rows)
    pages = placed.document.pages
    found = read_page_look(placed.body, source.media_type) if kind == "page" else None
    return ShownDocument(
        kind,
        markup,
        placed.member,
        pages,
        tuple(images),
        found.links.styles if found else (),
        found.links.base if found else "",
        clean_styles(found.sheets) if found else "",
        texts,
        cells,
    )


def _look(placed: PlacedReading, source: Source, images: dict[str, int]) -> tuple[Kind, str]:
    """Return kind and markup of a document. Fills the addresses of its images with their numbers."""
    media_type = placed.document.media_type
    if media_type == PDF:
        return "picture", ""
    if media_type in ("text/html", MHTML):
        declared = "" if placed.member else source.media_type
        try:
            page = write_safe_page(placed.body, declared, partial(image_place, images))
            return "page", clean_page(page)
        except ExtractError:
            return "table", clean_page(write_tables(placed.grids))
    if not placed.grids:
        return "none", ""
    return "table", clean_page(write_tables(placed.grids))


def _cells(
    placed: PlacedReading, rows: dict[tuple[GridCell, ...], int]
) -> Iterator[tuple[CellKey, ShownCell]]:
    """Yield where the cells stand; for rows that were not read, the rows. Fills `rows`."""
    standing: dict[CellPlace, tuple[tuple[GridCell, ...], int]] = {}
    for grid in placed.grids:
        for row in grid.rows:
            standing |= {cell.place: (row, n) for n, cell in enumerate(row) if cell.place}
    for part, name, row in placed.unread_rows():
        key = (part, name, "") if part == "requests" else (part, "", name)
        shown = _shown(row, rows.setdefault(row, len(rows)))
        yield key, shown
    for key, cell in placed.cells():
        if cell.place is None or cell.place not in standing:
            yield key, ShownCell(cell.raw, cell.value, cell.note)
            continue
        row, column = standing[cell.place]
        place = cell.place
        yield (
            key,
            ShownCell(
                cell.raw,
                cell.value,
                cell.note,
                (place.number,) if place.number else (),
                place.page,
                (place.box,) if place.box else (),
                place.turn,
                rows.setdefault(row, len(rows)),
                column if column < MOST_COLUMNS else -1,
            ),
        )


def _shown(row: Sequence[GridCell], number: int) -> ShownCell:
    """Return a whole row as the place of cells that were not read."""
    places = [cell.place for cell in row if cell.place]
    page = places[0].page if places else 0
    return ShownCell(
        numbers=tuple(place.number for place in places if place.number),
        page=page,
        boxes=tuple(place.box for place in places if place.box and place.page == page),
        turn=places[0].turn if places else 0,
        row=number,
    )


def encode_shown(shown: ShownDocument) -> bytes:
    """Return a shown document as bytes; half a surrogate pair becomes "?"."""
    plain = {
        "kind": shown.kind,
        "markup": shown.markup,
        "member": shown.member,
        "pages": shown.pages,
        "images": shown.images,
        "styles": shown.styles,
        "base": shown.base,
        "look": shown.look,
        "rows": shown.rows,
        "cells": [[*key, asdict(cell)] for key, cell in shown.cells.items()],
    }
    return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")


def decode_shown(encoded: bytes) -> ShownDocument:
    """Return the shown document that was encoded."""
    plain = json.loads(encoded)
    return ShownDocument(
        plain["kind"],
        plain["markup"],
        plain["member"],
        plain["pages"],
        tuple(plain["images"]),
        tuple(plain["styles"]),
        plain["base"],
        plain["look"],
        tuple(tuple(row) for row in plain["rows"]),
        {(part, item, name): _decode_cell(cell) for part, item, name, cell in plain["cells"]},
    )


def _decode_cell(plain: Mapping[str, object]) -> ShownCell:
    lists = {name: plain[name] for name in ("numbers", "boxes")}
    numbers, boxes = lists["numbers"], lists["boxes"]
    assert isinstance(numbers, list)
    assert isinstance(boxes, list)
    known = {**plain, "numbers": tuple(numbers), "boxes": tuple(tuple(box) for box in boxes)}
    return ShownCell(**known)  # type: ignore[arg-type]  # what `asdict` wrote
