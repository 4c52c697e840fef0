"""The published measures: what each counts, and out of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import COUNTED, FORMER_KEYS, RATED, SummedMeasure
from gongkai.catalogue import Language, text

MIN_DENOMINATOR = 30
"""A rate of fewer cases than this says little; it is shown on request only."""


@dataclass(frozen=True, slots=True)
class Measure(SummedMeasure):
    """A count or a rate with its name and its definition.

    `part` is the count, or the numerator of a rate; `whole` is the denominator, "" for a count.
    """

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


def measure_value(measure: SummedMeasure, row: Mapping[str, int | None]) -> MeasureValue:
    """Return the value of a measure from a row that has its sums."""
    part, whole = row[f"{measure.key}_part"], row[f"{measure.key}_whole"]
    return MeasureValue(part, whole or 0, row[f"{measure.key}_reports"] or 0, bool(measure.whole))


COUNTS = tuple(Measure(each.key, each.part) for each in COUNTED)
"""The measures that count, in the order in which they are shown."""

RATES = tuple(Measure(each.key, each.part, each.whole) for each in RATED)
"""The measures that are rates, in the order in which they are shown."""

MEASURES: Mapping[str, Measure] = {each.key: each for each in (*COUNTS, *RATES)}
"""Every published measure by its key."""


def present_key(key: str) -> str:
    """Return the key that a measure has now; older addresses have its former one."""
    return FORMER_KEYS.get(key, key)


def present_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys that measures have now, each once."""
    return tuple(dict.fromkeys(map(present_key, keys)))
