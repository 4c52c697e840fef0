"""OFD files are read like the PDF files they draw the same pages as, in whatever way they are written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.media_type import OFD
from gongkai.extract.formats.ofd.ofd_reader import read_ofd
from gongkai.extract.forms import FORM_2021
from gongkai.extract.report import read
from tests.extract.formats.printed_pdf import ENCODINGS, SHEETS, STYLES, absent, printed, wrong
from tests.extract.printed_forms import SEEDS, TITLE, flat
from tests.paths import REPORTS
from tests.printing.ofd import CASES, Way, drawn, ofd, packed, parts
from tests.printing.pdf_layout import Press, Sheet
from tests.printing.pdf_writer import Pdf
from tests.printing.report import Printed, distinct

WAYS = st.builds(
    Way,
    steps=st.sampled_from(["short", "each"]),
    lines=st.sampled_from(["own", "template", "unit"]),
    enlarged=st.sampled_from([1.0, 0.5, 3.175]),
    rooted=st.booleans(),
    pretty=st.booleans(),
    namespace=st.sampled_from(["http://www.ofdspec.org/2016", "http://example.org/other"]),
)


@pytest.mark.parametrize("name", CASES)
def test_what_was_printed_is_read(name: str) -> None:
    found = read((REPORTS / name / "source.ofd").read_bytes())
    values = printed(REPORTS / name)
    assert (found.outcome, found.media_type) == ("report", OFD)
    assert found.report is not None
    assert (wrong(found.report, values), absent(found.report, values)) == ({}, [])
    assert (found.report.status, found.report.findings) == ("complete", ())


@given(sheet=SHEETS, style=STYLES, encoding=ENCODINGS, way=WAYS, seed=SEEDS)
@settings(max_examples=25, deadline=None)
def test_the_same_pages_give_the_same_report(
    sheet: Sheet, style: object, encoding: str, way: Way, seed: int
) -> None:
    values = distinct(FORM_2021, seed)
    paper = Printed(TITLE["2021"], FORM_2021, values, style)
    pdf = Press(replace(sheet, mark=""), Pdf(encoding=encoding)).print(paper)
    found = read(ofd(drawn(pdf), way))
    assert found.report is not None
    assert wrong(found.report, flat(values)) == {}
    if sheet.rules != "none":  # without rules, a hair's breadth decides which lines are rows
        assert found.report == read(pdf).report


def texts(members: dict[str, str], content: str) -> list[str]:
    members["Doc_0/Document.xml"] = members["Doc_0/Document.xml"].replace(
        "<ofd:Pages></ofd:Pages>",
        "<ofd:Pages><ofd:Page ID='1' BaseLoc='Pages/P/Content.xml'/></ofd:Pages>",
    )
    members["Doc_0/Pages/P/Content.xml"] = f"<ofd:Page xmlns:ofd='x'>{content}</ofd:Page>"
    return [block.text for block in read_ofd(packed(members)).blocks]


def text(words: str, y: int = 20, more: str = "", inside: str = "", code: str = "") -> str:
    return (
        f"<ofd:TextObject Boundary='20 {y} 90 5' Size='4' {more}>{inside}"
        f"<ofd:TextCode X='0' Y='4' {code}>{words}</ofd:TextCode></ofd:TextObject>"
    )


CLIP = "<ofd:Clips><ofd:Clip><ofd:Area><ofd:Path Boundary='0 0 {} 9'/></ofd:Area></ofd:Clip></ofd:Clips>"


@pytest.mark.parametrize(
    ("drawn", "seen"),
    [
        (text("公开年报"), ["公开年报"]),
        (text("公开年报", code="DeltaX='g 3 4'"), ["公开年报"]),
        (text("2024年", code="DeltaX='4 4 4 4'"), ["2024年"]),  # digits set as wide as characters
        (text("12", code="DeltaX='30'"), ["1 2"]),
        (text("公开年报", more="Visible='false'"), []),
        (text("公开年报", more="Fill='false'"), []),
        (text("公开年报", more="CTM='0.7 0.7 -0.7 0.7 0 0'"), []),  # aslant, a watermark
        (text("公开", inside="<ofd:FillColor Value='255 255 255'/>"), []),
        (text("公开", inside="<ofd:FillColor Value='#FF #FF #FF'/>"), []),
        (text("公开", inside="<ofd:FillColor Value='0 0 0 0'/>"), []),  # no ink of four
        (text("公开", more="DrawParam='4'"), []),
        (text("公开", inside="<ofd:FillColor Value='35 31 32'/>"), ["公开"]),
        (text("公开", inside="<ofd:FillColor><ofd:Value>1 2 3</ofd:Value></ofd:FillColor>"), ["公开"]),
        (text("公开年报", inside=CLIP.format(8)), ["公开"]),
        (text("1234", inside=CLIP.format(4)), ["12\ufffd"]),  # a number cut through is none
        (text("公开", y=20) + text("年报", y=40), ["公开年报"]),
        (text("公开") + "<ofd:ImageObject Boundary='10 10 100 50'/>", []),  # painted over
        ("<ofd:ImageObject Boundary='10 10 100 50'/>" + text("公开"), ["公开"]),
        ("<ofd:PageBlock>" * 3 + text("公开") + "</ofd:PageBlock>" * 3, ["公开"]),
        ("<ofd:CompositeObject ResourceID='1' Boundary='0 0 9 9' CTM='0.5 0 0 0.5 0 0'/>", ["报告"]),
        ("<ofd:CompositeObject ResourceID='2'/>", []),
    ],
)  # fmt: skip
def test_what_can_be_seen_is_read(drawn: str, seen: list[str]) -> None:
    members = parts([], Way())
    members["Doc_0/DocumentRes.xml"] = (
        f"<ofd:Res xmlns:ofd='x'><ofd:CompositeGraphicUnit ID='1'><ofd:Content>{text('报告')}</ofd:Content></ofd:CompositeGraphicUnit>"
        "<ofd:DrawParam ID='3'><ofd:FillColor Value='255'/></ofd:DrawParam><ofd:DrawParam ID='4' Relative='3'/></ofd:Res>"
    )
    content = f"<ofd:Content><ofd:Layer>{drawn}</ofd:Layer></ofd:Content>"
    assert texts(members, content) == seen


def test_templates_lie_beneath_and_above() -> None:
    members = parts([], Way())
    members["Doc_0/Document.xml"] = members["Doc_0/Document.xml"].replace(
        "<ofd:DocumentRes>", "<ofd:TemplatePage ID='9' BaseLoc='T.xml'/><ofd:DocumentRes>"
    )
    members["Doc_0/T.xml"] = (
        "<ofd:Page xmlns:ofd='x'><ofd:Content><ofd:Layer>"
        "<ofd:ImageObject Boundary='10 10 100 50'/></ofd:Layer></ofd:Content></ofd:Page>"
    )
    content = f"<ofd:Content><ofd:Layer>{text('公开')}</ofd:Layer></ofd:Content>"
    beneath, above = (
        "<ofd:Template TemplateID='9'/>",
        "<ofd:Template TemplateID='9' ZOrder='Foreground'/>",
    )
    assert texts(dict(members), beneath + content) == ["公开"]
    assert texts(dict(members), above + content) == []


def test_pages_of_pictures_are_a_scan() -> None:
    members = parts([], Way())
    texts(
        members,
        "<ofd:Content><ofd:Layer><ofd:ImageObject Boundary='0 0 210 297'/></ofd:Layer></ofd:Content>",
    )
    found = read(packed(members))
    assert (found.outcome, found.media_type, found.report) == ("scan", OFD, None)


def test_a_report_in_a_zip() -> None:
    body = (REPORTS / "ofd-plain" / "source.ofd").read_bytes()
    found = read(packed({"年报.ofd": body, "说明.txt": "见附件"}))
    assert found.report == read(body).report


def test_a_page_written_sideways_is_turned() -> None:
    lines = "".join(
        f"<ofd:TextObject Boundary='{x} 20 5 200' Size='4' ReadDirection='90' CharDirection='90'>"
        f"<ofd:TextCode X='0' Y='0' {steps}>{words}</ofd:TextCode></ofd:TextObject>"
        for x, words, steps in (
            (120, "一、总体情况", "DeltaY='g 5 4'"),
            (90, "二、主动公开政府信息情况", "DeltaX='g 11 0' DeltaY='g 11 4'"),
            (60, "共12件", ""),
        )
    )
    content = f"<ofd:Content><ofd:Layer>{lines}</ofd:Layer></ofd:Content>"
    assert texts(parts([], Way()), content) == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "共12件",
    ]
