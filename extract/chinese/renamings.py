"""Changes of names that a report tells: 原扶贫开发办公室更名为乡村振兴局."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BODY = r"[\u4e00-\u9fff（）()]{2,30}?(?:委员会|办公室|办公厅|人民政府|办事处|局|厅|委|办)"
_RENAMED = re.compile(
    rf"(?:^|[，。；、：\s由将为“‘「《]|原)({_BODY}[”’」》]?)(?:正式|已|统一){{0,2}}(?:更名|改名|改称)为[“‘「《]?({_BODY})(?=[”’」》，。；、：（(\s]|$)"
)
_SENTENCE = re.compile(r"[^。；\n]{1,300}")
_WORDS = ("更名为", "改名为", "改称为")
_LEADING = re.compile(
    r"^(?:.{0,20}?(?:机构改革|改革方案|机构改革要求|有关规定|要求|批复|通知|起)(?:中|后)?)?"
    r"(?:我|本)?(?:[单机]位)?(?:由|将|原|从)+"
)


_YEAR = re.compile(r"(20[0-2]\d)年")


@dataclass(frozen=True, slots=True)
class Renaming:
    """Two names of one body as a sentence gives them. `year` is the last one that it names, or None."""

    old: str
    new: str
    year: int | None
    sentence: str


def stated_renamings(text: str) -> tuple[Renaming, ...]:
    """Return the changes of names that a text tells, each once.

    >>> stated_renamings("2021年5月，原县扶贫开发办公室更名为县乡村振兴局。")[0].old
    '县扶贫开发办公室'
    >>> stated_renamings("公众号更名为“平罗发布”。")
    ()
    """
    found: dict[tuple[str, str], Renaming] = {}
    if not any(word in text for word in _WORDS):
        return ()
    for sentence in _SENTENCE.findall(text):
        if not any(word in sentence for word in _WORDS):
            continue
        for match in _RENAMED.finditer(sentence):
            old = _LEADING.sub("", match[1]).strip("”’」》")
            if old and old != match[2]:
                years = _YEAR.findall(sentence, 0, match.start(1))
                year = int(years[-1]) if years else None
                found.setdefault((old, match[2]), Renaming(old, match[2], year, sentence.strip()))
    return tuple(found.values())
