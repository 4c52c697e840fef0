"""What a Word file's page shows, and nothing else: changes, numbers, boxes, pictures, packages."""

from __future__ import annotations

import pytest

from gongkai.extract.errors import Encrypted, ExtractError, TooLarge
from gongkai.extract.formats.docx.docx_numbering import number_in_words
from gongkai.extract.formats.docx.docx_reader import read_docx
from gongkai.extract.model.document import Grid, GridCell, Paragraph
from tests.printing.word import (
    CONTENT_TYPES,
    NAMESPACES,
    RELATIONS,
    W,
    package,
    packed,
    paragraph,
    tc,
    text_box,
)

DRAWING = "<w:r><w:drawing><wp:inline><a:blip/></wp:inline></w:drawing></w:r>"
SEAL = "<w:r><w:drawing><wp:anchor><a:blip/></wp:anchor></w:drawing></w:r>"


def texts(body: str, **parts: str) -> list[str]:
    return [b.text for b in read_docx(package(body, **parts)).blocks if isinstance(b, Paragraph)]


def rows(*lines: str) -> list[list[tuple]]:
    table = "<w:tbl>" + "".join(f"<w:tr>{line}</w:tr>" for line in lines) + "</w:tbl>"
    (grid,) = read_docx(package(table)).blocks
    assert isinstance(grid, Grid)
    return [[(c.text, c.column, c.rows, c.columns) for c in row] for row in grid.rows]


def words(inner: str) -> str:
    """The text of a cell that holds `inner` in a paragraph, beside an ordinary one."""
    return rows(tc(paragraph("规章"), "") + tc(f"<w:p>{inner}</w:p>", ""))[0][1][0]


def r(text: str, looks: str = "") -> str:
    return f"<w:r><w:rPr>{looks}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("inner", "shown"),
    [
        (r("1") + r("2"), "12"),
        (f"<w:ins>{r('1')}</w:ins><w:del>{r('2')}</w:del>", "1"),
        (f"<w:moveTo>{r('1')}</w:moveTo><w:moveFrom>{r('2')}</w:moveFrom>", "1"),
        (f"<w:ins><w:del><w:r><w:delText>5</w:delText></w:r></w:del></w:ins>{r('1')}", "1"),
        (r("5", "<w:vanish/>") + r("1", '<w:vanish w:val="0"/>'), "1"),
        (r("13") + r("1", '<w:vertAlign w:val="superscript"/>'), "13 1"),
        (r("13", "<w:strike/>") + r("14"), "~~13~~14"),
        ("<w:r><w:fldChar/><w:instrText>=SUM(ABOVE)</w:instrText></w:r>" + r("9"), "9"),
        (f"<w:fldSimple w:instr='=1+1'>{r('2')}</w:fldSimple>", "2"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{r('7')}</w:sdtContent></w:sdt>", "7"),
        (f"<w:smartTag><w:hyperlink>{r('7')}</w:hyperlink></w:smartTag>", "7"),
        (r("7") + "<w:r><w:footnoteReference w:id='2'/></w:r>", "7"),
        ("<w:r><w:t>1</w:t><w:noBreakHyphen/><w:t>2</w:t></w:r>", "1-2"),
        ("<w:r><w:t>1</w:t><w:tab/><w:t>2</w:t></w:r>", "1\t2"),
        (DRAWING, "\ufffc"),
        (r("3") + DRAWING, "3"),
        (r("3") + SEAL, "3"),
        (SEAL, ""),
        ("", ""),
        ("<w:r><w:ruby><w:rt>" + r("xiàn") + "</w:rt><w:rubyBase>" + r("县") + "</w:rubyBase></w:ruby></w:r>", "县"),
    ],
)  # fmt: skip
def test_text_of_a_cell(inner: str, shown: str) -> None:
    assert words(inner) == shown


