"""The 2021 layout: 国办公开办函〔2021〕30号, reports for 2021 and later."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Disclosure, Form
from gongkai.extract.forms.request_items import APPLICANTS, IDENTITIES, ITEMS_2021
from gongkai.extract.forms.review import PROCEEDINGS, RESULTS

_ONE, _FIVE, _SIX, _EIGHT = (f"第二十条第（{n}）项" for n in "一五六八")
_WAN = "万元"


def _documents(key: str, en: str) -> tuple[Column, ...]:
    return (
        # 本年度止件数: 平罗县工业和信息化局 2024 (废 dropped)
        Column(f"{key}_made", "本年制发件数", f"{en} made this year", ("制发", "制定")),
        Column(f"{key}_repealed", "本年废止件数", f"{en} repealed this year", ("废止", "止件数")),
        # 现行有效件: 昌图县七家子镇 2023
        Column(f"{key}_in_force", "现行有效件数", f"{en} in force", ("现行有效", "有效件")),
    )


def _decisions(key: str, en: str) -> tuple[Column, ...]:
    return (
        Column(f"{key}_decisions", "本年处理决定数量", f"{en} decisions this year", ("处理决定",)),
    )


FORM_2021 = Form(
    id="2021",
    basis="国办公开办函〔2021〕30号",
    part="active_disclosure",
    active=(
        Disclosure(
            "规章", "Regulations", _ONE, ("规章",), _documents("regulations", "Regulations")
        ),
        # 规范性文件, the 2019 label, is met under 2021 headers
        Disclosure(
            "行政规范性文件",
            "Normative documents",
            _ONE,
            ("规范性文件",),
            _documents("normative_docs", "Normative documents"),
        ),
        Disclosure(
            "行政许可", "Licensing", _FIVE, ("行政许可",), _decisions("licensing", "Licensing")
        ),
        Disclosure("行政处罚", "Penalties", _SIX, ("行政处罚",), _decisions("penalty", "Penalty")),
        Disclosure("行政强制", "Coercion", _SIX, ("行政强制",), _decisions("coercion", "Coercion")),
        Disclosure(
            "行政事业性收费",
            "Administrative fees",
            _EIGHT,
            ("事业性收费",),
            (
                Column(
                    "fees_wan_yuan",
                    "本年收费金额（单位：万元）",
                    "Fees this year (10,000 yuan)",
                    ("收费金额",),
                    _WAN,
                ),
            ),
        ),
    ),
    items=ITEMS_2021,
    applicants=APPLICANTS,
    proceedings=PROCEEDINGS,
    results=RESULTS,
    identities=IDENTITIES,
)
