"""The passages that two texts have in common, as each of them words them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST = 5
_SENTENCE = re.compile(r"[^。；！？\n]+[。；！？]?")
_LEAST = 12
"""Characters without names and years; a shorter passage shows nothing."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences that stands in both texts, in the words of each."""

    here: str
    there: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    bare: str
    start: int
    end: int


def common_passages(
    one: str, other: str, blank_one: Callable[[str], str], blank_other: Callable[[str], str]
) -> tuple[Passage, ...]:
    """Return the longest common passages of two texts, the longest first.

    `blank_one` and `blank_other` remove names and years from a sentence of either text.
    """
    left, right = _sentences(one, blank_one), _sentences(other, blank_other)
    places: dict[str, int] = {}
    for place, sentence in enumerate(right):
        places.setdefault(sentence.bare, place)
    runs = sorted(_runs(left, right, places), key=lambda run: (-run[0], run[1], run[2]))
    return tuple(
        Passage(_words(one, left, here, count), _words(other, right, there, count))
        for size, here, there, count in runs[:MOST]
        if size >= _LEAST
    )


def _sentences(text: str, blank: Callable[[str], str]) -> list[_Sentence]:
    found = (_Sentence(blank(m[0]), m.start(), m.end()) for m in _SENTENCE.finditer(text))
    return [sentence for sentence in found if sentence.bare]


def _runs(
    left: Sequence[_Sentence], right: Sequence[_Sentence], places: Mapping[str, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Yield (characters, place here, place there, sentences) of each common run, none twice."""
    here = 0
    while here < len(left):
        there = places.get(left[here].bare)
        if there is None:
            here += 1
            continue
        count = 0
        for one, other in zip(left[here:], right[there:], strict=False):
            if one.bare != other.bare:
                break
            count += 1
        yield sum(len(s.bare) for s in left[here : here + count]), here, there, count
        here += count


def _words(text: str, sentences: Sequence[_Sentence], first: int, count: int) -> str:
    """Return the part of a text that a number of sentences take."""
    return text[sentences[first].start : sentences[first + count - 1].end].strip()
