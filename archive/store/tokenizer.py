"""Chinese text as search tokens: every wide character and every digit is a token of its own.

The default tokenizers of SQLite find nothing inside a Chinese sentence, and a word list misses a
quarter of what it should find. Single characters asked as a phrase find everything, from one
character up. Both sides are NFKC and case-folded, so that ２０２４ is found by 2024.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PIECES = re.compile(r'"([^"]*)"|“([^”]*)”|「([^」]*)」|(\S+)')
MAX_PHRASES = 32
MAX_TOKENS = 200
"""Longer questions are cut: SQLite's parser has limits of its own."""


class _Split(dict[int, str]):
    """For `str.translate`: separates wide characters and digits, drops punctuation."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if not character.isalnum():
            spaced = " "
        else:
            spaced = f" {character} " if _alone(character) else character
        self[code] = spaced
        return spaced


class _Fold(dict[int, str]):
    """For `str.translate`: one character as the index has it."""

    def __missing__(self, code: int) -> str:
        self[code] = _normal(chr(code))
        return self[code]


def _alone(character: str) -> bool:
    return character.isdecimal() or unicodedata.east_asian_width(character) in "WF"


def _in_word(character: str) -> bool:
    return character.isalnum() and not _alone(character)


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


_split, _fold = _Split(), _Fold()


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, as both the index and a question have them."""
    return _normal(text).translate(_split).split()


def phrases(question: str) -> list[list[str]]:
    """Return the "quoted phrases" and words of a question, each as tokens."""
    pieces = ("".join(match.groups(default="")) for match in _PIECES.finditer(question))
    found = [words[:MAX_TOKENS] for piece in pieces if (words := tokens(piece))]
    return found[:MAX_PHRASES]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of an original text, and whether it is a hit."""

    text: str
    hit: bool


def mark(text: str, question: str) -> list[Segment]:
    """Return the text cut into segments, hits and what lies between; together they are the text."""
    segments, at = [], 0
    for start, end in spans(text, question):
        if start > at:
            segments.append(Segment(text[at:start], hit=False))
        segments.append(Segment(text[start:end], hit=True))
        at = end
    if at < len(text):
        segments.append(Segment(text[at:], hit=False))
    return segments


def snippet(text: str, question: str, length: int = 80) -> list[Segment]:
    """Return about `length` characters around the first hit (or the beginning), marked."""
    found = spans(text, question)
    first = found[0][0] if found else 0
    start = max(0, min(first - length // 4, len(text) - length))
    end = min(len(text), max(start + length, found[0][1] if found else 0))
    return [
        *([Segment("…", hit=False)] if start else []),
        *mark(text[start:end], question),
        *([Segment("…", hit=False)] if end < len(text) else []),
    ]


def spans(text: str, question: str) -> list[tuple[int, int]]:
    """Return (start, end) of every hit in the original text, in order, overlapping ones joined."""
    asked = phrases(question)
    if not asked:
        return []
    folded, places = _folded(text)
    hits = sorted(
        (places[start], places[end - 1] + 1)
        for phrase in asked
        for start, end in _matches(folded, phrase)
    )
    joined: list[tuple[int, int]] = []
    for start, end in hits:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _folded(text: str) -> tuple[str, range | list[int]]:
    """Return the text folded character by character, and for each of its places that in `text`."""
    folded = text.translate(_fold)
    if len(folded) == len(text):  # no character folds to nothing, so this is one for one
        return folded, range(len(text))
    return folded, [at for at, character in enumerate(text) for _ in _fold[ord(character)]]


def _matches(folded: str, phrase: list[str]) -> list[tuple[int, int]]:
    pattern = r"[\W_]*".join(re.escape(token) for token in phrase)
    return [
        match.span()
        for match in re.finditer(pattern, folded)
        if not _cuts(folded, match.start()) and not _cuts(folded, match.end())
    ]


def _cuts(folded: str, at: int) -> bool:
    """Return whether a cut at this place would go through a word."""
    return 0 < at < len(folded) and _in_word(folded[at - 1]) and _in_word(folded[at])
