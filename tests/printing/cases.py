"""The frozen HTML cases of tests/reports: `python -m tests.printing.cases` makes the pages again.

A case says what is printed and what must be read of it. The pages are made once and frozen; this
file is their origin. Cases follow quirks of real reports, named where they were met.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS, Form
from tests.paths import REPORTS
from tests.printing.matrix import Style, Values, all_tables
from tests.printing.page import Markup, table

HERE = REPORTS
PLAIN, BARE = Style(), Markup()
PROSE = {
    1: "2024年，本单位认真贯彻《中华人民共和国政府信息公开条例》，扎实推进政务公开工作。",
    5: "存在信息更新不够及时的问题，下一步将加强培训。",
    6: "本年度未收取信息处理费。",
}


@dataclass(frozen=True)
class Case:
    """One page: whose, when, which form and style, and what is done to it afterwards."""

    name: str
    origin: str
    title: str = "清河县教育局2024年政府信息公开工作年度报告"
    form: Form = FORM_2021
    style: Style = PLAIN
    markup: Markup = BARE
    changed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    prose: dict[int, str] = field(default_factory=dict)
    headings: Callable[[int, str], str] = lambda number, heading: heading
    rewrite: Callable[[str], str] = lambda page: page
    encoding: str = "utf-8"
    media_type: str = "text/html"
    published: str = "2025-01-21"
    head: str = ""


def values(case: Case) -> Values:
    """Balanced numbers, different in every row, the same on every run; then the case's own."""
    dice = random.Random(case.name)
    form = case.form
    found: dict[str, dict[str, dict[str, str]]] = {
        form.part: {"": {}},
        "requests": {},
        "review_litigation": {},
    }
    for key in form.disclosure_keys:
        found[form.part][""][key] = str(dice.randint(1, 60))
    applicants = [column.key for column in form.applicants]
    outcomes = [item.key for item in form.items if item.group and item.key != "total_handled"]
    columns = {
        key: {item: dice.choice((0, 0, dice.randint(1, 19))) for item in outcomes}
        for key in applicants[:-1]
    }
    for column in columns.values():
        column["total_handled"] = sum(column[item] for item in outcomes)
        column["carried_in"] = dice.randint(0, column["total_handled"])
        column["carried_out"] = dice.randint(0, 5)
        column["new"] = column["total_handled"] + column["carried_out"] - column["carried_in"]
    for item in form.items:
        row = {key: str(column[item.key]) for key, column in columns.items()}
        found["requests"][item.key] = {**row, "total": str(sum(map(int, row.values())))}
    for proceeding in form.proceedings:
        counts = {column.key: dice.randint(0, 9) for column in form.results[:-1]}
        texts = {key: str(count) for key, count in counts.items()}
        found["review_litigation"][proceeding.key] = {**texts, "total": str(sum(counts.values()))}
    for (part, row_key, key), text in case.changed.items():
        found[part][row_key][key] = text
    return found


def page(case: Case) -> bytes:
    """The page's bytes."""
    parts = all_tables(case.form, values(case), case.style)
    if case.style.joined:
        parts = [[], [[row for tables in parts for rows in tables for row in rows]], []]
    body = []
    for number, heading in SECTIONS:
        text = case.prose.get(number, PROSE.get(number, ""))
        body.append(f"<p>{escape(case.headings(number, heading))}</p>")
        body += [f"<p>{escape(line)}</p>" for line in text.splitlines()]
        if 2 <= number <= 4:
            body += [table(rows, case.markup) for rows in parts[number - 2]]
    article = "\n".join(body)
    if case.markup.twice:
        article = f"<div class='pc'>{article}</div><div class='wap'>{article}</div>"
    if case.markup.layout:
        article = f"<table width='100%'><tr><td>{article}</td></tr></table>"
    text = (
        f"<!DOCTYPE html>\n<html><head><meta charset='{case.encoding}'><title>{escape(case.title)}_清河县人民政府</title>\n"
        f"{case.head}<meta name='ArticleTitle' content='{escape(case.title)}'>\n"
        f"<meta name='PubDate' content='{case.published} 09:30'></head>\n<body>\n"
        "<table class='nav'><tr><td><a href='/'>首页</a></td><td><a href='/zwgk/'>政务公开</a></td></tr></table>\n"
        f"<div class='content'><h1>{escape(case.title)}</h1>\n<div class='TRS_Editor'>\n{article}\n</div></div>\n"
        "<div class='foot'>主办：清河县人民政府办公室　网站标识码：1305340001</div>\n</body></html>\n"
    )
    return case.rewrite(text).encode(
        case.encoding if case.encoding != "lying" else "gb18030", "strict"
    )


