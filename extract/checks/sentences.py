"""Split the prose of a report into sentences, each with the topic of its subheading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gongkai.extract.chinese.normalize import normalize_text
from gongkai.extract.model.report import Section

_SUBHEADING = re.compile(
    r"^(?:[(（][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]是|\d{1,2}[.、．]|[一二三四五六七八九十]、)([^。;:,]{2,30})"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_HAN_COUNT = re.compile(
    r"(?:(?<=申请|公开|复议|诉讼|案件|收到|受理|答复|办结)|(?<=[共计了为]))"
    r"([一二两三四五六七八九]?十?[一二三四五六七八九]?)(?=[件宗]|份申请)"
)
_HAN = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_LONGEST = 2_000  # characters; longer ones are not prose
_STOP = re.compile(r"(?<=[。;!])")
_REQUESTS = ("依申请公开", "申请公开", "信息公开申请", "收到和处理")
_DISPUTES = ("复议", "诉讼")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A normalized sentence of section `number`, and whether its subheading is about requests."""

    text: str
    number: int
    about_requests: bool


def split_sentences(sections: Sequence[Section]) -> Iterator[Sentence]:
    """Yield all sentences of the sections, in order."""
    for section in sections:
        topic = section.number == 3
        for line in section.text.splitlines():
            text = _write_digits(normalize_text(line))
            heading = _SUBHEADING.match(text)
            if heading and section.number != 3:
                topic = any(word in heading[1] for word in _REQUESTS)
            for piece in _STOP.split(text):
                if 0 < len(piece) <= _LONGEST:
                    own = any(word in piece for word in _REQUESTS)
                    yield Sentence(piece, section.number, topic or own)


def _write_digits(text: str) -> str:
    """Return a text with its counts in digits: 1,123件 becomes 1123件, and 二十一件 21件."""
    return _HAN_COUNT.sub(_digits, _THOUSANDS.sub("", text))


def _digits(match: re.Match[str]) -> str:
    tens, ten, ones = match[1].partition("十")
    if not match[1] or (not ten and len(match[1]) > 1):
        return match[0]
    if not ten:
        return str(_HAN[tens])
    return str(10 * _HAN.get(tens, 1) + _HAN.get(ones, 0))


def is_about_disputes(sentence: Sentence) -> bool:
    """Return whether a sentence is about disputes over disclosure.

    Reviews that an office hears as its task are not meant: 办理行政复议案件50件 in the report of a justice
    bureau.
    """
    if not any(word in sentence.text for word in _DISPUTES):
        return False
    own_trade = re.search(
        r"(?:办理|受理|审理|审结|代理|化解)[^,。;]{0,12}(?:复议|诉讼|应诉)|作为(?:行政)?复议机关"
        r"|(?<!信息|申请)公开(?:了)?(?:行政)?(?:复议|诉讼)",
        sentence.text,
    )
    return own_trade is None and (
        sentence.number in (3, 4) or "公开" in sentence.text or sentence.about_requests
    )
