"""Parse the XML parts of packages (Word, OFD) without entities, network or DTD."""

from __future__ import annotations

from lxml import etree

from gongkai.extract.errors import ExtractError

MAX_XML = 24 * 1024 * 1024
"""Bytes of one part: lxml's tree takes some ten times as much. Reports have 0.1 to 2 MB."""

Element = etree._Element


def parse_xml(xml: bytes, kind: str) -> Element:
    """Return the root element of a part of a `kind` of file ("Word", "OFD").

    Raises:
        ExtractError: the XML is damaged or has a DTD
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root: Element = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        words = " ".join(str(problem).split())[:120]
        raise ExtractError("xml_damaged", kind=kind, why=words) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise ExtractError("xml_with_dtd", kind=kind)
    return root


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace, "" for entities and comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
