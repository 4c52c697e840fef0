"""Index the elements of a parsed page in one walk, because each search of the tree is a walk."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from gongkai.extract.formats.html.html_tree import TITLE_CLASS

TRAIL = re.compile(r"(?:当前|所在|您的|你的|您现在的|你现在的)位置|首页\s*[>＞»/›]")
_TITLED = frozenset(("h3", "h4", "div", "p", "span"))
_MOST = 5_000


@dataclass(slots=True)
class ElementIndex:
    """The tags of a page by name, in document order, and the few that are found by other criteria."""

    tags: defaultdict[str, list[Tag]] = field(default_factory=lambda: defaultdict(list))
    titled: list[Tag] = field(default_factory=list)  # with a class for titles
    clickable: list[Tag] = field(default_factory=list)  # with an onclick
    trails: list[NavigableString] = field(default_factory=list)  # texts that begin a breadcrumb

    def first(self, name: str, most: int) -> list[Tag]:
        """Return the first `most` tags of a name."""
        return self.tags[name][:most]

    def linking(self, name: str, attribute: str) -> list[Tag]:
        """Return the tags of a name that have an attribute, some thousands at most."""
        return [tag for tag in self.tags[name][:_MOST] if attribute in tag.attrs]


def index_elements(soup: BeautifulSoup) -> ElementIndex:
    """Return the index of a page."""
    found = ElementIndex()
    tags = found.tags
    node = soup.contents[0] if soup.contents else None
    while node is not None:
        if isinstance(node, Tag):
            name = node.name
            tags[name].append(node)
            attrs = node.attrs
            if attrs:
                if "onclick" in attrs:
                    found.clickable.append(node)
                if name in _TITLED and "class" in attrs and TITLE_CLASS.search(str(attrs["class"])):
                    found.titled.append(node)
        elif (
            type(node) is NavigableString
            and ("位置" in node or "首页" in node)
            and TRAIL.search(node)
        ):
            found.trails.append(node)
        node = node.next_element
    return found