def test_rows_and_cells_that_a_change_deletes_are_gone() -> None:
    plain = tc(paragraph("许可"), "") + tc(paragraph("3"), "")
    deleted = "<w:trPr><w:del w:id='1'/></w:trPr>" + plain
    hidden = "<w:trPr><w:hidden/></w:trPr>" + plain
    inserted = "<w:trPr><w:ins w:id='1'/></w:trPr>" + plain
    dropped = (
        tc(paragraph("许可"), "")
        + tc(paragraph("8"), "<w:cellDel w:id='2'/>")
        + tc(paragraph("3"), "")
    )
    row = [("许可", 0, 1, 1), ("3", 1, 1, 1)]
    assert rows(plain, deleted, hidden, inserted, dropped) == [row, row, row]


def test_merged_cells() -> None:
    found = rows(
        tc(paragraph("a"), '<w:gridSpan w:val="2"/><w:vMerge w:val="restart"/>') + tc(paragraph("b"), ""),
        tc(paragraph("x"), '<w:gridSpan w:val="2"/><w:vMerge w:val="continue"/>') + tc(paragraph("c"), ""),
        '<w:trPr><w:gridBefore w:val="2"/></w:trPr>' + tc(paragraph("d"), "<w:vMerge/>"),
        tc(paragraph("e"), '<w:gridSpan w:val="900000000"/>') + tc(paragraph("f"), '<w:gridSpan w:val="-3"/>'),
    )  # fmt: skip
    assert found == [
        [("a", 0, 2, 2), ("b", 2, 1, 1)],
        [("c", 2, 1, 1)],
        [("d", 2, 1, 1)],  # continues nothing: it stands for itself
        [("e", 0, 1, 60), ("f", 60, 1, 1)],
    ]


def test_a_small_table_in_a_cell_is_text_and_a_frame_is_none() -> None:
    small = "<w:tbl><w:tr>" + tc(paragraph("1"), "") + tc(paragraph("2"), "") + "</w:tr></w:tbl>"
    found = rows(tc(paragraph("规章"), "") + tc(small + "<w:p/>", ""))
    assert found == [[("规章", 0, 1, 1), ("1\n2", 1, 1, 1)]]
    inner = "<w:tbl><w:tr>" + tc(paragraph("规章"), "") + tc(paragraph("2"), "") + "</w:tr></w:tbl>"
    outer = (
        f"<w:tbl><w:tr>{tc(paragraph('甲') + inner, '')}{tc(paragraph('乙'), '')}</w:tr></w:tbl>"
    )
    assert read_docx(package(outer)).blocks == (
        Paragraph("甲"),
        Grid(((GridCell("规章", 0), GridCell("2", 1)),)),
        Paragraph("乙"),
    )


def item(text: str, level: int = 0, list_id: int = 3) -> str:
    return paragraph(
        text, properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'
    )


def test_automatic_numbers() -> None:
    body = item("总体情况") + item("主动公开", 1) + item("其他", 1) + item("申请") + item("收到", 1)
    expected = ["一、总体情况", "（一）主动公开", "（二）其他", "二、申请", "（一）收到"]
    assert texts(body) == expected


