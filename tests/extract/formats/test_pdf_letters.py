"""Letters of PDF fonts whose codes have no text of their own, but whose file says what they are."""

from __future__ import annotations

import pytest

from gongkai.extract.formats.pdf.pdf_reader import read_pages
from gongkai.extract.layout.page import UNREADABLE
from tests.extract.formats.test_pdf_drawing import BOTH, Reader, shown
from tests.hostile.pdfs import page, stream

FONT = (
    b"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 500]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 52"
    b"/LastChar 53/Widths[500 500]/CharProcs<</%s 7 0 R/%s 7 0 R>>%s>>"
)
GLYPH = stream(b"500 0 0 0 500 500 d1 0 0 500 500 re f")
NO_TEXT = stream(
    b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00><FF>"
    b" endcodespacerange 2 beginbfchar <34><0000> <35><0000> endbfchar endcmap"
)


def lettered(names: tuple[bytes, bytes], entries: bytes, content: bytes) -> bytes:
    """A page with a Type 3 font of two letters, which draw a square."""
    objects = [FONT % (*names, entries), GLYPH, NO_TEXT]
    return page(stream(content), b"/Font<</G 6 0 R>>", objects)


@pytest.mark.parametrize(
    "encoding",
    [
        b"/Encoding/WinAnsiEncoding",
        b"/Encoding<</BaseEncoding/WinAnsiEncoding/Differences[53/seven]>>",
        b"/BaseFont/Square/Encoding<</Differences[52/four 53/five]>>",
    ],
    ids=["usual encoding", "with differences", "font with a name"],
)
def test_letters_with_usual_names_have_their_text(encoding: bytes) -> None:
    names = (b"four", b"seven" if b"seven" in encoding else b"five")
    text = "47" if b"seven" in encoding else "45"
    body = lettered(names, encoding, b"BT /G 9 Tf 100 700 Td (45) Tj ET")
    assert shown(read_pages, body) == text


NAMELESS = b"/Encoding<</Differences[52/g0/g1]>>/ToUnicode 8 0 R"
"""Chromium has no text for the digits of equal width that a font has beside its usual ones."""


@BOTH
def test_letters_without_a_text_have_that_of_their_words(reader: Reader) -> None:
    one = b"/Span <</ActualText (%s)>> BDC BT /G 9 Tf %d 700 Td (%s) Tj ET EMC "
    content = one % (b"6", 100, b"4") + one % (b"3", 110, b"5")
    assert shown(reader, lettered((b"g0", b"g1"), NAMELESS, content)) == "63"


@BOTH
@pytest.mark.parametrize("words", [b"6", b"638"])
def test_words_of_another_length_name_nothing(reader: Reader, words: bytes) -> None:
    content = b"/Span <</ActualText (%s)>> BDC BT /G 9 Tf 100 700 Td (45) Tj ET EMC" % words
    found = shown(reader, lettered((b"g0", b"g1"), NAMELESS, content))
    assert found.replace("\0", UNREADABLE) == 2 * UNREADABLE


def test_text_inside_too_many_drawings_is_left_out() -> None:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F 4 0 R>>/XObject<</X %d 0 R>>>>"
    deep = [stream(b"/X Do", form % (n + 1)) for n in range(6, 26)]
    last = stream(b"BT /F 9 Tf 100 600 Td (13) Tj ET", form % 26)
    content = stream(b"BT /F 9 Tf 100 700 Td (4721) Tj ET /X Do")
    body = page(content, b"/Font<</F 4 0 R>>/XObject<</X 6 0 R>>", [*deep, last])
    assert shown(read_pages, body) == "4721"
