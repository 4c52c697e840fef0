"""The variables of the pooled panel: from which cell of each layout, and whether the layouts pool.

A variable pools where both layouts print the same thing. What only one of them prints, or counts in
another way, has a variable of its own, and no cell in the other layout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from gongkai.catalogue import LANGUAGES, Language, text
from gongkai.extract.forms import FORM_2019, FORM_2021, Form, Item

Unit = Literal["count", "wan_yuan", "share"]
UNITS: tuple[Unit, ...] = ("count", "wan_yuan", "share")
"""Units of values: cases, documents or decisions; ten thousand yuan; a share between 0 and 1."""

CellKey = tuple[str, str, str]
"""Part, item and field of a cell, as in the view `cells`."""

REQUESTS, DISPUTES = "requests", "review_litigation"
OTHER_HANDLING = "other_handling"

MEASURES = {
    "disclosed": "",
    "refused": "",
    "unavailable": "",
    "rejected": "",
    "reviews": "",
    "suits": "",
    "disclosure_rate": "requests_handled",
    "refusal_rate": "requests_handled",
    "unavailable_rate": "requests_handled",
    "rejection_rate": "requests_handled",
    "review_correction_rate": "reviews_decided",
    "suit_correction_rate": "suits_decided",
}
"""Published measures that are no cell of the form, and of a rate its denominator. They have the same
names in `report_summary`."""

NUMERATORS = {
    "disclosure_rate": "disclosed",
    "refusal_rate": "refused",
    "unavailable_rate": "unavailable",
    "rejection_rate": "rejected",
    "review_correction_rate": "reviews_corrected",
    "suit_correction_rate": "suits_corrected",
}
"""Of each rate its numerator, a column of `report_summary`."""

RENAMED = {
    "new": "requests_new",
    "carried_in": "requests_carried_in",
    "total_handled": "requests_handled",
    "carried_out": "requests_carried_out",
}
"""Rows of table two whose keys say too little outside of it, as `report_summary` names them."""

_OWN_TITLES = ("requests_carried_in", "requests_carried_out", OTHER_HANDLING)
_OTHER_ROWS = ("other_overdue_correction", "other_overdue_fee", "other")


@dataclass(frozen=True, slots=True)
class PanelVariable:
    """A variable of the panel.

    `cells` has its cell by the id of the layout; a layout that does not print it has none. `column` is
    the column of `report_summary` that has its value, "" where a cell has it, and `whole` that of the
    denominator of a rate. `why` is the key of the text that says why the layouts pool, or do not.
    """

    name: str
    titles: Mapping[Language, str]
    unit: Unit
    why: str
    cells: Mapping[str, CellKey]
    column: str = ""
    whole: str = ""

    @property
    def pools(self) -> bool:
        """Whether values of both layouts may stand in one series."""
        return bool(self.column) or len(self.cells) > 1

    def reason(self, lang: Language) -> str:
        """Return in a language why the layouts pool, or do not."""
        return text(lang, f"crosswalk.{self.why}")


@cache
def panel_variables() -> tuple[PanelVariable, ...]:
    """Return all variables: of table two, table three, table one, then the measures."""
    return (*_requests(), *_applicants(), *_disputes(), *_disclosures(), *_measures())


def _requests() -> Iterator[PanelVariable]:
    before = {item.key for item in FORM_2019.items}
    for item in FORM_2021.items:
        cell = (REQUESTS, item.key, "total")
        if item.key == "other":
            yield _only("other_2021", _joined(item), "other_split", "2021", cell)
        elif item.key not in before:
            yield _only(item.key, _joined(item), "other_split", "2021", cell)
        else:
            name = RENAMED.get(item.key, item.key)
            yield PanelVariable(name, _titles(name, item), "count", "same_row", _both(cell))
    yield PanelVariable(
        OTHER_HANDLING,
        _named(f"variable.{OTHER_HANDLING}"),
        "count",
        "other_whole",
        {},
        OTHER_HANDLING,
    )


def _titles(name: str, item: Item) -> Mapping[Language, str]:
    if name in _OWN_TITLES:
        return _named(f"variable.{name}")
    return _named(f"measure.{name}") if item.key in RENAMED else _joined(item)


def _joined(item: Item) -> Mapping[Language, str]:
    """Return the label of a row, in Chinese after that of its group; the English one has both."""
    family = item.key.partition("_")[0]
    is_ground = family in ("refused", "unavailable", "rejected", "other")
    head = f"{text('zh', f'code.family.{family}')}：" if is_ground else ""
    return {"zh": f"{head}{item.zh}", "en": item.en}


def _applicants() -> Iterator[PanelVariable]:
    for column in FORM_2021.applicants:
        if column.key == "total":
            continue
        name = f"requests_new_{column.key}"
        titles: Mapping[Language, str] = {
            "zh": f"{text('zh', 'measure.requests_new')}：{column.zh}",
            "en": f"{text('en', 'measure.requests_new')}: {column.en}",
        }
        cell = (REQUESTS, "new", column.key)
        yield PanelVariable(name, titles, "count", "same_row", _both(cell))


def _disputes() -> Iterator[PanelVariable]:
    for proceeding in FORM_2021.proceedings:
        for result in FORM_2021.results:
            titles: Mapping[Language, str] = {
                "zh": f"{proceeding.zh}：{result.zh}",
                "en": f"{proceeding.en}: {result.en}",
            }
            cell = (DISPUTES, proceeding.key, result.key)
            name = f"{proceeding.key}_{result.key}"
            yield PanelVariable(name, titles, "count", "same_row", _both(cell))


def _disclosures() -> Iterator[PanelVariable]:
    pooled = set(FORM_2021.disclosure_keys) & set(FORM_2019.disclosure_keys)
    for form in (FORM_2021, FORM_2019):
        for row in form.disclosures:
            for column in row.columns:
                titles: Mapping[Language, str] = {
                    "zh": f"{row.zh}：{column.zh}",
                    "en": column.en,
                }
                cell = (form.part, "", column.key)
                if column.key not in pooled:
                    unit: Unit = "wan_yuan" if column.unit else "count"
                    yield _only(column.key, titles, _why_apart(column.key), form.id, cell, unit)
                elif form is FORM_2021:
                    cells: Mapping[str, CellKey] = {
                        each.id: (each.part, "", column.key) for each in _FORMS
                    }
                    yield PanelVariable(column.key, titles, "count", "same_decisions", cells)


def _why_apart(key: str) -> str:
    """Return why a column of section two has no counterpart in the other layout."""
    if key.startswith("fees"):
        return "fees_differ"
    if key.startswith(("regulations", "normative_docs")):
        return "documents_differ"
    return "dropped_in_2021"


def _measures() -> Iterator[PanelVariable]:
    for name, whole in MEASURES.items():
        unit: Unit = "share" if whole else "count"
        yield PanelVariable(name, _named(f"measure.{name}"), unit, "same_measure", {}, name, whole)


def _only(
    name: str,
    titles: Mapping[Language, str],
    why: str,
    form: str,
    cell: CellKey,
    unit: Unit = "count",
) -> PanelVariable:
    """Return a variable that one layout has."""
    return PanelVariable(name, titles, unit, why, {form: cell})


def _both(cell: CellKey) -> Mapping[str, CellKey]:
    return {form.id: cell for form in _FORMS}


def _named(key: str) -> Mapping[Language, str]:
    return {lang: text(lang, key) for lang in LANGUAGES}


_FORMS: tuple[Form, ...] = (FORM_2021, FORM_2019)

__all__ = ["MEASURES", "NUMERATORS", "UNITS", "PanelVariable", "Unit", "panel_variables"]
