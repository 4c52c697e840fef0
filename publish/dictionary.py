"""The data dictionary: what every table, view and column of the archive means, in both languages.

One source for the interface, for Datasette's metadata and for the printed dictionary. The columns
of the official forms are taken from the forms themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from extract.forms import FORM_2019, FORM_2021, Form
from publish.dictionary_views import VIEWS
from publish.entries import Entry, TableEntry, entries

REPORT_ID = Entry("报告", "Report", "所属报告的编号", "id of the report")
DIGEST = Entry("指纹", "Digest", "文档内容的 SHA-256 校验值", "SHA-256 of the document's bytes")
URL = Entry("原网址", "Address", "在政府网站上的原始地址", "address on the government site")
SEEN = {
    "first_seen": Entry("首次见到", "First seen", "首次采集到的时间（UTC）", "UTC"),
    "last_seen": Entry("最近见到", "Last seen", "最近一次采集到的时间（UTC）", "UTC"),
}


def _active(form: Form) -> dict[str, Entry]:
    """Return the columns of section two: 规章 / 本年制发件数."""
    return {
        column.key: Entry(f"{row.zh}：{column.zh}", column.en, row.article, f"Article 20: {row.en}")
        for row in form.active
        for column in row.columns
    }


def _places() -> tuple[TableEntry, ...]:
    return (
        TableEntry(
            "regions",
            "行政区划",
            "Regions",
            "国家标准 GB/T 2260 行政区划，一行一个区划。",
            "One row per GB/T 2260 administrative division.",
            entries(
                code=("区划代码", "Code", "六位 GB/T 2260 代码", "six-digit GB/T 2260 code"),
                name=("名称", "Name"),
                full_name=("全称", "Full name", "含上级区划", "with the divisions above it"),
                level=("级别", "Level", "省、市、县", "province, city or county"),
                parent_code=("上级区划", "Parent", "上级区划代码", "code of the division above"),
            ),
            facets=("level",),
            label="name",
        ),
        TableEntry(
            "agencies",
            "机关",
            "Agencies",
            "编制年度报告的行政机关，一行一个机关。",
            "One row per agency that publishes annual reports.",
            entries(
                id=("机关编号", "Id", "稳定不变的编号", "stable identifier"),
                name=("机关名称", "Name"),
                region_code=("所在地区", "Region", "区划代码", "code of the division"),
                level=("级别", "Level", "省、市、县、乡镇", "province, city, county or town"),
                kind=("类别", "Kind", "政府、部门、办公室", "government, department or office"),
                sector=("领域", "Sector", "如 工业和信息化", "e.g. industry and IT"),
            ),
            facets=("region_code", "level", "kind", "sector"),
            label="name",
            quiet=("id",),
        ),
        TableEntry(
            "sites",
            "政府网站",
            "Portals",
            "本库采集的政府门户网站。",
            "The government portals that are crawled.",
            entries(
                id=("网站编号", "Id"),
                name=("名称", "Name"),
                url=URL,
                region_code=("所在地区", "Region", "区划代码", "code of the division"),
                cms=("网站系统", "CMS", "网站所用的发布系统", "the product the portal runs on"),
            ),
            label="name",
        ),
    )


def _reports() -> tuple[TableEntry, ...]:
    return (
        TableEntry(
            "reports",
            "年度报告",
            "Reports",
            "政府信息公开工作年度报告，一个机关一个年度一行。",
            "One row per agency and year.",
            entries(
                id=("报告编号", "Id", "机关编号加年度", "agency id and year"),
                title=("标题", "Title"),
                agency_id=("机关", "Agency"),
                year=("年度", "Year", "报告所统计的年度", "the year reported on"),
                form=(
                    "格式",
                    "Form",
                    "2021 年格式、2019 年格式或更早",
                    "official layout: 2021, 2019 or legacy",
                ),
                published_on=("发布日期", "Published on"),
                status=(
                    "状态",
                    "Status",
                    "完整、部分可读、仅正文、不可读、已撤下",
                    "complete, partial, text_only, unreadable or removed",
                ),
                checks_failed=(
                    "未通过核对",
                    "Failed checks",
                    "未通过的核对项数",
                    "number of checks that failed",
                ),
                url=URL,
                digest=DIGEST,
                **SEEN,
            ),
            facets=("year", {"region": "agency_id"}, "form", "status"),
            label="title",
            sort_desc="published_on",
            quiet=("id", "digest", "first_seen", "last_seen"),
        ),
        TableEntry(
            "sections",
            "报告正文",
            "Sections",
            "报告正文，一行一个部分（一至六）。",
            "The prose, one row per headed part (1 to 6).",
            entries(
                report_id=REPORT_ID,
                number=("序号", "Number", "一至六；0 为标题前的文字", "0 is text before the first"),
                heading=("标题", "Heading"),
                text=("正文", "Text"),
            ),
            facets=("number",),
            label="heading",
        ),
        TableEntry(
            "revisions",
            "版本",
            "Revisions",
            "一份报告先后出现过的版本。",
            "The documents that stood for a report over time.",
            entries(
                report_id=REPORT_ID,
                digest=DIGEST,
                url=URL,
                **SEEN,
                current=("现行", "Current", "1 为现行版本", "1 for the version that stands"),
            ),
            facets=("current",),
        ),
        TableEntry(
            "copies",
            "副本",
            "Copies",
            "同一报告的其他网址和附件。",
            "Further addresses and attachments of the same report.",
            entries(
                report_id=REPORT_ID,
                digest=DIGEST,
                url=URL,
                role=("用途", "Role", "网页、附件等", "page, attachment and so on"),
                **SEEN,
            ),
            facets=("role",),
        ),
        TableEntry(
            "changes",
            "变更",
            "Changes",
            "两个版本之间改动的单元格或文字。",
            "A changed cell or passage between two revisions.",
            entries(
                report_id=REPORT_ID,
                seen_at=("发现时间", "Seen at"),
                part=("部分", "Part"),
                item=("行", "Item"),
                field=("列", "Field"),
                old=("改前", "Before"),
                new=("改后", "After"),
            ),
            facets=("part",),
        ),
    )


def _numbers() -> tuple[TableEntry, ...]:
    return (
        TableEntry(
            "active_disclosure",
            "主动公开情况（2021 年格式）",
            "Proactive disclosure (2021 form)",
            "第二部分的表格，一份报告一行。空白不等于零。",
            "The table of section two, one row per report. Blank is not zero.",
            {"report_id": REPORT_ID, **_active(FORM_2021)},
        ),
        TableEntry(
            "active_disclosure_2019",
            "主动公开情况（2019 年格式）",
            "Proactive disclosure (2019 form)",
            "2019 年格式第二部分的表格，一份报告一行。",
            "The table of section two in the 2019 layout, one row per report.",
            {"report_id": REPORT_ID, **_active(FORM_2019)},
        ),
        TableEntry(
            "requests",
            "申请办理情况",
            "Requests",
            "第三部分的表格，一份报告二十五行（2019 年格式二十三行），七列为申请人类别。",
            "The table of section three: 25 items (23 in the 2019 layout) by kind of applicant.",
            {
                "report_id": REPORT_ID,
                "item": Entry("项目", "Item", "表格的行", "row of the form"),
                **{column.key: Entry(column.zh, column.en) for column in FORM_2021.applicants},
            },
            facets=("item",),
        ),
        TableEntry(
            "review_litigation",
            "行政复议、行政诉讼情况",
            "Reviews and litigation",
            "第四部分的表格，一份报告三行：行政复议、未经复议直接起诉、复议后起诉。",
            "The table of section four: three proceedings per report.",
            {
                "report_id": REPORT_ID,
                "proceeding": Entry("类别", "Proceeding"),
                **{column.key: Entry(column.zh, column.en) for column in FORM_2021.results},
            },
            facets=("proceeding",),
        ),
        TableEntry(
            "cell_notes",
            "单元格附注",
            "Cell notes",
            "不是普通数字的单元格：空白、横线、异常文字等，保留原文。",
            "Cells that are not plain numbers, with the text as printed.",
            entries(
                report_id=REPORT_ID,
                part=("表格", "Part"),
                item=("行", "Item"),
                field=("列", "Field"),
                raw=("原文", "As printed"),
                note=(
                    "附注",
                    "Note",
                    "空白、横线、异常、不可读、识别",
                    "blank, dash, odd, unreadable, ocr",
                ),
            ),
            facets=("note", "part"),
        ),
        TableEntry(
            "checks",
            "核对结果",
            "Failed checks",
            "未通过或存疑的核对。核对从不改动数字。",
            "Checks that failed or are unsure. A check never changes a number.",
            entries(
                id=("编号", "Id", "稳定不变的编号", "stable fingerprint"),
                report_id=REPORT_ID,
                rule=("规则", "Rule"),
                scope=("范围", "Scope", "所涉的行、列或类别", "row, column or proceeding"),
                verdict=(
                    "判断",
                    "Verdict",
                    "报告自身矛盾、识读可能有误、待核",
                    "source, extraction or unsure",
                ),
                left_value=("一方数值", "Left value"),
                right_value=("另一方数值", "Right value"),
                message_zh=("说明", "In Chinese"),
                message_en=("英文说明", "In English"),
            ),
            facets=("rule", "verdict"),
            quiet=("id", "message_en"),
        ),
    )


def _provenance() -> tuple[TableEntry, ...]:
    return (
        TableEntry(
            "documents",
            "文档",
            "Documents",
            "采集到的不同文档，以内容指纹区分。",
            "Distinct bytes that were fetched, by digest.",
            entries(
                digest=DIGEST,
                media_type=("类型", "Media type"),
                title=("标题", "Title"),
                outcome=("判定", "Outcome", "报告、列表、拦截页等", "what the document is"),
                extractor=("识读程序版本", "Extractor"),
                error=("原因", "Why", "不是报告或读不出的原因", "why it is not a report"),
            ),
            facets=("outcome", "media_type"),
            label="title",
        ),
        TableEntry(
            "snapshots",
            "采集记录",
            "Snapshots",
            "每一次抓取，及其在 WARC 存档文件中的位置。",
            "Every fetch, and where its record lies in the WARC files.",
            entries(
                id=("编号", "Id", "WARC 记录号", "id of the WARC record"),
                site=("网站", "Portal"),
                url=URL,
                final_url=("最终网址", "Final address", "跳转后的地址", "after redirects"),
                fetched_at=("采集时间", "Fetched at", "协调世界时", "UTC"),
                status=("HTTP 状态", "HTTP status"),
                media_type=("类型", "Media type"),
                bytes=("字节数", "Bytes"),
                digest=DIGEST,
                warc=("存档文件", "WARC file"),
                offset=("位置", "Offset"),
                outcome=("判定", "Outcome"),
            ),
            facets=("site", "outcome", "status"),
            sort_desc="fetched_at",
        ),
        TableEntry(
            "runs",
            "运行记录",
            "Runs",
            "每次采集和建库。",
            "Every crawl and build.",
            entries(
                id=("编号", "Id"),
                kind=("类别", "Kind"),
                site=("网站", "Portal"),
                started=("开始", "Started"),
                finished=("结束", "Finished"),
                outcome=("结果", "Outcome"),
                counts=("计数", "Counts"),
                requests=("请求", "Requests"),
                new=("新增", "New"),
                changed=("变更", "Changed"),
                unchanged=("未变", "Unchanged"),
                gone=("消失", "Gone"),
                blocked=("被拦", "Blocked"),
                errors=("出错", "Errors"),
                reports=("报告", "Reports"),
            ),
            facets=("kind", "site", "outcome"),
            sort_desc="started",
        ),
    )


@dataclass(frozen=True)
class Dictionary:
    """All entries by table or view name, in the order in which they are presented."""

    tables: dict[str, TableEntry] = field(default_factory=dict)

    def column(self, table: str, column: str) -> Entry | None:
        """Return what is known of a column, or None."""
        entry = self.tables.get(table)
        return entry.columns.get(column) if entry else None


def _collect(groups: Iterable[tuple[TableEntry, ...]]) -> Dictionary:
    return Dictionary({entry.name: entry for group in groups for entry in group})


DICTIONARY = _collect((_reports(), _numbers(), VIEWS, _places(), _provenance()))