def without(*words: str) -> Callable[[str], str]:
    """A rewrite that takes words out of the page."""

    def rewrite(text: str) -> str:
        for word in words:
            assert word in text, word
            text = text.replace(word, "")
        return text

    return rewrite


def instead(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """A rewrite that puts words in place of others."""

    def rewrite(text: str) -> str:
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        return text

    return rewrite


R, A, OLD, V = "requests", "active_disclosure", "active_disclosure_2019", "review_litigation"
T2020 = "清河县教育局2020年政府信息公开工作年度报告"
NUMERALS = dict(enumerate("一二三四五六", 1))

CASES = [
    Case("html-word-paste", "Word paste: MsoNormal paragraphs, o:p and nbsp in every cell.", markup=Markup(cell="word")),
    Case("html-padding-blank", "Blank cells stand where a group label should span rows.", style=Style(padding="blank")),
    Case("html-padding-none", "The rowspan of group labels was lost: rows are shifted to the left.", style=Style(padding="none")),
    Case("html-group-rows", "Group labels have rows of their own.", style=Style(groups="own_row")),
    Case("html-label-breaks", "Labels are broken by <br> in the middle of a word.", markup=Markup(breaks=True)),
    Case("html-circled-numbers", "Items are numbered ① ② ③.", style=Style(numbering="①")),
    Case("html-bracket-numbers", "Items are numbered （1）（2）（3）, cells are divs.", style=Style(numbering="（1）"), markup=Markup(cell="div")),
    Case(
        "html-header-typos",
        "本年度止件数 (平罗县工信局 2024), 现行有效件 (昌图县七家子镇 2023), 商业 企业 (赫章县兴发乡 2024), 规 章 (万源市玉带乡 2024).",
        rewrite=instead(("本年废止件数", "本年度止件数"), ("现行有效件数", "现行有效件"), ("商业企业", "商业 企业"), (">规章<", ">规 章<")),
    ),
    Case("html-no-header", "The header rows of table 2 are missing.", style=Style(header=False)),
    Case("html-shared-grid", "Every table in the columns of all of them: no cell covers one column alone.", style=Style(grid="shared", joined=True, padding="blank")),
    Case("html-dragged-edge", "The edge before a column stands a sliver further left in every other row.", style=Style(grid="dragged")),
    Case("html-unseen-characters", "Characters without width stand inside the numbers.", rewrite=lambda text: re.sub(r"<td>(\d)(\d+)</td>", "<td>\\1\u200b\\2\ufeff</td>", text)),
    Case("html-one-table", "All three tables were typed as one.", style=Style(joined=True, active="one")),
    Case("html-cut-table", "Table 2 is cut in two without a header on the second part.", style=Style(cut=13)),
    Case("html-cut-repeated-header", "Table 2 is cut in two, the header repeated.", style=Style(cut=9, header_again=True)),
    Case("html-review-sideways", "Table 3 was turned: one number a row.", style=Style(review="sideways")),
    Case("html-review-matrix", "Table 3 has a row for each proceeding.", style=Style(review="matrix")),
    Case("html-desktop-and-mobile", "The page holds the article twice, for wide and narrow screens.", markup=Markup(twice=True)),
    Case("html-layout-table", "The whole article stands in a layout table.", markup=Markup(layout=True, cell="nbsp")),
    Case(
        "html-local-row",
        "天门市拖市镇 2020: filling guidance in brackets behind labels, and a row of the place's own.",
        title=T2020, form=FORM_2019, published="2021-01-26",
        rewrite=instead(
            (">规范性文件<", ">规范性文件（指本机关制发的文件）<"),
            ("第二十条第（五）项", '第二十条第（一）项之一</td></tr><tr><td>其他主动公开文件</td><td>88</td><td>89</td><td>90</td></tr><tr><td colspan="4">第二十条第（五）项'),
        ),
    ),
    Case("html-gbk-lying-meta", "GBK bytes under a meta tag that says utf-8.", encoding="lying",
         rewrite=instead(("charset='lying'", "charset='utf-8'")), media_type="text/html; charset=utf-8"),
    Case("html-gb18030-as-gb2312", "Labelled gb2312, with a character outside of it (镕).", encoding="gb18030",
         rewrite=instead(("charset='gb18030'", "charset='gb2312'")), prose={5: "朱镕基同志题词室的信息更新不够及时。"}),
    Case("html-2019", "The layout of 2019.", title=T2020, form=FORM_2019, published="2021-01-20"),
    Case("html-2019-for-2022", "A report for 2022 on the form of 2019 (某县丰收乡 2022).", form=FORM_2019,
         title="清河县丰收乡2022年政府信息公开工作年度报告", published="2023-01-12"),
    Case(
        "html-2019-units", "1,113 (汝州市城市管理局 2020), +21 (会同县林业局 2020), -417 and 24.5万元 (杨陵区住建局 2019), 251000元.",
        title=T2020, form=FORM_2019, published="2021-01-20",
        changed={(OLD, "", "penalty_decisions"): "1,113", (OLD, "", "licensing_change"): "+21",
                 (OLD, "", "other_services_change"): "-417", (OLD, "", "procurement_wan_yuan"): "251000元"},
    ),
    Case("html-wan-yuan", "The fee says 24.5万元 in the cell.", changed={(A, "", "fees_wan_yuan"): "24.5万元"}),
    Case(
        "html-blank-zeros", "A report that leaves every zero blank.",
        rewrite=lambda text: text.replace("<td>0</td>", "<td></td>"),
    ),
    Case("html-dashes", "Dashes and strokes instead of zeros in section two.",
         changed={(A, "", "regulations_made"): "—", (A, "", "regulations_repealed"): "/", (A, "", "regulations_in_force"): "-", (A, "", "coercion_decisions"): "无"}),
    Case("html-full-width-digits", "Full-width digits.", changed={(A, "", "licensing_decisions"): "１３４"}),
    Case("html-not-numbers", "Cells that are no numbers: the letter O, two numbers in one cell, a negative and a broken count.",
         changed={(R, "new", "business"): "1O", (R, "granted", "total"): "1 2", (A, "", "penalty_decisions"): "-3", (A, "", "licensing_decisions"): "1.5", (V, "review", "upheld"): "约2"}),
    Case("html-row-too-short", "A row lost one of its cells.",
         rewrite=lambda text: re.sub(r"(2\.重复申请</td>)<td>\d+</td>", r"\1", text)),
    Case("html-merged-values", "Two values of a row were merged into one cell.",
         rewrite=lambda text: re.sub(r"(2\.重复申请</td>)<td>(\d+)</td><td>\d+</td>", r'\1<td colspan="2">\2</td>', text)),
    Case("html-broken-identities", "Totals that do not add up: the agency's own errors, kept as they are.",
         changed={(R, "total_handled", "natural_person"): "999", (V, "suit_direct", "total"): "77"}),
    Case("html-part-headings", "Sections are numbered 第一部分 to 第六部分.", headings=lambda n, h: f"第{NUMERALS[n]}部分 {h[2:]}"),
    Case("html-bracket-headings", "Sections are numbered （一） to （六）.", headings=lambda n, h: f"（{NUMERALS[n]}）{h[2:]}"),
    Case("html-unnumbered-headings", "Section headings have no numbers.", headings=lambda n, h: h[2:]),
    Case("html-han-year", "The year in Chinese numerals, the agency's name first.", title="清河县教育局二〇二四年度政府信息公开工作年度报告"),
    Case("html-year-first", "Year in front of the agency.", title="2024年度清河县教育局政府信息公开工作报告"),
    Case("html-garbled-title", "昌图县七家子镇 2023: 政府信息公开工作告年度报.", title="清河县七家子镇人民政府2024年政府信息公开工作告年度报"),
    Case("html-title-without-agency", "The title names no agency; the breadcrumb does.", title="2024年政府信息公开工作年度报告",
         rewrite=instead(("<div class='content'>", "<div class='pos'>当前位置：<a href='/'>首页</a> &gt; <a href='/jyj/'>清河县教育局</a> &gt; <a href='/nb/'>政府信息公开年报</a></div><div class='content'>"))),
    Case("html-period-disagrees", "The statistical period is another year's: copied from last year's report.",
         prose={1: "本报告所列数据的统计期限自2023年1月1日起，至2023年12月31日止。"}),
    Case("html-published-years-later", "Published two years after its year.", published="2027-03-01"),
    Case("html-prose-contradicts", "The prose states other numbers than the table.",
         prose={1: "（二）依申请公开\n2024年，我局共收到政府信息公开申请9999件，均已答复。", 4: "未发生因政府信息公开引起的行政复议、行政诉讼。"}),
    Case("html-unfilled", "Numbers that were never filled in.", prose={1: "全年共主动公开政府信息 条，其中政策解读××条。"}),
    Case("html-empty-section", "Sections five and six say nothing.", prose={5: "", 6: ""}),
    Case("html-missing-section", "Section five is not there.", rewrite=without("<p>五、存在的主要问题及改进情况</p>", f"<p>{PROSE[5]}</p>")),
    Case("html-cut-off", "The connection broke in the middle of table 2.", rewrite=lambda text: text[: text.index("4.无正当理由") + 40]),
    Case("html-wide-colspan", "colspan=1000000 on the corner cell.", rewrite=instead(('colspan="3"', 'colspan="1000000"'))),
    Case("html-scripts-inside", "Scripts, hidden comments and NUL bytes between the cells.",
         rewrite=lambda text: text.replace("<tr>", "<tr><!-- 7 --><script>document.write('<td>5</td>')</script>", 3).replace("自然人", "自\0然人", 1)),
]  # fmt: skip


def plain_page(title: str, body: str, head: str = "") -> str:
    """A page that is not a filled-in form."""
    return (
        f"<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>{escape(title)}</title>{head}</head><body>\n"
        f"<div class='content'><h1>{escape(title)}</h1>\n{body}\n</div></body></html>\n"
    )


_HEADED = "".join(
    f"<p>{heading}</p><p>{PROSE.get(number, '见下图。')}</p>" for number, heading in SECTIONS
)
_META = "<meta name='PubDate' content='2025-01-21 09:30'>"
_LEGACY = """<p>根据《中华人民共和国政府信息公开条例》，现公布本年度报告。统计期限自2012年1月1日起，至2012年12月31日止。</p>
<p>一、概述</p><p>2012年，我局政府信息公开工作进展顺利。</p>
<p>二、主动公开政府信息情况</p><p>主动公开政府信息326条。</p>
<p>三、依申请公开政府信息情况</p><p>收到申请2件，均已答复。</p>
<p>四、政府信息公开的收费及减免情况</p><p>未收取费用。</p>
<p>五、因政府信息公开申请行政复议、提起行政诉讼情况</p><p>没有发生。</p>
<p>六、存在的主要问题和改进措施</p><p>公开内容不够全面。</p>"""
_NOTICE = Case("", "", title="关于做好2024年政府信息公开工作年度报告编制发布工作的通知",
               changed={}, rewrite=lambda text: re.sub(r"<td>\d+</td>", "<td></td>", text))  # fmt: skip

PAGES: dict[str, tuple[str, str | Callable[[], str]]] = {
    "html-tables-as-images": (
        "The three tables are pictures.",
        plain_page("清河县教育局2024年政府信息公开工作年度报告", _HEADED + "<img src='./W020250121.jpg'>", _META),
    ),
    "html-attachment-only": (
        "The article is one line and an attachment, opened by a script.",
        plain_page("清河县教育局2024年政府信息公开工作年度报告", "<p><a onclick=\"window.open('./P020250121.pdf')\">附件</a></p>", _META),
    ),
    "html-legacy-2012": (
        "A report of the years before 2019: sections of its own, no tables.",
        plain_page("清河县教育局2012年政府信息公开工作年度报告", _LEGACY, "<meta name='PubDate' content='2013-03-02'>"),
    ),
    "html-notice-empty-form": ("A notice on compiling reports, with the form unfilled.", lambda: page(_NOTICE).decode()),
    "html-rule-of-law-report": (
        "法治政府建设年度报告: the nearest other yearly report.",
        plain_page("清河县教育局2024年法治政府建设年度报告", "<p>一、总体情况</p><p>依法行政。</p><p>二、存在的主要问题</p><p>学习不够。</p>", _META),
    ),
    "html-picture-version": (
        "图解: a picture version of a report.",
        plain_page("图解：清河县教育局2024年政府信息公开工作年度报告", "<img src='./W020250121.png'>", _META),
    ),
    "html-list": (
        "A list of reports.",
        plain_page("政府信息公开年报", "<ul>" + "".join(f"<li><a href='./t{n}.html'>清河县教育局20{n}年政府信息公开工作年度报告</a></li>" for n in range(12, 25)) + "</ul>"),
    ),
    "html-blocked-yundun": (
        "The block page of 电信云堤, with status 200.",
        "<html><head><title>访问提示</title></head><body><p>您的访问已被电信云堤网站安全防护拦截。</p></body></html>",
    ),
    "html-blocked-jsl": (
        "A page of 加速乐: a script that sets a cookie.",
        "<script>document.cookie=('__jsl_clearance=1737400000.123|-1|abc;max-age=3600');location.href=location.pathname</script>",
    ),
    "html-maintenance": (
        "A portal under maintenance.",
        "<html><body><h1>系统维护中</h1><p>给您带来不便，敬请谅解。</p></body></html>",
    ),
}  # fmt: skip


def write_page(name: str, origin: str, text: str) -> None:
    """Freeze one page that is no filled-in form."""
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    (folder / "source.html").write_text(text, encoding="utf-8")
    (folder / "origin.md").write_text(
        f"{origin}\n\nMade by tests/printing/cases.py; the agency is made up.\n", encoding="utf-8"
    )
    (folder / "context.json").write_text(
        '{"media_type": "text/html", "site_region": "130534"}\n', encoding="utf-8"
    )


def write(case: Case) -> None:
    """Freeze one case; its expectation is written by the golden test, for review."""
    folder = HERE / case.name
    folder.mkdir(exist_ok=True)
    (folder / "source.html").write_bytes(page(case))
    (folder / "origin.md").write_text(
        f"{case.origin}\n\nMade by tests/printing/cases.py; agency and numbers are made up.\n",
        encoding="utf-8",
    )
    context = {"media_type": case.media_type, "site_region": "130534"}
    (folder / "context.json").write_text(json.dumps(context) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for one in CASES:
        write(one)
    for name, (origin, text) in PAGES.items():
        write_page(name, origin, text if isinstance(text, str) else text())
    print(len(CASES) + len(PAGES), "cases")
