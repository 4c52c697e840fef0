"""Agencies over several years: late, missing, removed and edited reports, and other regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Agency, Cell, Finding, Report, Section, Table
from gongkai.messages import message
from tests.publish.samples import HOSTILE, HOSTILE_AGENCY, PINGLUO, Sample, blank_table

COUNTY = "640221-renminzhengfu-0a0a"
POLICE = "640121-gonganju-0b0b"
FINANCE = "640202-caizhengju-0c0c"

AGENCIES = {
    PINGLUO: Agency("平罗县工业和信息化局", "640221", "county", "department", "工业和信息化"),
    COUNTY: Agency("平罗县人民政府", "640221", "county", "government", ""),
    POLICE: Agency("永宁县公安局", "640121", "county", "department", "公安"),
    FINANCE: Agency("大武口区财政局", "640202", "county", "department", "财政"),
}

CARRY = Finding(
    "carry_over",
    "total",
    "source",
    "3",
    "0",
    message(
        "carry_over_differs",
        column=message("form.applicant.total"),
        last=2023,
        this=2024,
        out=3,
        into=0,
    ),
)


TWIN = Finding(
    "near_duplicate",
    "",
    "source",
    "96%",
    f"{POLICE}-2023",
    message("near_duplicate_of_own", year=2023, share="96%", quote="依申请公开工作有序推进"),
)
TWIN_PASSAGES = (
    (
        f"{POLICE}-2024",
        f"{POLICE}-2023",
        1,
        "2024年，永宁县公安局依申请公开工作有序推进，未出现泄密。",
        "2023年，永宁县公安局依申请公开工作有序推进，未出现泄密。",
    ),
    (f"{POLICE}-2024", f"{POLICE}-2023", 2, HOSTILE, HOSTILE * 200),
)


def requests(figures: Mapping[str, int]) -> Table:
    """Return a table of requests with these totals, all made by natural persons."""
    table = blank_table(
        [item.key for item in FORM_2021.items], [c.key for c in FORM_2021.applicants]
    )
    for item, number in figures.items():
        cell = Cell(str(number), number)
        table = {**table, item: {**table[item], "natural_person": cell, "total": cell}}
    return table


def reviews(upheld: int, corrected: int, suits: int) -> Table:
    """Return a table of reviews and litigation, whose suits were filed directly and are pending."""
    names = [column.key for column in FORM_2021.results]
    table = blank_table(("review", "suit_direct", "suit_after_review"), names)
    changed = {
        ("review", "upheld"): upheld,
        ("review", "corrected"): corrected,
        ("review", "total"): upheld + corrected,
        ("suit_direct", "pending"): suits,
        ("suit_direct", "total"): suits,
    }
    return {
        item: {
            field: Cell(str(changed.get((item, field), 0)), changed.get((item, field), 0))
            for field in row
        }
        for item, row in table.items()
    }


def made(
    agency_id: str,
    year: int,
    published_on: str,
    figures: Mapping[str, int],
    disputes: tuple[int, int, int] = (0, 0, 0),
    status: str = "complete",
    findings: tuple[Finding, ...] = (),
) -> Sample:
    """Return a report with given figures."""
    agency = AGENCIES[agency_id]
    prose = f"{year}年，{agency.name}依申请公开工作有序推进，未出现泄密。"
    report = Report(
        title=f"{agency.name}{year}年政府信息公开工作年度报告",
        year=year,
        form="2021",
        published_on=published_on,
        agency=agency,
        status=status,  # type: ignore[arg-type]
        sections=(
            Section(1, "一、总体情况", prose),
            Section(5, "五、存在的主要问题及改进情况", "公开栏目更新不及时。"),
        ),
        tables={
            "active_disclosure": {"": dict.fromkeys(FORM_2021.disclosure_keys, Cell("0", 0))},
            "requests": requests(figures),
            "review_litigation": reviews(*disputes),
        },
        findings=findings,
    )
    url = f"http://www.pingluo.gov.cn/{agency_id}/{year}.html"
    return Sample(agency_id, report, url, f"<p>{agency_id} {year}</p>".encode())


def more_samples() -> tuple[Sample, ...]:
    """Return more reports, which make a small country together with those of `samples()`."""
    plenty = {"new": 120, "total_handled": 118, "granted": 60, "granted_partly": 8}
    plenty |= {"refused_third_party": 30, "unavailable_not_held": 20, "carried_out": 2}
    finance = made(FINANCE, 2024, "2025-02-12", {**plenty, "carried_in": 0}, (3, 1, 2))
    return (
        made(PINGLUO, 2021, "2022-01-18", {"new": 3, "total_handled": 3, "granted": 3}),
        made(COUNTY, 2022, "2023-03-20", {"new": 40, "total_handled": 37, "granted": 37}),
        made(
            COUNTY,
            2023,
            "2024-04-12",
            {"new": 41, "total_handled": 38, "granted": 38, "carried_out": 3},
            (4, 2, 0),
        ),
        made(
            COUNTY,
            2024,
            "2025-03-28",
            {"new": 44, "total_handled": 44, "granted": 40, "refused_three_securities": 4},
            (5, 2, 3),
            status="removed",
            findings=(CARRY,),
        ),
        made(POLICE, 2023, "2024-01-30", {"new": 5, "total_handled": 5, "granted": 5}),
        made(
            POLICE,
            2024,
            "2025-01-16",
            {"new": 9, "total_handled": 9, "granted": 3, "refused_third_party": 2}
            | {"refused_internal_affairs": 3, "rejected_repeat": 1},
            findings=(TWIN,),
        ),
        replace(finance, attachment=None),
    )


CHANGES = (
    (f"{PINGLUO}-2024", "2025-06-01T18:30:00Z", "requests", "new", "total", "1", "0"),
    (
        f"{PINGLUO}-2024",
        "2025-06-01T18:30:00Z",
        "sections",
        "1",
        "text",
        "全年收到申请1件。主动公开212条。",
        "全年收到申请0件。主动公开212条。",
    ),
    (
        f"{PINGLUO}-2024",
        "2025-06-01T18:30:00Z",
        "sentences",
        "1",
        "0001",
        "全年收到申请1件。",
        "全年收到申请0件。",
    ),
    (f"{PINGLUO}-2024", "2025-06-01T18:30:00Z", "sections", "6", "text", None, "无其他事项。"),
    (f"{HOSTILE_AGENCY}-2024", "2025-06-02T00:00:00Z", "sections", "1", HOSTILE, HOSTILE, "=1+1"),
)
"""Rows of `changes`: figures and sentences that were edited, and some that would run."""

SITES = (
    ("weibin", "新乡市卫滨区人民政府", "http://www.wbq.gov.cn/", "410703", "htmls"),
    ("yongning", "永宁县人民政府", "http://www.nxyn.gov.cn/", "640121", "trs"),
    ("zhongwei", "中卫市人民政府", "javascript:alert(1)", "640500", "trs", "yongning"),
)
RUNS = (
    *(
        (f"run-{place}", kind, site, f"2025-06-01T18:0{place}:00Z", "2025-06-01T19:00:00Z", *rest)
        for place, (kind, site, *rest) in enumerate(
            (
                ("crawl", "weibin", "failed", 12, 0, 0, 0, 0, 0, 12, "网站没有应答", "No answer"),
                ("crawl", "yongning", "blocked", 4, 0, 0, 0, 0, 4, 0, None, None),
                ("build", None, "ok", 50, 6, 1, 40, 0, 0, 0, None, None),
            ),
            2,
        )
    ),
)
REVIEWS = (
    ("requests_balance", "confirmed", "已与原件核对，报告原文如此。", 1),
    ("requests_outcome_sum", "rejected", "内部意见，不公开。", 0),
    ("placeholder", "confirmed", HOSTILE, 1),
)
"""What people said of failed checks, by rule: the verdict, the words, whether they are public."""
