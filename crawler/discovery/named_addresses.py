"""What data and the scripts of a page name: rows, trees of units, attached files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from gongkai.crawler.discovery.embedded_data import is_file_name, json_links, script_links
from gongkai.extract.formats.suffixes import ATTACHMENT_SUFFIXES

QUOTED_DOCUMENT = re.compile(
    rf"""['"]([^'"]+{ATTACHMENT_SUFFIXES}(?:\?[^'"<>\s]{{0,200}})?)['"]""", re.I
)
TAG = re.compile(r"<[^<>]*>")
MAX_NAMED = 5_000


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """An absolute address with its title. A document whose address stands alone is `embedded`."""

    url: str
    title: str
    dated: bool = False
    embedded: bool = False


def named_addresses(
    data: str, scripts: Sequence[str], url_of: Callable[[str], str], own: str
) -> Iterator[NamedAddress]:
    """Yield what an answer in data, or the scripts of a page, name.

    `url_of` resolves an address; `own` is that of the page. What is attached to a row belongs to its
    article, unless the page is that article.
    """
    if data:
        # some programs write data that is not quite JSON
        named = [*json_links(data)] or [*script_links(data)]
    else:
        named = [each for script in scripts for each in script_links(script)]
    known_paths: set[str] = set()
    for each in named[:MAX_NAMED]:
        if not (url := url_of(each.address)):
            continue
        known_paths.add(urlsplit(url).path)
        if not each.owner or url_of(each.owner) == own:
            yield NamedAddress(url, TAG.sub("", each.title), each.dated)
    for script in scripts:
        for found in QUOTED_DOCUMENT.finditer(script):
            url = "" if is_file_name(script, found.start(1)) else url_of(found[1])
            if url and urlsplit(url).path not in known_paths:
                yield NamedAddress(url, "", embedded=True)
