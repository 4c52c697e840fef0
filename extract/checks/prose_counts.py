"""Find the counts in a sentence, and tell totals from parts and estimates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

UNIT = "(?:件次|件|条|份|宗|起|例)"
_ROUGHLY = re.compile(r"(?:约|近|超|逾|超过|不足|不到|多达|以上)(?:为|有|共)?$")
_OR_SO = re.compile(r"^(?:左右|上下|以上|以内|之多)")
_FEES = re.compile("费")
_FEES_AND_DISPUTES = re.compile("复议|诉讼|费")
_CLAUSE = re.compile(r"[,。;]")
_EVERYBODY = re.compile(
    r"(?:公民|自然人|个人|群众|社会公众)(?:[、,和及或]|或者|以及)*"
    r"(?:法人|企业|单位|组织)(?:(?:[、,和及或]|或者|以及)*(?:其他|其它)?(?:社会)?组织)?"
)
_PART = re.compile(
    # requests of a channel
    r"其中|网上|网络|网站|平台|信函|来函|邮寄|邮政|邮件|电子|现场|当面|当场|线上|线下|传真|书面|口头"
    # of a part of the year
    r"|上半年|下半年|季度|\d{1,2}月(?!\d)"
    # of some applicants
    r"|自然人|法人|企业|公民|个人"
    # of one office, or of other offices
    r"|本级|局机关|下属|所属|乡镇|街道|部门|科室|办公室|各|转办|转交|转来|移送|交办|协助|配合|申请表"
    # of an outcome
    r"|予以|部分公开|不予|无法|撤回|实际|按时|逾期"
)
_PART_OF_DISPUTES = re.compile(r"维持|一审|二审|结转|新增|作为被")
_OF_ONE_OFFICE = re.compile(r"本级|[局厅委]机关")
_WHOLE = re.compile(r"共收到|共受理|总计|合计|共计收到|共新收")


@dataclass(frozen=True, slots=True)
class Count:
    """A number in a sentence. `part` is true if it does not count everything that the table counts."""

    number: int
    part: bool


def find_counts(
    patterns: Iterable[re.Pattern[str]], text: str, year: int | None, disputes: bool = False
) -> list[Count]:
    """Return the numbers that group 1 of the patterns matches.

    Estimates, fees and other years are left out. With `disputes`, reviews and lawsuits are counted,
    otherwise requests.
    """
    without = _FEES if disputes else _FEES_AND_DISPUTES
    found: dict[int, Count] = {}
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span(1)
            rough = _ROUGHLY.search(text[:start]) or _OR_SO.search(text[match.end() :])
            if rough or without.search(match[0]) or is_other_year(text[:start], year):
                continue
            words = clause_around(text, match)
            # 市本级共收到86件，答复85件: the whole of one office
            part = is_part(words) or _OF_ONE_OFFICE.search(text[:start]) is not None
            part = part or (disputes and _PART_OF_DISPUTES.search(words) is not None)
            found[start] = Count(int(text[start:end]), part)
    return list(found.values())


def disagreeing_totals(stated: list[Count], allowed: set[int | float]) -> Iterator[int]:
    """Yield the stated total if the table does not have it.

    If one of several numbers is that of the table, or their sum is, the others are its parts.
    """
    numbers = [count.number for count in stated]
    if not allowed or not numbers or sum(numbers) in allowed or allowed.intersection(numbers):
        return
    yield from [count.number for count in stated if not count.part][:1]


def clause_around(text: str, match: re.Match[str]) -> str:
    """Return the clause around a match, from one punctuation mark to the next."""
    start = max((stop.end() for stop in _CLAUSE.finditer(text, 0, match.start())), default=0)
    stop = _CLAUSE.search(text, match.end())
    return text[start : stop.start() if stop else len(text)]


def is_part(words: str) -> bool:
    """Return whether a clause counts only some requests: of a channel, a month or an applicant."""
    others = _EVERYBODY.sub("", words)
    return bool(_PART.search(others)) and not (_WHOLE.search(others) and "其中" not in others)


def is_other_year(before: str, year: int | None) -> bool:
    """Return whether the last year that is named differs from the year of the report."""
    named = re.findall(r"(20\d\d)年", before)
    return bool(named) and year is not None and int(named[-1]) != year
