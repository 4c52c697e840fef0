"""Tables that are pictures inside a document are reported, and the pictures are found."""

from __future__ import annotations

from base64 import b64encode

import pytest

from gongkai.extract.embedded_images import find_embedded_images
from gongkai.extract.formats.media_type import DOCX, MHTML
from gongkai.extract.model.report import Source
from gongkai.extract.ocr_layout import read_recognized_tables
from gongkai.extract.report import read
from tests.extract.drawings import FIRST, SECOND, drawing, word
from tests.extract.ocr_sheets import SHEETS, VALUES
from tests.extract.printed_forms import TITLE, flat, numbers

PAGE = "image/png"


def old_picture(name: str, style: str) -> str:
    return f'<w:p><w:r><w:pict><v:shape style="{style}"><v:imagedata r:id="{name}"/></v:shape></w:pict></w:r></w:p>'


@pytest.mark.parametrize(
    ("pictures", "outcome"),
    [
        (drawing("r1") + drawing("r2"), "image_tables"),
        (drawing("r1", 400_000), "report"),  # a sign or a seal
        (old_picture("r1", "width:415.2pt;height:300pt"), "image_tables"),
        (old_picture("r1", "position:absolute;width:90pt"), "report"),
        (old_picture("r1", ""), "image_tables"),
        ("", "report"),
    ],
)
def test_tables_are_pictures_where_large_ones_stand(pictures: str, outcome: str) -> None:
    found = read(word(pictures))
    assert found.outcome == outcome
    assert found.report is not None
    assert found.report.tables == {}
    assert len(found.report.sections) == 6


def test_pictures_in_their_order() -> None:
    assert find_embedded_images(word(drawing("r2") + drawing("r1") + drawing("r3")), DOCX) == [
        SECOND,
        FIRST,
    ]
    data = b64encode(FIRST).decode()
    html = f'<p><img alt="a" src="data:image/png;base64,{data}"><img src="b.png"><img src="data:image/png;base64,AAAA">'
    assert find_embedded_images(html.encode(), "text/html") == [FIRST]
    mail = f"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n<p>\n--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n{data}\n--x--\n"
    assert find_embedded_images(mail.encode(), MHTML) == [FIRST]
    assert find_embedded_images(b"PK\x03\x04", DOCX) == []
    assert find_embedded_images(FIRST, "text/plain") == []


def test_tables_from_pictures_join_the_words_of_their_document() -> None:
    found = read_recognized_tables(word(drawing("r1")), Source(), DOCX, SHEETS[1:4])
    assert found is not None
    assert found.report is not None
    printed = {place: str(float(v)) if "." in v else v for place, v in flat(VALUES).items()}
    assert numbers(found.report) == printed
    assert {c.note for t in found.report.tables.values() for row in t.values() for c in row.values()} == {"ocr"}  # fmt: skip
    assert found.report.sections[0].text == "第1部分的文字说明。"
    assert (found.outcome, found.media_type, found.title) == ("report", DOCX, TITLE["2021"])
    assert read_recognized_tables(word(drawing("r1")), Source(), DOCX, []) is None
