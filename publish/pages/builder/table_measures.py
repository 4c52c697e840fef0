"""What a built table can have as its columns: the published measures, every ground, every outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gongkai.archive.store.measures_sql import REASONS
from gongkai.catalogue import Language, text
from gongkai.extract.forms import FORM_2021
from gongkai.publish.wording.codes import ITEMS, PROCEEDINGS, RESULTS
from gongkai.publish.wording.measures import COUNTS, RATES, Measure

GROUND_PREFIX = "ground_"
GROUNDS = tuple(key for key, family in REASONS.items() if key != family or family == "other")
"""Rows of table two that say why a request was not granted, in printed order."""

OUTCOMES = tuple(
    (proceeding, column.key) for proceeding in PROCEEDINGS for column in FORM_2021.results
)
"""Proceedings of table three with their outcomes, in printed order."""


@dataclass(frozen=True, slots=True)
class TableMeasure:
    """A column of a built table.

    `measure` has SQL over the columns of `report_summary` and over the column `source`, which is SQL of
    its own for a row `a` of `report_summary`: "" where the measure needs none.
    """

    measure: Measure
    source: str = ""
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
            family = REASONS[self.ground]
            head = text(lang, f"code.family.{family}")
            return f"{head}{text(lang, 'colon')}{ITEMS[self.ground](lang)}"
        if self.proceeding:
            head = PROCEEDINGS[self.proceeding](lang)
            return f"{head}{text(lang, 'colon')}{RESULTS[self.outcome](lang)}"
        return self.measure.title(lang)

    def about(self, lang: Language) -> str:
        """Return the definition of the column, "" for a cell of the form."""
        return "" if self.source else self.measure.about(lang)


def _ground(item: str) -> TableMeasure:
    key = f"{GROUND_PREFIX}{item}"
    source = (
        f"(SELECT q.total FROM requests q WHERE q.report_id = a.report_id AND q.item = '{item}')"
    )
    return TableMeasure(Measure(key, key), source, ground=item)


def _outcome(proceeding: str, result: str) -> TableMeasure:
    key = f"{proceeding}_{result}"
    source = (
        f"(SELECT q.{result} FROM review_litigation q"
        f" WHERE q.report_id = a.report_id AND q.proceeding = '{proceeding}')"
    )
    return TableMeasure(Measure(key, key), source, proceeding=proceeding, outcome=result)


COUNT_COLUMNS = tuple(TableMeasure(measure) for measure in COUNTS)
RATE_COLUMNS = tuple(TableMeasure(measure) for measure in RATES)
GROUND_COLUMNS = tuple(_ground(item) for item in GROUNDS)
OUTCOME_COLUMNS = tuple(_outcome(*pair) for pair in OUTCOMES)
TABLE_MEASURES: Mapping[str, TableMeasure] = {
    each.key: each for each in (*COUNT_COLUMNS, *RATE_COLUMNS, *GROUND_COLUMNS, *OUTCOME_COLUMNS)
}
"""Every column by its key, in the order in which they are offered."""
