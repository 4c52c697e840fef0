"""Values of ORDER BY in Python: they compare as SQLite compares them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import total_ordering
from typing import Any

FALLING = " DESC"
"""How an expression ends by which rows fall."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Falling:
    """A value of which the largest comes first."""

    value: Any  # a text or a number: whatever the column has

    def __lt__(self, other: Falling) -> bool:
        return bool(self.value > other.value)


def sort_key(order: Sequence[str], values: Sequence[Any]) -> tuple[Any, ...]:
    """Return a key by which rows compare as by ORDER BY; what is not known comes before everything."""
    known = ((value is not None, "" if value is None else value) for value in values)
    return tuple(
        Falling(value) if each.endswith(FALLING) else value
        for each, value in zip(order, known, strict=True)
    )


def key_columns(order: Sequence[str]) -> str:
    """Return the SQL for the values of a key."""
    return ", ".join(each.removesuffix(FALLING) for each in order)
