"""Scans and pictured tables are read by the real engine, and what is unsure stays out.

Collected where the extra [ocr] can be installed: see `collect_ignore` in tests/conftest.py.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy
import pytest
from PIL import Image, ImageDraw, ImageFont

from gongkai.archive.workers import ocr
from gongkai.archive.workers.image_lines import deskew
from gongkai.catalogue import stored_text
from gongkai.extract import ocr_layout
from gongkai.extract.formats.media_type import DOCX, ZIP
from gongkai.extract.layout.page import DrawnPage
from gongkai.extract.model.report import Report, Source
from gongkai.extract.ocr_layout import RecognizedLine, RecognizedPage, RecognizedWord
from tests.archive.reading import read_sandboxed
from tests.extract.drawings import drawing, word
from tests.extract.ocr_sheets import SHEETS, VALUES
from tests.extract.printed_forms import TITLE, flat, numbers

pytestmark = [
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded"),
]
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
HUGE = b"IHDR" + struct.pack(">LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
EMPTY = b"\0\0\0\0IDAT" + struct.pack(">L", zlib.crc32(b"IDAT"))
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
OTHER = RecognizedPage(
    900,
    300,
    200,
    (RecognizedWord("关于召开会议的通知", 100, 100, 320, 124, 0.99),),
    (RecognizedLine(200, 1, 2),),
)


def drawn(sheet: RecognizedPage, skew: float = 0.4) -> Image.Image:
    """A page as a picture, in grey, a little turned."""
    page = Image.new("L", (round(sheet.width), round(sheet.height)), 250)
    draw = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FONT), 24)
    for rule in sheet.horizontal:
        draw.line((rule.start, rule.at, rule.end, rule.at), fill=30, width=2)
    for rule in sheet.vertical:
        draw.line((rule.at, rule.start, rule.at, rule.end), fill=30, width=2)
    for seen in sheet.words:
        room = seen.x1 - seen.x0 + 8
        lines = -(-int(draw.textlength(seen.text, font)) // int(room))
        per = -(-len(seen.text) // lines)
        size = font if lines == 1 else ImageFont.truetype(str(FONT), 20)
        for n in range(lines):
            y = (seen.y0 + seen.y1) / 2 - 16 + 24 * (n - (lines - 1) / 2)
            draw.text((seen.x0, y), seen.text[n * per : (n + 1) * per], fill=20, font=size)
    return page.rotate(skew, fillcolor=250, resample=Image.Resampling.BICUBIC)


def scan(*sheets: RecognizedPage) -> bytes:
    """A PDF that is nothing but pictures of pages."""
    first, *others = [drawn(sheet) for sheet in sheets]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others, resolution=200)
    return out.getvalue()


def of(report: Report | None) -> tuple[dict, dict, set[str]]:
    """What was printed, what was read of it, and the notes on what was read."""
    assert report is not None
    printed = {place: str(float(v)) if "." in v else v for place, v in flat(VALUES).items()}
    seen = {place: value for place, value in numbers(report).items() if value != "None"}
    cells = [c for t in report.tables.values() for row in t.values() for c in row.values()]
    return printed, seen, {cell.note for cell in cells if cell.value is not None}


def test_a_scan_is_read_and_marked() -> None:
    found = read_sandboxed(scan(*SHEETS[:4]), Source())
    assert (found.outcome, found.media_type) == ("report", "application/pdf")
    assert found.title == TITLE["2021"]
    printed, seen, notes = of(found.report)
    assert seen.items() <= printed.items()
    assert len(seen) > 0.9 * len(printed)
    assert notes == {"ocr"}
    assert found.report is not None
    assert found.report.agency is not None
    assert (found.report.agency.name, found.report.year) == ("平罗县教育局", 2024)


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, body in members.items():
            package.writestr(name.replace("_", "."), body)
    return out.getvalue()


def picture(sheet: RecognizedPage) -> bytes:
    out = io.BytesIO()
    drawn(sheet).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("skew", [-1.5, 0.8])
def test_a_place_on_a_levelled_page_is_found_on_the_page_as_it_came(skew: float) -> None:
    page = Image.new("L", (1600, 1200), 255)
    draw = ImageDraw.Draw(page)
    for y in range(100, 1100, 100):
        draw.line((100, y, 1500, y), fill=0, width=3)
    draw.rectangle((1340, 130, 1380, 170), fill=0)
    turned = page.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    level, found = deskew(numpy.asarray(turned.convert("RGB")))
    mark = _middle_of_mark(level, (1300, 110, 1420, 190))
    back = ocr_layout._turn_back(*mark, DrawnPage(1, 1600, 1200), found)
    expected = _middle_of_mark(
        numpy.asarray(turned.convert("RGB")),
        (round(back[0]) - 60, round(back[1]) - 40, round(back[0]) + 60, round(back[1]) + 40),
    )
    assert back == pytest.approx(expected, abs=2.5)
    assert abs(back[1] - mark[1]) > 5


def _middle_of_mark(picture: Any, around: tuple[int, int, int, int]) -> tuple[float, float]:
    """Return the middle of a dark square, in which lines are thin."""
    x0, y0, x1, y1 = around
    ink = picture[y0:y1, x0:x1, 0] < 128
    rows, columns = numpy.nonzero(ink & (ink.sum(axis=1, keepdims=True) < 60))
    return float(x0 + columns.mean()), float(y0 + rows.mean())


@pytest.mark.parametrize("pictures", [False, True])
def test_a_scan_in_a_zip_is_read_like_one_outside(pictures: bool) -> None:
    pages = {
        f"年报{n}_png": picture(sheet) for n, sheet in zip((10, 2), SHEETS[1::-1], strict=True)
    }
    whole = pages if pictures else {"年报_pdf": scan(*SHEETS[:2])}
    found = read_sandboxed(packed(**whole, 说明_txt="请查收附件。".encode()), Source())
    assert (found.outcome, found.media_type, found.title) == ("report", ZIP, TITLE["2021"])
    printed, seen, notes = of(found.report)
    assert seen.items() <= printed.items()
    assert len(seen) == 10  # the table of those pages
    assert notes == {"ocr"}


def test_of_several_scans_in_a_zip_none_is_taken() -> None:
    found = read_sandboxed(packed(a_pdf=scan(OTHER), b_pdf=scan(OTHER)), Source())
    assert (found.outcome, found.media_type) == ("scan", ZIP)
    assert "several scans in one ZIP; add each by itself: a.pdf, b.pdf" in stored_text(
        "en", found.why
    )


def test_a_table_that_is_a_picture_in_a_word_file_is_read() -> None:
    found = read_sandboxed(word(drawing("r1"), picture(SHEETS[3])), Source())
    assert (found.outcome, found.media_type, found.title) == ("report", DOCX, TITLE["2021"])
    printed, seen, notes = of(found.report)
    assert seen.items() <= printed.items()
    assert {part for part, _, _ in seen} == {"review_litigation"}
    assert len(seen) >= 12
    assert notes == {"ocr"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (PNG + bytes(50), "damaged picture"),
        (PNG[:12] + HUGE + struct.pack(">L", zlib.crc32(HUGE)) + EMPTY, "too large"),
        (b"GIF89a", "damaged picture"),
    ],
)  # fmt: skip
def test_bad_pictures_stay_scans_and_say_why(body: bytes, why: str) -> None:
    found = read_sandboxed(body, Source())
    assert found.outcome == "scan"
    assert why in stored_text("en", found.why)


def test_another_scan_is_given_up_early(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []
    sheet = ocr._sheet
    monkeypatch.setattr(ocr, "_sheet", lambda *given: looked_at.append(1) or sheet(*given))
    found = ocr.read_scan(scan(*[OTHER] * 4), Source(), "application/pdf")
    assert (found.outcome, len(looked_at)) == ("scan", 2)
    assert "something else" in stored_text("en", found.why)
