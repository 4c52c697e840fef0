"""A fetched page: its text, its titles, and links of every kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from urllib.parse import unquote

from parsel import Selector

from gongkai.crawler.discovery.bound_addresses import BOUND_LINKS, bound_addresses
from gongkai.crawler.discovery.embedded_data import (
    html_fragments,
    is_data_answer,
)
from gongkai.crawler.discovery.link_context import MAX_CONTEXT_CHARS, LinkContext, row_of
from gongkai.crawler.discovery.list_request import ListRequest
from gongkai.crawler.discovery.named_addresses import QUOTED_DOCUMENT, named_addresses
from gongkai.crawler.discovery.own_titles import own_entries, shown_titles
from gongkai.crawler.discovery.page_outline import PageOutline
from gongkai.crawler.discovery.page_tree import (
    attribute,
    attributes_of,
    beginning_of_text,
    parse_html,
    shown_text,
    text_of,
)
from gongkai.crawler.discovery.script_evaluation import ScriptContext, read_context
from gongkai.crawler.discovery.scripting.scripts import PageScripts
from gongkai.crawler.discovery.shell_addresses import shown_addresses
from gongkai.crawler.discovery.urls import absolute_url
from gongkai.crawler.discovery.words.link_words import strip_whitespace
from gongkai.extract.chinese.charset import decode_document

SCRIPT_NAVIGATION = re.compile(
    r"""(?:window\.open|(?:window\.|document\.|self\.|top\.|parent\.)?location(?:\.href)?\s*+=|"""
    r"""location\.(?:assign|replace)|openwin\w{0,40}+|openurl\w{0,40}+)\s*+(?:\(\s*+)?['"]([^'"]++)['"]""",
    re.I,
)
FUNCTION_CALL = re.compile(
    r"(?<![\w.])(?!void\b|return\b|alert\b|if\b)[A-Za-z_$][\w$]{0,60}+\(\s*+[\w'\"]"
)
PAGE_ADDRESS = re.compile(r"/|\.(?:s?html?|jsp|aspx?)$", re.I)
WHOLE_PAGE = re.compile(r"<(?:html|body|frameset)\b", re.I)
ROOTED_ADDRESS = re.compile(r"(?:https?:/)?/[\w./%~-]{1,300}+(?:\?[^\s\"'<>]{1,600}+)?")
READ_ATTRIBUTES = {
    "href", "src", "class", "style", "id", "title", "alt", "target", "onclick", "data-href", "data-url",
    "data-link", "data-src", "data-original", "background",
}  # fmt: skip
"""Attributes of a link that are read elsewhere, or whose address is no page."""

LINK_CONDITION = f"@href or @data-href or @data-url or @data-link or {BOUND_LINKS}"
FRAMES = (("iframe", "src"), ("frame", "src"), ("embed", "src"), ("object", "data"))
MAX_LINKS = 5_000
MAX_IMAGES = 20
MAX_OPTIONS = 2_000
"""Options of all lists of a page: units and years; each may cost several calls of a script."""

BREADCRUMB = (
    "//*[text()[contains(., '位置')] or contains(@class, 'crumb') or contains(@class, 'position')"
    " or contains(@class, 'location')]"
)
BREADCRUMB_SEPARATOR = re.compile(r"[>＞»›→/|]+|&gt;")
MAX_BREADCRUMBS = 10
MAX_TEXT_CHARS = 200_000
MAX_SHELL_LINKS = 3
"""A page with no more links than this may be one that only redirects by a script."""
INNER_FRAME = re.compile(r"<i?frame\b|\.load\(|\.src\s?=", re.I)
"""What shows another page inside a page."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page.

    `text` is what the reader sees without white space: the longer of anchor text and title.
    `embedded` content is shown inside the page: a frame, an object, data that a script inserts. A
    `dated` link stands in a row with a date, as the rows of lists do. `heading` is the text above it:
    a heading, or the entry of the menu that it stands below. `block` is the number of its list on the
    page, 0 where it is not known.
    """

    url: str
    text: str
    embedded: bool = False
    dated: bool = False
    heading: str = ""
    block: int = field(default=0, compare=False)


class WebPage:
    """A page that was fetched, or an answer in data that is part of one.

    `address` is where it was fetched. `base_url` is what its links are relative to: for data, the
    page that requested them. `request` is what a script sends for this answer, None for an ordinary
    page. `embedded_html` is HTML that the page contains as text, or that the
    strings of an answer contain. `script_files` are texts of files whose functions it calls.
    """

    def __init__(
        self,
        address: str,
        body: bytes,
        content_type: str = "",
        base_url: str = "",
        request: ListRequest | None = None,
        script_files: Sequence[str] = (),
    ) -> None:
        # Scrapy's own guess is not used: its detector takes a short GB18030 page for Korean
        decoded = decode_document(body, content_type)
        self.text, self.encoding = decoded.text, decoded.encoding
        self.address = address
        self.request = request
        self.is_data = is_data_answer(self.text)
        self.embedded_html = "\n".join(html_fragments(self.text))
        self._selector = parse_html(self.embedded_html if self.is_data else self.text)
        self.scripts = PageScripts([] if self.is_data else [*self._scripts(), *script_files])
        written = () if self.is_data else (self.embedded_html, *self.scripts.written_html())
        self._hidden = parse_html("\n".join(written))
        self._context = LinkContext()
        declared = self._selector.xpath("//base/@href").get()
        # a script puts such a piece into the page that requested it
        is_piece = self.is_data or (request is not None and not WHOLE_PAGE.search(self.text))
        self.base_url = (base_url if is_piece else "") or address
        self.base_url = (declared and self.url_of(declared)) or self.base_url

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Every link in order, each pair of address and text once."""
        found = [*self._anchors(self._selector), *self._anchors(self._hidden)]
        found += [*self._frames(self._selector), *self._frames(self._hidden)]
        found += [*self._clicks(), *self._rows_with_address(), *self._options(), *self._objects()]
        if len(found) <= MAX_SHELL_LINKS:  # it may only redirect
            found += self._script_redirects()
        if INNER_FRAME.search(self.text):  # it may show the page that its own address names
            found += [Link(url, "", embedded=True) for url in shown_addresses(self.address)]
        return tuple(dict.fromkeys(each for link in found for each in _with_shown(link)))

    @cached_property
    def data_requests(self) -> tuple[Link, ...]:
        """What the page's scripts request when it is opened: data that may be its list."""
        found = (self.url_of(address) for address in self.scripts.data_addresses())
        return tuple(Link(url, "", embedded=True) for url in dict.fromkeys(found) if url)

    @property
    def script_addresses(self) -> tuple[str, ...]:
        """The addresses of the script files that the page loads, each once."""
        return self.loaded("//script", "src")

    def loaded(self, path: str, *attributes: str) -> tuple[str, ...]:
        """Return what elements of the page load: the address in the first attribute that each has."""
        found = (
            self.url_of(next(filter(None, (attribute(tag, name) for name in attributes)), ""))
            for tag in self._selector.xpath(path)[:MAX_LINKS]
        )
        return tuple(dict.fromkeys(filter(None, found)))

    def clicked_calls(self) -> Iterator[tuple[str, bool]]:
        """Yield the text of each element whose click calls a function, and whether that leads anywhere."""
        path = "//*[@onclick or self::a[starts-with(normalize-space(@href), 'javascript:')]]"
        for tag in self._selector.xpath(path)[:MAX_LINKS]:
            code = attribute(tag, "onclick") or unquote(attribute(tag, "href"))
            if FUNCTION_CALL.search(code):
                text = strip_whitespace(attribute(tag, "title")) or text_of(tag)
                yield text, next(self._scripted(code, ""), None) is not None

    def url_of(self, address: str) -> str:
        """Return an address of this page as a browser would ask for it, "" where it would not."""
        return absolute_url(self.base_url, address, self.encoding)

    @cached_property
    def script_context(self) -> ScriptContext:
        """The scripts of the page, with its form fields and meta tags, which they read."""
        return read_context(self._selector, self.scripts.text, self.base_url)

    @cached_property
    def shown_text(self) -> str:
        """What a reader sees, without white space, up to `MAX_TEXT_CHARS`."""
        return shown_text(self._selector, MAX_TEXT_CHARS)

    def count_rows(self, addresses: Set[str]) -> int:
        """Return how many rows lead to these addresses.

        Two links of one row count once; two rows with the same address count twice.
        """
        rows: set[object] = set()
        for anchor in self._selector.xpath("//a[@href]")[:MAX_LINKS]:
            if self.url_of(attribute(anchor, "href").strip()) in addresses:
                row = row_of(anchor)
                rows.add(anchor.root if row is None else row.root)
        return len(rows)

    @property
    def title(self) -> str:
        """The title of the page, without the name of the site behind it."""
        return re.split(r"[-_|—－]", self.whole_title)[0]

    @property
    def whole_title(self) -> str:
        """The title of the page as the browser shows it, without white space."""
        return strip_whitespace(self._selector.xpath("string(//title)").get(default=""))

    @cached_property
    def own_entries(self) -> tuple[str, ...]:
        """The texts of the links to the page's own address, as a menu has for the open entry."""
        return tuple(filter(None, own_entries(self._selector, self.url_of, self.address)))

    @cached_property
    def shown_titles(self) -> tuple[str, ...]:
        """The headings of the page and the selected entries of its menus."""
        return tuple(filter(None, shown_titles(self._selector, self.url_of, self.address)))

    @cached_property
    def breadcrumb(self) -> tuple[str, ...]:
        """The names of where the page is: 首页, 政府信息公开, 政府信息公开年报; () where it tells none."""
        for box in self._selector.xpath(BREADCRUMB)[:MAX_BREADCRUMBS]:
            for around in (box, *box.xpath("..")):
                if names := _breadcrumb_names(beginning_of_text(around.root)):
                    return names
        return ()

    def meta(self, name: str) -> str:
        """Return the first meta tag of a name, in upper or lower case, without white space."""
        for tag in self._selector.xpath("//meta[@name]"):
            if attribute(tag, "name").lower() == name.lower():
                return strip_whitespace(attribute(tag, "content"))
        return ""

    def _anchors(self, selector: Selector) -> Iterator[Link]:
        anchors = selector.xpath(f"//*[self::a[{LINK_CONDITION}] or self::area[@href]]")[:MAX_LINKS]
        if not anchors:
            return
        outline = PageOutline(selector.root)
        for anchor in anchors:
            text = self._text_of(anchor)
            card = outline.card_of(anchor.root)
            dated = len(text) > 5 and self._context.is_dated(anchor, card)
            place = outline.place_of(anchor.root)
            for link in self._targets(anchor, text):
                yield replace(link, dated=dated, heading=place.heading, block=place.block)

    def _text_of(self, anchor: Selector) -> str:
        """Return what the reader sees of an anchor: its text, its title, or that of its picture."""
        text = text_of(anchor)
        named = [attribute(anchor, name) for name in ("title", "alt", "aria-label")]
        if not any(named):
            named = [
                image.get(name, "")
                for image in islice(anchor.root.iter("img"), MAX_IMAGES)
                for name in ("alt", "title")
            ]
        shown = next((name for each in named if (name := strip_whitespace(each))), "")
        cut = text.endswith(("…", "..."))
        text = shown if cut and shown else max(text, shown, key=len)
        if not text and attribute(anchor, "rel") == "next":
            return "下一页"
        return self._context.title_of(anchor, text)

    def _targets(self, anchor: Selector, text: str) -> Iterator[Link]:
        """Yield where an anchor leads: its own address, or the one that a script reads from it."""
        href = attribute(anchor, "href").strip()
        if href.lower().startswith("javascript:"):
            yield from self._scripted(unquote(href), text)
        elif url := self.url_of(href):
            yield Link(url, text)
        written = [attribute(anchor, "data-href")]
        if not href or href.startswith("#") or href.lower().startswith("javascript:"):
            named = (attribute(anchor, name) for name in ("data-url", "data-link"))
            written += filter(PAGE_ADDRESS.search, named)
            written += _addresses_among(attributes_of(anchor))
        written += bound_addresses(attributes_of(anchor), self.address, self.scripts.text)
        for address in written:
            if url := self.url_of(address):
                yield Link(url, text)

    def _frames(self, selector: Selector) -> Iterator[Link]:
        for tag, name in FRAMES:
            for source in selector.xpath(f"//{tag}/@{name}")[:MAX_LINKS].getall():
                if url := self.url_of(source):
                    yield Link(url, "", embedded=True)

    def _clicks(self) -> Iterator[Link]:
        for tag in self._selector.xpath("//*[@onclick]")[:MAX_LINKS]:
            text = strip_whitespace(attribute(tag, "title")) or text_of(tag)
            text = text or strip_whitespace(attribute(tag, "value"))  # of a button
            yield from self._scripted(attribute(tag, "onclick"), self._context.title_of(tag, text))

    def _rows_with_address(self) -> Iterator[Link]:
        """Yield rows that are not links and have their address in an attribute for a script."""
        for tag in self._selector.xpath("//*[not(self::a)][@data-url or @data-href or @data-link]")[
            :MAX_LINKS
        ]:
            text = text_of(tag)
            named = [attribute(tag, name) for name in ("data-url", "data-href", "data-link")]
            for address in filter(PAGE_ADDRESS.search, named):
                url = self.url_of(address)
                if url and len(text) < MAX_CONTEXT_CHARS:
                    yield Link(url, text)

    def _options(self) -> Iterator[Link]:
        """Yield units and years that are chosen from a list."""
        options_left = MAX_OPTIONS
        for select in self._selector.xpath("//select"):
            if options_left <= 0:
                return
            names = [
                attribute(select, name)
                for name in ("id", "name", "class")
                if name in attributes_of(select)
            ]
            handler = attribute(select, "onchange")
            for option in select.xpath(".//option[@value]")[:options_left]:
                options_left -= 1
                value = attribute(option, "value").strip()
                text = text_of(option)
                found = [value] if PAGE_ADDRESS.search(value) else []
                if value and not found:
                    found = [*self.scripts.option_destinations(names, handler, value)]
                for address in found:
                    if url := self.url_of(address):
                        yield Link(url, text)

    def _objects(self) -> Iterator[Link]:
        """Yield what data and scripts name: trees of units, attached files."""
        data, scripts = (self.text, []) if self.is_data else ("", self._scripts())
        for each in named_addresses(data, scripts, self.url_of, self.address):
            yield Link(
                each.url, strip_whitespace(each.title), embedded=each.embedded, dated=each.dated
            )

    def _script_redirects(self) -> Iterator[Link]:
        for script in self._scripts():
            if "function" not in script:  # a function that is only defined redirects nobody
                yield from self._scripted(script, "", embedded=True)

    def _scripts(self) -> list[str]:
        scripts = self._selector.xpath("//script[not(@src)]")
        return [script.root.text for script in scripts if script.root.text]

    def _scripted(self, script: str, text: str, embedded: bool = False) -> Iterator[Link]:
        # documents that a script of the page names are among its objects already
        for pattern in (SCRIPT_NAVIGATION,) if embedded else (SCRIPT_NAVIGATION, QUOTED_DOCUMENT):
            for address in pattern.findall(script):
                if url := self.url_of(address):
                    yield Link(url, text, embedded)
        if not embedded:
            for address in self.scripts.destinations(script):
                if url := self.url_of(address):
                    yield Link(url, text)


def _with_shown(link: Link) -> Iterator[Link]:
    """Yield a link, and those to the pages that a shell shows which it leads to."""
    yield link
    if link.text:
        for url in shown_addresses(link.url):
            yield replace(link, url=url)


def _addresses_among(attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield the addresses that attributes of any name hold for a script: `tagname` of eportal's pager."""
    for name, value in attributes.items():
        if name not in READ_ATTRIBUTES and ROOTED_ADDRESS.fullmatch(value.strip()):
            yield value.strip()


def _breadcrumb_names(text: str) -> tuple[str, ...]:
    """Return the names in the text of a breadcrumb, () where it is too long or has only one."""
    text = strip_whitespace(text[: 4 * MAX_CONTEXT_CHARS])
    before, _, behind = text.rpartition("位置")
    names = BREADCRUMB_SEPARATOR.split((behind or before).lstrip("：:"))
    found = tuple(name for name in names if name)
    return found if len(text) <= MAX_CONTEXT_CHARS and len(found) > 1 else ()
