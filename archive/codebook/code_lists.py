"""The codes in the columns of the archive, with their labels: status, form, level, rule and so on."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gongkai.archive.store.measures_sql import BODIES, COMPILED, GOVERNMENT, SERIES
from gongkai.archive.store.pooled.variables import UNITS, PanelVariable, panel_variables
from gongkai.catalogue import Language, text
from gongkai.extract.forms import FORM_2019, FORM_2021, Column, Item

Label = Callable[[Language], str]
"""Gives the label of a code in a language."""


def _from_catalogue(key: str) -> Label:
    return lambda lang: text(lang, key)


def _coded(column: str, *codes: str) -> dict[str, Label]:
    """Return labels whose texts are `code.COLUMN.CODE`."""
    return {code: _from_catalogue(f"code.{column}.{code}") for code in codes}


def _of_form(labelled: Item | Column, row: str = "") -> Label:
    """Return the label of a row or column of the form, in Chinese after the label of its row."""
    return lambda lang: labelled.en if lang == "en" else f"{row}{labelled.zh}"


RULE_IDS = (
    # the tables of a report
    "requests_balance",
    "requests_outcome_sum",
    "requests_row_total",
    "review_total",
    "litigation_total",
    "active_disclosure_cells",
    "row_shape",
    "readings_disagree",
    # its text
    "text_requests",
    "text_review",
    "text_litigation",
    "text_handled",
    "text_carried",
    "text_zero",
    "text_sum",
    "placeholder",
    "period",
    "year_sources",
    "section_missing",
    "section_empty",
    # reports beside each other
    "carry_over",
    "in_force_continuity",
    "deadline",
    "near_duplicate",
    "foreign_place",
)
"""The rules that reports are checked against, in the order in which they are shown."""

VERDICTS = ("source", "extraction", "unsure")
"""The likely causes of a failed check, in the order in which they are shown."""

PARTS = _coded(
    "part",
    "active_disclosure",
    "active_disclosure_2019",
    "requests",
    "review_litigation",
    "sections",
    "sentences",
)
PROCEEDINGS = _coded("proceeding", "review", "suit_direct", "suit_after_review")
SECTION_NUMBERS = _coded("number", "1", "2", "3", "4", "5", "6")
ITEMS = {item.key: _of_form(item) for item in FORM_2021.items}
APPLICANTS = {column.key: _of_form(column) for column in FORM_2021.applicants}
RESULTS = {column.key: _of_form(column) for column in FORM_2021.results}
DISCLOSURE = {
    column.key: _of_form(column, row.zh)
    for form in (FORM_2019, FORM_2021)
    for row in form.disclosures
    for column in row.columns
}


def _title_of(variable: PanelVariable) -> Label:
    return lambda lang: variable.titles[lang]


def _series_label(series: str) -> Label:
    """Return whose reports a series has, such as "Governments (county)"."""
    if series == BODIES:
        return _from_catalogue("series_bodies")
    beginning, key = (
        (GOVERNMENT, "series_government")
        if series.startswith(GOVERNMENT)
        else (COMPILED, "series_compiled")
    )
    level = series.removeprefix(beginning)
    known = "unknown" if level == "unknown" else f"code.level.{level}"
    return lambda lang: text(lang, key, level=text(lang, known))


CODES: Mapping[str, Mapping[str, Label]] = {
    "status": _coded(
        "status",
        "complete",
        "partial",
        "text_only",
        "unreadable",
        "removed",
        "found",
        "late",
        "missing",
        "blocked",
        "unclear",
        "not_looked",
    ),
    "covers": _coded("covers", "own", "compiled", "unclear"),
    "why": _coded(
        "why",
        *("law", "own_reports", "tree", "region", "name", "year", "site"),
        *("operator", "stated", "rule"),
    ),
    "ground": _coded(
        "ground", "government", "department", "town", "zone", "vertical", "branch", "other"
    ),
    "family": _coded("family", "refused", "unavailable", "rejected", "other"),
    "form": _coded("form", "2021", "2019", "legacy"),
    "level": _coded("level", "country", "province", "city", "county", "town"),
    "kind": _coded(
        "kind",
        *("government", "department", "office", "crawl", "build", "check"),
        *("run", "add", "genesis", "leftover", "merge"),
        *("renamed", "merged", "split", "new", "ended"),
    ),
    "reports": _coded("reports", "none"),
    "role": _coded("role", "page", "file", "attachment"),
    "clock": _coded("clock", "wrong", "marked", "doubtful"),
    "event": _coded("event", "edited", "removed"),
    "review": {**_coded("review", "confirmed", "rejected"), **_coded("verdict", *VERDICTS)},
    "current": _coded("current", "1", "0"),
    "verdict": _coded("verdict", *VERDICTS),
    "note": _coded("note", "blank", "dash", "odd", "unreadable", "missing", "ocr"),
    "outcome": _coded(
        "outcome",
        "report",
        "list",
        "attachments_only",
        "image_tables",
        "scan",
        "blocked",
        "not_report",
        "unreadable",
        "error",
        "part",
        "ok",
        "failed",
        "partial",
        "incomplete",
        "hostile",
        "busy",
        "interrupted",
    ),
    "part": PARTS,
    "item": ITEMS,
    "proceeding": PROCEEDINGS,
    "rule": {rule: _from_catalogue(f"rule.{rule}") for rule in RULE_IDS},
    "field": {**DISCLOSURE, **RESULTS, **APPLICANTS, **_coded("field", "heading", "text")},
    "number": SECTION_NUMBERS,
    "series": {series: _series_label(series) for series in SERIES},
    "variable": {each.name: _title_of(each) for each in panel_variables()},
    "unit": _coded("unit", *UNITS),
    "part_2019": PARTS,
    "part_2021": PARTS,
    "pools": _coded("pools", "1", "0"),
    "absence": _coded(
        "absence",
        *("blank", "dash", "odd", "unreadable", "missing"),
        *("not_in_form", "incomplete", "contradictory", "no_cases"),
    ),
}
"""The label of every code, by the name of the column and the code."""
