"""Read the rules of a page's own style sheets, as far as they decide whether text is shown.

Selectors of tags, classes and ids are understood, one inside another, and :nth-child of a number.
Others are passed over, and so are rules for print, for narrow screens and in other files.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gongkai.extract.errors import TooLarge

PROPERTIES = frozenset(
    ("display", "visibility", "opacity", "font-size", "font", "position", "left", "top", "right",
     "bottom", "margin-left", "margin-top", "text-indent", "overflow", "height", "width",
     "max-height", "max-width", "clip", "clip-path", "color", "background", "background-color",
     "text-decoration", "text-decoration-line", "vertical-align")
)  # fmt: skip
"""The properties that can hide text, strike it out or raise it."""

_MOST_TEXT = 400_000  # characters of style sheets
_MOST_RULES = 4_000
_LONGEST_STYLE = 4_000
_DEEPEST = 8  # parts of a selector
_DEEPEST_ELEMENT = 100  # ancestors that a selector may ask for
_MOST_STEPS = 5_000_000
_COMMENT = re.compile(r"/\*[^*]*+(?:\*(?!/)[^*]*+)*+(?:\*/)?|<!--|-->")
_BLOCK = re.compile(r"[{}]")
_PART = re.compile(
    r"(?P<tag>\*|[a-z][\w-]{0,40}+)?(?P<marks>(?:[.#][\w-]{1,80}+)*+)"
    r"(?P<nth>:first-child|:nth-child\(\s{0,4}(?:\d{1,4}|odd|even)\s{0,4}\))?",
    re.I,
)
_MARK = re.compile(r"([.#])([\w-]{1,80})")
_PASSED = ("@keyframes", "@-", "@font-face", "@page", "@counter", "@property", "@container")

Declared = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """What selectors ask of an element. `place` counts from 1 among its siblings."""

    tag: str
    id: str
    classes: frozenset[str]
    place: int


@dataclass(frozen=True, slots=True)
class _Part:
    tag: str
    id: str
    classes: frozenset[str]
    nth: str
    is_child: bool  # of the part before it, else anywhere inside

    def matches(self, element: Element) -> bool:
        return (
            self.tag in ("", "*", element.tag)
            and self.id in ("", element.id)
            and self.classes <= element.classes
            and (not self.nth or _is_nth(element.place, self.nth))
        )


@dataclass(frozen=True, slots=True)
class _Rule:
    parts: tuple[_Part, ...]
    weight: tuple[int, int, int, int]
    declared: Declared
    important: Declared


class StyleRules:
    """The rules of a page by the last part of their selectors."""

    def __init__(self, sheets: Sequence[str]) -> None:
        self._by_key: defaultdict[str, list[_Rule]] = defaultdict(list)
        self._left = _MOST_STEPS
        left, rules = _MOST_TEXT, 0
        for sheet in sheets:
            for selectors, body in _blocks(_COMMENT.sub(" ", sheet[:left])):
                declared, important = parse_declarations(body)
                if not declared and not important:
                    continue
                for selector in selectors.split(","):
                    rules += 1
                    parts = _parse_selector(selector) if rules < _MOST_RULES else ()
                    if parts:
                        weight = (*_weight(parts), rules)
                        rule = _Rule(parts, weight, declared, important)
                        self._by_key[_key(parts[-1])].append(rule)
            left -= min(left, len(sheet))

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def _spend(self, steps: int) -> None:
        """Count the comparisons, which a page of many rules and elements multiplies.

        Raises:
            TooLarge: the page needs more than any honest page
        """
        self._left -= steps
        if self._left < 0:
            raise TooLarge("html_styles_too_many", most=_MOST_STEPS)

    def declared(self, element: Element, around: Sequence[Element], style: str) -> Declared:
        """Return the properties of an element by the rules and by its own style."""
        own, own_important = parse_declarations(style) if style else ({}, {})
        candidates = self._candidates(element)
        around = around[-_DEEPEST_ELEMENT:]
        self._spend(sum(1 if len(rule.parts) == 1 else len(around) for rule in candidates))
        rules = [rule for rule in candidates if _matches(rule, element, around)]
        if not rules:
            return {**own, **own_important} if own_important else own
        rules.sort(key=lambda rule: rule.weight)
        found: dict[str, str] = {}
        for rule in rules:
            found |= rule.declared
        found |= own
        for rule in rules:
            found |= rule.important
        found |= own_important
        return found

    def _candidates(self, element: Element) -> list[_Rule]:
        if not self._by_key:
            return []
        keys = (f"#{element.id}", *(f".{name}" for name in element.classes), element.tag, "*")
        return [rule for key in keys for rule in self._by_key.get(key, ())]


def find_style_sheets(text: str) -> list[str]:
    """Return the texts of the style elements of a page, without those in comments and scripts."""
    low = text.lower()
    found: list[str] = []
    openings = {"<!--": "-->", "<script": "</script", "<style": "</style"}
    following = {mark: low.find(mark) for mark in openings}
    place = 0
    while True:
        for mark, at in following.items():
            if 0 <= at < place:
                following[mark] = low.find(mark, place)
        ahead = [(at, mark) for mark, at in following.items() if at >= 0]
        if not ahead:
            return found
        at, mark = min(ahead)
        end = low.find(openings[mark], at)
        end = len(low) if end < 0 else end
        if mark == "<style":
            begins = low.find(">", at) + 1
            if 0 < begins <= end and "media" in low[at:begins]:
                begins = begins if _is_for_screens(low[at:begins].partition("media")[2]) else end
            found.append(text[begins:end] if begins else "")
        place = end + 3


@lru_cache(maxsize=5_000)
def parse_declarations(body: str) -> tuple[Declared, Declared]:
    """Return the known properties of a style by name, and those marked as important."""
    usual: dict[str, str] = {}
    important: dict[str, str] = {}
    for declaration in body[:_LONGEST_STYLE].split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        if not colon or name not in PROPERTIES:
            continue
        bare = value.partition("!")[0].strip()
        (important if "!important" in value.replace(" ", "") else usual)[name] = bare
    return usual, important


def _blocks(sheet: str) -> Iterator[tuple[str, str]]:
    """Yield selectors and declarations of the rules of a sheet that a screen obeys."""
    open_blocks: list[bool] = []  # whether each at-rule around counts
    start = 0
    opened: str | None = None
    for brace in _BLOCK.finditer(sheet):
        before = sheet[start : brace.start()].strip()
        start = brace.end()
        if brace[0] == "{":
            if opened is not None:  # nested: the outer rule is passed over
                open_blocks.append(True)
                opened = None
            before = before.rpartition(";")[2].strip()
            if before.startswith("@"):
                open_blocks.append(_is_obeyed(before.lower()))
            else:
                opened = before
        elif opened is not None:
            if all(open_blocks):
                yield opened, before
            opened = None
        elif open_blocks:
            open_blocks.pop()


def _is_obeyed(rule: str) -> bool:
    """Return whether a screen of usual width obeys the rules inside an at-rule."""
    if rule.startswith("@media"):
        return _is_for_screens(rule.removeprefix("@media"))
    return not rule.startswith(_PASSED)


def _is_for_screens(media: str) -> bool:
    asked = media.strip(" =\"'>")
    if not asked:
        return True
    return any(_is_screen(each.strip(" \"'>")) for each in asked.split(","))


def _is_screen(query: str) -> bool:
    if "max-" in query or query.startswith(("not screen", "not all")):
        return False
    if "(" in query and "min-width" not in query:
        return False
    kind = query.removeprefix("only ").strip()
    return kind.startswith(("screen", "all", "(", "not print")) or not kind


def _parse_selector(selector: str) -> tuple[_Part, ...]:
    """Return the parts of a selector, () for one that is not understood."""
    words = selector.replace(">", " > ").split()
    found: list[_Part] = []
    is_child = False
    for word in words[: 2 * _DEEPEST]:
        if word == ">":
            is_child = True
            continue
        match = _PART.fullmatch(word)
        if match is None:
            return ()
        marks = _MARK.findall(match["marks"] or "")
        ids = [name for mark, name in marks if mark == "#"]
        classes = frozenset(name for mark, name in marks if mark == ".")
        nth = (match["nth"] or "").lower()
        tag = (match["tag"] or "").lower()
        found.append(_Part(tag, ids[0] if ids else "", classes, nth, is_child))
        is_child = False
    return tuple(found) if len(words) <= 2 * _DEEPEST and not is_child else ()


def _weight(parts: Sequence[_Part]) -> tuple[int, int, int]:
    return (
        sum(bool(part.id) for part in parts),
        sum(len(part.classes) + bool(part.nth) for part in parts),
        sum(part.tag not in ("", "*") for part in parts),
    )


def _key(part: _Part) -> str:
    if part.id:
        return f"#{part.id}"
    return f".{min(part.classes)}" if part.classes else part.tag or "*"


def _matches(rule: _Rule, element: Element, around: Sequence[Element]) -> bool:
    """Return whether a rule is about an element; `around` has its ancestors, the outermost first."""
    parts = rule.parts
    if not parts[-1].matches(element):
        return False
    at = len(around) - 1
    bound = parts[-1].is_child
    for part in reversed(parts[:-1]):
        while at >= 0 and not part.matches(around[at]):
            if bound:
                return False
            at -= 1
        if at < 0:
            return False
        at -= 1
        bound = part.is_child
    return True


def _is_nth(place: int, nth: str) -> bool:
    if nth == ":first-child":
        return place == 1
    asked = nth.partition("(")[2].strip(" )")
    return place % 2 == (asked == "odd") if asked in ("odd", "even") else place == int(asked)
