"""Reports to serve in tests: two are read from frozen text, the others are made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gongkai.extract.forms import FORM_2019, section_label
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import Agency, Cell, Finding, Report, Section, Source, Table
from gongkai.extract.report import read
from gongkai.messages import message
from tests.paths import REPORTS

FROZEN = REPORTS
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PAGE = "<html><script>alert(document.domain)</script><p>平罗县工业和信息化局</p></html>".encode()
HOSTILE = "<script>alert('标题')</script>\"'><img src=x onerror=alert(1)>"

PINGLUO = "640221-gongyehexinxihuaju-1f0a"
HUITONG = "431225-linyeju-77aa"
HOSTILE_AGENCY = "640000-hostile-0000"


CONTRADICTIONS = (
    *(
        Finding(
            rule,
            scope,
            "source",
            left,
            "11",
            message(f"identity_{rule}", label=verbatim(zh), left=left, right="11"),
        )
        for rule, left in (("requests_balance", "12"), ("requests_outcome_sum", "9"))
        for scope, zh in (("natural_person", "自然人"), ("total", "总计"))
    ),
    Finding(
        "section_empty",
        "6",
        "unsure",
        "",
        "六、其他需要报告的事项",
        message("section_empty", section=section_label(6)),
    ),
)
"""What is wrong with the report of 2023."""


@dataclass(frozen=True)
class Sample:
    """A report with what the crawl knows about it. `body` is its archived document."""

    agency_id: str
    report: Report
    url: str
    body: bytes
    media_type: str = "text/html"
    attachment: tuple[str, bytes] | None = None

    @property
    def id(self) -> str:
        """Return the report's id."""
        return f"{self.agency_id}-{self.report.year}"


def frozen(case: str, published_on: str) -> Report:
    """Return the report read from a frozen text, as published on a day."""
    reading = read((FROZEN / case / "source.txt").read_bytes(), Source(media_type="text/plain"))
    assert reading.report is not None, reading.why
    return replace(reading.report, published_on=published_on)


def with_cells(table: Table, changed: dict[tuple[str, str], Cell]) -> Table:
    """Return the table with some cells replaced, by (item, field)."""
    return {
        item: {field: changed.get((item, field), cell) for field, cell in row.items()}
        for item, row in table.items()
    }


def blank_table(items: Iterable[str], fields: Iterable[str]) -> Table:
    """Return a table of zeros."""
    names = tuple(fields)
    return {item: {field: Cell("0", 0) for field in names} for item in items}


def contradicting(report: Report) -> Report:
    """Return a report of the year before whose requests do not add up, with odd cells in it."""
    requests = with_cells(
        report.tables["requests"],
        {
            ("new", "natural_person"): Cell("12", 12),
            ("new", "total"): Cell("12", 12),
            ("granted", "natural_person"): Cell("7", 7),
            ("granted", "total"): Cell("7", 7),
            ("refused_third_party", "natural_person"): Cell("2", 2),
            ("refused_third_party", "total"): Cell("2", 2),
            ("total_handled", "natural_person"): Cell("11", 11),
            ("total_handled", "total"): Cell("11", 11),
            ("other", "business"): Cell("/", None, "dash"),
            ("carried_out", "business"): Cell("", None, "blank"),
            ("carried_in", "research_institute"): Cell("０件", None, "odd"),
        },
    )
    tables = {**report.tables, "requests": requests}
    return replace(
        report,
        title=report.title.replace("2024", "2023"),
        year=2023,
        published_on="2024-01-22",
        tables=tables,
        findings=CONTRADICTIONS,
    )


def of_2019() -> Report:
    """Return a report in the 2019 layout, with a change that is negative and a blank table cell."""
    active = {
        "": {
            **dict.fromkeys(FORM_2019.disclosure_keys, Cell("0", 0)),
            "licensing_prev_items": Cell("34", 34),
            "licensing_change": Cell("-21", -21),
            "licensing_decisions": Cell("1,113", 1113),
            "procurement_wan_yuan": Cell("477.35", 477.35),
            "fees_change": Cell("", None, "blank"),
        }
    }
    items = [item.key for item in FORM_2019.items]
    applicants = [column.key for column in FORM_2019.applicants]
    results = [column.key for column in FORM_2019.results]
    return Report(
        title="会同县林业局2020年政府信息公开工作年度报告",
        year=2020,
        form="2019",
        published_on="2021-01-19",
        agency=Agency("会同县林业局", "431225", "county", "department", "林业"),
        status="complete",
        sections=(
            Section(1, "一、总体情况", "2020年，会同县林业局主动公开政府信息34条。"),
            Section(5, "五、存在的主要问题及改进情况", "一是公开不够及时。"),
        ),
        tables={
            "active_disclosure_2019": active,
            "requests": blank_table(items, applicants),
            "review_litigation": blank_table(
                ("review", "suit_direct", "suit_after_review"), results
            ),
        },
    )


def hostile() -> Report:
    """Return a report full of markup and scripts, which must be shown as text."""
    text = f"{HOSTILE}\njavascript:alert(1) \u202e\x07 &amp; ' onmouseover=alert(1) {{{{ 7*7 }}}}"
    return Report(
        title=HOSTILE,
        year=2024,
        form="legacy",
        published_on="2025-02-01",
        agency=Agency(f"{HOSTILE}局", "640000", "province", "department", HOSTILE),
        status="text_only",
        sections=(Section(1, HOSTILE, text),),
        findings=(Finding("placeholder", HOSTILE, "source", HOSTILE, "1", verbatim(HOSTILE)),),
    )


def samples() -> tuple[Sample, ...]:
    """Return all sample reports."""
    pingluo = frozen("pingluo-gxj-2024-text", "2025-01-20")
    weibin = frozen("weibin-gxj-2024-text", "2025-01-24")
    site = "http://www.pingluo.gov.cn/xxgk/zfxxgknb"
    return (
        Sample(
            PINGLUO,
            pingluo,
            f"{site}/202501/t20250120_4801234.html",
            PAGE,
            attachment=(f"{site}/202501/P020250120400000000000.pdf", PDF),
        ),
        Sample(
            PINGLUO, contradicting(pingluo), f"{site}/202401/t20240122_4301234.html", PAGE + b" "
        ),
        Sample(
            "410703-gongyehexinxihuaju-2b3c",
            weibin,
            "http://www.wbq.gov.cn/xwzx/xwzx/1280811.html",
            PDF + b" ",
            "application/pdf",
        ),
        Sample(HUITONG, of_2019(), "http://www.huitong.gov.cn/nb/2020.html", PAGE + b"  "),
        Sample(HOSTILE_AGENCY, hostile(), "javascript:alert(document.domain)", b"%PDF <script>"),
    )
