"""Where the blocks of a page stand among its elements: around an article, and in hidden elements."""

from __future__ import annotations

from collections.abc import Sequence

from bs4.element import Tag

_FEWEST = 2
"""Anchors of a report that a reader sees, without which nothing tells what is hidden on purpose."""
_TABLES = frozenset(("disclosure", "requests", "litigation"))


def find_shown_blocks(nodes: Sequence[Tag], kinds: Sequence[frozenset[str]]) -> list[int]:
    """Return the numbers of the blocks that a reader sees or may see.

    `kinds` has the parts of a report that each block is. A hidden element with a part that the rest
    of the page does not show is a tab that a script opens; then all hidden elements may be.
    """
    roots = _hidden_roots(nodes)
    visible = [n for n, root in enumerate(roots) if not root]
    seen = frozenset[str]().union(*(kinds[n] for n in visible))
    if len(visible) == len(nodes) or sum(bool(kinds[n]) for n in visible) < _FEWEST:
        return list(range(len(nodes)))
    hidden = frozenset[str]().union(*(kinds[n] for n, root in enumerate(roots) if root))
    if not (hidden & _TABLES) <= seen:
        wanted = {root for n, root in enumerate(roots) if root and not (kinds[n] & _TABLES) & seen}
        return [n for n, root in enumerate(roots) if not root or root in wanted]
    return visible


def _hidden_roots(nodes: Sequence[Tag]) -> list[int]:
    """Return the id of the outermost hidden element around each node, 0 where there is none."""
    known: dict[int, int] = {}
    found: list[int] = []
    for node in nodes:
        path: list[Tag] = []
        element: Tag | None = node
        while element is not None and id(element) not in known:
            path.append(element)
            element = element.parent
        root = known[id(element)] if element is not None else 0
        for each in reversed(path):
            root = root or (id(each) if "hidden" in each.attrs else 0)
            known[id(each)] = root
        found.append(root)
    return found


def common_ancestor(nodes: list[Tag]) -> Tag:
    """Return the smallest element around all nodes. Each element is visited once."""
    chain = [*reversed(list(nodes[0].parents)), nodes[0]]
    depth = {id(element): level for level, element in enumerate(chain)}
    common = len(chain) - 1
    visited: set[int] = set()
    for node in nodes[1:]:
        element: Tag | None = node
        while element is not None and id(element) not in depth and id(element) not in visited:
            visited.add(id(element))
            element = element.parent
        if element is not None:
            common = min(common, depth.get(id(element), common))
    return chain[common]


def is_within(node: Tag, known: dict[int, bool]) -> bool:
    """Return whether a node lies in an element for which `known` says so, and note it there."""
    path: list[int] = []
    element: Tag | None = node
    while element is not None and id(element) not in known:
        path.append(id(element))
        element = element.parent
    inside = element is not None and known[id(element)]
    known.update(dict.fromkeys(path, inside))
    return inside
