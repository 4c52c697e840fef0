"""What a person typed into a search box, as phrases that must be there and phrases that must not.

Words stand side by side and all of them must be there. OR joins the words left and right of it, NOT
and a minus sign before a word exclude it, quotation marks of either script keep words together.
Operators are written in capitals: "and", "or" and "not" are words.

>>> parse('"政府 信息" 复议 OR 诉讼 -税务').excluded
(('税', '务'),)
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gongkai.archive.store.tokenizer import tokens

Phrase = tuple[str, ...]

MAX_PHRASES = 32
MAX_TOKENS = 200
MAX_CHARACTERS = 4_000
"""Longer questions are cut: SQLite's parser has limits of its own."""

OPERATORS = ("AND", "OR", "NOT")
_QUOTES = {'"': '"＂', "＂": '"＂', "“": "”“", "”": "”“", "「": "」", "『": "』"}
"""What opens a phrase, and what may close it. Input methods mix up the two of a Chinese pair."""

_MINUS = "-－"


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, an operator or the content of quotation marks, where it stands in the question.

    `is_excluded` tells of a minus sign before it; `text` has neither the sign nor the marks.
    """

    text: str
    start: int
    end: int
    is_quoted: bool = False
    is_excluded: bool = False

    @property
    def operator(self) -> str:
        """The operator that it is, or ""."""
        if self.is_quoted or self.is_excluded:
            return ""
        written = unicodedata.normalize("NFKC", self.text)
        return written if written in OPERATORS else ""


@dataclass(frozen=True, slots=True)
class Question:
    """Of each group one phrase must be there, of `excluded` none may be."""

    groups: tuple[tuple[Phrase, ...], ...] = ()
    excluded: tuple[Phrase, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """All phrases that may be there."""
        return tuple(phrase for group in self.groups for phrase in group)


def pieces(question: str) -> Iterator[Piece]:
    """Yield the words, operators and quotations of a question, in order."""
    text, at = question[:MAX_CHARACTERS], 0
    unclosed: set[str] = set()
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        start, sign = at, text[at] in _MINUS and _excludes(text, at + 1)
        at += sign
        end = -1 if text[at] in unclosed else _closing(text, at)
        if end >= 0:
            yield Piece(text[at + 1 : end], start, end + 1, is_quoted=True, is_excluded=sign)
            at = end + 1
            continue
        if text[at] in _QUOTES:
            unclosed.add(text[at])  # there is none further on either
        end = at
        while end < len(text) and not text[end].isspace():
            end += 1
        yield Piece(text[at:end], start, end, is_excluded=sign)
        at = end


def _excludes(text: str, at: int) -> bool:
    """Return whether a word begins right after a minus sign. A dash alone excludes nothing."""
    return at < len(text) and (text[at].isalnum() or text[at] in _QUOTES)


def _closing(text: str, at: int) -> int:
    """Return where the quotation ends that begins at a place, -1 where none does."""
    places = (text.find(mark, at + 1) for mark in _QUOTES.get(text[at], ""))
    return min((place for place in places if place >= 0), default=-1)


@lru_cache(maxsize=64)
def parse(question: str) -> Question:
    """Return what a question asks for. It is cut after so many phrases and tokens.

    The last questions are kept: every hit of a page is marked with the same one.
    """
    groups: list[list[Phrase]] = []
    excluded: list[Phrase] = []
    joins = negates = False
    for piece in pieces(question):
        if piece.operator:
            joins = piece.operator == "OR" and bool(groups)
            negates = piece.operator == "NOT"
            continue
        phrase = tuple(tokens(piece.text)[:MAX_TOKENS])
        if not phrase:
            continue
        if negates or piece.is_excluded:
            excluded.append(phrase)
        elif joins:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        joins = negates = False
        if sum(map(len, groups)) + len(excluded) >= MAX_PHRASES:
            break
    return Question(tuple(map(tuple, groups)), tuple(excluded))
