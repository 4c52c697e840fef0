"""The changes of a text, sentence by sentence: a pure function of its two versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from gongkai.archive.checks.differences import BoundedMatcher, Steps, TooMuchWork, is_similar

Change = tuple[str | None, str | None]
"""A sentence before and after; None where there is no such sentence."""

MOST = 400
"""Changed sentences of a section; one with more was rewritten, and only its whole text is shown."""

_WORK = 250_000
"""Pairs of sentences that are compared; more of them mean that hardly a sentence is in common."""

_LONGEST = 400
"""Characters of a sentence that is compared with others character by character."""

_NEAR = 8
"""How many of the next new sentences an old one is compared with."""

_STOP = re.compile(r"(?<=[。！？；!?;])(?![”’」』）)])")


def sentences(text: str) -> list[str]:
    r"""Return the sentences of a text, white space as single spaces.

    >>> sentences("全年收到申请1件。 主动\n公开2条；“属实。”")
    ['全年收到申请1件。', '主动 公开2条；', '“属实。”']
    """
    pieces = (" ".join(piece.split()) for piece in _STOP.split(text))
    return [piece for piece in pieces if piece]


def changed_sentences(old: str, new: str, steps: Steps | None = None) -> list[Change]:
    """Return the sentences that differ, in the order of the text; none where there are too many.

    An edited sentence is one change with both its versions. White space does not count. `steps` is
    the work that the comparison may take, by default that of a report. When it is used up, an
    edited sentence is one removed and one added.

    >>> changed_sentences("收到1件。公开2条。", "收到3件。公开2条。另有一处。")
    [('收到1件。', '收到3件。'), (None, '另有一处。')]
    """
    before, after = sentences(old), sentences(new)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    before, after = before[start : len(before) - end], after[start : len(after) - end]
    if len(before) * len(after) > _WORK:
        return []
    try:
        found = list(_between(before, after, Steps() if steps is None else steps))
    except TooMuchWork:
        return []
    return found if len(found) <= MOST else []


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many sentences at the beginning of two texts are the same."""
    same = 0
    for left, right in zip(one, other, strict=False):
        if _bare(left) != _bare(right):
            break
        same += 1
    return same


def _between(before: Sequence[str], after: Sequence[str], steps: Steps) -> Iterator[Change]:
    left, right = ([_bare(text) for text in texts] for texts in (before, after))
    matcher = BoundedMatcher(left, right, steps)
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind != "equal":
            yield from _paired(before[i:j], after[k:m], steps)


def _paired(before: Sequence[str], after: Sequence[str], steps: Steps) -> Iterator[Change]:
    """Yield the changes of a stretch: each old sentence beside the next new one that is similar."""
    rest = list(after)
    for old in before:
        place = next((n for n, new in enumerate(rest[:_NEAR]) if _alike(old, new, steps)), None)
        if place is None:
            yield old, None
            continue
        yield from ((None, new) for new in rest[:place])
        yield old, rest[place]
        del rest[: place + 1]
    yield from ((None, new) for new in rest)


def _alike(one: str, other: str, steps: Steps) -> bool:
    if max(len(one), len(other)) > _LONGEST:
        return False
    return is_similar(_bare(one), _bare(other), steps)


def _bare(text: str) -> str:
    return "".join(text.split())
