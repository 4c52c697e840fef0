"""Make the frozen PDF cases again: `python -m tests.printing.pdf_cases [NAME…]`.

Each case is printed by LibreOffice, by Chromium, by another program (producers, reportlab_tables) or
by hand (pdf_writer, pdf_layout), and its values are kept beside it as they were given to the printer.
Needs soffice, chromium, the Noto CJK fonts and fonttools, and the program that prints the case. Chromium's and LibreOffice's files differ from run to run in their dates and ids:
only make anew what has to change.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module

from gongkai.extract.forms import FORM_2019, FORM_2021
from tests.paths import REPORTS
from tests.printing import pdf_oddities as odd
from tests.printing import word
from tests.printing.engines import chromium, libreoffice
from tests.printing.matrix import Style
from tests.printing.odt import Look, odt
from tests.printing.paper import paper
from tests.printing.pdf_layout import Press, Sheet
from tests.printing.pdf_writer import Pdf
from tests.printing.producers import cairo, ghostscript, qpdf, weasyprint, wkhtmltopdf
from tests.printing.report import PROSE, SHORT, Printed, distinct

CASES = REPORTS
Rewriting = Callable[[bytes], bytes]
ASK = '{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"2024"}}'
RESTRICT = '{"RestrictPermissions":{"type":"boolean","value":"true"},"PermissionPassword":{"type":"string","value":"x"},"Changes":{"type":"long","value":"0"}}'


@dataclass(frozen=True)
class Case:
    """A frozen PDF: how it is made, from what, and what is special about it."""

    made: Callable[[Printed], bytes]
    about: str
    printed: Printed


def office(about: str, look: Look, printed: Printed, options: str = "") -> Case:
    """A case that LibreOffice prints."""
    made = lambda p: libreoffice(odt(p, look), options=options)  # noqa: E731
    return Case(made, f"Printed by LibreOffice Writer. {about}", printed)


def browser(about: str, css: str, printed: Printed, body: str = "", radicals: bool = False) -> Case:
    """A case that Chromium prints."""

    def made(p: Printed) -> bytes:
        return chromium(paper(p, css, body, radicals=radicals))

    return Case(made, f"Printed by Chromium from a page. {about}", printed)


def hand(about: str, sheet: Sheet, printed: Printed, encoding: str = "identity") -> Case:
    """A case laid out by hand, without embedded fonts."""
    made = lambda p: Press(sheet, Pdf(encoding=encoding)).print(p)  # noqa: E731
    return Case(made, f"Laid out by hand (tests/printing/pdf_layout.py). {about}", printed)


def report(
    agency: str,
    seed: int,
    style: Style = Style(),  # noqa: B008
    year: int = 2024,
    high: int = 900,
) -> Printed:
    """A report of an agency with values of its own, most of them below `high`, and short prose."""
    form = FORM_2019 if year < 2021 else FORM_2021
    title = f"{agency}{year}年政府信息公开工作年度报告"
    return Printed(title, form, distinct(form, seed, high), style, SHORT)


def reportlab(about: str, printed: Printed, **options: str | bool) -> Case:
    """A case that reportlab prints, which need not be installed for the others."""
    made = lambda p: import_module("tests.printing.reportlab_tables").reportlab(p, **options)  # noqa: E731
    return Case(made, f"Printed by reportlab (Platypus). {about}", printed)


def page_printer(about: str, printer: Callable[[str], bytes], css: str, printed: Printed) -> Case:
    """A case that another program prints from a page."""
    return Case(lambda p: printer(paper(p, css)), about, printed)


def word_file(about: str, markup: word.Markup, printed: Printed, again: Rewriting = bytes) -> Case:
    """A case that LibreOffice prints from a Word file. `again` rewrites it."""

    def made(p: Printed) -> bytes:
        lined = replace(markup, lines=True)
        body = word.body(p.title, p.form, p.values, p.style, lined, p.prose)
        return again(libreoffice(word.package(body, styles=word.PRINTED), "docx"))

    return Case(made, about, printed)


def rewritten(about: str, again: Rewriting, css: str, printed: Printed) -> Case:
    """A case that Chromium prints and another program rewrites."""
    return Case(lambda p: again(chromium(paper(p, css))), about, printed)


UNREAD = (
    "pdf-lo-password",
    "pdf-hand-scan",
    "pdf-hand-scan-layer",
    "pdf-hand-pictures",
    "pdf-hand-unrelated",
    "pdf-ghostscript-lossy",
)
"""Cases whose values stand nowhere as text, or not all of them."""
MARK = ".mark { position: fixed; top: 42%; left: 8%; font-size: 54pt; color: rgba(0,0,0,.16); }"
WEB_FONT = "body { font-family: 'WenQuanYi Zen Hei' } table { table-layout: auto }"
ALL = {
    "pdf-lo-plain": office(
        "Rows are not cut, the requests table runs over a page break without a repeated header.",
        Look(split=False, lead=8), report("平罗县教育局", 11),
    ),
    "pdf-lo-header-again": office(
        "The header of the requests table is repeated on its second page; group cells padded with blanks.",
        Look(again=True, lead=10), report("永宁县卫生健康局", 12, Style(padding="blank")),
    ),
    "pdf-lo-narrow": office(
        "The columns of all tables are so narrow that most numbers are wrapped inside their cells.",
        Look(size=12, cell=1, align="right", split=False, margin=55), report("永宁县教育局", 43),
    ),
    "pdf-lo-torn-numbers": office(
        "Cells have 2.5 mm of padding, and most numbers are wrapped. Page breaks divide rows and the numbers in them.",
        Look(cell=2.5, size=14, align="start"), report("永宁县人民政府办公室", 76, high=3000),
    ),
    "pdf-lo-torn-header": office(
        "Cells have 3.5 mm of padding; a page break divides the header of the requests table, its 总计 too.",
        Look(cell=3.5, size=9), report("卫滨区农业农村局", 77),
    ),
    "pdf-lo-torn-row": office(
        "A page break cuts a row: the rest of its label stands on the next page, its numbers on the first.",
        Look(valign="top", line="150%", lead=1, size=10.5), report("卫滨区民政局", 13),
    ),
    "pdf-lo-landscape": office(
        "Landscape pages, one table for all of section two.",
        Look(landscape=True), report("中卫市农业农村局", 14, Style(active="one")),
    ),
    "pdf-lo-no-verticals": office(
        "Horizontal rules only.", Look(borders="rows"), report("平罗县财政局", 15),
    ),
    "pdf-lo-no-rules": office(
        "No rules at all: rows and columns by alignment only.",
        Look(borders="none"), report("永宁县水务局", 16),
    ),
    "pdf-lo-upright-heads": office(
        "Column heads written downwards.", Look(upright_heads=True), report("卫滨区司法局", 17),
    ),
    "pdf-lo-cover": office(
        "A cover, a page of contents with leaders, a running head on every page, page numbers.",
        Look(cover=True, header="中卫市交通运输局政府信息公开工作年度报告"), report("中卫市交通运输局", 18),
    ),
    "pdf-lo-restricted": office(
        "Encrypted with an empty password; only an owner's password for changes.",
        Look(), report("平罗县自然资源局", 19), RESTRICT,
    ),
    "pdf-lo-password": office(
        "Encrypted; opening it asks for the password 2024.", Look(), report("平罗县统计局", 20), ASK,
    ),
    "pdf-lo-2019": office(
        "The 2019 layout.", Look(size=8.5), report("永宁县住房和城乡建设局", 21, year=2020),
    ),
    "pdf-chromium-radicals": browser(
        "The text layer has Kangxi and CJK radicals for whole characters (⼀ ⼯ ⾏ ⺠ ⻚).",
        "", report("卫滨区人民政府", 22), radicals=True,
    ),
    "pdf-chromium-filled": browser(
        "Cells are filled areas with white between them; there are no lines.",
        "table { border-collapse: separate; border-spacing: 1.5pt } td { border: none; background: #e3eaf5 }",
        report("中卫市商务局", 23),
    ),
    "pdf-chromium-zebra": browser(
        "No lines; every second row is filled.",
        "td { border: none } tr:nth-child(odd) td { background: #eee }", report("平罗县审计局", 24),
    ),
    "pdf-chromium-dashed": browser(
        "Rules are blue dashes, drawn piece by piece; the first row is white on blue.",
        "td { border: 1pt solid #36c } .s3 td { border: 1.5pt dashed #36c } tr:first-child td { background: #36c; color: #fff }",
        report("永宁县应急管理局", 25),
    ),
    "pdf-chromium-open": browser(
        "Tables without an outer frame.", "table { border-style: hidden }", report("卫滨区统计局", 26),
    ),
    "pdf-chromium-mark": browser(
        "A large pale watermark runs straight across the tables.",
        MARK, report("中卫市医疗保障局", 27), '<div class="mark">中卫市医疗保障局</div>',
    ),
    "pdf-chromium-narrow": browser(
        "Numbers are broken over two lines in narrow cells.",
        ".s3 td { font-size: 11pt; padding: 0 5pt } .s4 td { font-size: 12pt; padding: 0 5pt }",
        report("平罗县林业和草原局", 28),
    ),
    "pdf-hand-turned": hand(
        "Landscape content on portrait pages with /Rotate 90; thin filled rectangles as rules.",
        Sheet(rules="thin", turned=90, width=842, height=595), report("永宁县市场监督管理局", 29),
    ),
    "pdf-hand-unembedded": hand(
        "The font STSong-Light is not embedded; its codes are UCS-2 (UniGB-UCS2-H).",
        Sheet(), report("卫滨区文化和旅游局", 30), "ucs2",
    ),
    "pdf-hand-gbk": hand(
        "The font SimSun is not embedded; its codes are GBK (GBK-EUC-H). A frame around each page.",
        Sheet(rules="boxes", frame=True), report("中卫市体育局", 31), "gbk",
    ),
    "pdf-hand-bold": hand(
        "Every character is drawn by itself, and twice: fake bold.",
        Sheet(twice=True, split="digits"), report("平罗县信访局", 32),
    ),
    "pdf-hand-open-rows": hand(
        "Page breaks cut rows; the lower halves have the numbers; no rule closes a page's last row.",
        Sheet(height=448, tear="lower", close=False, again=True), report("永宁县退役军人事务局", 33),
    ),
    "pdf-hand-upper": hand(
        "Page breaks cut rows; the upper halves have the numbers; dotted rules, a declared watermark.",
        Sheet(height=433, tear="upper", rules="dots", mark="declared"), report("卫滨区城市管理局", 34),
    ),
    "pdf-hand-joined": hand(
        "All three parts of the form in one table, long prose, own rows for group labels.",
        Sheet(size=8), replace(report("中卫市生态环境局", 35, Style(joined=True, groups="own_row")), prose=PROSE),
    ),
    "pdf-reportlab-plain": reportlab("The font is embedded.", report("平罗县工业和信息化局", 61)),
    "pdf-reportlab-named": reportlab(
        "The font STSong-Light is not embedded (UniGB-UCS2-H).", report("永宁县民族宗教局", 62), font="STSong-Light",
    ),
    "pdf-reportlab-bands": reportlab(
        "No lines: every second row is filled.", report("卫滨区医疗保障局", 63), grid=False,
    ),
    "pdf-weasyprint-plain": page_printer(
        "Printed by WeasyPrint from a page.", weasyprint, "", report("中卫市科学技术局", 64),
    ),
    "pdf-weasyprint-rows": page_printer(
        "Printed by WeasyPrint from a page. Rows have a line below them; numbers stand on the right.",
        weasyprint, "td { border: none; border-bottom: .5pt solid #999; text-align: right; padding-right: 4pt }",
        report("平罗县民政局", 65),
    ),
    "pdf-weasyprint-padding": page_printer(
        "Printed by WeasyPrint from a page. Cells have 4 mm of padding, most numbers are wrapped; page breaks divide rows.",
        weasyprint, "td { padding: 1px 4mm; font-size: 12pt; word-break: break-all; text-align: right }",
        report("中卫市民族宗教局", 78, high=5000),
    ),
    "pdf-wkhtmltopdf-plain": page_printer(
        "Printed by wkhtmltopdf (Qt) from a page.", wkhtmltopdf, WEB_FONT, report("永宁县人民武装部", 66),
    ),
    "pdf-word-plain": word_file(
        "A Word file that LibreOffice prints.", word.Markup(), report("卫滨区发展和改革委员会", 67),
    ),
    "pdf-word-torn": word_file(
        "A Word file that LibreOffice prints. Its text is torn into runs and has tracked changes.",
        word.Markup(torn=True, numbers="paragraph"), report("中卫市水务局", 68, Style(padding="blank", cut=9)),
    ),
    "pdf-cairo-plain": word_file(
        "A Word file that LibreOffice prints, drawn anew by cairo (pdftocairo).",
        word.Markup(), report("平罗县公安局", 69), cairo,
    ),
    "pdf-cairo-page": rewritten(
        "A page that Chromium prints, drawn anew by cairo (pdftocairo).", cairo, WEB_FONT, report("永宁县司法局", 70),
    ),
    "pdf-ghostscript-plain": word_file(
        "A Word file that LibreOffice prints, distilled by Ghostscript.",
        word.Markup(), report("卫滨区审计局", 71), ghostscript,
    ),
    "pdf-ghostscript-lossy": rewritten(
        "A page that Chromium prints, distilled by Ghostscript, which loses the text of some letters (公, 予, 一).",
        ghostscript, "", report("中卫市林业和草原局", 75),
    ),
    "pdf-qpdf-linear": word_file(
        "A Word file that LibreOffice prints, linearized by qpdf, with object streams.",
        word.Markup(), report("平罗县司法局", 73),
        lambda body: qpdf(body, "--linearize", "--object-streams=generate"),
    ),
    "pdf-qpdf-encrypted": rewritten(
        "A page that Chromium prints, encrypted by qpdf (AES, 256 bits) with an empty password.",
        lambda body: qpdf(body, "--encrypt", "", "owner", "256", "--modify=none", "--"),
        "", report("永宁县信访局", 74),
    ),
    **{name: Case(made, about, report(agency, seed)) for name, made, about, agency, seed in odd.CASES},
}  # fmt: skip


def main(wanted: list[str]) -> int:
    """Write the cases named, or all."""
    for name, case in ALL.items():
        if wanted and name not in wanted:
            continue
        body = case.made(case.printed)
        folder = CASES / name
        folder.mkdir(exist_ok=True)
        (folder / "source.pdf").write_bytes(body)
        origin = f"{case.about}\nMade up by tests/printing/pdf_cases.py.\n"
        if name not in UNREAD:
            origin += "printed.json holds the values as they were given to the printer.\n"
            printed = json.dumps(case.printed.values, ensure_ascii=False, indent=1)
            (folder / "printed.json").write_text(printed + "\n", encoding="utf-8")
        (folder / "origin.md").write_text(origin, encoding="utf-8")
        print(f"{name}: {len(body) // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
