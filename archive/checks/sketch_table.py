"""Sketches in one array, so that one of them is compared with many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from gongkai.archive.checks.bands import BANDS, ROWS
from gongkai.archive.checks.minhash import LIKELY, MOST, shares

_ROOM = 1024
"""Sketches for which there is room at first; it doubles where it is not enough."""


class SketchTable:
    """First reports of families by number: id, place in order of time, sketch."""

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._reports: list[tuple[str, str]] = []
        self._sketches: NDArray[np.uint32] = np.empty((_ROOM, BANDS * ROWS), dtype=np.uint32)

    def __contains__(self, number: int) -> bool:
        return number in self._rows

    def __len__(self) -> int:
        return len(self._reports)

    def add(self, number: int, report_id: str, place: str, sketch: bytes) -> None:
        """Add a report."""
        if len(self) == len(self._sketches):
            self._sketches = np.concatenate((self._sketches, np.empty_like(self._sketches)))
        self._sketches[len(self)] = np.frombuffer(sketch, dtype="<u4")
        self._rows[number] = len(self)
        self._reports.append((report_id, place))

    def discard(self, number: int) -> None:
        """Forget a report, if it is known."""
        self._rows.pop(number, None)

    def similar_before(self, sketch: bytes, place: str, numbers: Iterable[int]) -> list[str]:
        """Return which of these reports are earlier and probably similar, as `most_similar` does."""
        rows = np.fromiter((self._rows[number] for number in numbers), dtype=np.intp)
        if not len(rows):
            return []
        found = shares(sketch, self._sketches[rows])
        near: list[tuple[float, str]] = []
        for at in np.flatnonzero(found >= LIKELY):
            report_id, other = self._reports[rows[at]]
            if other < place:
                near.append((-found[at], report_id))
        return [report_id for _, report_id in sorted(near)[:MOST]]


def which_are_likely(sketch: bytes, others: Sequence[bytes]) -> list[bool]:
    """Return of each sketch whether it is probably similar to one."""
    if not others:
        return []
    known = np.frombuffer(b"".join(others), dtype="<u4").reshape(len(others), -1)
    likely: list[bool] = (shares(sketch, known) >= LIKELY).tolist()
    return likely
