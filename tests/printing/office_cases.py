"""The frozen Word, Excel, ZIP and text cases: `python -m tests.printing.office_cases` makes them again.

Each case says what is printed and what must be read of it; tests/extract/formats/test_office_cases.py holds
the frozen files to that. Numbers are distinct and not zero, so that a shifted cell shows.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.extract.forms import FORM_2019, FORM_2021, SECTIONS, Form
from tests.paths import REPORTS
from tests.printing import excel, page, plain, rtf, word
from tests.printing.excel import Sheet, container
from tests.printing.matrix import Style, Values, all_tables
from tests.printing.report import PROSE, distinct
from tests.printing.word import Markup

HERE = REPORTS
TITLE = "清河县教育局2024年政府信息公开工作年度报告"
OLD_TITLE = "清河县教育局2020年政府信息公开工作年度报告"
PLAIN, TYPED = Style(), Markup()
R, A, V = "requests", "active_disclosure", "review_litigation"
Place = tuple[str, str, str]


@dataclass(frozen=True)
class Case:
    """One file: how it is made, and the values and the outcome that must be read of it.

    `unread` are places that must have no value; `outcome` and `why` are for what is no report.
    """

    name: str
    suffix: str
    origin: str
    make: Callable[[], bytes]
    values: Values = field(default_factory=dict)
    unread: tuple[Place, ...] = ()
    outcome: str = "report"
    status: str = "complete"
    why: str = ""
    rules: tuple[str, ...] = ()


def numbers(
    seed: int, changed: Mapping[Place, str] | None = None, form: Form = FORM_2021
) -> Values:
    """Distinct numbers, with some replaced by other text."""
    found = {
        part: {item: dict(row) for item, row in rows.items()}
        for part, rows in distinct(form, seed).items()
    }
    for (part, item, key), text in (changed or {}).items():
        found[part][item][key] = text
    return found


def docx(
    values: Values, markup: Markup = TYPED, style: Style = PLAIN, form: Form = FORM_2021
) -> str:
    """The body of a Word report."""
    return word.body(TITLE if form is FORM_2021 else OLD_TITLE, form, values, style, markup, PROSE)


def frozen(body: str, *pairs: tuple[str, str]) -> bytes:
    """A Word file after some replacements, each of which must find its place."""
    for old, new in pairs:
        assert old in body, old
        body = body.replace(old, new, 1)
    return word.package(body)


def marked(place: Place, seed: int, looks: str, extra: str = "") -> tuple[str, str]:
    """A replacement of one number by the same number in other looks, and something behind it."""
    part, item, key = place
    text = distinct(FORM_2021, seed)[part][item][key]
    plain_run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'
    return (
        plain_run,
        f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>{extra}',
    )


def tracked(seed: int) -> bytes:
    """Tracked changes: an old row, an old cell and old numbers beside the new ones."""
    values = numbers(seed)
    body = docx(values, Markup(changes=True))
    row = re.search(r"<w:tr>(?:(?!</w:tr>).)*予以公开.*?</w:tr>", body)
    assert row
    gone = row[0].replace("<w:tr>", '<w:tr><w:trPr><w:del w:id="9"/></w:trPr>', 1)
    return frozen(body, (row[0], gone + row[0]))


SUPER = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
PICTURE = "<w:r><w:drawing><wp:inline><a:blip/></wp:inline></w:drawing></w:r>"
NOTED: tuple[Place, ...] = (
    (R, "granted", "natural_person"), (R, "granted", "business"), (R, "new", "other_org"),
    (V, "review", "upheld"),
)  # fmt: skip


def with_marks(seed: int) -> bytes:
    """A footnote mark, a struck number, a picture of a number and a number in an equation's place."""
    picture_of, _ = marked(NOTED[2], seed, "")
    return frozen(
        docx(numbers(seed)),
        marked(NOTED[0], seed, "", SUPER),
        marked(NOTED[1], seed, "<w:strike/>"),
        (picture_of, PICTURE),
        marked(NOTED[3], seed, "", "<w:r><w:br/></w:r><w:r><w:t>7</w:t></w:r>"),
    )


