"""Find the six section headings, whatever their numbering, spelling and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gongkai.extract.chinese.normalize import normalize_text

# Words of each heading, later sections first, because some words occur in two headings.
# Spellings beside the official ones: 存在主要问题, 收到处理 (平罗县工信局 2024), 存在问题 (中卫市工信局
# 2023), 工作基本情况 (微山县两城镇 2020); 概述 and 依申请公开 from the years before 2019.
_WORDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (
        6,
        (
            "其他需要报告",
            "其它需要报告",
            "需要报告的其他",
            "其他需要说明",
            "其他报告事项",
            "其他事项",
        ),
    ),
    (
        5,
        (
            "存在的主要问题",
            "存在主要问题",
            "存在的问题",
            "存在问题",
            "主要问题",
            "问题及改进",
            "问题和改进",
            "不足及改进",
        ),
    ),
    (4, ("行政复议", "复议诉讼", "复议、诉讼")),
    (
        3,
        (
            "收到和处理",
            "收到处理",
            "收到及处理",
            "收到、处理",
            "依申请公开",
            "申请情况",
            "处理政府信息公开申请",
        ),
    ),
    (2, ("主动公开",)),
    (1, ("总体情况", "工作基本情况", "基本情况", "总体概况", "概述", "工作总体", "总体工作")),
)
_STYLES = (
    ("han", re.compile(r"^[一二三四五六七八九十]{1,2}[、.,:：]?(?![是要])")),
    ("part", re.compile(r"^第[一二三四五六七八九]部分[、.,:：]?")),
    ("digit", re.compile(r"^\d{1,2}[、.)：:](?!\d)")),
    ("bracket", re.compile(r"^\([一二三四五六七八九十]{1,2}\)[、.]?")),
    ("none", re.compile(r"^")),
)
_MARKUP = re.compile(r"^[#*>\s]++|(?<![*#\s])[*#\s]++$")
_MOST_HEADINGS = 200  # a hostile page may repeat a heading without end
_LONGEST = 34
_LONGEST_UNNUMBERED = 22
_LONG_HEADING = "因政府信息公开工作被申请行政复议"
_ENDS = re.compile(r"[。;；:：]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that heads section `number`: its text, the style of its number, the rest of the line."""

    number: int
    text: str
    style: str
    rest: str = ""


def parse_heading(line: str) -> Heading | None:
    """Return the section heading in a line, with any style of numbering, None for other lines."""
    shown = _MARKUP.sub("", line.strip())
    if len(shown) > 2000:
        return None
    text = normalize_text(shown)
    style, prefix = next((name, m[0]) for name, pattern in _STYLES if (m := pattern.match(text)))
    body = text[len(prefix) :]
    cut = _ENDS.search(body)
    title = body[: cut.start()] if cut else body
    plain = style == "none" and not title.startswith(_LONG_HEADING)
    limit = _LONGEST_UNNUMBERED if plain else _LONGEST
    if not title or len(title) > limit or (style == "none" and cut):
        return None
    number = next((n for n, words in _WORDS if any(word in title for word in words)), 0)
    if not number:
        return None
    if cut is None:
        return Heading(number, shown, style)
    # "一、总体情况。2024年…": the heading ends at the first stop, the rest is text
    stop = _ENDS.search(shown)
    if stop is None:
        return Heading(number, shown, style)
    return Heading(
        number, shown[: stop.start()].strip(" *"), style, shown[stop.end() :].strip(" *")
    )


def is_numbered_heading(line: str) -> bool:
    """Return whether a line is a section heading with a number of the top level."""
    if len(line) > 80:
        return False
    found = parse_heading(line)
    return found is not None and found.style in ("han", "part") and not found.rest


def find_headings(lines: Sequence[str]) -> list[tuple[int, Heading]]:
    """Return the section headings among `lines` as (index, heading), both in rising order.

    All headings of one level are numbered alike, so that the style with the longest chain wins. A
    section that this chain lacks may have a heading of another style between its neighbours. Of
    several equal chains the last one counts, because a table of contents comes before the text.
    """
    found = [(n, heading) for n, line in enumerate(lines) if (heading := parse_heading(line))]
    found = found[:_MOST_HEADINGS]
    chains = [_chain([x for x in found if x[1].style == style]) for style, _ in _STYLES]
    best = max(chains, key=len, default=[])
    if not best:
        return []
    for style in ("han", "part", "digit", "none"):
        best = _fill(best, [x for x in found if x[1].style == style and not x[1].rest])
    return best


def _chain(found: list[tuple[int, Heading]]) -> list[tuple[int, Heading]]:
    """Return the longest run of headings with rising numbers, the last one of several."""
    best: list[list[tuple[int, Heading]]] = []
    for n in range(len(found) - 1, -1, -1):
        later = [
            best[m - n - 1]
            for m in range(n + 1, len(found))
            if found[m][1].number > found[n][1].number
        ]
        tail = max(later, key=lambda chain: (len(chain), chain[0][0]), default=[])
        best.insert(0, [found[n], *tail])
    return max(best, key=lambda chain: (len(chain), chain[0][0]), default=[])


def _fill(
    chain: list[tuple[int, Heading]], others: list[tuple[int, Heading]]
) -> list[tuple[int, Heading]]:
    for place, heading in others:
        before = [x for x in chain if x[1].number < heading.number]
        after = [x for x in chain if x[1].number > heading.number]
        known = len(before) + len(after) < len(chain)
        in_order = (not before or before[-1][0] < place) and (not after or place < after[0][0])
        if not known and in_order and chain:
            chain = [*before, (place, heading), *after]
    return chain
