"""Read from the XML of an .xlsx file what calamine does not tell of a sheet.

That is what Excel hides, which cells hold an error instead of a number, and which formulas have no
stored result.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.xml_parts import Element, local_name, parse_xml
from gongkai.extract.formats.zip_archive import open_zip, read_member

MAX_XML = 24 * 1024 * 1024
MAX_AREA = 1_000_000
"""Fields between the first and the last cell of a sheet: calamine allocates all of them."""
_WORKBOOK = "xl/workbook.xml"
_MOST_COLUMNS = 16_384
# A cell with a value, and a row, in the XML of a sheet.
# Each pattern also takes a tag without a place, so that a search does not begin again inside the tag.
_CELL = re.compile(
    rb"<(?:\w++:)?c\s(?:(?>(?:[^>]*?\s)?r=[\"']([A-Z]{1,3})(\d{1,7})[\"'])"
    rb"[^>]*+(?<!/)>(?!\s{0,20}+</)|[^>]*+)"
)
_UNPLACED = re.compile(
    rb"<(?:\w{1,20}+:)?c(?=[\s>/])(?!(?:\s{1,9}+(?!r=)[\w:]{1,20}+=(?:\"[^\"<>]{0,99}+\"|'[^'<>]{0,99}+'))"
    rb"{0,9}+\s{1,9}+r=[\"'])"
)
"""A cell that does not say where it is: it stands in the row around it."""
_ROW = re.compile(rb"<(?:\w++:)?row\s(?:(?:[^>]*?\s)?r=[\"'](\d{1,7})[\"']|[^>]*+)")
# A formula without a stored result: Excel would show a number that the file does not have.
_OPEN_FORMULA = re.compile(
    rb"<c\s(?:(?>(?:[^>]*?\s)?r=\"([A-Z]{1,3})(\d{1,7})\")[^>]*+>"
    rb"<f[^>]*+>(?:(?<=/>)|[^<]*+</f>)(?:<v\s*+/>|<v></v>)?</c>|[^>]*+)"
)
_TAG = re.compile(rb"<(?:\w{1,20}:)?(row|col|c|v)(?=[\s>/])([^>]{0,2000})>([^<]{0,20})")
_ATTRIBUTE = re.compile(
    rb"(?<![\w:])(r|s|t|ht|min|max|width|hidden)\s{0,4}=\s{0,4}[\"']([^\"']{0,40})[\"']"
)
_TELLING = re.compile(
    rb"hidden\s{0,4}=|t\s{0,4}=\s{0,4}[\"']e[\"']|(?:ht|width)\s{0,4}=\s{0,4}[\"']0[.0]{0,9}[\"']"
)
_NOTHING = re.compile(r"(?:\"\"|;){1,20}+")
"""A number format that prints nothing, whatever the number, if it has a semicolon."""

CellPlace = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What a sheet hides or does not have, by rows and columns counted from 0.

    `errors` has the texts of error cells, such as #REF!. `texts` has the texts of a workbook of
    Excel 95, which calamine decodes byte by byte.
    """

    open_formulas: frozenset[CellPlace] = frozenset()
    errors: Mapping[CellPlace, str] = field(default_factory=dict)
    unseen: frozenset[CellPlace] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    texts: Mapping[CellPlace, str] = field(default_factory=dict)


