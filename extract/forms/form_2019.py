"""The 2019 layout (国办公开办函〔2019〕60号), for 2019 and 2020, and for some reports to 2022."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Disclosure, Form
from gongkai.extract.forms.litigation_items import PROCEEDINGS, RESULTS
from gongkai.extract.forms.request_items import APPLICANTS, IDENTITIES, ITEMS_2019

_ONE, _FIVE, _SIX, _EIGHT, _NINE = (f"第二十条第（{n}）项" for n in "一五六八九")


def _column(key: str, zh: str, words: tuple[str, ...], unit: str = "") -> Column:
    return Column(key, zh, f"form.disclosure_2019.{key}", words, unit)


def _documents(key: str) -> tuple[Column, ...]:
    # Both headers are cut to 本年新 on one county's pages (微山县两城镇 2020): order tells them apart.
    return (
        _column(f"{key}_new", "本年新制作数量", ("新制作", "制作数量")),
        _column(f"{key}_published", "本年新公开数量", ("新公开",)),
        _column(f"{key}_total", "对外公开总数量", ("公开总", "总数量")),
    )


def _projects(key: str) -> tuple[Column, ...]:
    return (
        _column(f"{key}_prev_items", "上一年项目数量", ("上一年", "上年项目")),
        _column(f"{key}_change", "本年增/减", ("本年增", "增/减", "增减")),
        _column(f"{key}_decisions", "处理决定数量", ("处理决定",)),
    )


def _row(
    key: str, zh: str, article: str, words: tuple[str, ...], columns: tuple[Column, ...]
) -> Disclosure:
    return Disclosure(zh, f"form.disclosure_2019.{key}", article, words, columns)


FORM_2019 = Form(
    id="2019",
    basis="国办公开办函〔2019〕60号",
    part="active_disclosure_2019",
    disclosures=(
        _row("regulations", "规章", _ONE, ("规章",), _documents("regulations")),
        _row("normative_docs", "规范性文件", _ONE, ("规范性文件",), _documents("normative_docs")),
        _row("licensing", "行政许可", _FIVE, ("行政许可",), _projects("licensing")),
        _row(
            "other_services",
            "其他对外管理服务事项",
            _FIVE,
            ("对外管理服务事项", "对外管理服务"),
            _projects("other_services"),
        ),
        _row("penalty", "行政处罚", _SIX, ("行政处罚",), _projects("penalty")),
        _row("coercion", "行政强制", _SIX, ("行政强制",), _projects("coercion")),
        _row("fees", "行政事业性收费", _EIGHT, ("事业性收费",), _projects("fees")[:2]),
        _row(
            "procurement",
            "政府集中采购",
            _NINE,
            ("集中采购",),
            (
                _column("procurement_items", "采购项目数量", ("采购项目",)),
                _column(
                    "procurement_wan_yuan",
                    "采购总金额",
                    ("采购总金额", "总金额", "采购金额"),
                    "万元",
                ),
            ),
        ),
    ),
    items=ITEMS_2019,
    applicants=APPLICANTS,
    proceedings=PROCEEDINGS,
    results=RESULTS,
    identities=IDENTITIES,
)
