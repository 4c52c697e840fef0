"""Bound how many elements a page has and how deep they nest, before anything is asked about them.

Pages of agencies nest some tens deep, some hundreds where end tags are forgotten, and have some
thousands of elements. libxml2 stops at 2,048 elements inside each other and leaves out the rest of the
page, so that one beyond `MAX_DEPTH` is refused as a whole. When lxml passes the elements on without a
tree, libxml2 has no such bound and looks through all open elements at each end tag.
"""

from __future__ import annotations

from lxml import etree

from gongkai.extract.errors import TooLarge

MAX_DEPTH = 2_000
"""Elements inside each other."""

MAX_ELEMENTS = 100_000
"""Elements of a page that is read: each costs some ten microseconds."""


def parse_elements(text: str) -> etree._Element | None:
    """Return the elements of a page without its comments, None where it has no elements."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None


def check_elements(root: etree._Element | None) -> None:
    """Compare the elements of a page with the bounds.

    Raises:
        TooLarge: There are too many, or they nest too deeply.
    """
    if root is None:
        return
    if is_too_deep(root):
        raise TooLarge("html_nested_too_deeply", most=MAX_DEPTH)
    if root.xpath(f"count(//*) > {MAX_ELEMENTS}"):
        raise TooLarge("html_elements_too_many", most=MAX_ELEMENTS)


def is_too_deep(root: etree._Element) -> bool:
    """Return whether elements nest deeper than `MAX_DEPTH`."""
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            return True
    return False
