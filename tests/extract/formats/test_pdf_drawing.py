"""What a page of a PDF shows is read, what it hides is not, by both readers alike."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.pdf.miner_pages import read_with_pdfminer
from gongkai.extract.formats.pdf.pdf_reader import read_pages
from gongkai.extract.layout.page import DrawnPage, finalize_page
from gongkai.extract.layout.work_limits import WorkBudget
from tests.hostile.pdfs import CATALOG, FONT, page, pdf, stream
from tests.paths import REPORTS

Reader = Callable[[bytes], list[DrawnPage]]


def with_pdfminer(body: bytes) -> list[DrawnPage]:
    return [finalize_page(page) for page in read_with_pdfminer(body, WorkBudget())]


READERS = {"pdfium": read_pages, "pdfminer": with_pdfminer}
BOTH = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
FIGURE = b"BT /F 12 Tf 100 700 Td (4721) Tj ET "
IMAGE = b"/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray"
SHADING = b"/Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 600 0]/Function<</FunctionType 2/Domain[0 1]/C0[0]/C1[0.3]/N 1>>/Extend[true true]>>>>"


def shown(reader: Reader, body: bytes) -> str:
    """The text of all pages from left to right."""
    chars = [char for page in reader(body) for char in page.chars]
    return "".join(
        char.text for char in sorted(chars, key=lambda char: (-round(char.y0 / 10), char.x0))
    )


def drawn(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    return page(stream(content), b"/Font<</F 5 0 R>>" + resources, more)


@BOTH
@pytest.mark.parametrize(
    ("path", "text"),
    [
        (b"90 690 200 30 re 95 695 190 20 re f*", "4721"),
        (b"90 690 200 30 re 95 695 m 95 715 l 285 715 l 285 695 l h f", "4721"),
        (b"20 20 m 575 20 l 575 822 l 20 822 l 20 20 l 25 25 l 25 817 l 570 817 l 570 25 l 25 25 l f", "4721"),
        (b"90 690 200 30 re 95 695 190 20 re f", ""),
        (b"90 690 200 30 re f*", ""),
        (b"90 690 200 30 re 300 690 50 30 re f", ""),
        (b"80 690 m 300 690 l 320 705 l 300 720 l 80 720 l f", ""),
        (b"110 690 m 300 690 l 320 705 l 300 720 l 150 720 l f", "4"),
    ],
    ids=["parity", "winding", "one outline", "same way", "solid", "side by side", "oblique", "half"],
)  # fmt: skip
def test_a_hollow_frame_hides_nothing(reader: Reader, path: bytes, text: str) -> None:
    found = shown(reader, drawn(FIGURE + b"0.9 g " + path))
    assert found.replace("\ufffd", "")[: max(len(text), 1)] == text


@pytest.mark.parametrize(
    ("ground", "text"),
    [
        (b"", "99"),
        (b"0.1 g 90 690 60 30 re f ", "472199"),
        (b"0.1 g 95 690 m 145 690 l 150 690 150 690 150 695 c 150 715 l 150 720 150 720 145 720 c"
         b" 95 720 l 90 720 90 720 90 715 c 90 695 l 90 690 90 690 95 690 c f ", "472199"),
        (b"q 90 690 60 30 re W n /S sh Q ", "472199"),
        (b"q 60 0 0 30 90 690 cm /Dark Do Q ", "472199"),
        (b"q 60 0 0 30 90 690 cm /Light Do Q ", "99"),
    ],
    ids=["paper", "rectangle", "round", "shading", "dark picture", "light picture"],
)  # fmt: skip
def test_white_text_is_shown_on_dark_grounds_only(ground: bytes, text: str) -> None:
    more = (stream(b"\x10", IMAGE), stream(b"\xff", IMAGE))
    resources = SHADING + b"/XObject<</Dark 6 0 R/Light 7 0 R>>"
    content = ground + b"1 g " + FIGURE + b"0 g BT /F 12 Tf 300 700 Td (99) Tj ET"
    assert shown(read_pages, drawn(content, resources, *more)) == text


@pytest.mark.parametrize(
    ("mask", "text"), [(b"", ""), (b"\xff", ""), (b"\0", "4721")], ids=["none", "opaque", "clear"]
)
def test_a_picture_hides_text_where_it_is_opaque(mask: bytes, text: str) -> None:
    smask = b"/SMask 7 0 R" if mask else b""
    more = (stream(b"\x80", IMAGE + smask), stream(mask or b"\0", IMAGE))
    body = drawn(FIGURE + b"q 90 0 0 40 90 690 cm /P Do Q", b"/XObject<</P 6 0 R>>", *more)
    assert shown(read_pages, body) == text


TO_UNICODE = (
    b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap 1 begincodespacerange <00><FF>"
    b" endcodespacerange 1 beginbfrange <20><7E><0020> endbfrange 1 beginbfchar <2D><00AD>"
    b" endbfchar endcmap"
)


@BOTH
def test_a_soft_hyphen_that_is_drawn_is_a_hyphen(reader: Reader) -> None:
    font = (
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding/ToUnicode 7 0 R>>"
    )
    content = b"BT/G 9 Tf 100 700 Td (-38) Tj ET"
    body = page(stream(content), b"/Font<</G 6 0 R>>", [font, stream(TO_UNICODE)])
    assert shown(reader, body) == "-38"


def truetype(glyphs: dict[int, str]) -> bytes:
    """A TrueType file that has the characters of its glyphs and nothing else."""
    segments = sorted((ord(char), glyph) for glyph, char in glyphs.items())
    groups = b"".join(struct.pack(">LLL", char, char, glyph) for char, glyph in segments)
    table = struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, len(segments)) + groups
    cmap = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + table
    return struct.pack(">L4H4sLLL", 0x10000, 1, 16, 0, 0, b"cmap", 0, 28, len(cmap)) + cmap


@pytest.mark.parametrize("stated", ["none", "partial", "name"])
def test_codes_without_a_text_of_their_own(stated: str) -> None:
    """Code 3 is glyph 5, which is 8; code 0x38 is 8 by itself where the map is the name Identity-H."""
    partial = TO_UNICODE.replace(b"<00><FF>", b"<0000><FFFF>").replace(b"<20><7E>", b"<0020><007E>")
    entry = {"none": b"", "partial": b"/ToUnicode 9 0 R", "name": b"/ToUnicode/Identity-H"}[stated]
    below = (
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A+X/CIDSystemInfo<</Registry(Adobe)"
        b"/Ordering(Identity)/Supplement 0>>/DW 1000/CIDToGIDMap 10 0 R/FontDescriptor 8 0 R>>"
    )
    objects = [
        b"<</Type/Font/Subtype/Type0/BaseFont/A+X/Encoding/Identity-H%s/DescendantFonts[7 0 R]>>"
        % entry,
        below if stated != "name" else below.replace(b"/CIDToGIDMap 10 0 R", b""),
        b"<</Type/FontDescriptor/FontName/A+X/Flags 4/FontBBox[0 0 1000 1000]/Ascent 800/Descent -200"
        b"%s>>" % (b"" if stated == "name" else b"/FontFile2 11 0 R"),
        stream(partial),
        stream(b"\0\0\0\0\0\0\0\5"),
        stream(truetype({5: "8"}), b"/Length1 100"),
    ]
    code = b"0038" if stated == "name" else b"0003"
    body = page(stream(b"BT/G 9 Tf 100 700 Td <%s> Tj ET" % code), b"/Font<</G 6 0 R>>", objects)
    assert shown(read_pages, body) == "8"


@BOTH
def test_digits_that_touch_are_not_copies_of_each_other(reader: Reader) -> None:
    content = b"BT /F 12 Tf 100 700 Td (1) Tj 4.7 0 Td (1) Tj 4.7 0 Td (1) Tj ET"
    assert shown(reader, drawn(content)) == "111"


@BOTH
def test_text_drawn_by_other_words_is_what_is_drawn(reader: Reader) -> None:
    content = b"/Span <</ActualText (63)>> BDC " + FIGURE + b"EMC"
    assert shown(reader, drawn(content)) == "4721"


def annotated(kind: bytes, entries: bytes, appearance: bool) -> bytes:
    """A page with a field or note, which has an appearance or the value 4721 alone."""
    own = b"/AP<</N 7 0 R>>" if appearance else b""
    note = b"<</Type/Annot/Subtype/%s/Rect[100 690 160 710]%s%s>>" % (kind, own, entries)
    form = stream(
        b"BT /F 10 Tf 2 5 Td (4721) Tj ET",
        b"/Type/XObject/Subtype/Form/BBox[0 0 60 20]/Resources<</Font<</F 5 0 R>>>>",
    )
    return pdf(
        [
            CATALOG,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Annots[6 0 R]/Resources"
            b"<</Font<</F 5 0 R>>>>>>",
            stream(b"BT /F 10 Tf 10 695 Td (99) Tj ET"),
            FONT,
            note,
            form,
        ]
    )


@BOTH
@pytest.mark.parametrize(
    ("kind", "entries", "appearance", "text"),
    [
        (b"Widget", b"/FT/Tx/T(a)/V(4721)/F 4", True, "994721"),
        (b"Widget", b"/FT/Tx/T(a)/V(4721)/F 4", False, "994721"),
        (b"Widget", b"/FT/Tx/T(a)/V(4721)/F 2", True, "99"),
        (b"FreeText", b"/Contents(4721)/F 4", True, "994721"),
        (b"FreeText", b"/Contents(4721)/F 4", False, "994721"),
        (b"FreeText", b"/Contents(4721)/F 32", True, "99"),
        (b"Text", b"/Contents(4721)", False, "99"),
    ],
    ids=["field", "value", "hidden field", "note", "words", "note on no screen", "comment"],
)
def test_fields_and_notes_are_read_as_a_viewer_shows_them(
    reader: Reader, kind: bytes, entries: bytes, appearance: bool, text: str
) -> None:
    assert shown(reader, annotated(kind, entries, appearance)) == text


@pytest.mark.parametrize(
    ("layers", "marked", "text"),
    [
        (b"/D<</OFF[6 0 R]>>", b"/OC /One BDC " + FIGURE + b"EMC ", "99"),
        (b"/D<</OFF[6 0 R]>>", b"/OC /Two BDC " + FIGURE + b"EMC ", "472199"),
        (b"/D<</BaseState/OFF/ON[7 0 R]>>", b"/OC /One BDC " + FIGURE + b"EMC ", "99"),
        (b"/D<</OFF[6 0 R]>>", b"/OC /Any BDC " + FIGURE + b"EMC ", "472199"),
        (b"/D<</OFF[6 0 R]>>", b"/OC /All BDC " + FIGURE + b"EMC ", "99"),
        (b"/D<</OFF[6 0 R]>>", b"/Form Do ", "99"),
    ],
    ids=["off", "on", "base state", "any of two", "all of two", "drawing"],
)
def test_layers_that_are_off_are_not_read(layers: bytes, marked: bytes, text: str) -> None:
    form = stream(
        FIGURE,
        b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/OC 6 0 R/Resources<</Font<</F 5 0 R>>>>",
    )
    body = pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R 7 0 R]%s>>>>" % layers,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>"
            b"/XObject<</Form 8 0 R>>/Properties<</One 6 0 R/Two 7 0 R/Any<</Type/OCMD/OCGs[6 0 R 7 0 R]>>"
            b"/All<</Type/OCMD/OCGs[6 0 R 7 0 R]/P/AllOn>>>>>>>>",
            stream(marked + b"BT /F 12 Tf 300 700 Td (99) Tj ET"),
            FONT,
            b"<</Type/OCG/Name(one)>>",
            b"<</Type/OCG/Name(two)>>",
            form,
        ]
    )  # fmt: skip
    assert shown(read_pages, body) == text


def packed(data: bytes, way: str) -> bytes:
    """A content stream as deflate, whole or damaged."""
    whole = zlib.compress(data, 9)
    flushing = zlib.compressobj()
    flushed = flushing.compress(data) + flushing.flush(zlib.Z_SYNC_FLUSH)
    body = {
        "whole": whole,
        "no checksum": whole[:-4],
        "flushed": flushed,
        "cut": whole[: len(whole) // 2],
        "wrong checksum": whole[:-1] + bytes((whole[-1] ^ 1,)),
        "corrupt": whole[:9] + b"\xff\xff\xff" + whole[12:],
    }[way]
    return page(stream(body, b"/Filter/FlateDecode"))


LONG = b"".join(b"BT /F 9 Tf 50 %d Td (%d) Tj ET\n" % (n, n * n) for n in range(100, 800, 10))


@pytest.mark.parametrize("way", ["whole", "no checksum", "flushed"])
def test_streams_that_are_whole_are_read(way: str) -> None:
    assert shown(read_pages, packed(LONG, way)) == shown(read_pages, page(stream(LONG)))


@pytest.mark.parametrize("way", ["cut", "wrong checksum", "corrupt"])
def test_damaged_streams_are_refused(way: str) -> None:
    with pytest.raises(ExtractError, match="pdf_stream_damaged"):
        read_pages(packed(LONG, way))


def test_a_damaged_letter_changes_no_text() -> None:
    glyph = zlib.compress(b"500 0 0 0 500 500 d1 0 0 500 500 re f " + LONG, 9)
    glyph = glyph[:-1] + bytes((glyph[-1] ^ 1,))
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 0 500 500]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 52"
        b"/LastChar 52/Widths[500]/CharProcs<</four 7 0 R>>/Encoding<</Differences[52/four]>>>>"
    )
    more = [font, stream(glyph, b"/Filter/FlateDecode")]
    body = page(stream(b"BT /G 9 Tf 100 700 Td (4) Tj ET"), b"/Font<</G 6 0 R>>", more)
    assert shown(read_pages, body) == "4"


def modern(content: bytes) -> bytes:
    """A file of PDF 1.5: objects in an object stream, and a stream as the table of objects."""
    objects = [
        CATALOG,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 6 0 R/Resources<</Font<</F 4 0 R>>>>>>",
        FONT,
    ]
    places = [sum(len(each) + 1 for each in objects[:n]) for n in range(len(objects))]
    head = b" ".join(b"%d %d" % (n + 1, place) for n, place in enumerate(places)) + b"\n"
    inside = zlib.compress(head + b"\n".join(objects))
    out = bytearray(b"%PDF-1.5\n")
    starts = {}
    for number, data in (
        (5, stream(inside, b"/Type/ObjStm/N 4/First %d/Filter/FlateDecode" % len(head))),
        (6, stream(zlib.compress(content), b"/Filter/FlateDecode")),
    ):
        starts[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, data)
    table = len(out)
    rows = [
        (0, 0, 0),
        *((2, 5, n) for n in range(4)),
        (1, starts[5], 0),
        (1, starts[6], 0),
        (1, table, 0),
    ]
    entries = b"".join(struct.pack(">BHB", *row) for row in rows)
    out += b"7 0 obj\n" + stream(
        zlib.compress(entries), b"/Type/XRef/Size 8/W[1 2 1]/Root 1 0 R/Filter/FlateDecode"
    )
    return bytes(out) + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % table


@pytest.mark.parametrize(
    "harm",
    [
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: b"\r\n\r\n" + body,
        lambda body: body.replace(b"startxref\n", b"startxref\n9"),
        lambda body: body[: body.rindex(b"startxref")],
    ],
    ids=["byte order mark", "empty lines", "wrong place of the table", "cut end"],
)
def test_a_table_in_the_wrong_place_is_found(harm: Callable[[bytes], bytes]) -> None:
    body = modern(LONG)
    assert shown(read_pages, harm(body)) == shown(read_pages, body) != ""


PRINTED = sorted(path.parent for path in REPORTS.glob("pdf-*/printed.json"))


@pytest.mark.parametrize("folder", PRINTED, ids=lambda folder: folder.name)
def test_both_readers_see_the_same(folder: object) -> None:
    body = (REPORTS / str(folder) / "source.pdf").read_bytes()
    first, second = read_pages(body), with_pdfminer(body)
    for one, other in zip(first, second, strict=True):
        assert sorted(char.text for char in one.chars) == sorted(char.text for char in other.chars)
        assert len(one.horizontal) == len(other.horizontal)
        assert len(one.fills) == len(other.fills)
