"""The 2021 layout (国办公开办函〔2021〕30号), for 2021 and later years."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Disclosure, Form
from gongkai.extract.forms.litigation_items import PROCEEDINGS, RESULTS
from gongkai.extract.forms.request_items import APPLICANTS, IDENTITIES, ITEMS_2021

_ONE, _FIVE, _SIX, _EIGHT = (f"第二十条第（{n}）项" for n in "一五六八")
_WAN = "万元"


def _column(key: str, zh: str, words: tuple[str, ...], unit: str = "") -> Column:
    return Column(key, zh, f"form.disclosure.{key}", words, unit)


def _documents(key: str) -> tuple[Column, ...]:
    return (
        # 本年度止件数: 平罗县工业和信息化局 2024 (废 dropped)
        _column(f"{key}_made", "本年制发件数", ("制发", "制定")),
        _column(f"{key}_repealed", "本年废止件数", ("废止", "止件数")),
        # 现行有效件: 昌图县七家子镇 2023
        _column(f"{key}_in_force", "现行有效件数", ("现行有效", "有效件")),
    )


def _decisions(key: str) -> tuple[Column, ...]:
    return (_column(f"{key}_decisions", "本年处理决定数量", ("处理决定",)),)


def _row(
    key: str, zh: str, article: str, words: tuple[str, ...], columns: tuple[Column, ...]
) -> Disclosure:
    return Disclosure(zh, f"form.disclosure.{key}", article, words, columns)


FORM_2021 = Form(
    id="2021",
    basis="国办公开办函〔2021〕30号",
    part="active_disclosure",
    disclosures=(
        _row("regulations", "规章", _ONE, ("规章",), _documents("regulations")),
        # 规范性文件, the 2019 label, is met under 2021 headers
        _row(
            "normative_docs",
            "行政规范性文件",
            _ONE,
            ("规范性文件",),
            _documents("normative_docs"),
        ),
        _row("licensing", "行政许可", _FIVE, ("行政许可",), _decisions("licensing")),
        _row("penalty", "行政处罚", _SIX, ("行政处罚",), _decisions("penalty")),
        _row("coercion", "行政强制", _SIX, ("行政强制",), _decisions("coercion")),
        _row(
            "fees",
            "行政事业性收费",
            _EIGHT,
            ("事业性收费",),
            (_column("fees_wan_yuan", "本年收费金额（单位：万元）", ("收费金额",), _WAN),),
        ),
    ),
    items=ITEMS_2021,
    applicants=APPLICANTS,
    proceedings=PROCEEDINGS,
    results=RESULTS,
    identities=IDENTITIES,
)
