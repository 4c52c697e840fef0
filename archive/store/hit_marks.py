"""Hits marked on a text as it was printed, and the passage around the first one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gongkai.archive.store.search_question import Phrase, parse
from gongkai.archive.store.tokenizer import normal_form, stands_alone


class _Fold(dict[int, str]):
    """For `str.translate`: one character as the index has it."""

    def __missing__(self, code: int) -> str:
        self[code] = normal_form(chr(code))
        return self[code]


_fold = _Fold()


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
    asked = parse(question).phrases
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


def _matches(folded: str, phrase: Phrase) -> list[tuple[int, int]]:
    pattern = r"[\W_]*".join(re.escape(token) for token in phrase)
    return [
        match.span()
        for match in re.finditer(pattern, folded)
        if not _cuts(folded, match.start()) and not _cuts(folded, match.end())
    ]


def _in_word(character: str) -> bool:
    return character.isalnum() and not stands_alone(character)


def _cuts(folded: str, at: int) -> bool:
    """Return whether a cut at this place would go through a word."""
    return 0 < at < len(folded) and _in_word(folded[at - 1]) and _in_word(folded[at])
