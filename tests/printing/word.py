"""A report as a Word file, in the markup that Word, WPS and years of editing leave."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from gongkai.extract.forms import SECTIONS, Form
from tests.printing.matrix import Box, Style, Table, Values, all_tables

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{OFFICE}"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
)
CONTENT_TYPES = f"""<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
RELATIONS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>"""
PART_RELATIONS = f"""<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/><Relationship Id="rId2" Type="{OFFICE}/numbering" Target="numbering.xml"/><Relationship Id="rId3" Type="{OFFICE}/image" Target="../NULL"/></Relationships>"""
NUMBERING = f"""<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:suff w:val="nothing"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%2）"/></w:lvl>
</w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"""
STYLES = f"""<w:styles xmlns:w="{W}"><w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="a2"><w:name w:val="年报标题"/><w:basedOn w:val="a1"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style></w:styles>"""
PRINTED = f"""<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Noto Serif CJK SC" w:hAnsi="Noto Serif CJK SC" w:eastAsia="Noto Serif CJK SC"/><w:sz w:val="18"/></w:rPr></w:rPrDefault></w:docDefaults></w:styles>"""
"""Styles of a file that is printed."""
BORDERS = "<w:tblBorders>{}</w:tblBorders>".format(
    "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
)
FILLER = "本节说明文字，详见附表。"
NO_PROSE: Mapping[int, Sequence[str]] = {}
WIDTH = 9000  # twips between the margins of a page


@dataclass(frozen=True)
class Markup:
    """How the text is written.

    merge: how cells merged sideways are written, as gridSpan or as hMerge of old files.
    numbers: whether the numbers of headings are typed or automatic, by paragraph or by style.
    changes: every text is a tracked insertion beside a deletion of other text.
    control: content controls around blocks, rows and cells. torn: texts torn into runs.
    box: the tables of section four stand in a text box. frame: a table around everything.
    lines: tables have borders, which nobody sees who only reads the file.
    """

    merge: str = "grid"  # grid, legacy
    numbers: str = "typed"  # typed, paragraph, style
    changes: bool = False
    control: bool = False
    torn: bool = False
    box: bool = False
    frame: bool = False
    lines: bool = False


def run(text: str, markup: Markup = Markup(), looks: str = "") -> str:
    """Text as runs."""
    pieces = [text[:1], text[1:]] if markup.torn and len(text) > 1 else [text]
    runs = "".join(
        f'<w:r>{f"<w:rPr>{looks}</w:rPr>" if looks else ""}<w:t xml:space="preserve">{escape(piece)}</w:t></w:r>'
        for piece in pieces
    )
    if not markup.changes:
        return runs
    return (
        f'<w:del w:id="1" w:author="x"><w:r><w:delText>88</w:delText></w:r></w:del>'
        f'<w:ins w:id="2" w:author="x">{runs}</w:ins>'
        f'<w:moveFrom w:id="3" w:author="x"><w:r><w:t>77</w:t></w:r></w:moveFrom>'
    )


def paragraph(text: str, markup: Markup = Markup(), properties: str = "") -> str:
    """One paragraph; `|` in its text breaks the line."""
    runs = "<w:r><w:br/></w:r>".join(run(piece, markup) for piece in text.split("|"))
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


def heading(text: str, markup: Markup) -> str:
    """A section heading with its number typed or made by Word."""
    if markup.numbers == "typed":
        return paragraph(text, markup)
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
    return paragraph(
        text[2:], markup, numbered if markup.numbers == "paragraph" else '<w:pStyle w:val="a2"/>'
    )


def control(inner: str, markup: Markup) -> str:
    """What stands in a content control."""
    if not markup.control:
        return inner
    return f'<w:sdt><w:sdtPr><w:alias w:val="7"/></w:sdtPr><w:sdtContent>{inner}</w:sdtContent></w:sdt>'


def tc(inner: str, properties: str, width: int = 0) -> str:
    """One w:tc."""
    wide = f'<w:tcW w:w="{width}" w:type="dxa"/>' if width else ""
    return f"<w:tc><w:tcPr>{wide}{properties}</w:tcPr>{inner}</w:tc>"


