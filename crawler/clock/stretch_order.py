"""Which stretches of fetching agree with each other on the time: the heaviest chain in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Link = tuple[int, int, int]
"""Weight of a chain, value and place of its last link."""

NOTHING: Link = (0, 0, -1)


def heaviest_chain(values: Sequence[int], weights: Sequence[int]) -> set[int]:
    """Return the places of the heaviest subsequence whose values never fall.

    Of equal ones, the one that ends later, and whose values are closer to each other.

    >>> sorted(heaviest_chain([5, 1, 2, 9, 3], [1, 1, 1, 1, 1]))
    [1, 2, 4]
    """
    ranks = sorted(set(values))
    best = [NOTHING] * (len(ranks) + 1)  # a Fenwick tree of maxima
    before = [-1] * len(values)
    end = (0, -1)
    for place, (value, weight) in enumerate(zip(values, weights, strict=True)):
        rank = bisect_right(ranks, value)
        found = _best_up_to(best, rank)
        before[place] = found[2]
        mine = (found[0] + weight, value, place)
        end = max(end, (mine[0], place))
        _raise(best, rank, mine)
    chain: set[int] = set()
    place = end[1]
    while place >= 0:
        chain.add(place)
        place = before[place]
    return chain


def _best_up_to(tree: Sequence[Link], rank: int) -> Link:
    best = NOTHING
    while rank > 0:
        best = max(best, tree[rank])
        rank -= rank & -rank
    return best


def _raise(tree: list[Link], rank: int, value: Link) -> None:
    while rank < len(tree):
        tree[rank] = max(tree[rank], value)
        rank += rank & -rank
