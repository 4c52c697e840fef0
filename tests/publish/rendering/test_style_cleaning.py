"""Style sheets of kept pages: what says how a page looks stays, what acts, hides or overlays does not."""

from __future__ import annotations

import pytest

from gongkai.publish.rendering.style_cleaning import clean_styles, read_styles


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (".a, #b > p { color: #333; Float:left }", ".a, .id-b > p{color:#333;float:left}"),
        (".nav a, a.b, .a{color:#fff}", ".nav .tag-a, .tag-a.b, .a{color:#fff}"),
        ("p{color:rgba(0, 0, 0, .5)!important}", "p{color:rgba(0, 0, 0, .5)!important}"),
        (
            "a:hover{color:red}/* p{color:blue} */b{color:red}",
            ".tag-a:hover{color:red}\nb{color:red}",
        ),
        ("@charset 'utf-8';@import 'x.css';p{color:red}", "p{color:red}"),
        (
            "@media (max-width: 600px){.a{width:10%}.b{width:90%}}p{color:red}",
            "@media (max-width: 600px){.a{width:10%}}\n@media (max-width: 600px){.b{width:90%}}"
            "\np{color:red}",
        ),
        (
            "@media print{p{color:red}}@font-face{src:url(a)}@keyframes x{0%{width:0}}b{color:red}",
            "b{color:red}",
        ),
        ("p{background:#fff url(a.png) no-repeat}", "p{background:#fff no-repeat}"),
        ("p{background:url('data:image/png;base64,AA;b')}", ""),
        ("p{position:fixed;top:0;z-index:9;opacity:0;visibility:hidden;content:'x'}", ""),
        ("p{text-indent:-9999px;margin:0 -10px;font-size:0;font:1px a}", ""),
        ("p{font-size:14px;margin:0 auto}", "p{font-size:14px;margin:0 auto}"),
        ("p{width:expression(alert(1));color:var(--x)}", ""),
        ("p{color:red}</style><script>alert(1)</script>b{color:red}", "p{color:red}"),
        ("p[onclick*=a]{color:red} p\\61{color:red}", ""),
        ("p{color:red", ""),
        ("p{font-family:'a}q{color:red}", "q{color:red}"),
        ("p{font-family:\"a' b}q{font-family:'a b',\"c\"}", "q{font-family:'a b',\"c\"}"),
        ("p:not({color:red}q:not(.a){color:red}", "q:not(.a){color:red}"),
        ("p) (b{color:red}@media (a{b{color:red}}i{color:red}", "i{color:red}"),
        ("p{font-size:1%}b{font-size:1pt}i{font-size:.01ex}u{font-size:80%}", "u{font-size:80%}"),
        ("p{color:transparent}b{color:rgba(0,0,0,0)}i{color:rgb(0 0 0 / 1%)}", ""),
        ("p{color:#0000}b{color:#00000000}i{color:#000}", "i{color:#000}"),
        ("p{margin-left:1e9px}", ""),
        ("}}}p{color:red}", "p{color:red}"),
    ],
)
def test_what_stays_of_a_style_sheet(given: str, kept: str) -> None:
    assert clean_styles([given]) == kept


def test_style_sheets_in_old_codings_are_read_and_bounded() -> None:
    assert read_styles(("@charset 'gbk';/* 宋体 */p{font-family:宋体,serif}".encode("gbk"),)) == (
        "p{font-family:宋体,serif}"
    )
    assert len(clean_styles(["p{color:red}" * 400_000])) < 200_000
