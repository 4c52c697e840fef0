"""The published measures: what each counts, and out of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.catalogue import Language, text

MIN_DENOMINATOR = 30
"""A rate of fewer cases than this says little; it is shown on request only."""

_HANDLED = "requests_handled"


@dataclass(frozen=True, slots=True)
class Measure:
    """A count or a rate, as SQL over the columns of `report_summary`.

    `part` is the count, or the numerator of a rate; `whole` is the denominator, "" for a count.
    """

    key: str
    part: str
    whole: str = ""

    @property
    def is_rate(self) -> bool:
        """Whether the measure is a share of something."""
        return bool(self.whole)

    def title(self, lang: Language) -> str:
        """Return the name of the measure in a language."""
        return text(lang, f"measure.{self.key}")

    def about(self, lang: Language) -> str:
        """Return the definition of the measure in a language."""
        return text(lang, f"measure.{self.key}.about")

    def sums(self) -> str:
        """Return SQL that sums part and whole over the reports that have both, and counts those."""
        needed = f"({self.part}) IS NOT NULL"
        if self.is_rate:
            needed += f" AND ({self.whole}) IS NOT NULL"
        whole = self.whole or "0"
        return (
            f"sum(CASE WHEN {needed} THEN {self.part} END) AS {self.key}_part,"
            f" sum(CASE WHEN {needed} THEN {whole} END) AS {self.key}_whole,"
            f" sum({needed}) AS {self.key}_reports"
        )


@dataclass(frozen=True, slots=True)
class MeasureValue:
    """The value of a measure over `reports` reports, with the denominator `n` of a rate."""

    part: int | None
    n: int
    reports: int
    is_rate: bool

    @property
    def is_small(self) -> bool:
        """Whether this is a rate of too few cases."""
        return self.is_rate and self.n < MIN_DENOMINATOR

    @property
    def number(self) -> float | int | None:
        """The count or the rate, None where there is no figure."""
        if not self.is_rate:
            return self.part
        return self.part / self.n if self.part is not None and self.n > 0 else None


NO_VALUE = MeasureValue(None, 0, 0, False)
"""The value of a measure where there are no reports."""


def measure_value(measure: Measure, row: Mapping[str, int | None]) -> MeasureValue:
    """Return the value of a measure from a row that has its sums."""
    part, whole = row[f"{measure.key}_part"], row[f"{measure.key}_whole"]
    return MeasureValue(part, whole or 0, row[f"{measure.key}_reports"] or 0, measure.is_rate)


COUNTS = (
    Measure("requests_new", "requests_new"),
    Measure("requests_handled", _HANDLED),
    Measure("granted", "granted + granted_partly"),
    Measure("refused", "refused"),
    Measure("unavailable", "unavailable"),
    Measure("rejected", "rejected"),
    Measure("reviews", "reviews"),
    Measure("suits", "suits"),
)
"""The measures that count, in the order in which they are shown."""

RATES = (
    Measure("disclosure_rate", "granted + granted_partly", _HANDLED),
    Measure("refusal_rate", "refused", _HANDLED),
    Measure("unavailable_rate", "unavailable", _HANDLED),
    Measure("rejection_rate", "rejected", _HANDLED),
    Measure("review_correction_rate", "reviews_corrected", "reviews - reviews_pending"),
    Measure("suit_correction_rate", "suits_corrected", "suits - suits_pending"),
)
"""The measures that are rates, in the order in which they are shown."""

MEASURES: Mapping[str, Measure] = {each.key: each for each in (*COUNTS, *RATES)}
"""Every published measure by its key."""
