"""Read the parts of a Word package that have text: document, styles, numbering.

python-docx opens a package only if every relation in it is sound and of the transitional kind. It
refuses files from WPS with an image relation to NULL (KeyError), which Word shows without
complaint. Nor does it know tracked changes, text boxes, content controls and numbering. Therefore
the parts are read here, with a parser that resolves no entities and loads nothing.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.extract.errors import ExtractError
from gongkai.extract.formats.xml_parts import MAX_XML, Element, parse_xml
from gongkai.extract.formats.zip_archive import open_zip, read_member

_DOCUMENT = "word/document.xml"
# "Strict" files use other names for the same things.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
)  # fmt: skip
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class WordParts:
    """The parsed parts; styles and numbering may be missing. `targets` are paths by relation."""

    document: Element
    styles: Element | None
    numbering: Element | None
    targets: Mapping[str, str]


def open_parts(body: bytes) -> WordParts:
    """Open a Word package.

    Raises:
        Encrypted: the package is protected by a password
        TooLarge: the package exceeds a limit
        ExtractError: the package is damaged
    """
    with open_zip(body) as package:
        members = {
            member.filename.replace("\\", "/").lstrip("/").lower(): member
            for member in package.infolist()
        }
        whole = _relations(package, members, "_rels/.rels", "")
        main = next((r.path for r in whole if r.kind.endswith("/officeDocument")), _DOCUMENT)
        document = _parse(package, members, main)
        if document is None:
            raise ExtractError("word_without_text")
        folder, name = posixpath.split(main)
        own = _relations(package, members, f"{folder}/_rels/{name}.rels", folder)
        styles, numbering = (
            _parse(package, members, next((r.path for r in own if r.kind.endswith(kind)), usual))
            for kind, usual in (
                ("/styles", f"{folder}/styles.xml"),
                ("/numbering", f"{folder}/numbering.xml"),
            )
        )
        return WordParts(document, styles, numbering, {r.name: r.path for r in own})


def _parse(
    package: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> Element | None:
    member = members.get(name.lower())
    if member is None:
        return None
    xml = read_member(package, member, MAX_XML)
    for strict, usual in _STRICT:
        xml = xml.replace(strict, usual)
    return parse_xml(xml, "Word")


@dataclass(frozen=True, slots=True)
class _Relation:
    name: str
    kind: str
    path: str


def _relations(
    package: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str, folder: str
) -> list[_Relation]:
    """Yield the relations whose targets are in the package."""
    found = []
    root = _parse(package, members, name)
    for relation in root if root is not None else ():
        target = relation.get("Target") or ""
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        path = posixpath.normpath(path)
        if relation.get("TargetMode") != "External" and path.lower() in members:
            found.append(_Relation(relation.get("Id") or "", relation.get("Type") or "", path))
    return found


def child_value(element: Element | None, name: str, attribute: str = "val") -> str | None:
    """Return the attribute of the child called `name`, "" if it has none, None without the child."""
    child = None if element is None else element.find(W + name)
    return None if child is None else child.get(W + attribute, "")


def bounded_number(text: str | None, default: int, low: int = 0, high: int = 1_000_000) -> int:
    """Return `text` as a whole number within bounds, `default` for other texts."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 9:
        return default
    return min(max(int(text), low), high)


def is_on(element: Element | None, name: str) -> bool:
    """Return whether a switch such as w:vanish is present and not turned off."""
    return child_value(element, name) not in (None, "0", "false", "off", "none")
