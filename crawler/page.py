"""A fetched page as the crawl sees it: its text, its titles, and links of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from scrapy import Selector
from scrapy.http import Response, TextResponse

from crawler.address import absolute

SCRIPTED = re.compile(
    r"""(?:window\.open|(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*=|"""
    r"""location\.(?:assign|replace)|openwin\w*|openurl\w*)\s*\(?\s*['"]([^'"]+)['"]""",
    re.I,
)
QUOTED_DOCUMENT = re.compile(r"""['"]([^'"]+\.(?:pdf|docx?|wps|xlsx?|rtf|ofd|zip))['"]""", re.I)
FRAMES = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
MOST_LINKS = 5_000
BLANK = re.compile(r"[\s\u3000\u00a0\u200b\ufeff]+")


@dataclass(frozen=True, slots=True)
class Link:
    """Where a page leads. `text` is what the reader sees, blanks dropped; the longer of anchor
    text and title. `embedded` is shown inside the page (a frame, an object)."""

    url: str
    text: str
    embedded: bool = False


class Page:
    """A page that was fetched: `url` is where its links start from."""

    def __init__(self, response: Response) -> None:
        self.text = text_of(response)
        self._selector = Selector(text=self.text, type="html")
        base = self._selector.xpath("//base/@href").get()
        self.url = (base and absolute(response.url, base)) or response.url

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, each address and text once."""
        found = (*self._anchors(), *self._frames(), *self._clicks())
        if not found:  # a shell that only sends the reader on
            found = tuple(self._scripted(self.text, "", embedded=True))
        return tuple(dict.fromkeys(found))

    @property
    def title(self) -> str:
        """The page's own title, without the site's name behind it."""
        title = squash(self._selector.xpath("string(//title)").get(default=""))
        return re.split(r"[-_|—－]", title)[0]

    def meta(self, name: str) -> str:
        """Give the first meta tag of that name in any case, blanks dropped."""
        for tag in self._selector.xpath("//meta[@name]"):
            if tag.attrib["name"].lower() == name.lower():
                return squash(tag.attrib.get("content", ""))
        return ""

    def _anchors(self) -> Iterator[Link]:
        for anchor in self._selector.xpath("//a[@href or @data-href] | //area[@href]")[:MOST_LINKS]:
            text = squash(anchor.xpath("string()").get(default=""))
            shown = squash(
                anchor.attrib.get("title", "")
                or anchor.xpath("string(.//img/@alt)").get(default="")
            )
            text = max(text, shown, key=len)
            for name in ("href", "data-href"):
                href = anchor.attrib.get(name, "").strip()
                if href.lower().startswith("javascript:"):
                    yield from self._scripted(href, text)
                elif url := absolute(self.url, href):
                    yield Link(url, text)

    def _frames(self) -> Iterator[Link]:
        for tag, attribute in FRAMES:
            for source in self._selector.xpath(f"//{tag}/@{attribute}")[:MOST_LINKS].getall():
                if url := absolute(self.url, source):
                    yield Link(url, "", embedded=True)

    def _clicks(self) -> Iterator[Link]:
        for tag in self._selector.xpath("//*[@onclick]")[:MOST_LINKS]:
            text = squash(tag.attrib.get("title", "") or tag.xpath("string()").get(default=""))
            yield from self._scripted(tag.attrib["onclick"], text)

    def _scripted(self, script: str, text: str, embedded: bool = False) -> Iterator[Link]:
        for pattern in (SCRIPTED, QUOTED_DOCUMENT):
            for address in pattern.findall(script):
                if url := absolute(self.url, address):
                    yield Link(url, text, embedded)


def squash(text: str) -> str:
    """Drop every blank: editors put them between the characters of a title.

    >>> squash("政府信息\u3000公开 年报\\n")
    '政府信息公开年报'
    """
    return BLANK.sub("", text)


def text_of(response: Response) -> str:
    """Decode a page: strict UTF-8, then what it declares, then GB18030 with marks for what is bad.

    Declarations lie in both directions, and Chinese text in GBK is practically never valid UTF-8.
    """
    declared = response.encoding if isinstance(response, TextResponse) else "utf-8"
    for name in ("utf-8-sig", declared, "gb18030"):
        try:
            return response.body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return response.body.decode("gb18030", "replace")
