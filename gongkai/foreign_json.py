"""JSON that others may have written: UTF-8, and of no more values than its size allows.

A list takes thirty times the memory of the two bytes that write it: 30 MB of empty lists take 900 MB.
What programs write has names and texts, and more bytes for each value.
"""

from __future__ import annotations

import json
import re
from typing import Any

BYTES_EACH = 6
"""The least that a value takes on average; a record in a manifest has 25 bytes for each of its values."""

FREE_VALUES = 10_000
"""Values that any text may have, however short they are."""

NOT_AS_EXPECTED = (ValueError, LookupError, TypeError, AttributeError)
"""What reading a value raises that is not JSON, or has not the expected fields."""

_BEGINS_VALUE = (b",", b"[", b"{")
_STRING_OR_VALUE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[,\[{]', re.DOTALL)


class TooManyValues(ValueError):
    """A text has more values than its size allows."""


def parse_json(content: bytes) -> Any:
    """Return the value that a JSON text stands for.

    Raises:
        ValueError: It is no JSON, nested too deeply, or has too many values for its size.
    """
    most = FREE_VALUES + len(content) // BYTES_EACH
    if sum(map(content.count, _BEGINS_VALUE)) > most and _has_more(content, most):
        raise TooManyValues(f"more than {most} values in {len(content)} bytes")
    try:
        return json.loads(content.decode("utf-8-sig"))
    except RecursionError as problem:
        raise ValueError("nested too deeply") from problem


def _has_more(content: bytes, most: int) -> bool:
    """Return whether a text has more values; brackets and commas in its strings begin none."""
    found = 0
    for match in _STRING_OR_VALUE.finditer(content):
        found += content[match.start()] != ord('"')
        if found > most:
            return True
    return False
