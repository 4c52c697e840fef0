"""What a built table can have as its columns: the published measures, every ground, every outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import (
    DECIDED,
    GROUNDED,
    GROUNDS,
    OTHER_2019,
    OUTCOMES,
    REASONS,
    SummedMeasure,
    without_whole,
)
from gongkai.catalogue import Language, text
from gongkai.publish.wording.codes import ITEMS, PROCEEDINGS, RESULTS
from gongkai.publish.wording.measures import COUNTS, RATES, Measure


@dataclass(frozen=True, slots=True)
class TableMeasure:
    """A column of a built table: a published measure, a ground, or an outcome of a proceeding."""

    measure: Measure
    ground: str = ""
    proceeding: str = ""
    outcome: str = ""

    @property
    def key(self) -> str:
        """The key in addresses."""
        return self.measure.key

    def title(self, lang: Language) -> str:
        """Return the name of the column in a language."""
        if self.ground:
            return ground_title(self.ground, lang)
        if self.proceeding:
            head = PROCEEDINGS[self.proceeding](lang)
            return f"{head}{text(lang, 'colon')}{RESULTS[self.outcome](lang)}"
        return self.measure.title(lang)

    def about(self, lang: Language) -> str:
        """Return the definition of the column, "" for a cell of the form."""
        return "" if self.ground or self.proceeding else self.measure.about(lang)


def ground_title(ground: str, lang: Language) -> str:
    """Return the name of a ground with that of its family."""
    if ground == OTHER_2019:
        return text(lang, "ground_other_2019")
    name = ITEMS[ground](lang)
    if lang == "en":  # English names begin with the family
        return name
    return f"{text(lang, f'code.family.{REASONS[ground]}')}{text(lang, 'colon')}{name}"


def _counted(each: SummedMeasure) -> Measure:
    count = without_whole(each)
    return Measure(count.key, count.part, sources=count.sources)


COUNT_COLUMNS = tuple(TableMeasure(measure) for measure in COUNTS)
RATE_COLUMNS = tuple(TableMeasure(measure) for measure in RATES)
GROUND_COLUMNS = tuple(
    TableMeasure(_counted(each), ground=ground)
    for each, ground in zip(GROUNDED, GROUNDS, strict=True)
)
OUTCOME_COLUMNS = tuple(
    TableMeasure(_counted(each), proceeding=proceeding, outcome=outcome)
    for each, (proceeding, outcome) in zip(DECIDED, OUTCOMES, strict=True)
)
TABLE_MEASURES: Mapping[str, TableMeasure] = {
    each.key: each for each in (*COUNT_COLUMNS, *RATE_COLUMNS, *GROUND_COLUMNS, *OUTCOME_COLUMNS)
}
"""Every column by its key, in the order in which they are offered."""
