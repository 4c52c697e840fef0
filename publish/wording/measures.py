"""The published measures: what each counts, out of what, and what to beware of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SMALL = 30
"""Below this many cases a rate says little, and is shown only to those who ask for it."""

_HANDLED = "requests_handled"
_CLOSED_ZH = "分母为已审结的件数（总计减尚未审结）"
_CLOSED_EN = "out of those decided (total less pending)"


@dataclass(frozen=True, slots=True)
class Measure:
    """A count (`whole` is "") or a rate: SQL over the columns of `report_summary`."""

    key: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    part: str
    whole: str = ""

    @property
    def is_rate(self) -> bool:
        """Return whether it is a share of something."""
        return bool(self.whole)

    def title(self, lang: str) -> str:
        """Return its name in `lang`."""
        return self.en if lang == "en" else self.zh

    def about(self, lang: str) -> str:
        """Return its definition in `lang`."""
        return self.about_en if lang == "en" else self.about_zh

    def sums(self) -> str:
        """Return SQL that sums part and whole over the reports that have both, and counts those."""
        needed = f"({self.part}) is not null" + (f" and ({self.whole}) is not null" * self.is_rate)
        whole = self.whole or "0"
        return (
            f"sum(case when {needed} then {self.part} end) as {self.key}_part,"
            f" sum(case when {needed} then {whole} end) as {self.key}_whole,"
            f" sum({needed}) as {self.key}_reports"
        )


@dataclass(frozen=True, slots=True)
class Value:
    """What a measure comes to: over `reports` reports, out of `n` cases where it is a rate."""

    part: int | None
    n: int
    reports: int
    is_rate: bool

    @property
    def small(self) -> bool:
        """Return whether it is a rate of too few cases."""
        return self.is_rate and self.n < SMALL

    @property
    def number(self) -> float | int | None:
        """Return the count or the rate, None where there is none."""
        if not self.is_rate:
            return self.part
        return self.part / self.n if self.part is not None and self.n > 0 else None


NOTHING = Value(None, 0, 0, False)


def value(measure: Measure, row: Mapping[str, int | None]) -> Value:
    """Return the value of a measure from a row that has its sums."""
    part, whole = row[f"{measure.key}_part"], row[f"{measure.key}_whole"]
    return Value(part, whole or 0, row[f"{measure.key}_reports"] or 0, measure.is_rate)


COUNTS = (
    Measure(
        "requests_new",
        "新收申请",
        "New requests",
        "本年新收政府信息公开申请数量，总计一栏。",
        "Requests received in the year, the total column.",
        "requests_new",
    ),
    Measure(
        "requests_handled",
        "办结",
        "Handled",
        "本年度办理结果的总计，含上年结转而来的申请。",
        "All outcomes of the year, including requests carried over from the year before.",
        _HANDLED,
    ),
    Measure(
        "granted",
        "公开",
        "Granted",
        "予以公开与部分公开之和。",
        "Granted in full or in part.",
        "granted + granted_partly",
    ),
    Measure(
        "refused",
        "不予公开",
        "Refused",
        "不予公开八项理由之和。",
        "The sum of the eight reasons for refusal.",
        "refused",
    ),
    Measure(
        "unavailable",
        "无法提供",
        "Unavailable",
        "无法提供三项之和：不掌握、需另行制作、补正后仍不明确。",
        "The sum of three: not held, would have to be made, still unclear.",
        "unavailable",
    ),
    Measure(
        "rejected",
        "不予处理",
        "Not processed",
        "不予处理五项之和：信访举报投诉、重复申请等。",
        "The sum of five: complaints, repeated requests and so on.",
        "rejected",
    ),
    Measure(
        "reviews",
        "行政复议",
        "Reviews",
        "因信息公开提起的行政复议总计。不与诉讼相加。",
        "Administrative reviews over open information. Never added to lawsuits.",
        "reviews",
    ),
    Measure(
        "suits",
        "行政诉讼",
        "Lawsuits",
        "未经复议直接起诉与复议后起诉之和。",
        "Filed directly, or after a review.",
        "suits",
    ),
)

RATES = (
    Measure(
        "disclosure_rate",
        "公开率",
        "Disclosure rate",
        "（予以公开＋部分公开）÷ 办理结果总计。申请的难易各地不同，高低不等于优劣。",
        "(Granted + granted in part) / handled. Requests differ from place to place: a higher "
        "rate is not a better agency.",
        "granted + granted_partly",
        _HANDLED,
    ),
    Measure(
        "refusal_rate",
        "不予公开率",
        "Refusal rate",
        "不予公开八项之和 ÷ 办理结果总计。",
        "The eight reasons for refusal / handled.",
        "refused",
        _HANDLED,
    ),
    Measure(
        "unavailable_rate",
        "无法提供率",
        "Unavailable rate",
        "无法提供三项之和 ÷ 办理结果总计。申请人问错机关也计入其中。",
        "Its three items / handled. Requests put to the wrong agency count here too.",
        "unavailable",
        _HANDLED,
    ),
    Measure(
        "rejection_rate",
        "不予处理率",
        "Rejection rate",
        "不予处理五项之和 ÷ 办理结果总计。一人大量重复申请即可使其骤升。",
        "Its five items / handled. One person's repeated requests can make it jump.",
        "rejected",
        _HANDLED,
    ),
    Measure(
        "review_correction_rate",
        "复议纠错率",
        "Reviews: corrected",
        f"结果纠正的复议 ÷ 已审结的复议。{_CLOSED_ZH}。",
        f"Corrected reviews {_CLOSED_EN}.",
        "reviews_corrected",
        "reviews - reviews_pending",
    ),
    Measure(
        "suit_correction_rate",
        "诉讼纠错率",
        "Lawsuits: corrected",
        f"结果纠正的诉讼 ÷ 已审结的诉讼，两类合计。{_CLOSED_ZH}；不与复议相加。",
        f"Corrected lawsuits of both kinds {_CLOSED_EN}; never added to reviews.",
        "suits_corrected",
        "suits - suits_pending",
    ),
)

MEASURES: Mapping[str, Measure] = {each.key: each for each in (*COUNTS, *RATES)}
"""Every published measure by its key."""
