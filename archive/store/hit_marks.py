"""Hits marked on a text as it was printed, and the passage around the first one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge

from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import normal_form, stands_alone


class _Fold(dict[int, str]):
    """For `str.translate`: one character as the index has it."""

    def __missing__(self, code: int) -> str:
        self[code] = normal_form(chr(code))
        return self[code]


_fold = _Fold()

_WIDE = {wide: normal_form(wide) for wide in "，：；（）！？％"}
"""The wide characters of usual texts, each with the one that it is folded to."""

_UNUSUAL = re.compile(f"[^\x00-\x7f\u4e00-\u9fff、。“”‘’《》〈〉【】—·{''.join(_WIDE)}]")
"""What usual texts do not have. Of all others, capital letters and `_WIDE` alone are folded."""


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
    found = next(_joined(_hits(text, question)), None)
    first = found[0] if found else 0
    start = max(0, min(first - length // 4, len(text) - length))
    end = min(len(text), max(start + length, found[1] if found else 0))
    return [
        *([Segment("…", hit=False)] if start else []),
        *mark(text[start:end], question),
        *([Segment("…", hit=False)] if end < len(text) else []),
    ]


def has_hit(text: str, question: str) -> bool:
    """Return whether a text has a hit."""
    return next(_hits(text, question), None) is not None


def spans(text: str, question: str) -> list[tuple[int, int]]:
    """Return (start, end) of every hit in the original text, in order, overlapping ones joined."""
    return list(_joined(_hits(text, question)))


Span = tuple[int, int]


def _joined(hits: Iterable[Span]) -> Iterator[Span]:
    """Yield hits in order; those that overlap, or are side by side, are one."""
    joined: Span | None = None
    for start, end in hits:
        if joined is None:
            joined = start, end
        elif start <= joined[1]:
            joined = joined[0], max(end, joined[1])
        else:
            yield joined
            joined = start, end
    if joined is not None:
        yield joined


def _hits(text: str, question: str) -> Iterator[Span]:
    """Yield (start, end) of the hits of each phrase in the original text, in order, when they are asked for."""
    patterns = _patterns(question)
    if not patterns:
        return
    folded, places = _folded(text)
    for start, end in merge(*(_matches(folded, each) for each in patterns)):
        yield places[start], places[end - 1] + 1


def _folded(text: str) -> tuple[str, range | list[int]]:
    """Return the text folded character by character, and for each of its places that in `text`."""
    if not _UNUSUAL.search(text):
        folded = text.lower()
        for wide, narrow in _WIDE.items():
            folded = folded.replace(wide, narrow)
        return folded, range(len(text))
    folded = text.translate(_fold)
    if len(folded) == len(text):  # no character folds to nothing, so this is one for one
        return folded, range(len(text))
    return folded, [at for at, character in enumerate(text) for _ in _fold[ord(character)]]


@dataclass(frozen=True, slots=True)
class _PhrasePattern:
    """A phrase as a pattern, and whether a hit may begin or end within a word, where it is none."""

    pattern: re.Pattern[str]
    begins_in_word: bool
    ends_in_word: bool

    @classmethod
    def of(cls, phrase: Phrase) -> _PhrasePattern:
        """Return the pattern of a phrase: its tokens with nothing but punctuation between them."""
        pattern = re.compile(r"[\W_]*".join(re.escape(token) for token in phrase))
        return cls(pattern, _in_word(phrase[0][0]), _in_word(phrase[-1][-1]))


@lru_cache(maxsize=64)
def _patterns(question: str) -> tuple[_PhrasePattern, ...]:
    return tuple(_PhrasePattern.of(phrase) for phrase in parse(question).phrases)


def _matches(folded: str, phrase: _PhrasePattern) -> Iterator[Span]:
    for match in phrase.pattern.finditer(folded):
        start, end = match.span()
        if phrase.begins_in_word and _cuts(folded, start):
            continue
        if phrase.ends_in_word and _cuts(folded, end):
            continue
        yield start, end


def _in_word(character: str) -> bool:
    return character.isalnum() and not stands_alone(character)


def _cuts(folded: str, at: int) -> bool:
    """Return whether a cut at this place would go through a word."""
    return 0 < at < len(folded) and _in_word(folded[at - 1]) and _in_word(folded[at])
