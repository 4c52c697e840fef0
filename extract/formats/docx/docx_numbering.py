"""Compute the automatic numbers of paragraphs in Word: 一、 and （一） of headings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gongkai.extract.formats.docx.docx_parts import W, bounded_number, child_value, is_on
from gongkai.extract.formats.xml_parts import Element

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_HAN = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_HAN_COUNTING = frozenset(
    ("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
     "taiwaneseCountingThousand")
)  # fmt: skip
_SILENT = frozenset(("bullet", "none"))


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how it counts and prints. In `text` %1 to %9 stand for numbers."""

    start: int = 1
    kind: str = "decimal"
    text: str = ""
    legal: bool = False  # the numbers of all levels as digits
    restarts: bool = True


@dataclass(slots=True)
class _List:
    """An abstract list. All lists made from it continue its count."""

    levels: dict[int, Level]
    counters: list[int | None] = field(default_factory=lambda: [None] * _LEVELS)


class Numbering:
    """The counters of the numbered paragraphs of a document, in their order."""

    def __init__(self, part: Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._of: dict[str, str] = {}
        self._starts: dict[tuple[str, int], int] = {}
        self._own: dict[tuple[str, int], Level] = {}
        if part is not None:
            self._read(part)

    def label(self, list_id: str, level: int) -> str:
        """Return the number of the next paragraph in a list, "" for bullets and unknown lists."""
        shared = self._lists.get(self._of.get(list_id, ""))
        level = min(level, _LEVELS - 1)
        if shared is None:
            return ""
        levels = {
            n: self._own.get((list_id, n), shared.levels.get(n, Level())) for n in range(_LEVELS)
        }
        self._advance(shared, levels, list_id, level)
        own = levels[level]
        return (
            ""
            if own.kind in _SILENT
            else _PLACE.sub(lambda m: _number_text(m, shared, levels, own), own.text)
        )

    def _advance(
        self, shared: _List, levels: Mapping[int, Level], list_id: str, level: int
    ) -> None:
        start = self._starts.pop((list_id, level), None)
        before = shared.counters[level]
        if start is not None:
            shared.counters[level] = start
        else:
            shared.counters[level] = levels[level].start if before is None else before + 1
        for deeper in range(level + 1, _LEVELS):
            if levels[deeper].restarts:
                shared.counters[deeper] = None

    def _read(self, part: Element) -> None:
        styled: dict[str, str] = {}  # list style -> the abstract list that defines it
        linked: dict[str, str] = {}  # abstract list -> the list style it takes its levels from
        for abstract in part.findall(W + "abstractNum"):
            name = abstract.get(W + "abstractNumId", "")
            self._lists[name] = _List(
                {_index(level): _level(level) for level in abstract.findall(W + "lvl")}
            )
            if defines := child_value(abstract, "styleLink"):
                styled[defines] = name
            if takes := child_value(abstract, "numStyleLink"):
                linked[name] = takes
        for name, style in linked.items():
            if source := self._lists.get(styled.get(style, "")):
                self._lists[name].levels = source.levels
        for instance in part.findall(W + "num"):
            self._instance(instance)

    def _instance(self, instance: Element) -> None:
        list_id = instance.get(W + "numId", "")
        self._of[list_id] = child_value(instance, "abstractNumId") or ""
        for override in instance.findall(W + "lvlOverride"):
            level = _index(override)
            start = child_value(override, "startOverride")
            if start is not None:
                self._starts[list_id, level] = bounded_number(start, 1)
            if (own := override.find(W + "lvl")) is not None:
                self._own[list_id, level] = _level(own)


def _index(element: Element) -> int:
    return bounded_number(element.get(W + "ilvl"), 0, 0, _LEVELS - 1)


def _level(element: Element) -> Level:
    return Level(
        start=bounded_number(child_value(element, "start"), 1),
        kind=child_value(element, "numFmt") or "decimal",
        text=child_value(element, "lvlText") or "",
        legal=is_on(element, "isLgl"),
        restarts=child_value(element, "lvlRestart") != "0",
    )


def _number_text(
    match: re.Match[str], shared: _List, levels: Mapping[int, Level], own: Level
) -> str:
    place = int(match[1]) - 1
    level = levels[place]
    count = shared.counters[place]
    return number_in_words(
        level.start if count is None else count, "decimal" if own.legal else level.kind
    )


def number_in_words(count: int, kind: str) -> str:
    """Return a number as a kind of list prints it, in digits for unusual kinds.

    >>> number_in_words(12, "chineseCounting"), number_in_words(3, "decimalEnclosedCircle")
    ('十二', '③')
    """
    if kind in _HAN_COUNTING and 0 < count < 100:
        return _chinese_number(count)
    if kind == "chineseLegalSimplified" and 0 < count < 10:
        return _FORMAL[count]
    if kind == "ideographDigital":
        return "".join(_HAN[int(digit)] for digit in str(count))
    if kind.startswith("decimalEnclosedCircle") and 0 < count <= 20:
        return chr(0x2460 + count - 1)
    if kind == "ideographTraditional" and 0 < count <= 10:
        return "甲乙丙丁戊己庚辛壬癸"[count - 1]
    if kind in ("upperLetter", "lowerLetter") and 0 < count <= 26:
        return chr((65 if kind == "upperLetter" else 97) + count - 1)
    if kind in ("upperRoman", "lowerRoman") and 0 < count <= 12:
        roman = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")[
            count - 1
        ]
        return roman if kind == "upperRoman" else roman.lower()
    return str(count)


def _chinese_number(count: int) -> str:
    tens, ones = divmod(count, 10)
    words = _HAN[ones] if ones else ""
    if tens:
        words = ("" if tens == 1 else _HAN[tens]) + "十" + words
    return words
