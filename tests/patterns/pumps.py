"""Hostile inputs for a pattern, made from its own parts.

A backtracking engine is slow where a text can be divided in many ways, or where a search tries again from
every place of a long run. So for every repetition in a pattern there are texts that lead up to it and
repeat what it repeats, texts that repeat what leads up to it, and ends that make the match fail. Nothing is
random: the same pattern gives the same inputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

LONG_REPETITION = 4
"""Repetitions that may go on for longer than this are pumped."""

BODIES = 8
"""Ways of a repetition that are tried."""

_VARIANTS = 300
_ENDS = ("", "\x00", "县", "1x")
_RUNS = ' 1a县<("\n'
"""Runs that every pattern gets, whatever it is made of."""

_PROBES = "县a1 （。\n年-《.A_/\t=:;\"'<>\x00，"


@dataclass(frozen=True, slots=True)
class Pump:
    """A family of inputs: `head + pump * n + tail`."""

    head: str
    pump: str
    tail: str

    def text(self, length: int) -> str:
        """Return the input of about `length` characters."""
        times = max(1, length // max(1, len(self.pump)))
        return f"{self.head}{self.pump * times}{self.tail}"


def pumps_of(pattern: str | bytes, flags: int) -> list[Pump]:
    """Return the pumps of a pattern, each once."""
    if isinstance(pattern, bytes):
        pattern = pattern.decode("latin-1")
    tree = parser.parse(pattern, flags & ~re.DEBUG)
    texts = _Texts(tree)
    found: dict[Pump, None] = {}
    for head, body in _repetitions(tree, "", texts):
        bodies = _worst(texts.of(body))
        shortest = bodies[:3]
        mixed = [one + other for one in shortest for other in shortest if one != other]
        for each in [*bodies, *mixed]:
            for tail in _ENDS:
                found[Pump(head, each, tail)] = None
            for tail in _ENDS[:2]:
                found[Pump("", each, tail)] = None
        for again in (head, *(head + each for each in shortest)):
            if again:
                found[Pump("", again, "")] = None
                found[Pump("", again, "\x00")] = None
    for head, between in _stretches(tree, "", texts):
        for tail in _ENDS[:2]:
            if between:
                found[Pump(head, between, tail)] = None
                found[Pump("", between, tail)] = None
    for letter in _RUNS:
        found[Pump("", letter, "\x00")] = None
    beginning = ""
    for node in tree:
        beginning += texts.shortest(node)
        for start in {beginning, beginning[:-1], beginning[:1]} - {""}:
            found[Pump("", start, "")] = None
            found[Pump("", start, "\x00")] = None
    return list(found)


def _worst(bodies: list[str]) -> list[str]:
    """Return some bodies, first those that are made of others: they can be divided in two ways."""
    known = {body for body in bodies if body}
    ordered = [body for body in dict.fromkeys(bodies) if body]
    divided = [
        body
        for body in ordered
        if any(body[:cut] in known and body[cut:] in known for cut in range(1, len(body)))
    ]
    spread = ordered[:: max(1, len(ordered) // BODIES)]
    return list(dict.fromkeys([*divided[: BODIES // 2], *spread]))[: BODIES + BODIES // 2]


def _repetitions(tree: Any, head: str, texts: _Texts) -> Iterator[tuple[str, Any]]:
    """Yield the body of each long repetition with a text that leads up to it."""
    before = head
    for kind, given in tree:
        if _is_long((kind, given)):
            yield before, given[2]
        for part in _parts(kind, given):
            yield from _repetitions(part, before, texts)
        before += texts.shortest((kind, given))


def _stretches(tree: Any, head: str, texts: _Texts) -> Iterator[tuple[str, str]]:
    """Yield what stands from one long repetition to the next, with a text that leads up to it."""
    nodes = list(tree)
    shortest = [texts.shortest(node) for node in nodes]
    long = [place for place, node in enumerate(nodes) if _is_long(node)]
    for first, last in pairwise(long):
        yield head + "".join(shortest[:first]), "".join(shortest[first : last + 1])
        yield head + "".join(shortest[:first]), "".join(shortest[first + 1 : last])
    for place, (kind, given) in enumerate(nodes):
        for part in _parts(kind, given):
            yield from _stretches(part, head + "".join(shortest[:place]), texts)


def _is_long(node: Any) -> bool:
    kind, given = node
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return given[1] is op.MAXREPEAT or bool(given[1] > LONG_REPETITION)
    return False


def _parts(kind: Any, given: Any) -> Iterable[Any]:
    """Return the patterns within a node."""
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        return [given[2]]
    if kind is op.SUBPATTERN:
        return [given[-1]]
    if kind is op.ATOMIC_GROUP:
        return [given]
    if kind is op.BRANCH:
        return list(given[1])
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [given[1]]
    if kind is op.GROUPREF_EXISTS:
        return [part for part in given[1:] if part is not None]
    return []


class _Texts:
    """Texts that parts of one pattern match."""

    def __init__(self, tree: Any) -> None:
        self._sets: list[Any] = []
        letters: dict[str, None] = {}
        for kind, given in _nodes(tree):
            if kind is op.LITERAL:
                letters[chr(given)] = None
            if kind in (op.IN, op.NOT_LITERAL, op.LITERAL):
                self._sets.append((kind, given))
            if kind is op.IN:
                letters.update(dict.fromkeys(_written(given)))
        letters.update(dict.fromkeys(_PROBES))
        kinds: dict[tuple[bool, ...], str] = {}
        for letter in letters:
            kinds.setdefault(tuple(_is_in(each, letter) for each in self._sets), letter)
        # letters that many parts match come first: they can be divided in more ways
        self._letters = [kinds[key] for key in sorted(kinds, key=lambda key: (-sum(key), key))]
        self._more = list(letters)

    def of(self, tree: Any) -> list[str]:
        """Return texts of a sequence: the shortest, and others that differ in one part."""
        each = [self._node(node) for node in tree]
        first = [options[0] for options in each]
        found = ["".join(first)]
        for place, options in enumerate(each):
            for other in options[1:]:
                found.append("".join([*first[:place], other, *first[place + 1 :]]))
        return list(dict.fromkeys(found))[:_VARIANTS]

    def shortest(self, node: Any) -> str:
        """Return one short text of a node."""
        return self._node(node)[0]

    def _node(self, node: Any) -> list[str]:
        kind, given = node
        if kind is op.LITERAL:
            return [chr(given)]
        if kind in (op.IN, op.NOT_LITERAL, op.ANY):
            return self._members(node)
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            least, most, body = given
            inside = self.of(body)
            least = min(least, 60)
            times = (least, least + 1) if most is op.MAXREPEAT or most > least else (least,)
            return list(dict.fromkeys(each * time for time in times for each in inside))
        if kind is op.BRANCH:
            branches = [self.of(branch) for branch in given[1]]
            firsts = [texts[0] for texts in branches]
            return list(dict.fromkeys([*firsts, *(text for texts in branches for text in texts)]))[
                :_VARIANTS
            ]
        if kind is op.SUBPATTERN:
            return self.of(given[-1])
        if kind is op.ATOMIC_GROUP:
            return self.of(given)
        return [""]  # assertions, anchors, references

    def _members(self, node: Any) -> list[str]:
        found = [letter for letter in self._letters if _is_in(node, letter)]
        return found or [letter for letter in self._more if _is_in(node, letter)][:1] or ["\u3400"]


def _nodes(tree: Any) -> Iterator[Any]:
    for kind, given in tree:
        yield kind, given
        for part in _parts(kind, given):
            yield from _nodes(part)


def _written(given: Any) -> list[str]:
    """Return the letters that stand in a class, with both ends of each range."""
    found = []
    for kind, what in given:
        if kind is op.LITERAL:
            found.append(chr(what))
        elif kind is op.RANGE:
            found += [chr(what[0]), chr(what[1])]
    return found


def _is_in(node: Any, letter: str) -> bool:
    kind, given = node
    if kind is op.LITERAL:
        return bool(ord(letter) == given)
    if kind is op.NOT_LITERAL:
        return bool(ord(letter) != given)
    if kind is op.ANY:
        return letter != "\n"
    negated = given[0][0] is op.NEGATE
    return negated is not any(_has(part, letter) for part in given[1 if negated else 0 :])


def _has(part: tuple[Any, Any], letter: str) -> bool:
    kind, what = part
    if kind is op.LITERAL:
        return bool(ord(letter) == what)
    if kind is op.RANGE:
        return bool(what[0] <= ord(letter) <= what[1])
    name = str(what)
    if "DIGIT" in name:
        found = letter.isdigit()
    elif "SPACE" in name:
        found = letter.isspace()
    else:
        found = letter.isalnum() or letter == "_"
    return found is not ("NOT" in name)
