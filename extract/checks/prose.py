"""Check that the prose states the same requests, reviews and lawsuits as the tables (`text_*`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gongkai.extract.checks.prose_counts import (
    UNIT,
    Count,
    clause_around,
    disagreeing_totals,
    find_counts,
    is_other_year,
    is_part,
)
from gongkai.extract.checks.sentences import Sentence, is_about_disputes, split_sentences
from gongkai.extract.chinese.quotes import shorten_quote
from gongkai.extract.model.findings import verbatim
from gongkai.extract.model.report import Finding, Number, Section, Table
from gongkai.messages import message

_GAP = r"[^,。;、\d]"
_WHO = r"[^,。;\d]"  # 自然人、法人和其他组织提出的
_RECEIVED = (
    re.compile(
        rf"(?:新收|收到和处理|收到并处理|收到|接收|接到|受理)(?:了|的)?{_WHO}{{0,36}}?"
        rf"(?:信息公开|依申请公开|公开申请|申请){_GAP}{{0,14}}?(\d+){UNIT}"
    ),
    re.compile(
        rf"(?:新收|收到|接收|接到|受理)(?:了|的)?{_GAP}{{0,14}}?(\d+){UNIT}(?:的)?"
        rf"{_GAP}{{0,10}}?(?:信息公开申请|公开申请|依申请公开)"
    ),
    re.compile(
        rf"(?<!全[国省]政府)信息公开申请(?:的)?(?:总数量?|数量|总量|数|量)(?:共|共计|总计)?(?:为|是)?(\d+)(?:{UNIT})?(?=[,。;(])"
    ),
)
_HANDLED = (
    re.compile(
        rf"(?:答复|办结|办理完毕)(?:政府信息公开)?(?:申请)?(?:数量)?(?:共|共计)?(\d+){UNIT}"
    ),
    re.compile(
        rf"(?:办理|处理)(?:了)?(?:政府)?(?:依申请公开|信息公开申请)(?:事项|件)?(?:共|共计)?(\d+){UNIT}"
    ),
)
_UNFINISHED = re.compile(r"撤回|撤销|终止|正在办理|办理中|尚未|未办结|协助|配合")
_CARRIED_OUT = re.compile(
    rf"结转(?:至|到)?(?:下一?年度?|次年)(?:继续)?(?:办理)?(?:的)?(?:申请)?(?:数量)?(?:为|共)?(\d+){UNIT}"
)
_CARRIED_IN = re.compile(
    rf"(?:上一?年度?|20\d\d年度?)结转(?:的)?(?:政府信息公开)?(?:申请)?(?:数量)?(?:为|共)?(\d+){UNIT}"
)
_REVIEW = re.compile(rf"行政复议(?:案件|申请|案)?(?:共|共计|为|数量)?(\d+){UNIT}")
_SUITS = re.compile(rf"(?:行政)?诉讼(?:案件|案)?(?:共|共计|为|数量)?(\d+){UNIT}")
_BOTH = re.compile(r"复议(?:案件)?(?:和|及|与|或|、|/)(?:提起)?(?:行政)?诉讼")

_NOT = r"(?:未曾|未|没有|无|不存在|尚无|从未)(?!经)"
_WHOSE = (
    r"(?:过|任何|形式|有关|相关|关于|公民|法人|其他组织|和|、|或者|或|自然人|单位|个人|群众|社会|公众|的|以?书面|要求|"
    r"申请人?|提出|提交){0,8}(?:政府)?(?:信息)?(?:公开)?(?:的)?"
)
_A_REQUEST = r"(?:依申请公开|公开申请|信息公开申请|申请公开)"
_NO_REQUEST = re.compile(
    r"(?:未曾|未|没有|暂未|尚未)(?:收到|接到|接收到?)"
    rf"{_WHOSE}(?:{_A_REQUEST}(?!减免|费|收费|答复|回复|引起|引发|导致)|申请(?=[,。;、]|事项))"
    rf"|(?:未|没有)受理{_WHOSE}{_A_REQUEST}"
    # 没有依申请公开专职人员 is not about requests
    rf"|(?:没有|无){_WHOSE}{_A_REQUEST}(?=的?(?:情况|情形|事项|件|办件|业务)?(?:[,。;、]|$))"
)
_NO_DISPUTE = re.compile(rf"{_NOT}[^,。;]{{0,26}}?(复议|诉讼)")
_EXCEPT = re.compile(
    r"人大|政协|建议|提案|信访|咨询|来信|来电|投诉|举报|累计|同比|较上|比上|上年度?收|去年|不服|历年|以来共?累计|"
    r"主任信箱|热线|留言|许可申请|行政许可|有效申请|无效申请|往年|以往|近[两三四五六七八九十\d]年|信息公开(?:工作)?无关"
)
_ONLY_SOME = re.compile(r"法人|其他组织|企业|(?<![我本各该])单位|自然人|公民|个人")
_LOST = re.compile(r"败诉|不当|不力|纠正|纠错|撤销|变更|责令|被追究|逾期|超期")


def prose_findings(
    sections: Sequence[Section], tables: Mapping[str, Table], year: int | None
) -> list[Finding]:
    """Return a finding for each count in the prose that no number of the tables explains.

    A count is compared with every number it may refer to: the requests received may include those
    carried in. It is a finding only if none of these numbers matches and all of them could be read.
    """
    numbers = _totals(tables)
    found: dict[tuple[str, str, str], Finding] = {}
    for sentence in split_sentences(sections):
        for finding in (
            *_about_requests(sentence, numbers, year),
            *_about_disputes(sentence, numbers, year),
        ):
            found.setdefault((finding.rule, finding.scope, finding.left), finding)
    return list(found.values())


def _totals(tables: Mapping[str, Table]) -> dict[str, Number]:
    """Return the totals that could be read, by row or proceeding."""
    totals: dict[str, Number] = {}
    for part in ("requests", "review_litigation"):
        for item, row in tables.get(part, {}).items():
            cell = row.get("total")
            if cell is not None and cell.value is not None:
                totals[item] = cell.value
    return totals


def _of_another_year(text: str, year: int | None) -> bool:
    years = {int(y) for y in re.findall(r"(20\d\d)年", text)}
    return year is not None and bool(years) and year not in years


def _about_requests(
    sentence: Sentence, numbers: Mapping[str, Number], year: int | None
) -> Iterator[Finding]:
    text = sentence.text
    if not sentence.about_requests or _EXCEPT.search(text) or _of_another_year(text, year):
        return
    received = _sums(numbers, ("new",), ("new", "carried_in"), ("total_handled",))
    stated = find_counts(_RECEIVED, text, year)
    for number in disagreeing_totals(stated, received):
        yield _count_finding("text_requests", "new", number, received, text)
    if not _UNFINISHED.search(text):
        handled = _sums(numbers, ("total_handled",), ("new",), ("new", "carried_in"))
        for number in disagreeing_totals(find_counts(_HANDLED, text, year), handled):
            yield _count_finding("text_handled", "total_handled", number, handled, text)
    for pattern, item in ((_CARRIED_OUT, "carried_out"), (_CARRIED_IN, "carried_in")):
        carried = _sums(numbers, (item,))
        for number in disagreeing_totals(find_counts((pattern,), text, year), carried):
            yield _count_finding("text_carried", item, number, carried, text)
    if not _LOST.search(text) and not _states_a_total(stated, received):
        for match in _NO_REQUEST.finditer(text):
            if _denies_all(clause_around(text, match)) and not is_other_year(
                text[: match.end()], year
            ):
                yield from _zero_findings("new", numbers.get("new"), text)


def _denies_all(words: str) -> bool:
    """Return whether a denial covers all requests, and not only those of some applicants or months."""
    named = set(_ONLY_SOME.findall(words))
    return (not named or (bool(named & {"自然人", "公民", "个人"}) and len(named) > 1)) and (
        not is_part(_ONLY_SOME.sub("", words))
    )


def _about_disputes(
    sentence: Sentence, numbers: Mapping[str, Number], year: int | None
) -> Iterator[Finding]:
    text = sentence.text
    if not is_about_disputes(sentence) or _EXCEPT.search(text.replace("不服", "")):
        return
    if _of_another_year(text, year):
        return
    review = _sums(numbers, ("review",))
    suits = _sums(numbers, ("suit_direct", "suit_after_review"))
    both = _sums(numbers, ("review", "suit_direct", "suit_after_review"))
    lost = _LOST.search(text)
    if not lost:
        reviews = find_counts((_REVIEW,), text, year, disputes=True)
        for number in disagreeing_totals(reviews, review):
            yield _count_finding("text_review", "review", number, review, text)
        sued = find_counts((_SUITS,), text, year, disputes=True)
        allowed = both | suits if suits and _BOTH.search(text) else suits
        for number in disagreeing_totals(sued, allowed):
            yield _count_finding("text_litigation", "suit_direct", number, allowed, text)
        for match in _NO_DISPUTE.finditer(text):
            words = clause_around(text, match)
            if is_part(words) or is_other_year(text[: match.end()], year):
                continue
            denied = text[match.start() : match.end() + 14].split(",")[0]
            if "复议" in denied and not _states_a_total(reviews, review):
                yield from _zero_findings("review", numbers.get("review"), text)
            if "诉讼" in denied and not _states_a_total(sued, suits):
                yield from _zero_findings("suit_direct", next(iter(suits), None), text)


def _sums(numbers: Mapping[str, Number], *choices: tuple[str, ...]) -> set[Number]:
    """Return the numbers that a statement may refer to, nothing if one of them could not be read."""
    if any(key not in numbers for keys in choices for key in keys):
        return set()
    return {sum(numbers[key] for key in keys) for keys in choices}


def _states_a_total(stated: Sequence[Count], totals: set[Number]) -> bool:
    """Return whether the sentence also states the number of the table.

    It then denies something else.
    """
    return any(count.number and count.number in totals for count in stated)


def _count_finding(rule: str, scope: str, stated: int, allowed: set[Number], text: str) -> Finding:
    totals = [str(number) for number in sorted(allowed)]
    return Finding(
        rule=rule,
        scope=scope,
        verdict="source",
        left=str(stated),
        right="、".join(totals),
        message=message(
            rule,
            n=stated,
            stated=str(stated),
            table=tuple(map(verbatim, totals)),
            quote=shorten_quote(text),
        ),
    )


def _zero_findings(scope: str, total: Number | None, text: str) -> Iterator[Finding]:
    if not total:
        return
    yield Finding(
        rule="text_zero",
        scope=scope,
        verdict="source",
        left="0",
        right=str(total),
        message=message("text_zero", table=str(total), quote=shorten_quote(text)),
    )
