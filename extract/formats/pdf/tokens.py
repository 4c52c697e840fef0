"""Split the drawing instructions of a page into operators and operands by regular expressions.

More than half of the time of pdfminer went into its tokenizer, which reads character by character.
Here an operand is a float, a name is str, a string is bytes, an array of strings and numbers is a
list. Other brackets are skipped, because no operator that matters has them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from gongkai.extract.layout.work_limits import WorkBudget

Operands = list[Any]

_STRING = rb"\(((?:[^()\\]|\\.)*+)\)"
_TOKEN = re.compile(
    rb"([-+]?(?:\d++\.?\d*+|\.\d++))(?=[\s\[\]()<>/%\x00]|$)"  # 1 a number
    rb"|([A-Za-z'\"][A-Za-z0-9*]*+)"  # 2 an operator
    rb"|\[((?:[^\[\]()<>/%\\]++|<[0-9A-Fa-f\s\x00]*+>|\((?:[^()\\]|\\.)*+\))*+)\]"  # 3 an array
    rb"|<([0-9A-Fa-f\s\x00]*+)>"  # 4 a hexadecimal string
    rb"|(?<!\\)" + _STRING +  # 5 a string without brackets inside
    rb"|/([^\s\x00\[\]()<>{}/%]*+)"  # 6 a name
    rb"|(\()"  # 7 a string with brackets inside
    rb"|([-+.\d]++)"  # 8 a number as only some programs write it
    rb"|%[^\r\n]*+",
    re.DOTALL,
)  # fmt: skip
_ITEM = re.compile(rb"<([^<>]*+)>|(?<!\\)" + _STRING + rb"|([-+.\d]++)", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"",
            b"\r": b"", b"\r\n": b""}  # fmt: skip
_BRACKET = re.compile(rb"\\.|[()]", re.DOTALL)
_HASH = re.compile(rb"#([0-9A-Fa-f]{2})")
_IMAGE_END = re.compile(rb"[\s\x00]EI(?=[\s\x00]|$)")
_BINARY = re.compile(rb"[^\t\n\r -~]")
_MOST_OPERANDS = 1000


def read_operators(data: bytes, budget: WorkBudget) -> Iterator[tuple[bytes, Operands]]:
    """Yield the operators of a content stream with their operands.

    Raises:
        TooLarge: there are too many operators
    """
    operands: Operands = []
    place, count = 0, 0
    while place >= 0:
        start, place = place, -1
        for match in _TOKEN.finditer(data, start):
            kind = match.lastindex
            if kind == 1:
                operands.append(float(match[1]))
            elif kind == 2:
                count += 1
                if not count & 1023:
                    budget.spend("operators", 1024)
                operator = match[2]
                if operator == b"ID":
                    place = _after_image(data, match.end())
                    operands = []
                    yield b"EI", operands
                    break
                yield operator, operands
                operands = []
            elif kind == 3:
                operands.append(_array(match[3]))
            elif kind == 4:
                operands.append(_hexadecimal(match[4]))
            elif kind == 5:
                operands.append(_string(match[5]))
            elif kind == 6:
                operands.append(_name(match[6]))
            elif kind == 7:
                end = _closing(data, match.end())
                operands.append(_string(data[match.end() : end - 1]))
                place = end
                break
            elif kind == 8:
                operands.append(_odd_number(match[8]))
            if len(operands) > _MOST_OPERANDS:
                operands = operands[-8:]
    budget.spend("operators", count & 1023)


def _array(body: bytes) -> Operands:
    found: Operands = []
    for item in _ITEM.finditer(body):
        kind = item.lastindex
        if kind == 3:
            found.append(_odd_number(item[3]))
        elif kind == 1:
            found.append(_hexadecimal(item[1]))
        elif kind == 2:
            found.append(_string(item[2]))
    return found


def _odd_number(text: bytes) -> float:
    """Return a number such as "--5" and "1.2.3" as Acrobat reads it."""
    try:
        return float(text)
    except ValueError:
        match = re.match(rb"[-+]*+(\d*+\.?\d*+)", text)
        digits = match[1] if match else b""
        value = float(digits) if digits.strip(b".") else 0.0
        return -value if text[:1] == b"-" else value


def _hexadecimal(text: bytes) -> bytes:
    try:
        return bytes.fromhex(text.decode("ascii"))
    except ValueError:
        bare = re.sub(rb"[^0-9A-Fa-f]", b"", text)
        return bytes.fromhex((bare + b"0" * (len(bare) % 2)).decode())


def _string(text: bytes) -> bytes:
    if b"\\" not in text:
        return text
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(match: re.Match[bytes]) -> bytes:
    found = match[1]
    if found[:1] in b"01234567":
        return bytes((int(found, 8) & 255,))
    return _ESCAPED.get(found, found)


def _name(text: bytes) -> str:
    if b"#" in text:
        text = _HASH.sub(lambda match: bytes.fromhex(match[1].decode()), text)
    return text.decode("utf-8", "replace")


def _closing(data: bytes, start: int) -> int:
    """Return the position behind the bracket that closes a string, the end of the data without one."""
    depth = 1
    for match in _BRACKET.finditer(data, start):
        if match[0] == b"(":
            depth += 1
        elif match[0] == b")":
            depth -= 1
            if depth == 0:
                return match.end()
    return len(data)


def _after_image(data: bytes, start: int) -> int:
    """Return the position behind an inline image.

    Its bytes may look like its end, so that text must follow.
    """
    for match in _IMAGE_END.finditer(data, start):
        if not _BINARY.search(data, match.end(), match.end() + 12):
            return match.end()
    return len(data)
