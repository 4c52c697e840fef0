"""The 2019 layout: 国办公开办函〔2019〕60号, reports for 2019 and 2020, some still for 2022."""

from __future__ import annotations

from gongkai.extract.forms.form import Column, Disclosure, Form
from gongkai.extract.forms.request_items import APPLICANTS, IDENTITIES, ITEMS_2019
from gongkai.extract.forms.review import PROCEEDINGS, RESULTS

_ONE, _FIVE, _SIX, _EIGHT, _NINE = (f"第二十条第（{n}）项" for n in "一五六八九")


def _documents(key: str, en: str) -> tuple[Column, ...]:
    # Both headers are cut to 本年新 on one county's pages (微山县两城镇 2020): order tells them apart.
    return (
        Column(f"{key}_new", "本年新制作数量", f"{en} newly made", ("新制作", "制作数量")),
        Column(f"{key}_published", "本年新公开数量", f"{en} newly published", ("新公开",)),
        Column(f"{key}_total", "对外公开总数量", f"{en} public in all", ("公开总", "总数量")),
    )


def _projects(key: str, en: str) -> tuple[Column, ...]:
    return (
        Column(
            f"{key}_prev_items", "上一年项目数量", f"{en} items last year", ("上一年", "上年项目")
        ),
        Column(f"{key}_change", "本年增/减", f"{en} items, change", ("本年增", "增/减", "增减")),
        Column(f"{key}_decisions", "处理决定数量", f"{en} decisions", ("处理决定",)),
    )


FORM_2019 = Form(
    id="2019",
    basis="国办公开办函〔2019〕60号",
    part="active_disclosure_2019",
    active=(
        Disclosure(
            "规章", "Regulations", _ONE, ("规章",), _documents("regulations", "Regulations")
        ),
        Disclosure(
            "规范性文件",
            "Normative documents",
            _ONE,
            ("规范性文件",),
            _documents("normative_docs", "Normative documents"),
        ),
        Disclosure(
            "行政许可", "Licensing", _FIVE, ("行政许可",), _projects("licensing", "Licensing")
        ),
        Disclosure(
            "其他对外管理服务事项",
            "Other public services",
            _FIVE,
            ("对外管理服务事项", "对外管理服务"),
            _projects("other_services", "Other services"),
        ),
        Disclosure("行政处罚", "Penalties", _SIX, ("行政处罚",), _projects("penalty", "Penalty")),
        Disclosure("行政强制", "Coercion", _SIX, ("行政强制",), _projects("coercion", "Coercion")),
        Disclosure(
            "行政事业性收费",
            "Administrative fees",
            _EIGHT,
            ("事业性收费",),
            _projects("fees", "Fee")[:2],
        ),
        Disclosure(
            "政府集中采购",
            "Centralised procurement",
            _NINE,
            ("集中采购",),
            (
                Column("procurement_items", "采购项目数量", "Procurement items", ("采购项目",)),
                Column(
                    "procurement_wan_yuan",
                    "采购总金额",
                    "Procurement amount (10,000 yuan)",
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