def read_sheet_facts(body: bytes) -> dict[str, SheetFacts]:
    """Return the facts of each sheet by its name, and check the size of the sheets.

    This comes before calamine opens them. Sheets that the workbook does not name properly have the
    name "".

    Raises:
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    found: dict[str, SheetFacts] = {}
    with open_zip(body) as package:
        members = {member.filename.lower().lstrip("/"): member for member in package.infolist()}
        names = _sheet_names(package, members)
        unseen = _unseen_styles(package, members)
        for path, member in members.items():
            if path.endswith(".xml") and "worksheets/" in path:
                xml = read_member(package, member, MAX_XML)
                _check_area(xml)
                found[names.get(path, "")] = _facts(xml, unseen)
            elif member.file_size > MAX_XML and path.endswith((".xml", ".bin")):
                raise TooLarge("workbook_part_too_large", size=member.file_size)
    return found


def _sheet_names(
    package: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]
) -> dict[str, str]:
    """Return the names of the sheets by the paths of their parts, in lower case."""
    book = _parse(package, members, _WORKBOOK)
    relations = _parse(package, members, "xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    targets = {each.get("Id"): each.get("Target") or "" for each in relations}
    names = {}
    for sheet in book.iter("{*}sheet"):
        relation = next((v for k, v in sheet.attrib.items() if str(k).endswith("}id")), None)
        target = targets.get(str(relation), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        names[posixpath.normpath(path).lower()] = sheet.get("name") or ""
    return names


def _parse(
    package: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], path: str
) -> Element | None:
    """Return a part of the package, None if it is missing or damaged: calamine decides then."""
    member = members.get(path)
    if member is None or member.file_size > MAX_XML:
        return None
    try:
        return parse_xml(read_member(package, member, MAX_XML), "Excel")
    except ExtractError:
        return None


def _unseen_styles(
    package: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]
) -> frozenset[bytes]:
    """Return the numbers of the styles whose number format prints nothing (;;;)."""
    styles = _parse(package, members, "xl/styles.xml")
    if styles is None:
        return frozenset()
    silent = {
        each.get("numFmtId")
        for each in styles.iter("{*}numFmt")
        if ";" in (code := each.get("formatCode") or "") and _NOTHING.fullmatch(code.strip())
    }
    used = next((each for each in styles if local_name(each) == "cellXfs"), None)
    if used is None or not silent:
        return frozenset()
    return frozenset(b"%d" % n for n, each in enumerate(used) if each.get("numFmtId") in silent)


def _facts(xml: bytes, unseen_styles: frozenset[bytes]) -> SheetFacts:
    formulas = frozenset(_cell_place(m[1], m[2]) for m in _OPEN_FORMULA.finditer(xml) if m[1])
    if not unseen_styles and not _TELLING.search(xml):
        return SheetFacts(formulas)
    errors: dict[CellPlace, str] = {}
    unseen: set[CellPlace] = set()
    rows: set[int] = set()
    columns: set[int] = set()
    row, column, is_error = -1, -1, False
    for name, attributes, text in _tags(xml):
        if name == b"row":
            row = int(attributes[b"r"]) - 1 if attributes.get(b"r", b"").isdigit() else row + 1
            column = -1
            if _is_hidden(attributes, b"ht"):
                rows.add(row)
        elif name == b"col" and _is_hidden(attributes, b"width"):
            columns |= set(_columns(attributes))
        elif name == b"c":
            place = _PLACE.fullmatch(attributes.get(b"r", b""))
            column = _cell_place(place[1], place[2])[1] if place else column + 1
            is_error = attributes.get(b"t") == b"e"
            if attributes.get(b"s") in unseen_styles:
                unseen.add((row, column))
        elif name == b"v" and is_error:
            errors[row, column] = text.decode("ascii", "replace").strip() or "#"
    return SheetFacts(formulas, errors, frozenset(unseen), frozenset(rows), frozenset(columns))


_PLACE = re.compile(rb"([A-Z]{1,3})(\d{1,7})")


def _tags(xml: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes], bytes]]:
    for tag in _TAG.finditer(xml):
        yield tag[1], dict(_ATTRIBUTE.findall(tag[2])), tag[3]


def _is_hidden(attributes: Mapping[bytes, bytes], size: bytes) -> bool:
    if attributes.get(b"hidden", b"").lower() in (b"1", b"true"):
        return True
    return size in attributes and not attributes[size].strip(b"0.")


def _columns(attributes: Mapping[bytes, bytes]) -> range:
    first, last = attributes.get(b"min", b""), attributes.get(b"max", b"")
    if not (first.isdigit() and last.isdigit()):
        return range(0)
    return range(max(int(first), 1) - 1, min(int(last), _MOST_COLUMNS))


def _check_area(xml: bytes) -> None:
    # Offices format rows down to the last one of a sheet: an empty row is not allocated.
    rows = [int(row) for row in _ROW.findall(xml) if row] if _UNPLACED.search(xml) else []
    places = [_cell_place(column, row) for column, row in _CELL.findall(xml) if row]
    if not places:
        return
    high = max(max(row for row, _ in places), max(rows, default=1) - 1) + 1
    wide = max(column for _, column in places) + 1
    if high * wide > MAX_AREA:
        raise TooLarge("sheet_too_large", rows=high, columns=wide)


def _cell_place(letters: bytes, row: bytes) -> CellPlace:
    """Return row and column of a reference such as B12, both counted from 0."""
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return max(int(row), 1) - 1, column - 1
