"""Hostile Word files, workbooks, ZIP attachments and old containers."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

from tests.printing.excel import Sheet, container, xls, xlsx
from tests.printing.word import NAMESPACES, package, packed, paragraph, tc

Maker = Callable[[], bytes]
_CELL = tc(paragraph("规章"), "") + tc(paragraph("1"), "")
_TABLE = f"<w:tbl><w:tr>{_CELL}</w:tr></w:tbl>"


def document(xml: str) -> bytes:
    """A Word package with its text as it is given."""
    return packed({"word/document.xml": xml})


def zeros(size: int, name: str = "word/document.xml") -> bytes:
    """One member of nothing but zeros, written piece by piece."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as file,
    ):
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return out.getvalue()


def lying(body: bytes, size: int) -> bytes:
    """A package whose directory and headers state another size of the first member."""
    said = struct.pack("<L", size)
    at = body.rfind(b"PK\x01\x02", 0, body.find(b"PK\x05\x06"))
    first = body.find(b"PK\x01\x02")
    assert at >= first > 0
    return body[:22] + said + body[26 : first + 24] + said + body[first + 28 :]


def overlapping(copies: int) -> bytes:
    """Many entries of the directory that lead to the same packed bytes."""
    body = zeros(20 << 20, "a.txt")
    start = body.find(b"PK\x01\x02")
    end = body.find(b"PK\x05\x06")
    entry = body[start:end]
    tail = struct.pack(
        "<4sHHHHLLH", b"PK\x05\x06", 0, 0, copies, copies, len(entry) * copies, start, 0
    )
    return body[:start] + entry * copies + tail


def matryoshka(depth: int) -> bytes:
    """Packages in packages."""
    body = zeros(5 << 20, "a.txt")
    for n in range(depth):
        body = packed({f"{n}-{copy}.zip": body for copy in range(6)})
    return body


def laughs(levels: int) -> str:
    """Entities that multiply."""
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "年报" * 10}">' for n in range(levels)
    )
    return f"<!DOCTYPE d [{entities}]><w:document {NAMESPACES}><w:body><w:p><w:r><w:t>&e{levels - 1};</w:t></w:r></w:p></w:body></w:document>"


def ofd(objects: str, shared: str = "", pages: int = 1) -> bytes:
    """An OFD file whose first page draws these objects; pages after it are listed and not there."""
    listed = "".join(f"<ofd:Page ID='{n}' BaseLoc='{n}.xml'/>" for n in range(pages))
    return packed(
        {
            "OFD.xml": "<ofd:OFD xmlns:ofd='x'><ofd:DocRoot>d.xml</ofd:DocRoot></ofd:OFD>",
            "d.xml": f"<ofd:Document xmlns:ofd='x'><ofd:CommonData><ofd:PublicRes>r.xml</ofd:PublicRes></ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            "r.xml": f"<ofd:Res xmlns:ofd='x'><ofd:CompositeGraphicUnit ID='1'><ofd:Content>{shared}</ofd:Content></ofd:CompositeGraphicUnit></ofd:Res>",
            "0.xml": f"<ofd:Page xmlns:ofd='x'><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>",
        }
    )


def looping_fat() -> bytes:
    """An OLE container whose chain of sectors goes round in a circle."""
    body = bytearray(container({"WordDocument": b"\xec\xa5" + bytes(9000)}))
    fat = struct.unpack_from("<L", body, 76)[0]
    struct.pack_into("<L", body, (fat + 1) * 512 + 4, 0)
    return bytes(body)


XXE = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "http://127.0.0.1:9/x.dtd">%y;]><w:document {NAMESPACES}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>'

SPAN = '<w:gridSpan w:val="999999999"/>'