def slivers(seed: int) -> bytes:
    """Edges that look aligned and are not: a column of a millimetre, which most cells span."""
    body = docx(numbers(seed))
    table = body.index("行政复议</w:t>")
    start, end = body.rindex("<w:tbl>", 0, table), body.index("</w:tbl>", table)
    inner = body[start:end]
    rows = inner.split("<w:tr>")
    rows[1] = rows[1].replace('w:gridSpan w:val="10"', 'w:gridSpan w:val="11"')
    for n in (2, 3, 4):
        cells = rows[n].split("<w:tc>")
        cells[5] = cells[5].replace("</w:tcPr>", '<w:gridSpan w:val="2"/></w:tcPr>')
        rows[n] = "<w:tc>".join(cells)
    moved = "<w:tr>".join(rows).replace('<w:gridCol w:w="600"/>' * 15, '<w:gridCol w:w="600"/>' * 5 + '<w:gridCol w:w="40"/>' + '<w:gridCol w:w="600"/>' * 10)  # fmt: skip
    return frozen(body, (inner, moved))


def old_word(seed: int) -> bytes:
    """A .doc file, written by LibreOffice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source.docx"
        source.write_bytes(frozen(docx(numbers(seed), Markup(numbers="paragraph"))))
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile"]
        command += ["--convert-to", "doc:MS Word 97", "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (folder / "source.doc").read_bytes()


def three_sheets(seed: int) -> list[Sheet]:
    """A sheet for each table, a cover, and a hidden draft with other numbers."""
    cover = Sheet("封面")
    cover.line([TITLE])
    sheets = [cover]
    parts = all_tables(FORM_2021, numbers(seed), Style(active="one"))
    for (_, heading), tables in zip(SECTIONS[1:4], parts, strict=True):
        sheet = Sheet(heading[2:10])
        sheet.line([heading])
        for rows in tables:
            sheet.table(rows)
        sheets.append(sheet)
    draft = Sheet("底稿", state="hidden")
    for tables in all_tables(FORM_2021, numbers(seed + 1), PLAIN):
        for rows in tables:
            draft.table(rows)
    return [draft, *sheets]


OPEN: tuple[Place, ...] = ((R, "total_handled", "total"), (V, "review", "total"))


def open_formulas(seed: int) -> bytes:
    """Return totals that are formulas without a stored result."""
    values = numbers(seed)
    body = excel.xlsx([excel.report(TITLE, FORM_2021, values, PLAIN)])
    members = excel.unpacked(body)
    sheet = members["xl/worksheets/sheet1.xml"].decode()
    for part, item, key in OPEN:
        number = f"<v>{values[part][item][key]}</v>"
        assert number in sheet
        sheet = sheet.replace(number, "<f>SUM(A1:B1)</f><v></v>", 1)
    return word.packed({**members, "xl/worksheets/sheet1.xml": sheet})


def mht(seed: int) -> bytes:
    """Word's single file web page under the name of a .doc, in GBK."""
    html = page.page(TITLE, FORM_2021, numbers(seed), PLAIN, page.Markup(cell="word")).decode()
    html = html.replace("utf-8", "gb2312").replace("=", "=3D")
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----=_P"\r\n\r\n------=_P\r\nContent-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    return (head + html + "\r\n------=_P--\r\n").encode("gb18030")


def lost_cell(seed: int) -> bytes:
    """A line for each cell, and one cell blank: its line is not there."""
    return plain.text(
        TITLE, FORM_2021, numbers(seed, {(R, "granted_partly", "business"): ""}), PLAIN, "lines"
    )


def every(*places: tuple[str, str]) -> tuple[Place, ...]:
    """All cells of some rows."""
    return tuple(
        (part, item, key) for part, item in places for key in distinct(FORM_2021, 1)[part][item]
    )


def _docx(name: str, seed: int, origin: str, markup: Markup = TYPED, style: Style = PLAIN) -> Case:
    return Case(
        name, "docx", origin, lambda: frozen(docx(numbers(seed), markup, style)), numbers(seed)
    )


