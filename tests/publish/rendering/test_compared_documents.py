"""Two versions of a document compared by lines, rows and cells."""

from __future__ import annotations

import pytest

from gongkai.extract.model.report import Source
from gongkai.publish.rendering.compared_documents import (
    MOST_LINES,
    ComparedDocuments,
    compare_documents,
    decode_compared,
    encode_compared,
)
from tests.publish.kept_reports import frozen_document

HTML = Source(media_type="text/html")


def compared(old: str, new: str) -> ComparedDocuments:
    """Compare two pages."""
    found = compare_documents((old.encode(), HTML), (new.encode(), HTML))
    assert found is not None
    assert decode_compared(encode_compared(found)) == found
    return found


def table(*rows: str) -> str:
    """Return a table with the cells of each row given as words."""
    lines = ("".join(f"<td>{word}</td>" for word in row.split()) for row in rows)
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"


def states(found: ComparedDocuments) -> list[str]:
    """Return the states of the lines."""
    return [line.state for line in found.lines]


def test_a_changed_cell_is_named_and_no_other() -> None:
    found = compared(table("甲 1 2", "乙 3 4"), table("甲 1 2", "乙 3 5"))
    assert states(found) == ["same", "changed"]
    assert [(cell.old, cell.new) for cell in found.lines[1].cells if cell.is_changed] == [
        ("4", "5")
    ]
    assert (found.old.numbers, found.new.numbers) == ((6,), (6,))


def test_a_row_that_was_put_in_moves_no_other() -> None:
    found = compared(table("甲 1", "丙 3"), table("甲 1", "乙 2", "丙 3"))
    assert states(found) == ["same", "new", "same"]
    assert found.new.numbers == (3, 4)


def test_a_row_with_another_number_of_cells_is_another_row() -> None:
    found = compared(table("甲 1 2"), table("甲 1"))
    assert states(found) == ["old", "new"]


def test_white_space_is_no_change() -> None:
    assert states(compared("<p>甲 乙</p>" + table("甲 1"), "<p>甲乙</p>" + table("甲 1"))) == [
        "same",
        "same",
    ]


def test_paragraphs_are_compared_in_their_order() -> None:
    found = compared("<p>甲</p><p>乙</p><p>丙</p>", "<p>甲</p><p>乙改</p><p>丙</p>")
    assert states(found) == ["same", "changed", "same"]


def test_the_places_of_a_pdf_are_boxes_on_its_first_changed_page() -> None:
    pdf = (frozen_document("pdf-lo-plain"), Source())
    other = (frozen_document("pdf-lo-landscape"), Source())
    found = compare_documents(pdf, other)
    assert found is not None
    assert found.old.page == 1
    assert found.old.boxes
    assert found.old.numbers == ()


def test_long_documents_are_compared_in_part() -> None:
    page = "".join(f"<p>第{n}段</p>" for n in range(MOST_LINES + 500))
    assert len(compared(page, page).lines) == MOST_LINES


@pytest.mark.parametrize("body", [b"", b"%PDF-1.4"])
def test_what_cannot_be_read_is_not_compared(body: bytes) -> None:
    found = compare_documents((body, Source()), (b"<p>1</p>", HTML))
    assert found is None
    assert decode_compared(encode_compared(found)) is None
