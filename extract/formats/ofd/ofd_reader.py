"""Read OFD files (GB/T 33190-2016, the national fixed-layout format): a ZIP of pages in XML.

The pages are drawn like those of a PDF and give the same grids and paragraphs. Annotations, stamps
and attached files are not part of the pages and are left out.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from gongkai.extract.errors import ExtractError, TooLarge
from gongkai.extract.formats.media_type import OFD
from gongkai.extract.formats.ofd.ofd_drawing import Artist, Resources
from gongkai.extract.formats.ofd.ofd_values import children_named, decimals
from gongkai.extract.formats.xml_parts import MAX_XML, Element, local_name, parse_xml
from gongkai.extract.formats.zip_archive import open_zip, read_member
from gongkai.extract.layout.document_builder import build_document
from gongkai.extract.layout.page import DrawnPage, finalize_page
from gongkai.extract.layout.work_limits import MAX_PAGES, WorkBudget
from gongkai.extract.model.document import Document

_A4 = (0.0, 0.0, 210.0, 297.0)
_NOTHING = parse_xml(b"<none/>", "OFD")


def read_ofd(body: bytes, media_type: str = "") -> Document:
    """Read an OFD file. No other errors are raised.

    Raises:
        Encrypted: the file is protected by a password
        TooLarge: the file exceeds a limit
        ExtractError: the file is damaged
    """
    with open_zip(body) as package:
        return build_document(OFD, list(_OfdFile(package).pages()))


class _OfdFile:
    """An OFD package, whose references lead to its document, pages and shared resources."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self.package = package
        self.members = {_path("", info.filename).lower(): info for info in package.infolist()}
        self.budget = WorkBudget("OFD")

    def pages(self) -> Iterator[DrawnPage]:
        """Yield the pages of the first document; further documents are other versions of it."""
        place = _path("", _text(self.part("OFD.xml"), "DocRoot"))
        document = self.part(place)
        common = _child(document, "CommonData")
        sheet = _box(_child(common, "PageArea"), _A4)
        resources = self.resources(common, place)
        templates = {
            node.get("ID"): _path(place, node.get("BaseLoc"))
            for node in children_named(common, "TemplatePage")
        }
        listed = list(children_named(_child(document, "Pages"), "Page"))
        if len(listed) > MAX_PAGES:
            raise TooLarge("ofd_too_many_pages", pages=len(listed), most=MAX_PAGES)
        for number, node in enumerate(listed, 1):
            root = self.part(_path(place, node.get("BaseLoc")))
            artist = Artist(number, _box(_child(root, "Area"), sheet), resources, self.budget)
            for content in self.contents(root, templates):
                artist.draw(content)
            yield finalize_page(artist.page)

    def contents(self, page: Element, templates: Mapping[str | None, str]) -> list[Element]:
        """Yield what a page draws, bottom first: lower templates, contents, upper templates."""
        beneath: list[Element] = []
        above: list[Element] = []
        for node in children_named(page, "Template"):
            shared = self.part(templates.get(node.get("TemplateID")))
            stack = above if node.get("ZOrder") == "Foreground" else beneath
            stack.append(_child(shared, "Content"))
        return [*beneath, _child(page, "Content"), *above]

    def part(self, path: str | None) -> Element:
        """Return the root of a part.

        Raises:
            ExtractError: the part is missing or damaged
        """
        member = self.members.get((path or "").lower())
        if member is None:
            if not path:
                raise ExtractError("ofd_part_unnamed")
            raise ExtractError("ofd_part_missing", name=path[:160])
        return parse_xml(read_member(self.package, member, MAX_XML), "OFD")

    def resources(self, common: Element, place: str) -> Resources:
        """Return what the pages share, by id; drawings of missing resources are not drawn."""
        found = Resources({}, {})
        for node in common:
            path = _path(place, node.text)
            if (
                local_name(node) not in ("PublicRes", "DocumentRes")
                or path.lower() not in self.members
            ):
                continue
            for shared in self.part(path).iter():
                kind = {"CompositeGraphicUnit": found.units, "DrawParam": found.params}
                if (known := kind.get(local_name(shared))) is not None:
                    known[shared.get("ID", "")] = shared
        return found


def _path(place: str, location: str | None) -> str:
    """Return the path of a location in the part at `place`, or from the root (with a slash)."""
    given = (location or "").strip().replace("\\", "/")
    folder = "" if given.startswith("/") else posixpath.dirname(place)
    return posixpath.normpath(posixpath.join(folder, given.lstrip("/")))


def _child(element: Element, name: str) -> Element:
    """Return the first child with a name, an empty element if there is none."""
    return next(children_named(element, name), _NOTHING)


def _text(element: Element, name: str) -> str:
    return next((node.text or "" for node in element.iter() if local_name(node) == name), "")


def _box(area: Element, otherwise: Sequence[float]) -> Sequence[float]:
    """Return the sheet of an Area as x, y, width, height in millimetres."""
    box = decimals(_text(area, "PhysicalBox"), 4)
    return box if box and box[2] > 0 and box[3] > 0 else otherwise
