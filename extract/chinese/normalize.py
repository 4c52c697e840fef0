"""Normalize words for comparison: without spaces, numbering, brackets and character widths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

_SPACE = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\ufeff\u00ad]+")
_LEAST_BEGUN = 5
_SHORT = 60  # the labels of the form are shorter, and recur in every report
_NUMBERING = re.compile(
    r"^(?:第[一二三四五六七八九十]+部分|[(（]?[一二三四五六七八九十]{1,3}[)）、.．,，:：]|[(（]?\d{1,2}[)）、.．,，:：]"
    r"|\d{1,2}(?=[\u4e00-\u9fff]))+"  # ① becomes 1 when it is folded
)
_PUNCTUATION = str.maketrans("", "", "、,，.。．:：;；()（）[]【】“”\"'‘’<>《》*#·-—_")


# CJK radicals that Chromium's text layer prints for whole characters and NFKC leaves alone.
_RADICALS = str.maketrans(
    {
        "⺀": "冫", "⺁": "厂", "⺃": "乚", "⺅": "亻", "⺈": "刀", "⺉": "刂", "⺊": "卜", "⺋": "卩",
        "⺌": "小", "⺍": "小", "⺎": "兀", "⺒": "巳", "⺓": "幺", "⺔": "彐", "⺖": "忄", "⺗": "心",
        "⺘": "扌", "⺙": "攵", "⺛": "旡", "⺝": "月", "⺟": "母", "⺠": "民", "⺡": "氵", "⺢": "水",
        "⺣": "灬", "⺤": "爪", "⺥": "爫", "⺦": "丬", "⺧": "牛", "⺨": "犭", "⺩": "王", "⺫": "目",
        "⺬": "示", "⺭": "礻", "⺮": "竹", "⺯": "糸", "⺰": "纟", "⺱": "网", "⺲": "罒", "⺳": "网",
        "⺶": "羊", "⺷": "羊", "⺸": "羊", "⺹": "耂", "⺺": "肀", "⺻": "聿", "⺼": "月", "⺽": "臼",
        "⺾": "艹", "⺿": "艹", "⻀": "艹", "⻁": "虎", "⻂": "衤", "⻃": "覀", "⻄": "西", "⻅": "见",
        "⻆": "角", "⻈": "讠", "⻉": "贝", "⻋": "车", "⻌": "辶", "⻍": "辶", "⻎": "辶", "⻏": "阝",
        "⻐": "钅", "⻑": "长", "⻒": "长", "⻓": "长", "⻔": "门", "⻖": "阝", "⻗": "雨", "⻘": "青",
        "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻟": "飠", "⻠": "饣", "⻢": "马",
        "⻣": "骨", "⻤": "鬼", "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻬": "齐",
        "⻮": "齿", "⻰": "龙", "⻱": "龟", "⻲": "龟", "⻳": "龟",
    }
)  # fmt: skip
_IS_RADICAL = re.compile("[\u2e80-\u2fdf]")


def fold_characters(text: str) -> str:
    """Return a text in plain characters: half width, no ligatures, no Kangxi and CJK radicals.

    The CJK radicals are replaced first, because NFKC decomposes only two of them.

    >>> fold_characters("⼀、⺠⽣１３")
    '一、民生13'
    """
    if _IS_RADICAL.search(text) is not None:
        text = text.translate(_RADICALS)
    return unicodedata.normalize("NFKC", text)


def normalize_text(text: str) -> str:
    """Return a text in plain characters without white space, as words are compared."""
    return _normalize_short(text) if len(text) <= _SHORT else _SPACE.sub("", fold_characters(text))


@lru_cache(maxsize=20_000)
def _normalize_short(text: str) -> str:
    return _SPACE.sub("", fold_characters(text))


@lru_cache(maxsize=20_000)
def strip_numbering(label: str) -> str:
    """Return a label without numbering and punctuation: `（四）1. 本机关` and `1、本机关` are equal.

    >>> strip_numbering("（六）其他处理")
    '其他处理'
    >>> strip_numbering("3. 其 他")
    '其他'
    """
    text = normalize_text(label)
    previous = None
    while previous != text:
        previous, text = text, _NUMBERING.sub("", text)
    return text.translate(_PUNCTUATION)


@lru_cache(maxsize=20_000)
def before_explanation(label: str) -> str:
    """Return a label, normalized, without the explanation in brackets behind it.

    >>> before_explanation("（二）部分公开（区分处理的，只计这一情形）"), before_explanation("规 章（由政府填写）")
    ('(二)部分公开', '规章')
    """
    text = normalize_text(label)
    place = text.find("(", 1)
    return text if place < 0 else text[:place]


def best_fuzzy_match(label: str, names: Mapping[str, str], least: float) -> str | None:
    """Return the key of the one name that a misspelt label can mean, None if that is not certain.

    `least` is the least similarity, from 0 to 1; all other names must be much less similar. A label
    without its end (which stands on the next page) means the one name that begins with it.

    >>> best_fuzzy_match("6. 属于四类过程信息", {"a": "6.属于四类过程性信息", "b": "7.属于行政执法案卷"}, 0.75)
    'a'
    """
    text = strip_numbering(label)
    begun = [key for key, name in names.items() if strip_numbering(name).startswith(text)]
    if len(begun) == 1 and len(text) >= _LEAST_BEGUN:
        return begun[0]
    # a text that is much longer than all names is similar to none of them, whatever it says
    longest = max((len(strip_numbering(name)) for name in names.values()), default=0)
    if 2 * longest < least * (len(text) + longest):
        return None
    alike = sorted(
        (
            (SequenceMatcher(None, text, strip_numbering(name)).ratio(), key)
            for key, name in names.items()
        ),
        reverse=True,
    )
    if not alike or alike[0][0] < least or (len(alike) > 1 and alike[1][0] > alike[0][0] - 0.1):
        return None
    return alike[0][1]
