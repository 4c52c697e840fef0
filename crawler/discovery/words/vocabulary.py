"""The words of navigation, as data (`words.toml`), and what is put together from them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

MAX_TITLE_CHARS = 40
"""Longer titles are not put together from words of navigation."""

YEAR = "Y"
"""Stands for a year, or a span of years, in a title that is taken apart."""

_ONE_YEAR = r"(?:19|20)\d\d(?:年度(?!报)|年(?![报度]))?"
_YEARS = re.compile(rf"(?<!\d){_ONE_YEAR}(?:[-—–~～至到]{_ONE_YEAR})?(?!\d)")
_NOT_A_WORD = re.compile(r"[^\u3400-\u9fff0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class WordGroup:
    """Words of one kind. `longest` is the number of characters of the longest one."""

    words: frozenset[str]
    longest: int

    def ends(self, title: str) -> bool:
        """Return whether a title ends with one of the words."""
        return any(title[-length:] in self.words for length in range(1, self.longest + 1))

    def occurs_in(self, title: str) -> bool:
        """Return whether one of the words is part of a title."""
        return any(word in title for word in self.words)

    def begins(self, title: str) -> bool:
        """Return whether a title begins with one of the words."""
        return any(title[:length] in self.words for length in range(1, self.longest + 1))


@cache
def _groups() -> Mapping[str, WordGroup]:
    """Return all groups by name, read when they are first needed."""
    text = (
        files("gongkai.crawler.discovery.words").joinpath("words.toml").read_text(encoding="utf-8")
    )
    return MappingProxyType(
        {name: _group(by_place) for name, by_place in tomllib.loads(text).items()}
    )


def _group(by_place: Mapping[str, list[str]]) -> WordGroup:
    words = frozenset(word for met in by_place.values() for word in met)
    return WordGroup(words, max(map(len, words)))


def word_group(name: str) -> WordGroup:
    """Return a group of words. Raises KeyError for a name that `words.toml` does not have."""
    return _groups()[name]


def comparable(title: str) -> str:
    """Return a title as it is compared: years replaced, nothing left but words.

    >>> comparable("├ 政府信息公开年报（2008-2024）"), comparable("各县（市、区）"), comparable("2024年年报")
    ('政府信息公开年报Y', '各县市区', 'Y年报')
    """
    if len(title) > 2 * MAX_TITLE_CHARS:
        return ""
    return _NOT_A_WORD.sub("", _YEARS.sub(YEAR, title))


def composition(title: str, groups: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """Return of which groups a comparable title can be put together, in every way that there is.

    Empty where it cannot. A year counts as a group of its own, `YEAR`.

    >>> [sorted(way) for way in composition("各部门平台", ("owners", "unit_kinds", "door_ends"))]
    [['door_ends', 'owners', 'unit_kinds']]
    >>> composition("各部门新闻", ("owners", "unit_kinds", "door_ends"))
    frozenset()
    """
    if not 0 < len(title) <= MAX_TITLE_CHARS:
        return frozenset()
    known = [(name, word_group(name)) for name in groups]
    ways: list[set[frozenset[str]]] = [set() for _ in range(len(title) + 1)]
    ways[0].add(frozenset())
    for start in range(len(title)):
        if not ways[start]:
            continue
        if title[start] == YEAR:
            ways[start + 1] |= {way | {YEAR} for way in ways[start]}
        for name, group in known:
            for end in range(start + 1, min(start + group.longest, len(title)) + 1):
                if title[start:end] in group.words:
                    ways[end] |= {way | {name} for way in ways[start]}
    return frozenset(ways[-1])
