"""What a browser hides on a page is not read, and what it shows is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongkai.extract.formats.html.html_reader import read_html
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.document import Grid
from gongkai.extract.report import read
from tests.extract.printed_forms import TITLE, numbers
from tests.printing.matrix import Style
from tests.printing.page import Markup, page
from tests.printing.report import distinct

PAGE = page(TITLE["2021"], FORM_2021, distinct(), Style(), Markup()).decode()
CELL = f"<td>{distinct()['requests']['new']['business']}</td>"

HIDING = (
    "display:none",
    "DISPLAY : none",
    "visibility:hidden",
    "visibility: collapse",
    "font-size:0",
    "font-size:0.0px",
    "font: 0/0 a",
    "opacity:0",
    "position:absolute;left:-9999px",
    "position:fixed;top:-200em",
    "text-indent:-9999px",
    "position:absolute;clip:rect(0,0,0,0)",
    "clip-path:inset(100%)",
    "height:0;overflow:hidden",
    "color:#fff;background:#FFFFFF",
    "color:rgb(255, 255, 255);background-color:white",
    "color:transparent",
    "text-decoration:line-through",
    "display:none!important",
)
SHOWING = ("display:inline", "opacity:0.5", "font-size:10px", "text-indent:-2em", "color:#fff", "left:-9999px", "height:0", "background:#fff")  # fmt: skip

SELECTORS = (".zw", "span.zw", "td .zw", "tr > td > .zw", "#zw", "td span", "table .zw, .other")


def with_page(head: str, inside: str) -> str:
    assert PAGE.count(CELL) == 1
    cell = CELL.replace("<td>", f"<td>{inside}")
    return PAGE.replace(CELL, cell).replace("<head>", f"<head>{head}")


def values(body: str) -> dict[tuple[str, str, str], str]:
    report = read(body.encode()).report
    assert report is not None
    return numbers(report)


WHOLE = values(PAGE)


@given(st.sampled_from(HIDING), st.sampled_from(SELECTORS))
@settings(max_examples=60, deadline=None)
def test_what_a_rule_hides_is_not_read(style: str, selector: str) -> None:
    head = f"<style>/* .zw */ body{{color:#333}} {selector} {{ {style} }} a:hover{{display:none}}</style>"
    assert values(with_page(head, '<span class="x zw" id="zw">99</span>')) == WHOLE


@given(st.sampled_from(HIDING))
@settings(max_examples=60, deadline=None)
def test_what_its_own_style_hides_is_not_read(style: str) -> None:
    assert values(with_page("", f'<span style="{style}">99</span>')) == WHOLE


@given(st.sampled_from(SHOWING), st.sampled_from(SELECTORS))
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_read(style: str, selector: str) -> None:
    head = f"<style>{selector} {{ {style} }}</style>"
    assert values(with_page(head, '<span class="zw" id="zw">99</span>')) != WHOLE


@pytest.mark.parametrize(
    "head",
    [
        "<style>@media print{.zw{display:none}}</style>",
        "<style media='print'>.zw{display:none}</style>",
        "<style>@media (max-width:600px){.zw{display:none}}</style>",
        "<!--<style>.zw{display:none}</style>-->",
        "<script>var css='<style>.zw{display:none}</style>'</script>",
        "<style>/*.zw{display:none}*/</style>",
        "<style>.zw:hover{display:none}</style>",
        "<style>.zw{display:none} span.zw{display:inline}</style>",
        "<style>.zw{display:none;display:inline}</style>",
        "<style>@keyframes k{.zw{display:none}}</style>",
        "<style>.menu .zw{display:none} p .zw{display:none}</style>",
    ],
)
def test_rules_that_a_screen_does_not_obey(head: str) -> None:
    found = values(with_page(head, '<span class="zw">9</span>'))
    assert found["requests", "new", "business"].startswith("9")


@pytest.mark.parametrize(
    "head",
    [
        "<style>@media screen{.zw{display:none}}</style>",
        "<style>@media print{.a{color:red}} .zw{display:none}</style>",
        "<style media='screen, print'>.zw{display:none}</style>",
        "<style>@charset 'utf-8'; .zw{display:none}</style>",
        "<style>.zw{display:none!important} span.zw{display:inline}</style>",
        "<style><!-- .zw{display:none} --></style>",
    ],
)
def test_rules_that_a_screen_obeys(head: str) -> None:
    assert values(with_page(head, '<span class="zw">9</span>')) == WHOLE


def grid(body: str) -> list[list[str]]:

    blocks = read_html(body.encode()).blocks
    return [[c.text for c in row] for b in blocks if isinstance(b, Grid) for row in b.rows]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<input type='text' value='41'>", "41"),
        ("<input value=41 disabled>", "41"),
        ("<input type=number value='41'>件", "41件"),
        ("<input type='hidden' value='99'>41", "41"),
        ("<input type='checkbox' value='99'>41", "41"),
        ("<select><option>1</option><option selected>41</option></select>", "41"),
        ("<select><option>41</option><option>7</option></select>", "41"),
        ("<textarea> 41\n</textarea>", "41"),
        ("<input style='display:none' value='99'>41", "41"),
        ("<noscript>99</noscript>41", "41"),
    ],
)
def test_form_controls_show_their_values(cell: str, text: str) -> None:
    assert grid(f"<table><tr><td>a</td><td>{cell}</td></tr></table>") == [["a", text]]


def test_a_size_of_its_own_shows_text_in_a_cell_without_one() -> None:
    body = "<style>td{font-size:0} b{font-size:12px} i{font-size:2em}</style><table><tr>"
    assert grid(f"{body}<td>9<b>41</b><i>9</i></td><td>9</td></tr></table>") == [["41", ""]]


def test_an_invisible_cell_keeps_its_place() -> None:
    body = "<table><tr><td>a</td><td style='visibility:hidden'>7</td><td>8</td></tr></table>"
    assert grid(body) == [["a", "", "8"]]


def test_hidden_rows_and_columns_take_no_place() -> None:
    body = (
        "<style>.u{display:none} td:nth-child(2){display:none}</style><table>"
        "<tr class='u'><td>x</td><td>y</td><td>z</td></tr><tbody class='u'><tr><td>w</td></tr></tbody>"
        "<tr><td>a</td><td>7</td><td>8</td></tr></table>"
    )
    assert grid(body) == [["a", "8"]]


def test_a_hidden_copy_is_left_out_and_a_tab_is_read() -> None:
    """An old version that is hidden does not compete; what only a hidden tab has is read."""
    old = distinct(seed=8)
    hidden = page(TITLE["2021"], FORM_2021, old, Style(), Markup()).decode()
    article = hidden[hidden.index("<div class='main'>") : hidden.index("<table><tr><td>主办")]
    copy = f"<style>.old{{display:none}}</style><div class='old'>{article}</div>"
    assert values(PAGE.replace("<div class='main'>", f"{copy}<div class='main'>", 1)) == WHOLE
    tab = PAGE.replace("<div class='main'>", "<div class='main' style='display:none'>", 1)
    assert values(tab) == WHOLE