def cells(box: Box, markup: Markup, merge: str, width: int) -> Iterator[str]:
    """The w:tc elements of one box in one of its rows; `width` is that of a column."""
    vertical = {"restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}.get(merge, "")
    inner = paragraph("" if merge == "continue" else box.text, markup)
    if box.columns == 1 or markup.merge == "grid":
        span = f'<w:gridSpan w:val="{box.columns}"/>' if box.columns > 1 else ""
        yield control(tc(inner, span + vertical, width * box.columns), markup)
        return
    yield tc(inner, f'<w:hMerge w:val="restart"/>{vertical}', width)
    for _ in range(box.columns - 1):
        yield tc(paragraph(""), f"<w:hMerge/>{vertical}", width)


def table(rows: Table, markup: Markup) -> str:
    """One w:tbl. Fields covered from above become cells that continue a merge, as in Word."""
    columns = max(sum(box.columns for box in row) for row in rows)
    width = WIDTH // columns
    lines = []
    for row in placed(rows):
        line = [tc_ for box, merge in row for tc_ in cells(box, markup, merge, width)]
        lines.append(control(f"<w:tr>{''.join(line)}</w:tr>", markup))
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    look = f'<w:tblPr><w:tblW w:w="{width * columns}" w:type="dxa"/>{BORDERS if markup.lines else ""}</w:tblPr>'
    return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def placed(rows: Table) -> Iterator[list[tuple[Box, str]]]:
    """Each row with all boxes that stand in it: alone (""), restart, or continue from above."""
    covered: dict[int, tuple[Box, int]] = {}  # column -> box and rows it still covers
    for row in rows:
        line: list[tuple[Box, str]] = []
        column = 0
        waiting = list(row)
        below: dict[int, tuple[Box, int]] = {}
        while column in covered or waiting:
            if column in covered:
                box, left = covered.pop(column)
                merge = "continue"
            else:
                box = waiting.pop(0)
                left, merge = box.rows, "restart" if box.rows > 1 else ""
            line.append((box, merge))
            if left > 1:
                below[column] = (box, left - 1)
            column += box.columns
        covered = below
        yield line


def text_box(inner: str) -> str:
    """A floating text box as Word writes it, for itself and for older versions."""
    return (
        "<w:p><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:anchor><a:graphic>"
        f"<a:graphicData><wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp>"
        "</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )


def document(
    title: str,
    form: Form,
    values: Values,
    style: Style,
    markup: Markup,
    prose: Mapping[int, Sequence[str]] = NO_PROSE,
) -> bytes:
    """A whole report."""
    return package(body(title, form, values, style, markup, prose))


def body(
    title: str,
    form: Form,
    values: Values,
    style: Style,
    markup: Markup,
    prose: Mapping[int, Sequence[str]] = NO_PROSE,
) -> str:
    """The content of w:body: title, six sections, the tables in theirs."""
    parts = all_tables(form, values, style)
    if style.joined:
        parts = [[], [[row for tables in parts for rows in tables for row in rows]], []]
    blocks = [paragraph(title, Markup())]
    for number, name in SECTIONS:
        blocks.append(heading(name, markup))
        blocks += [paragraph(line, markup) for line in prose.get(number, (FILLER,))]
        if 2 <= number <= 4:
            tables = [table(rows, markup) for rows in parts[number - 2]]
            if markup.box and number == 4:
                tables = [text_box(inner) for inner in tables]
            blocks += [control(inner, markup) for inner in tables]
    inner = "<w:p/>".join(blocks)
    return f"<w:tbl><w:tr>{tc(inner, '')}</w:tr></w:tbl>" if markup.frame else inner


def package(body: str, **parts: str) -> bytes:
    """A Word file around the content of w:body; `parts` replaces others by their file's name."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": RELATIONS,
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/_rels/document.xml.rels": PART_RELATIONS,
        "word/styles.xml": parts.get("styles", STYLES),
        "word/numbering.xml": parts.get("numbering", NUMBERING),
    }
    return packed(members)


def packed(members: dict[str, str | bytes]) -> bytes:
    """A ZIP with the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(
                zipfile.ZipInfo(name, (2025, 1, 20, 9, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def packed_gbk(members: dict[str, bytes]) -> bytes:
    """A ZIP as Chinese Windows writes it: names in GBK, without the flag for UTF-8."""
    names = {name: f"{n:_>{len(name.encode('gbk'))}}" for n, name in enumerate(members)}
    body = packed({names[name]: content for name, content in members.items()})
    for name, stand_in in names.items():
        body = body.replace(stand_in.encode(), name.encode("gbk"))
    return body


def locked(members: dict[str, bytes]) -> bytes:
    """A ZIP whose members claim to be encrypted."""
    body = bytearray(packed(dict(members)))
    for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = body.find(magic)
        while at >= 0:
            body[at + flags] |= 1
            at = body.find(magic, at + 4)
    return bytes(body)
