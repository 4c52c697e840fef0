"""Check that the objects of a PDF are where its tables say.

PDFium looks at the first entry of a table only. An object that it does not find is left out without
a word: the letter 万 of a font, and 万元 becomes 元.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = re.compile(rb"(?<!\d)(\d{1,10}+)[\s\0]{1,9}+\d{1,5}+[\s\0]{1,9}+\Z")
_LONGEST_NUMBER = 40  # bytes
_SECTION = re.compile(rb"[\s\0]{0,9}+(\d{1,10}+) (\d{1,7}+)[\s\0]{1,9}+")
_ENTRY = re.compile(rb"(\d{10}) \d{5} ([nf])[\s\0]{1,4}+")
_BEFORE = 1024  # bytes that may stand before the file's own beginning
_SLACK = 20  # blanks between the place that a table names and the object


def has_lost_objects(body: bytes) -> bool:
    """Return whether an object has an end but no number, or is not where a table says."""
    numbers = dict(_objects(body))
    if body.count(b"endobj") > len(numbers):
        return True
    shift = max(body.find(b"%PDF-", 0, _BEFORE), 0)
    for number, place in _entries(body):
        if place is None:
            return True
        if place and numbers.get(_past_blanks(body, place + shift)) != number:
            return True
    return False


def _objects(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield the place and the number of each object."""
    end = body.find(b"obj")
    while end >= 0:
        start = max(end - _LONGEST_NUMBER, 0)
        if found := _NUMBER.search(body[start:end]):
            yield start + found.start(), int(found[1])
        end = body.find(b"obj", end + 3)


def _entries(body: bytes) -> Iterator[tuple[int, int | None]]:
    """Yield the number and the place of each object that a table lists, None for a damaged entry."""
    at = body.find(b"xref")
    while at >= 0:
        is_table = body[at - 5 : at] != b"start"
        at += 4
        while is_table and (section := _SECTION.match(body, at)):
            at = section.end()
            for number in range(int(section[1]), int(section[1]) + int(section[2])):
                entry = _ENTRY.match(body, at)
                if entry is None:
                    yield number, None
                    break
                at = entry.end()
                if entry[2] == b"n":
                    yield number, int(entry[1])
        at = body.find(b"xref", at)


def _past_blanks(body: bytes, place: int) -> int:
    """Return the place of the first byte that is no blank."""
    near = body[place : place + _SLACK]
    return place + len(near) - len(near.lstrip(b"\0\t\n\f\r "))
