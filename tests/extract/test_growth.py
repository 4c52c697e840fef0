"""Work grows in proportion to a page, also where a page is made to be slow to read."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from gongkai.extract.block_pages import block_signature
from gongkai.extract.chinese.normalize import best_fuzzy_match, strip_numbering
from gongkai.extract.model.report import Source
from gongkai.extract.report import read

HEAD = "<meta charset=utf-8><title>某县2024年政府信息公开工作年度报告</title>"
NAMES = {str(number): f"{number}.属于第{number}类过程性信息" for number in range(10)}
NOTICEABLE = 0.15
"""Seconds of processor time that no page of a few kilobytes needs, on a slow machine either."""

ALGORITHMS: dict[str, tuple[Callable[[str], object], Callable[[int], str], int]] = {
    "layout tables": (
        lambda text: read(text.encode(), Source(media_type="text/html")),
        lambda n: HEAD + "<table><tr><td>a</td><td>" * n + "规章" + "</td></tr></table>" * n,
        400,
    ),
    "tables of the form deep down": (
        lambda text: read(text.encode(), Source(media_type="text/html")),
        lambda n: (
            HEAD
            + "<div>" * n
            + "<table><tr><td>规章</td><td>1</td></tr></table>" * n
            + "</div>" * n
        ),
        400,
    ),
    "scripts of a block page": (
        lambda text: block_signature(text.encode()),
        lambda n: "<script" * n,
        1_000,
    ),
    "tags of a block page": (lambda text: block_signature(text.encode()), lambda n: "<" * n, 7_000),
    "misspelt labels": (
        lambda text: best_fuzzy_match(text, NAMES, 0.75),
        lambda n: "属于过程性信息" * n,
        2_000,
    ),
    "numbered labels": (lambda text: strip_numbering(text), lambda n: "（一）1." * n, 2_000),
}


@pytest.mark.parametrize("name", ALGORITHMS)
def test_work_grows_in_proportion(name: str) -> None:
    """Eight times the input takes at most about eight times the processor time."""
    run, text, size = ALGORITHMS[name]
    short, long = text(size), text(size * 8)
    assert _seconds(run, long) < max(NOTICEABLE, 20 * _seconds(run, short))


def _seconds(run: Callable[[str], object], text: str) -> float:
    """Return the processor time of the least disturbed of three runs."""
    taken = []
    for number in range(3):
        start = time.thread_time()
        run(text + " " * number)  # not the result that a cache kept
        taken.append(time.thread_time() - start)
    return min(taken)