PACKAGES: Mapping[str, Maker] = {
    "cut.docx": lambda: package(_TABLE)[:900],
    "tail.docx": lambda: package(_TABLE)[700:],
    "xxe.docx": lambda: document(XXE),
    "laughs.docx": lambda: document(laughs(12)),
    "quadratic.docx": lambda: document(f'<!DOCTYPE d [<!ENTITY a "{"x" * 100_000}">]><d>{"&a;" * 100_000}</d>'),
    "deep.docx": lambda: document(f"<w:document {NAMESPACES}><w:body>" + "<w:tbl><w:tr><w:tc>" * 100_000),
    "nested-tables.docx": lambda: package("<w:tbl><w:tr><w:tc>" * 70 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 70),
    "nested-boxes.docx": lambda: package("<w:p><w:r><w:pict><w:txbxContent>" * 60 + "</w:txbxContent></w:pict></w:r></w:p>" * 60),
    "million-rows.docx": lambda: package(f"<w:tbl>{f'<w:tr>{_CELL}</w:tr>' * 200_000}</w:tbl>"),
    "spans.docx": lambda: package(f"<w:tbl><w:tr>{tc(paragraph('规章'), SPAN) * 5000}</w:tr></w:tbl>"),
    "paragraphs.docx": lambda: package("<w:p><w:r><w:t>公</w:t></w:r></w:p>" * 400_000),
    "text.docx": lambda: package(paragraph("公" * 5_000_000)),
    "numbers.docx": lambda: package('<w:p><w:pPr><w:numPr><w:ilvl w:val="999"/><w:numId w:val="3"/></w:numPr></w:pPr></w:p>' * 100_000),
    "styles.docx": lambda: package('<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr></w:p>' * 1000, styles=f'<w:styles {NAMESPACES}><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style><w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>'),
    "zeros.docx": lambda: zeros(2 << 30),
    "zeros-small.docx": lambda: zeros(23 << 20),
    "lying.docx": lambda: lying(zeros(200 << 20), 1000),
    "claims.docx": lambda: lying(document("<w:document/>"), 0x7FFFFFFF),
    "pdf.docx": lambda: b"%PDF-1.4 not a PDF either",
    "far.xlsx": lambda: xlsx([Sheet("a", {(0, 0): 1, (1_048_575, 16_383): 1})]),
    "far-without-places.xlsx": lambda: xlsx([Sheet("a")], {"a": '<row r="1048576">' + "<c><v>1</v></c>" * 16_384 + "</row>"}),
    "million-rows.xlsx": lambda: xlsx([Sheet("a")], {"a": '<row><c t="inlineStr"><is><t>规章</t></is></c><c><v>1</v></c></row>' * 400_000}),
    "merged.xlsx": lambda: xlsx([Sheet("a", {(0, 0): 1, (900, 900): 2}, [(0, 0, 1_048_575, 16_383)] * 500)]),
    "laughs.xlsx": lambda: packed({"xl/workbook.xml": laughs(12), "[Content_Types].xml": "<Types/>"}),
    "zeros.xlsx": lambda: zeros(200 << 20, "xl/worksheets/sheet1.xml"),
    "strings.xlsx": lambda: zeros(100 << 20, "xl/sharedStrings.xml"),
    "cut.xls": lambda: xls([Sheet("a", {(0, 0): "规章", (0, 1): 1})])[:2000],
    "far.xls": lambda: xls([Sheet("a", {(0, 0): 1, (65_535, 255): 1})]),
    "loop.xls": lambda: looping_fat().replace("WordDocument".encode("utf-16-le"), "Workbook\0\0\0\0".encode("utf-16-le")),
    "garbage.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 200,
    "loop.doc": looping_fat,
    "locked.docx": lambda: container({"EncryptionInfo": b"\4", "EncryptedPackage": bytes(5000)}),
    "locked.doc": lambda: container({"WordDocument": b"\xec\xa5" + b"\0" * 8 + b"\0\1" + bytes(5000)}),
    "deep.rtf": lambda: b"{\\rtf1" + b"{\\b" * 1_000_000,
    "bin.rtf": lambda: b"{\\rtf1{\\bin2147483647 x}}",
    "rows.rtf": lambda: b"{\\rtf1" + b"\\trowd\\cellx1000\\cellx2000 1\\cell 2\\cell\\row" * 100_000 + b"}",
    "linked.rtf": lambda: b'{\\rtf1{\\field{\\*\\fldinst INCLUDEPICTURE "http://127.0.0.1:9/x.png"}}{\\field{\\*\\fldinst INCLUDETEXT "/etc/passwd"}}}',
    "html.doc": lambda: "<html><body><p>通知</p></body></html>".encode("gbk"),
    "word.xml": lambda: b"<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>" + b"<w:p>" * 1000,
    "zeros.zip": lambda: zeros(1 << 30, "a.txt"),
    "overlapping.zip": lambda: overlapping(1000),
    "nested.zip": lambda: matryoshka(4),
    "members.zip": lambda: packed({f"{n}.txt": "" for n in range(60_000)}),
    "slip.zip": lambda: packed({"../../../../tmp/gongkai-slipped.txt": "x", "/etc/gongkai-slipped.html": "<p>x"}),
    "cut.zip": lambda: packed({"a.txt": "x" * 5000})[:60],
    "garbage.zip": lambda: b"PK\x03\x04" + bytes(range(256)) * 500,
    "cut.ofd": lambda: ofd("<ofd:TextObject")[:300],
    "xxe.ofd": lambda: packed({"OFD.xml": XXE}),
    "laughs.ofd": lambda: packed({"OFD.xml": laughs(12)}),
    "without-page.ofd": lambda: ofd("", pages=2),
    "20000-pages.ofd": lambda: ofd("", pages=20_000),
    "deep.ofd": lambda: ofd("<ofd:PageBlock>" * 100 + "</ofd:PageBlock>" * 100),
    "loop.ofd": lambda: ofd("<ofd:CompositeObject ResourceID='1'/>" * 9, "<ofd:CompositeObject ResourceID='1'/>" * 9),
    "characters.ofd": lambda: ofd(f"<ofd:TextObject Size='3'><ofd:TextCode X='1' Y='1' DeltaX='g 999999999 1'>{'公' * 450_000}</ofd:TextCode></ofd:TextObject>"),
    "objects.ofd": lambda: ofd("<ofd:TextObject Size='3'><ofd:TextCode X='1' Y='1'>公</ofd:TextCode></ofd:TextObject>" * 200_000),
    "path.ofd": lambda: ofd(f"<ofd:PathObject><ofd:AbbreviatedData>M 0 0 {'L 1 1 L 0 0 ' * 200_000}</ofd:AbbreviatedData></ofd:PathObject>" * 4),
    "lines.ofd": lambda: ofd("<ofd:PathObject><ofd:AbbreviatedData>M 0 0 L 9 0 M 9 9 L 9 90</ofd:AbbreviatedData></ofd:PathObject>" * 90_000),
    "endless.ofd": lambda: ofd("<ofd:TextObject Size='1e300' CTM='1e300 0 0 nan 0 0' Boundary='0 0 inf 1'><ofd:TextCode X='1e308' Y='-inf' DeltaX='g 9 1e308'>公开公开</ofd:TextCode></ofd:TextObject>"),
    "zeros.ofd": lambda: zeros(200 << 20, "OFD.xml"),
    "page.png": lambda: b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + struct.pack(">LLBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0),
    "mail.mht": lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n" + b"\n--x\nContent-Type: multipart/mixed; boundary=x\n" * 9_000,
    "half.bin": lambda: b"\x1f\x8b\x08" + bytes(100),
}  # fmt: skip