def test_lists_share_or_restart_their_count() -> None:
    numbering = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">
    <w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1"/></w:lvl>
    <w:lvl w:ilvl="1"><w:numFmt w:val="chineseCounting"/><w:isLgl/><w:lvlText w:val="%1.%2"/></w:lvl>
    </w:abstractNum>
    <w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
    <w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>
    <w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
    </w:numbering>"""
    body = (
        item("a", 0, 1) + item("b", 0, 2) + item("乙", 1, 2) + item("c", 0, 3) + item("d", 0, 3)
        + item("e", 0, 9) + item("f", 0, 0)
    )  # fmt: skip
    expected = ["2 a", "3 b", "3.1 乙", "7 c", "8 d", "e", "f"]
    assert texts(body, numbering=numbering) == expected


@pytest.mark.parametrize(
    ("count", "kind", "shown"),
    [
        (1, "chineseCounting", "一"),
        (10, "chineseCountingThousand", "十"),
        (21, "japaneseCounting", "二十一"),
        (3, "chineseLegalSimplified", "叁"),
        (10, "ideographDigital", "一〇"),
        (20, "decimalEnclosedCircleChinese", "⑳"),
        (21, "decimalEnclosedCircle", "21"),
        (2, "ideographTraditional", "乙"),
        (3, "lowerLetter", "c"),
        (4, "upperRoman", "IV"),
        (5, "somethingNew", "5"),
    ],
)
def test_kinds_of_numbers(count: int, kind: str, shown: str) -> None:
    assert number_in_words(count, kind) == shown


def test_paragraphs_as_they_are_shown() -> None:
    deleted_end = "<w:rPr><w:del w:id='1'/></w:rPr>"
    body = (
        paragraph("一、总体情况|2024年，我局")
        + paragraph("收到申请", properties=deleted_end) + paragraph("3件。")
        + f"<w:sdt><w:sdtContent>{paragraph('控件')}</w:sdtContent></w:sdt>"
        + text_box(paragraph("文本框"))
        + f"<w:p>{SEAL}{DRAWING}</w:p>"
    )  # fmt: skip
    assert texts(body) == ["一、总体情况", "2024年，我局", "收到申请3件。", "控件", "文本框"]


def test_heading_levels() -> None:
    styled = paragraph("甲", properties='<w:pStyle w:val="a1"/>')
    derived = paragraph("乙", properties='<w:pStyle w:val="a2"/>')
    outlined = paragraph("丙", properties='<w:outlineLvl w:val="2"/>')
    plain = paragraph("丁", properties='<w:pStyle w:val="a1"/><w:outlineLvl w:val="9"/>')
    blocks = read_docx(package(styled + derived + outlined + plain)).blocks
    assert blocks == (Paragraph("甲", 1), Paragraph("一、乙", 1), Paragraph("丙", 3), Paragraph("丁"))  # fmt: skip


def test_packages_that_word_opens_all_the_same() -> None:
    xml = f"<w:document {NAMESPACES}><w:body>{paragraph('正文')}</w:body></w:document>"
    strict = xml.replace(W, "http://purl.oclc.org/ooxml/wordprocessingml/main")
    for members in (
        {"word/document.xml": xml},
        {"word\\document.xml": xml},
        {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": RELATIONS, "Word/Document.xml": strict},
        {"_rels/.rels": RELATIONS.replace("word/document.xml", "/word/main.xml"), "word/main.xml": xml},
        {"word/document.xml": xml, "word/vbaProject.bin": b"\xd0\xcf\x11\xe0 never looked at"},
    ):  # fmt: skip
        assert read_docx(packed(members)).blocks == (Paragraph("正文"),)


@pytest.mark.parametrize(
    ("members", "problem", "why"),
    [
        ({"word/styles.xml": "<w/>"}, ExtractError, "word_without_text"),
        ({"word/document.xml": "<w:document"}, ExtractError, "damaged"),
        ({"word/document.xml": f"<w:document {NAMESPACES}/>"}, ExtractError, "word_without_text"),
        (
            {"word/document.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'},
            ExtractError,
            "xml_with_dtd",
        ),
        ({"word/document.xml": "<a>" * 100_000}, ExtractError, "depth"),
        ({"word/document.xml": b" " * (25 << 20)}, TooLarge, "26214400"),
    ],
)  # fmt: skip
def test_packages_that_are_refused(members: dict, problem: type, why: str) -> None:
    with pytest.raises(problem, match=why):
        read_docx(packed(members))


def test_too_many_cells() -> None:
    row = f"<w:tr>{'<w:tc/>' * 1000}</w:tr>"
    with pytest.raises(TooLarge, match="60000"):
        read_docx(package(f"<w:tbl>{row * 61}</w:tbl>"))


def test_a_password_is_reported() -> None:
    body = bytearray(package(paragraph("x")))
    at = body.rfind(b"PK\x01\x02", 0, body.rfind(b"word/document.xml"))
    body[at + 8] |= 1
    with pytest.raises(Encrypted):
        read_docx(bytes(body))
