"""Disjoint sets of numbers (union-find)."""

from __future__ import annotations


class DisjointSets:
    """The numbers from 0 to `count` - 1 in sets, each called by its smallest member."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def find(self, number: int) -> int:
        """Return the smallest member of the set with this number."""
        while self._parent[number] != number:
            self._parent[number] = self._parent[self._parent[number]]
            number = self._parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one set of the sets of two numbers."""
        one, other = self.find(one), self.find(other)
        self._parent[max(one, other)] = min(one, other)
