"""Which stretches of fetching agree with each other on the time: the heaviest chain in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence


def heaviest_chain(values: Sequence[int], weights: Sequence[int]) -> set[int]:
    """Return the places of the heaviest subsequence whose values never fall; of equals, a later one.

    >>> sorted(heaviest_chain([5, 1, 2, 9, 3], [1, 1, 1, 1, 1]))
    [1, 2, 4]
    """
    ranks = sorted(set(values))
    best: list[tuple[int, int]] = [(0, -1)] * (len(ranks) + 1)  # a Fenwick tree of maxima
    before = [-1] * len(values)
    end: tuple[int, int] = (0, -1)
    for place, (value, weight) in enumerate(zip(values, weights, strict=True)):
        rank = bisect_right(ranks, value)
        found = _best_up_to(best, rank)
        before[place] = found[1]
        mine = (found[0] + weight, place)
        end = max(end, mine)
        _raise(best, rank, mine)
    chain: set[int] = set()
    place = end[1]
    while place >= 0:
        chain.add(place)
        place = before[place]
    return chain


def _best_up_to(tree: Sequence[tuple[int, int]], rank: int) -> tuple[int, int]:
    best = (0, -1)
    while rank > 0:
        best = max(best, tree[rank])
        rank -= rank & -rank
    return best


def _raise(tree: list[tuple[int, int]], rank: int, value: tuple[int, int]) -> None:
    while rank < len(tree):
        tree[rank] = max(tree[rank], value)
        rank += rank & -rank
