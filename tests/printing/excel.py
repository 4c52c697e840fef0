"""Workbooks made by hand: .xlsx as XML, .xls as BIFF records in an OLE container."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from gongkai.extract.forms import SECTIONS, Form
from tests.printing.matrix import Style, Table, Values, all_tables
from tests.printing.word import packed, placed

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

Value = str | int | float


@dataclass
class Sheet:
    """Cells and merged ranges by row and column, both from 0."""

    name: str
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(
        default_factory=list
    )  # top, left, bottom, right
    state: str = "visible"
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def height(self) -> int:
        return max((row for row, _ in self.cells), default=-1) + 1

    def line(self, values: Sequence[Value | None], row: int | None = None) -> None:
        """A row of values below what there is; None leaves a field empty."""
        at = self.height if row is None else row
        self.cells |= {(at, n): value for n, value in enumerate(values) if value is not None}

    def table(self, rows: Table, as_numbers: bool = True) -> None:
        """A printed table below what there is, its merged cells merged."""
        top = self.height
        for r, row in enumerate(placed(rows), top):
            column = 0
            for box, merge in row:
                if merge != "continue":
                    digits = as_numbers and box.text.isdigit()
                    if box.text:
                        self.cells[r, column] = int(box.text) if digits else box.text
                    if box.rows > 1 or box.columns > 1:
                        self.merged.append((r, column, r + box.rows - 1, column + box.columns - 1))
                column += box.columns


def reference(row: int, column: int) -> str:
    """A1, B1, …"""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def xlsx(sheets: Sequence[Sheet], raw: Mapping[str, str] | None = None) -> bytes:
    """A workbook; `raw` has XML put into a sheet's data as it is, by the sheet's name."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    names, relations = [], []
    for n, sheet in enumerate(sheets, 1):
        names.append(
            f'<sheet name="{escape(sheet.name)}" sheetId="{n}" state="{sheet.state}" r:id="rId{n}"/>'
        )
        relations.append(
            f'<Relationship Id="rId{n}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        )
        members[f"xl/worksheets/sheet{n}.xml"] = _sheet_xml(sheet, (raw or {}).get(sheet.name, ""))
    members["xl/workbook.xml"] = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{"".join(names)}</sheets></workbook>'
    )
    members["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(relations)}</Relationships>'
    )
    return packed(members)


