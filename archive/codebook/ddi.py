"""The codebook as DDI Codebook 2.5, the XML that data archives read.

Elements stand in the order of the schema of the DDI Alliance. A text is repeated in both languages
where the schema lets it, and is in both within one element where not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

from gongkai.archive.codebook.codebook import Code, Codebook, Column, Table, Texts
from gongkai.catalogue import LANGUAGES, LOCALES

NAMESPACE = "ddi:codebook:2_5"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NUMERIC = ("integer", "number")
_CATEGORY = {"date": "date", "datetime": "time"}


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a table, with its rows."""

    table: str
    path: str
    rows: int


@dataclass(frozen=True, slots=True)
class Study:
    """What is said of the data as a whole. `licence` is its address, `version` "" where none is known."""

    licence: str
    version: str = ""
    files: tuple[DataFile, ...] = ()


def ddi_xml(book: Codebook, study: Study) -> bytes:
    """Return the codebook as a DDI document: the same input gives the same bytes."""
    root = ElementTree.Element(
        "codeBook",
        {"xmlns": NAMESPACE, "version": "2.5", _XML_LANG: LOCALES["zh"].replace("_", "-")},
    )
    _study(root, book, study)
    tables = [table for table in book.tables if table.is_file]
    files = {file.table: file for file in study.files}
    for table in tables:
        _file(root, table, files.get(table.name))
    data = _add(root, "dataDscr")
    for table in tables:
        members = " ".join(_id(table.name, column.name) for column in table.columns)
        group = _add(data, "varGrp", {"ID": f"G_{table.name}", "type": "file", "var": members})
        _each_language(group, "labl", table.titles)
        _each_language(group, "txt", table.universe)
    for table in tables:
        for column in table.columns:
            _variable(data, book, table, column)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _study(root: ElementTree.Element, book: Codebook, study: Study) -> None:
    about = _add(root, "stdyDscr")
    citation = _add(about, "citation")
    titles = _add(citation, "titlStmt")
    _add(titles, "titl", text=book.titles["zh"])
    _add(titles, "parTitl", {_XML_LANG: "en"}, book.titles["en"])
    if study.version:
        _add(_add(citation, "verStmt"), "version", text=study.version)
    info = _add(about, "stdyInfo")
    _each_language(info, "abstract", book.descriptions)
    summary = _add(info, "sumDscr")
    _add(summary, "nation", {"abbr": "CN"}, "China")
    _each_language(summary, "universe", book.universe)
    _add(_add(_add(about, "dataAccs"), "useStmt"), "conditions", text=study.licence)


def _file(root: ElementTree.Element, table: Table, file: DataFile | None) -> None:
    names = {"URI": file.path} if file else {}
    body = _add(_add(root, "fileDscr", {"ID": f"F_{table.name}", **names}), "fileTxt")
    _add(body, "fileName", text=file.path if file else f"{table.name}.csv")
    _add(body, "fileCont", text=_joined(table.universe))
    size = _add(body, "dimensns")
    if file:
        _add(size, "caseQnty", text=str(file.rows))
    _add(size, "varQnty", text=str(len(table.columns)))


def _variable(data: ElementTree.Element, book: Codebook, table: Table, column: Column) -> None:
    is_number = column.type in _NUMERIC and not column.codes
    attributes = {
        "ID": _id(table.name, column.name),
        "name": column.name,
        "files": f"F_{table.name}",
        "intrvl": "contin" if is_number else "discrete",
    }
    body = _add(data, "var", attributes)
    _each_language(body, "labl", column.titles)
    _each_language(body, "universe", table.universe)
    if any(column.descriptions.values()):
        _each_language(body, "txt", column.descriptions)
    whys = {each.name: each.why for each in book.variables} if column.name == "variable" else {}
    _categories(body, column.codes, whys)
    kinds = {"type": "numeric" if column.type in _NUMERIC else "character"}
    if column.type in _CATEGORY:
        kinds["category"] = _CATEGORY[column.type]
    _add(body, "varFormat", kinds)
    for note in (f"unit: {column.unit}" * bool(column.unit), _missing_note(book, column)):
        if note:
            _add(body, "notes", text=note)


def _categories(
    body: ElementTree.Element, codes: Sequence[Code], whys: Mapping[str, Texts]
) -> None:
    for code in codes:
        category = _add(body, "catgry")
        _add(category, "catValu", text=code.code)
        _each_language(category, "labl", code.labels)
        if code.code in whys:
            _each_language(category, "txt", whys[code.code])


def _missing_note(book: Codebook, column: Column) -> str:
    for each in book.missing:
        if each.kind == column.missing:
            return "missing: " + "; ".join(f"{n} {told['en']}" for n, told in each.formats.items())
    return ""


def _each_language(parent: ElementTree.Element, name: str, texts: Texts) -> None:
    for lang in LANGUAGES:
        _add(parent, name, {_XML_LANG: LOCALES[lang].replace("_", "-")}, texts[lang])


def _joined(texts: Texts) -> str:
    return " ".join(texts[lang] for lang in LANGUAGES)


def _id(table: str, column: str) -> str:
    return f"V_{table}.{column}"


def _add(
    parent: ElementTree.Element,
    name: str,
    attributes: Mapping[str, str] | None = None,
    text: str = "",
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, dict(attributes or {}))
    child.text = text or None
    return child
