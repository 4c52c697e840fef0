"""Join pieces into ruling lines: borders are drawn by cell, twice, in dashes and in dots."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.extract.layout.page import FilledArea, RulingLine

SNAP = 2.5
"""Coordinates closer than this (points) are the same line."""
SHORTEST = 4.0
"""No side of a cell is shorter; a shorter line is a dot, a join or part of a letter."""
_DASH = 15.0  # pieces shorter than this may be dashes,
_GAP = 8.0  # with gaps up to this


def merge_pieces(pieces: Sequence[RulingLine]) -> list[RulingLine]:
    """Return whole lines: touching pieces on one line, and dashes that follow each other, are one."""
    rules: list[RulingLine] = []
    for group in _lines(pieces):
        at = sum(piece.at for piece in group) / len(group)
        start, end = group[0].start, group[0].end
        length = end - start
        for piece in group[1:]:
            if piece.start - end <= _widest_gap(length, piece.end - piece.start):
                end = max(end, piece.end)
            else:
                rules.append(RulingLine(at, start, end))
                start, end = piece.start, piece.end
            length = piece.end - piece.start
        rules.append(RulingLine(at, start, end))
    return [rule for rule in rules if rule.end - rule.start >= SHORTEST]


def _widest_gap(before: float, after: float) -> float:
    """Return the widest gap between two pieces of one line."""
    shorter, longer = sorted((before, after))
    return max(SNAP, min(_GAP, 1.6 * shorter)) if longer < _DASH else SNAP


def _lines(pieces: Sequence[RulingLine]) -> list[list[RulingLine]]:
    """Return pieces grouped by their coordinate, each group in order along the line."""
    groups: list[list[RulingLine]] = []
    for piece in sorted(pieces):
        if groups and piece.at - groups[-1][0].at <= SNAP:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return [sorted(group, key=lambda piece: piece.start) for group in groups]


def outline_areas(fills: Sequence[FilledArea]) -> tuple[list[RulingLine], list[RulingLine]]:
    """Return the sides of filled rectangles as (horizontal, vertical) pieces."""
    across = [RulingLine(y, fill.x0, fill.x1) for fill in fills for y in (fill.y0, fill.y1)]
    down = [RulingLine(x, fill.y0, fill.y1) for fill in fills for x in (fill.x0, fill.x1)]
    return across, down