def unpacked(body: bytes) -> dict[str, bytes]:
    """The members of a package by name."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _sheet_xml(sheet: Sheet, raw: str) -> str:
    rows: dict[int, list[str]] = {}
    for (row, column), value in sorted({**sheet.cells, **sheet.errors}.items()):
        at = reference(row, column)
        if (row, column) in sheet.errors:
            cell = f'<c r="{at}" t="e"><f>NA()</f><v>{value}</v></c>'
        elif isinstance(value, str):
            cell = f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        else:
            cell = f'<c r="{at}"><v>{value}</v></c>'
        rows.setdefault(row, []).append(cell)
    data = "".join(
        f'<row r="{row + 1}"{_hidden(row in sheet.hidden_rows)}>{"".join(cells)}</row>'
        for row, cells in rows.items()
    )
    columns = "".join(
        f'<col min="{n + 1}" max="{n + 1}" width="9"{_hidden(True)}/>' for n in sheet.hidden_columns
    )
    columns = f"<cols>{columns}</cols>" if columns else ""
    ranges = "".join(
        f'<mergeCell ref="{reference(top, left)}:{reference(bottom, right)}"/>'
        for top, left, bottom, right in sheet.merged
    )
    merged = f'<mergeCells count="{len(sheet.merged)}">{ranges}</mergeCells>' if ranges else ""
    data = f"{columns}<sheetData>{data}{raw}</sheetData>"
    return f'<worksheet xmlns="{MAIN}">{data}{merged}</worksheet>'


def _hidden(is_hidden: bool) -> str:
    return ' hidden="1"' if is_hidden else ""


def xls(sheets: Sequence[Sheet], locked: bool = False) -> bytes:
    """A workbook as Excel 97 wrote them; a locked one says that it is encrypted."""
    texts = list(dict.fromkeys(v for s in sheets for v in s.cells.values() if isinstance(v, str)))
    bodies = [_records(sheet, texts) for sheet in sheets]
    head = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 5, 0, 0, 0, 0))
    if locked:
        head += _record(0x2F, struct.pack("<H48x", 1))
    table = _shared(texts) + _record(0x0A, b"")
    listed = b"".join(_bound(sheet, 0) for sheet in sheets)
    at = len(head) + len(listed) + len(table)
    entries = []
    for sheet, body in zip(sheets, bodies, strict=True):
        entries.append(_bound(sheet, at))
        at += len(body)
    return container({"Workbook": head + b"".join(entries) + table + b"".join(bodies)})


def xls_95(sheets: Sequence[Sheet], page: int = 936, encoding: str = "gbk") -> bytes:
    """A workbook as Excel 95 wrote them: its texts are in a code page, and it has no merged cells."""
    head = _record(0x0809, struct.pack("<HHHH", 0x0500, 5, 0, 0))
    head += _record(0x42, struct.pack("<H", page))
    bodies = [_records_95(sheet, encoding) for sheet in sheets]
    names = [sheet.name.encode(encoding) for sheet in sheets]
    at = len(head) + sum(4 + 7 + len(name) for name in names) + 4
    for name, sheet, body in zip(names, sheets, bodies, strict=True):
        hidden = 0 if sheet.state == "visible" else 1
        head += _record(0x85, struct.pack("<LBBB", at, hidden, 0, len(name)) + name)
        at += len(body)
    return container({"Book": head + _record(0x0A, b"") + b"".join(bodies)})


def _records_95(sheet: Sheet, encoding: str) -> bytes:
    found = [_record(0x0809, struct.pack("<HHHH", 0x0500, 0x10, 0, 0))]
    for row in sheet.hidden_rows:
        found.append(_record(0x0208, struct.pack("<HHHHHHHH", row, 0, 9, 300, 0, 0, 0x120, 0)))
    for (row, column), value in sorted(sheet.cells.items()):
        place = struct.pack("<HHH", row, column, 0)
        if not isinstance(value, str):
            found.append(_record(0x0203, place + struct.pack("<d", float(value))))
            continue
        text = value.encode(encoding)
        text = struct.pack("<H", len(text)) + text
        if value.startswith("="):  # a formula with a text for its result
            cached = b"\0" * 6 + b"\xff\xff" + struct.pack("<HLH", 0, 0, 0)
            found += [_record(0x06, place + cached), _record(0x0207, text)]
        else:
            found.append(_record(0x0204, place + text))
    return b"".join((*found, _record(0x0A, b"")))


def _record(kind: int, data: bytes) -> bytes:
    assert len(data) <= 8224, "a record of BIFF holds no more; longer tables go on in others"
    return struct.pack("<HH", kind, len(data)) + data


def _bound(sheet: Sheet, at: int) -> bytes:
    hidden = 0 if sheet.state == "visible" else 1
    name = sheet.name.encode("utf-16-le")
    return _record(0x85, struct.pack("<LBBBB", at, hidden, 0, len(sheet.name), 1) + name)


def _shared(texts: Sequence[str]) -> bytes:
    """The table of strings; a string that does not fit begins in a continuing record."""
    records = [struct.pack("<LL", len(texts), len(texts))]
    for text in texts:
        one = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
        if len(records[-1]) + len(one) > 8224:
            records.append(b"")
        records[-1] += one
    return b"".join(_record(0x3C if n else 0xFC, data) for n, data in enumerate(records))


def _records(sheet: Sheet, texts: Sequence[str]) -> bytes:
    place = {text: n for n, text in enumerate(texts)}
    wide = max((column for _, column in sheet.cells), default=-1) + 1
    found = [
        _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x10, 0, 0, 0, 0)),
        _record(0x0200, struct.pack("<LLHHH", 0, sheet.height, 0, wide, 0)),
    ]
    for column in sheet.hidden_columns:
        found.append(_record(0x7D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0)))
    for row in sheet.hidden_rows:
        found.append(_record(0x0208, struct.pack("<HHHHHHHH", row, 0, wide, 300, 0, 0, 0x120, 0)))
    for (row, column), value in sorted({**sheet.cells, **sheet.errors}.items()):
        if (row, column) in sheet.errors:
            code = {"#REF!": 0x17, "#N/A": 0x2A}[str(value)]
            found.append(_record(0x0205, struct.pack("<HHHBB", row, column, 0, code, 1)))
        elif isinstance(value, str):
            found.append(_record(0xFD, struct.pack("<HHHL", row, column, 0, place[value])))
        else:
            found.append(_record(0x0203, struct.pack("<HHHd", row, column, 0, float(value))))
    for start in range(0, len(sheet.merged), 1000):
        ranges = [
            struct.pack("<HHHH", top, bottom, left, right)
            for top, left, bottom, right in sheet.merged[start : start + 1000]
        ]
        found.append(_record(0xE5, struct.pack("<H", len(ranges)) + b"".join(ranges)))
    found.append(_record(0x0A, b""))
    return b"".join(found)


def container(streams: Mapping[str, bytes]) -> bytes:
    """An OLE container with the streams in its root, each long enough for sectors of its own."""
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    names = list(streams)
    padded = [streams[name].ljust(4096, b"\0") for name in names]
    sectors: list[bytes] = []
    chain: list[int] = []
    starts = []
    for data in padded:
        starts.append(len(sectors))
        pieces = [data[n : n + 512].ljust(512, b"\0") for n in range(0, len(data), 512)]
        chain += [*range(len(sectors) + 1, len(sectors) + len(pieces)), end]
        sectors += pieces
    entries = [_entry("Root Entry", 5, 1, end, 0, free)]
    for n, (name, data) in enumerate(zip(names, padded, strict=True)):
        right = n + 2 if n + 1 < len(names) else free
        entries.append(_entry(name, 2, free, starts[n], len(data), right))
    directory = b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0")
    first = len(sectors)
    pieces = [directory[n : n + 512] for n in range(0, len(directory), 512)]
    chain += [*range(first + 1, first + len(pieces)), end]
    sectors += pieces
    fats = 1
    while (len(chain) + fats) > fats * 128:
        fats += 1
    places = list(range(len(sectors), len(sectors) + fats))
    fat = [*chain, *[table] * fats]
    fat += [free] * (fats * 128 - len(fat))
    sectors += [struct.pack("<128L", *fat[n * 128 : n * 128 + 128]) for n in range(fats)]
    header = struct.pack(
        "<8s16sHHHHH6xLLLLLLLLL", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        0, fats, first, 0, 4096, end, 0, end, 0,
    )  # fmt: skip
    header += struct.pack("<109L", *places, *[free] * (109 - fats))
    return header + b"".join(sectors)


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int) -> bytes:
    wide = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBLLL16sLQQLQ", wide, len(wide), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0,
        start, size,
    )  # fmt: skip


def report(title: str, form: Form, values: Values, style: Style) -> Sheet:
    """A whole report on one sheet: title, headings, the tables below theirs."""
    sheet = Sheet("年度报告")
    sheet.line([title])
    parts = all_tables(form, values, style)
    for number, name in SECTIONS:
        sheet.line([name])
        if 2 <= number <= 4:
            for rows in parts[number - 2]:
                sheet.table(rows)
        else:
            sheet.line(
                [
                    "本年度，我局严格落实《中华人民共和国政府信息公开条例》，扎实做好各项工作，有关情况如下，详见各表。"
                ]
            )
    return sheet
