"""Of a Word file that is read which Word shows: no hidden, tiny, white or raised runs in a number."""

from __future__ import annotations

import pytest

from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Cell
from tests.extract.printed_forms import TITLE, report_of
from tests.printing.excel import unpacked
from tests.printing.matrix import Style
from tests.printing.report import distinct
from tests.printing.word import Markup, document, packed

VALUES = distinct()
NUMBER = VALUES["requests"]["new"]["business"]
BODY = document(TITLE["2021"], FORM_2021, VALUES, Style(), Markup())
PART = "word/document.xml"
HIDDEN_STYLES = (
    '<w:style w:type="character" w:styleId="Unseen"><w:name w:val="Unseen"/><w:rPr><w:vanish/></w:rPr>'
    '</w:style><w:style w:type="character" w:styleId="Below"><w:name w:val="Below"/>'
    '<w:basedOn w:val="Unseen"/></w:style><w:style w:type="character" w:styleId="Back">'
    '<w:name w:val="Back"/><w:basedOn w:val="Unseen"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style>'
)


def cell_with(before: str, shade: str = "") -> Cell:
    """The cell of a number with another run in front of it."""
    members = unpacked(BODY)
    text = members[PART].decode()
    assert text.count(f">{NUMBER}<") == 1
    at = text.rindex("<w:r>", 0, text.index(f">{NUMBER}<"))
    start = text.rindex("</w:tcPr>", 0, at)
    text = text[:start] + shade + text[start:at] + before + text[at:]
    members[PART] = text.encode()
    styles = members["word/styles.xml"].decode()
    members["word/styles.xml"] = styles.replace(
        "</w:styles>", f"{HIDDEN_STYLES}</w:styles>"
    ).encode()
    return report_of(packed(members)).tables["requests"]["new"]["business"]


def run(properties: str) -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>9</w:t></w:r>"


@pytest.mark.parametrize(
    "before",
    [
        run("<w:vanish/>"),
        run("<w:specVanish/>"),
        run('<w:rStyle w:val="Unseen"/>'),
        run('<w:rStyle w:val="Below"/>'),
        run('<w:sz w:val="1"/>'),
        run('<w:color w:val="FFFFFF"/>'),
        run('<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="FFFFFF"/>'),
        '<w:del w:id="1"><w:r><w:delText>9</w:delText></w:r></w:del>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>9</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
        '<w:commentRangeStart w:id="9"/><w:r><w:commentReference w:id="9"/></w:r>',
    ],
)
def test_what_word_hides_is_not_read(before: str) -> None:
    assert cell_with(before) == Cell(NUMBER, int(NUMBER))


@pytest.mark.parametrize(
    "before",
    [
        run('<w:rStyle w:val="Back"/>'),
        run('<w:rStyle w:val="Unseen"/><w:vanish w:val="0"/>'),
        run('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>'),
        run('<w:color w:val="FF0000"/>'),
        '<w:ins w:id="1"><w:r><w:t>9</w:t></w:r></w:ins>',
    ],
)
def test_what_word_shows_is_read(before: str) -> None:
    assert cell_with(before) == Cell(f"9{NUMBER}", int(f"9{NUMBER}"))


def test_white_text_in_a_dark_cell_is_read() -> None:
    dark = '<w:shd w:val="clear" w:fill="1F4E79"/>'
    assert cell_with(run('<w:color w:val="FFFFFF"/>'), dark).value == int(f"9{NUMBER}")


@pytest.mark.parametrize("moved", ["12", "-8"])
def test_a_figure_off_the_line_is_a_note(moved: str) -> None:
    assert cell_with(run(f'<w:position w:val="{moved}"/>')).value is None


def test_a_number_broken_by_hand_is_refused() -> None:
    assert cell_with("<w:r><w:t>9</w:t><w:br/></w:r>").note == "unreadable"