CASES = [
    _docx("docx-plain", 101, "A Word file with cells merged both ways and an image relation to NULL, as WPS writes it."),
    _docx("docx-legacy-merges", 102, "Cells merged sideways as w:hMerge, the way of files that came from .doc.", Markup(merge="legacy")),
    _docx("docx-auto-numbers", 103, "Headings numbered by Word, through their paragraphs.", Markup(numbers="paragraph")),
    _docx("docx-auto-numbers-by-style", 104, "Headings numbered by Word, through their style.", Markup(numbers="style")),
    _docx("docx-content-controls", 105, "Tables, rows and cells in content controls, words torn into runs.", Markup(control=True, torn=True)),
    _docx("docx-text-box", 106, "The table of section four in a floating text box, written twice for two versions of Word.", Markup(box=True)),
    _docx("docx-frame", 107, "Everything inside a table of one cell.", Markup(frame=True)),
    _docx("docx-split-table", 108, "Table 2 cut into two tables with its header repeated, group labels as rows.", style=Style(cut=9, header_again=True, groups="own_row")),
    _docx("docx-one-table", 109, "All tables in one, labels padded with blank cells.", style=Style(joined=True, padding="blank", active="one")),
    Case("docx-2019", "docx", "The layout of 2019.", lambda: frozen(docx(numbers(110, form=FORM_2019), form=FORM_2019)), numbers(110, form=FORM_2019)),
    Case("docx-tracked-changes", "docx", "Every text is an insertion beside a deletion and a move; a deleted row stands before the real one.", lambda: tracked(111), numbers(111)),
    Case("docx-misaligned-edges", "docx", "A column of a millimetre in table 3, spanned by cells whose edges look aligned.", lambda: slivers(112), numbers(112)),
    Case("docx-marks-at-numbers", "docx", "A footnote mark, a struck number, a picture in place of a number, a second line.", lambda: with_marks(113), numbers(113), unread=NOTED, status="partial", rules=("row_shape",)),
    Case("docx-macros", "docx", "A file with macros (.docm): read like any other, nothing is run.", lambda: word.packed({**excel.unpacked(frozen(docx(numbers(114)))), "word/vbaProject.bin": container({"VBA": b"Sub AutoOpen()"})}), numbers(114)),
    Case("docx-locked", "docx", "A Word file behind a password.", lambda: container({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(64)}), outcome="unreadable", why="password"),
    Case("docx-with-entities", "docx", "A Word file whose XML declares an external entity.", lambda: word.packed({"word/document.xml": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d>&x;</d>'}), outcome="unreadable", why="DTD"),
    Case("docx-cut-off", "docx", "The first half of a Word file.", lambda: (lambda body: body[: len(body) // 2])(frozen(docx(numbers(115)))), outcome="unreadable", why="damaged"),
    Case("doc-word-97", "doc", "A .doc file, written by LibreOffice 7.4; headings are numbered by Word.", lambda: old_word(116), numbers(116)),
    Case("wps-kingsoft", "wps", "A .wps file: what WPS Office writes under this name is a Word 97 file.", lambda: old_word(117), numbers(117)),
    Case("rtf-word", "rtf", "RTF in the way of Word: \\\\u escapes beside GBK, \\\\clvmgf and \\\\clvmrg.", lambda: rtf.document(TITLE, FORM_2021, numbers(118), PLAIN, PROSE), numbers(118)),
    Case("doc-is-html", "doc", "A web page in GBK under the name of a Word file.", lambda: page.page(TITLE, FORM_2021, numbers(119), PLAIN, page.Markup(cell="word")).decode().replace("utf-8", "gbk").encode("gbk"), numbers(119)),
    Case("doc-is-mht", "doc", "Word's single file web page under the name of a Word file.", lambda: mht(120), numbers(120)),
    Case("doc-locked", "doc", "A Word 97 file behind a password.", lambda: container({"WordDocument": b"\xec\xa5" + bytes(8) + b"\0\1" + bytes(500)}), outcome="unreadable", why="password"),
    Case("xlsx-one-sheet", "xlsx", "A whole report on one sheet.", lambda: excel.xlsx([excel.report(TITLE, FORM_2021, numbers(121), PLAIN)]), numbers(121)),
    Case("xlsx-three-sheets", "xlsx", "A sheet for each table, and a hidden draft with other numbers.", lambda: excel.xlsx(three_sheets(122)), numbers(122), rules=("section_missing",)),
    Case("xlsx-open-formulas", "xlsx", "Totals that are formulas which nobody has calculated: no blank, and no value.", lambda: open_formulas(123), numbers(123), unread=OPEN, status="partial", rules=("row_shape",)),
    Case("xls-excel-97", "xls", "Three sheets as Excel 97 wrote them (BIFF8), a hidden draft beside them.", lambda: excel.xls(three_sheets(124)), numbers(124), rules=("section_missing",)),
    Case("zip-word-and-notice", "zip", "A Word report in a folder with a name in GBK, beside a notice and a picture.", lambda: word.packed_gbk({"附件/说明.txt": "请查收。".encode(), "附件/2024年年报.docx": frozen(docx(numbers(125)))}), numbers(125)),
    Case("zip-old-word", "zip", "A .doc file inside a ZIP.", lambda: word.packed({"年报.doc": old_word(126)}), numbers(126)),
    Case("zip-copies-disagree", "zip", "The same report as Word file and workbook, with different numbers.", lambda: word.packed({"a.docx": frozen(docx(numbers(127))), "b.xlsx": excel.xlsx([excel.report(TITLE, FORM_2021, numbers(128), PLAIN)])}), numbers(127), rules=("readings_disagree",)),
    Case("zip-two-agencies", "zip", "The reports of two agencies in one ZIP: nobody's.", lambda: word.packed({"a.docx": frozen(docx(numbers(129))), "b.docx": frozen(docx(numbers(129)), ("教育局", "财政局"))}), outcome="unreadable", why="several reports"),
    Case("zip-locked", "zip", "A ZIP behind a password.", lambda: word.locked({"年报.txt": b"x" * 40}), outcome="unreadable", why="password"),
    Case("text-lines", "txt", "A line for each cell, as some sites' text has it.", lambda: plain.text(TITLE, FORM_2021, numbers(131), PLAIN, "lines"), numbers(131)),
    Case("text-bars", "txt", "Cells and bars on lines in turn (尼勒克县某镇 2023).", lambda: plain.text(TITLE, FORM_2021, numbers(132), PLAIN, "bars"), numbers(132)),
    Case("text-spaces", "txt", "Labels and numbers in a row with spaces, as text copied from a PDF.", lambda: plain.text(TITLE, FORM_2021, numbers(133), PLAIN, "spaces"), numbers(133)),
    Case("text-lost-cell", "txt", "A line for each cell, and a blank one left no line: its row is refused.", lambda: lost_cell(134), numbers(134), unread=every((R, "granted_partly")), status="partial", rules=("row_shape",)),
    Case("text-below-menu", "txt", "The words of the site's menu stand above the title.", lambda: "首页\n政务公开\n".encode() + plain.text(TITLE, FORM_2021, numbers(136), PLAIN, "lines"), numbers(136)),
    Case("text-markdown", "md", "Markdown with pipes.", lambda: plain.text(f"# {TITLE}", FORM_2021, numbers(135), PLAIN, "pipes"), numbers(135)),
]  # fmt: skip


def write(case: Case) -> None:
    """Freeze one case; its expectation is written by the golden test, for review."""
    folder = HERE / case.name
    folder.mkdir(exist_ok=True)
    (folder / f"source.{case.suffix}").write_bytes(case.make())
    said = f"{case.origin}\n\nMade by tests/printing/office_cases.py; agency and numbers are made up.\n"
    (folder / "origin.md").write_text(said, encoding="utf-8")
    (folder / "context.json").write_text('{"site_region": "130534"}\n', encoding="utf-8")


if __name__ == "__main__":
    for one in CASES:
        write(one)
    print(len(CASES), "cases")
