"""Examples of addresses that return data, for the data page. A test requests each of them."""

from __future__ import annotations

from dataclasses import dataclass

from gongkai.catalogue import Language


@dataclass(frozen=True, slots=True)
class Example:
    """An address and a description of what it returns, in both languages."""

    zh: str
    en: str
    path: str

    def about(self, lang: Language) -> str:
        """Return the description in `lang`."""
        return self.en if lang == "en" else self.zh


EXAMPLES = (
    Example(
        "2024 年度的报告，JSON，每页五份",
        "Reports of 2024 as JSON, five a page",
        "/archive/reports.json?year=2024&_shape=objects&_size=5",
    ),
    Example(
        "以保护第三方权益为由不予公开的申请",
        "Requests refused to protect a third party",
        "/archive/requests.json?item=refused_third_party&total__gt=0&_shape=array",
    ),
    Example(
        "办结三十件以上的报告的各项比率",
        "Rates of reports with thirty requests or more",
        "/archive/report_summary.json?requests_handled__gte=30&_shape=array",
    ),
    Example(
        "2022 年度未见报告的机关，CSV",
        "Agencies without a report for 2022, as CSV",
        "/archive/coverage.csv?status=missing&year=2022&_size=max&_dl=1",
    ),
    Example(
        "收办不平衡的核对结果",
        "Failed checks of the balance of requests",
        "/archive/checks.json?rule=requests_balance&_shape=array",
    ),
    Example(
        "宁夏 2024 年度有不予公开的报告，CSV",
        "Reports of Ningxia for 2024 with refusals, as CSV",
        "/search.csv?region=640000&year=2024&answer=refused",
    ),
    Example(
        "正文提到“三审三校”的报告",
        "Reports that mention 三审三校",
        "/archive/reports.json?_search=%E4%B8%89%E5%AE%A1%E4%B8%89%E6%A0%A1&_shape=array",
    ),
    Example(
        "订阅宁夏的新报告", "A feed of Ningxia's new reports", "/feeds/reports.atom?region=640000"
    ),
)
