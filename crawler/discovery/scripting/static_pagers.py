"""Pagers of lists whose pages are numbered files: which files there are, from the pager's own call.

The scripts draw the links that a reader clicks; the names of the files follow from their arguments:
the number of pages, the stem and the suffix. Forms met on portals: `createPageHTML(5, 0, "index",
"html")` and `createPage(…)` (TRS, Chongqing), `createPageHTML('box', 5, 1, 'list', 'shtml', 98)`
(UCAP), `Pager({size:5, current:0, prefix:'index', suffix:'html'})` (Beijing), `nsetpage(1, 5, 15)`
(淮安), `href="javascript:next(1)"` (Huilan), `var countPage = 5`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

MAX_PAGES = 500
"""Pages of one list that a pager may name; a greater number is a misreading."""

_VALUE = r"""(?:"[^"\n]{0,80}+"|'[^'\n]{0,80}+'|[\w.$]{1,40}+)"""
CALL = re.compile(
    rf"\b(createPage(?:HTML\w{{0,40}}+)?|nsetpage)\s*+\(\s*+({_VALUE}(?:\s*+,\s*+{_VALUE}){{2,9}}+)\s*+\)",
    re.I,
)
ARGUMENT = re.compile(_VALUE)
VARIABLE = re.compile(
    r"""\bvar\s++([\w$]{1,40}+)\s*+=\s*+["']?([\w.-]{1,40}+)["']?\s*+(?:;|,|\n|//|/\*|<)"""
)
OPTIONS = re.compile(r"\bPager\s*+\(\s*+\{([^{}]{1,400}+)\}")
OPTION = re.compile(r"""["']?\b(size|prefix|suffix)["']?\s*+:\s*+["']?([\w.-]{1,40}+)""", re.I)
COUNT = re.compile(r"\bvar\s+countPage\s*=\s*[\"']?(\d{1,4})\b")
TURN = re.compile(r"javascript:\s*+next\(\s*+[\"']?(\d{1,4})[\"']?\s*+\)", re.I)
OWN_FUNCTION = re.compile(r"\bfunction\s+next\s*\(|\bnext\s*=\s*function\b")
PAGE_NUMBER = re.compile(r"_\d{1,4}$")
SUFFIX = re.compile(r"s?html?|jsp|aspx?|php", re.I)
DEFAULT_FILE = ("index", "html")
"""Stem and suffix of the pages of a list whose address is a folder."""


@dataclass(frozen=True, slots=True)
class NumberedFiles:
    """The files of a list beside its first page: `stem_N.suffix`, N from `first` to `last`."""

    stem: str
    suffix: str
    first: int
    last: int

    def addresses(self, base_url: str) -> Iterator[str]:
        """Yield the addresses in the folder of a page."""
        for number in range(self.first, self.last + 1):
            yield urljoin(base_url, f"{self.stem}_{number}.{self.suffix}")


def read_static_pager(text: str, base_url: str, rows: int = 0) -> NumberedFiles | None:
    """Return the files that the pager of a page names, None where it has no such pager.

    `rows` is the number of rows that the page shows.
    """
    names = dict(VARIABLE.findall(text)) if "createPage" in text else {}
    for call in CALL.finditer(text):
        arguments = [_value(argument, names) for argument in ARGUMENT.findall(call[2])]
        if call[1].lower() == "nsetpage":
            found = _from_nsetpage(arguments, base_url, rows)
        else:
            found = _from_call(arguments)
        if found:
            return found
    for options in OPTIONS.finditer(text):
        named = {name.lower(): value for name, value in OPTION.findall(options[1])}
        if found := _counted_from_zero(named.get("size"), named.get("prefix"), named.get("suffix")):
            return found
    if count := COUNT.search(text):
        return _counted_from_zero(count[1], *DEFAULT_FILE)
    return _from_turns(text, base_url)


def _from_call(arguments: list[str | None]) -> NumberedFiles | None:
    """Return the files of createPageHTML; where its first argument is a box, pages count from 1."""
    if not arguments or arguments[0] is None:
        return None
    if arguments[0].isdigit():
        return _counted_from_zero(arguments[0], *arguments[2:4])
    count, stem, suffix = [*arguments[1:2], *arguments[3:5], None, None, None][:3]
    return _numbered(stem, suffix, 2, _pages(count))


def _counted_from_zero(
    count: str | None, stem: str | None = None, suffix: str | None = None
) -> NumberedFiles | None:
    """Return index_1 … index_(count - 1).

    With another stem, the second page is list_1 on some portals (mva.gov.cn) and list_2 on others
    (nx.gov.cn), with the same call: both ends are included.
    """
    last = _pages(count) - 1 if stem == "index" else _pages(count)
    return _numbered(stem, suffix, 1, last) if _pages(count) > 1 else None


def _from_nsetpage(arguments: list[str | None], base_url: str, rows: int) -> NumberedFiles | None:
    """Return the files of nsetpage(current, count, size).

    `count` is the number of pages on some portals and the number of rows on others. It is the number
    of pages where the page shows more rows than that; else the pages that rows fill are certain,
    and a full page has another one behind it.
    """
    current, count, size = (int(n) if n and n.isdigit() else 0 for n in arguments[:3])
    if not (current and count and size):
        return None
    certain = count if rows > count else -(-count // size)
    if rows >= size and certain <= current < count:
        certain = current + 1
    return _numbered(*_own_file(base_url), 2, min(certain, MAX_PAGES))


def _from_turns(text: str, base_url: str) -> NumberedFiles | None:
    """Return the files up to the highest number that a link turns to, where `next` is not ours to read."""
    numbers = [int(number) for number in TURN.findall(text)]
    if not numbers or OWN_FUNCTION.search(text):
        return None
    return _numbered(*_own_file(base_url), 1, max(numbers))


def _numbered(stem: str | None, suffix: str | None, first: int, last: int) -> NumberedFiles | None:
    if not stem or not suffix or not SUFFIX.fullmatch(suffix) or not first <= last <= MAX_PAGES:
        return None
    return NumberedFiles(stem, suffix, first, last)


def _own_file(base_url: str) -> tuple[str, str]:
    """Return stem and suffix of a page of a list, without the number of the page."""
    stem, dot, suffix = urlsplit(base_url).path.rpartition("/")[2].rpartition(".")
    return (PAGE_NUMBER.sub("", stem), suffix) if dot else DEFAULT_FILE


def _pages(text: str | None) -> int:
    return int(text) if text and text.isdigit() and len(text) <= 4 else 0


def _value(argument: str, names: dict[str, str]) -> str | None:
    """Return the value of an argument: a literal, a number, or a variable of the page."""
    if argument[0] in "\"'":
        return argument[1:-1]
    return argument if argument.isdigit() else names.get(argument)
