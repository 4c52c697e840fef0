"""Values written in a script: strings, numbers, objects and sums of them, read without running it.

What depends on the state of a browser stays unknown and keeps its source: a variable, a call.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gongkai.crawler.discovery.scripting.scripts import unescape_script


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or a property of one: `page`, `obj.curr`."""

    source: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call: the name of its function and its arguments."""

    function: str
    arguments: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum, as by which scripts join strings."""

    terms: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Other:
    """An expression of any other form."""

    source: str


Value: TypeAlias = (
    "bool | int | str | list[Value] | dict[str, Value] | Name | Call | Sum | Other | None"
)

SPACE = re.compile(r"(?:\s++|//[^\n]*+|/\*(?:[^*]|\*(?!/)){0,500}+\*/)*+")
STRING = re.compile(
    r"""(?<!\\)(?:"((?:[^"\\\n]|\\.){0,1000}+)"|'((?:[^'\\\n]|\\.){0,1000}+)'|`([^`$\\]{0,1000}+)`)"""
)
NUMBER = re.compile(r"-?\d{1,15}(?![\w.])")
NAME = re.compile(r"[A-Za-z_$][\w$]{0,60}+(?:\.[A-Za-z_$][\w$]{0,60}+|\[\d{1,4}\]){0,6}+")
KEY = re.compile(r"""["']?([\w$.\[\]-]{1,80}+)["']?\s*+:""")
WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "undefined": None}
CLOSING = {"(": ")", "[": "]", "{": "}"}
MAX_DEPTH = 8
MAX_CHARS = 6_000
"""Characters of one value that are read."""

MAX_ITEMS = 100


class NotReadable(Exception):
    """A text is no value of a script."""


def read_value(text: str, start: int = 0) -> Value:
    """Return the value that begins at a place of a script.

    Raises:
        NotReadable: There is none, or it is too long or nested too deeply.
    """
    return _Reader(text[start : start + MAX_CHARS]).expression(0)


def read_arguments(text: str, start: int) -> tuple[Value, ...]:
    """Return the arguments of a call, from the place behind its bracket on.

    What cannot be read ends them: the function that handles the answer comes last.
    """
    return _Reader(text[start : start + MAX_CHARS]).arguments(0, partial=True)


class _Reader:
    """Reads one text from its beginning."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def expression(self, depth: int) -> Value:
        """Read terms joined by +; anything else up to the next comma or bracket is another form."""
        if depth > MAX_DEPTH:
            raise NotReadable
        start = self.place
        terms = [self.term(depth)]
        while self.next_character() == "+":
            self.place += 1
            terms.append(self.term(depth))
        if self.next_character() not in ("", ",", ";", ")", "]", "}"):
            self.skip()
            return Other(self.text[start : self.place].strip())
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def term(self, depth: int) -> Value:
        """Read one term. A function, a pattern or an operator is skipped."""
        character = self.next_character()
        if found := STRING.match(self.text, self.place):
            self.place = found.end()
            return unescape_script(next(each for each in found.groups() if each is not None))
        if character == "{":
            return self.object(depth)
        if character == "[":
            return self.array(depth)
        if found := NUMBER.match(self.text, self.place):
            self.place = found.end()
            return int(found[0])
        found = NAME.match(self.text, self.place)
        if found is None or found[0] in ("function", "new", "typeof"):
            start = self.place
            self.skip()
            if start == self.place:
                raise NotReadable
            return Other(self.text[start : self.place].strip())
        self.place = found.end()
        if found[0] in WORDS:
            return WORDS[found[0]]
        if self.next_character() != "(":
            return Name(found[0])
        self.place += 1
        return Call(found[0], self.arguments(depth + 1))

    def arguments(self, depth: int, *, partial: bool = False) -> tuple[Value, ...]:
        """Read arguments up to the closing bracket."""
        values: list[Value] = []
        try:
            while self.next_character() != ")" and len(values) < MAX_ITEMS:
                values.append(self.expression(depth))
                self.separator(")")
            self.place += 1
        except NotReadable:
            if not partial:
                raise
        return tuple(values)

    def object(self, depth: int) -> dict[str, Value]:
        """Read an object; its methods are skipped."""
        found: dict[str, Value] = {}
        self.place += 1
        while (character := self.next_character()) != "}":
            if not character or len(found) == MAX_ITEMS:
                raise NotReadable
            if key := KEY.match(self.text, self.place):
                self.place = key.end()
                found[key[1]] = self.expression(depth + 1)
            else:
                self.shorthand(found)
            self.separator("}")
        self.place += 1
        return found

    def shorthand(self, found: dict[str, Value]) -> None:
        """Read a property without a value: `{page}`, or a method, which is skipped."""
        name = NAME.match(self.text, self.place)
        start = self.place
        self.skip()
        if name and self.text[start : self.place].strip() == name[0]:
            found[name[0]] = Name(name[0])
        elif start == self.place:
            raise NotReadable

    def array(self, depth: int) -> list[Value]:
        """Read an array."""
        found: list[Value] = []
        self.place += 1
        while self.next_character() != "]":
            if len(found) == MAX_ITEMS:
                raise NotReadable
            found.append(self.expression(depth + 1))
            self.separator("]")
        self.place += 1
        return found

    def separator(self, closing: str) -> None:
        """Go on behind a comma; anything but that or the closing bracket cannot be read."""
        character = self.next_character()
        if character == ",":
            self.place += 1
        elif character != closing:
            raise NotReadable

    def next_character(self) -> str:
        """Return the next character that is no white space and no comment, "" at the end."""
        if space := SPACE.match(self.text, self.place):
            self.place = space.end()
        return self.text[self.place : self.place + 1]

    def skip(self) -> None:
        """Go on to the next comma or closing bracket outside of brackets and strings."""
        open_brackets: list[str] = []
        while self.place < len(self.text):
            character = self.text[self.place]
            if found := STRING.match(self.text, self.place):
                self.place = found.end()
                continue
            if character in CLOSING:
                open_brackets.append(CLOSING[character])
            elif open_brackets and character == open_brackets[-1]:
                open_brackets.pop()
            elif not open_brackets and character in ",;)]}":
                return
            self.place += 1
