"""The panel and the crosswalk of the layouts, as SQL made from the variables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gongkai.archive.store.pooled.variables import (
    DISPUTES,
    NUMERATORS,
    OTHER_HANDLING,
    REQUESTS,
    PanelVariable,
    panel_variables,
)
from gongkai.extract.forms import FORM_2019, FORM_2021

FORM_IDS = (FORM_2021.id, FORM_2019.id)
"""The layouts that a report in the panel has."""

SUMMARY = "summary"
"""Stands for `report_summary` in the place of the part of a cell."""

NOT_IN_FORM, MISSING, INCOMPLETE = "not_in_form", "missing", "incomplete"
"""Why a value is missing: the layout does not print it; no other reason is known; it is computed from
figures of which one is missing."""

UNREAD = {"ocr": "unreadable"}
"""Notes of cells that are another reason why the value is missing."""

WHOLES = {
    "requests_handled": "s.requests_handled",
    "reviews_decided": "s.reviews - s.reviews_pending",
    "suits_decided": "s.suits - s.suits_pending",
}
"""What a rate is a share of, as printed: below zero where more cases are pending than there are."""

_WHOLES = " ".join(f"WHEN '{name}' THEN {sql}" for name, sql in WHOLES.items())
_NUMERATORS = " ".join(f"WHEN '{rate}' THEN s.{part}" for rate, part in NUMERATORS.items())
_UNREAD = " ".join(f"WHEN note = '{note}' THEN '{reason}'" for note, reason in UNREAD.items())


def absent_share_sql(part: str, whole: str) -> str:
    """Return SQL for why a share is missing."""
    return (
        f"CASE WHEN {part} > {whole} THEN 'contradictory'"
        f" WHEN {whole} = 0 THEN 'no_cases' ELSE '{INCOMPLETE}' END"
    )


def crosswalk_sql() -> str:
    """Return the SELECT of `form_crosswalk`: one row for each variable, in the order of the forms."""
    columns = (
        *("variable", "title_zh", "title_en", "unit", "pools"),
        *(f"{name}_{form}" for form in ("2019", "2021") for name in ("part", "item", "field")),
        *("why_zh", "why_en"),
    )
    rows = ",\n".join(f"({', '.join(_crosswalk_row(each))})" for each in panel_variables())
    return f"WITH w({', '.join(columns)}) AS (VALUES {rows})\nSELECT {', '.join(columns)} FROM w"


def _crosswalk_row(each: PanelVariable) -> Iterator[str]:
    yield from map(_text, (each.name, each.titles["zh"], each.titles["en"], each.unit))
    yield str(int(each.pools))
    for form in (FORM_2019.id, FORM_2021.id):
        yield from _cell_of(each, form)
    yield from map(_text, (each.reason("zh"), each.reason("en")))


def _cell_of(each: PanelVariable, form: str) -> tuple[str, str, str]:
    """Return part, item and field of a cell as SQL; of （六）其他处理 the rows that it is the sum of."""
    if each.name == OTHER_HANDLING:
        items = [i.key for i in (FORM_2019 if form == "2019" else FORM_2021).items]
        rows = " ".join(key for key in items if key.partition("_")[0] == "other")
        return _text(REQUESTS), _text(rows), "'total'"
    if form not in each.cells:
        return "NULL", "NULL", "NULL"
    part, item, field = each.cells[form]
    return _text(part), _text(item), _text(field)


def panel_sql(series: str, *, whole: bool = True) -> str:
    """Return the SELECT of `panel`: a row for each complete report and each variable.

    `series` is SQL for the series of a report, over the columns of `report_summary`. `whole` is for an
    archive in which `report_summary` is a view: it is computed once, not once for each variable.
    """
    hint = "MATERIALIZED" if whole else "NOT MATERIALIZED"
    return f"""
WITH s AS {hint} (SELECT *, {series} AS series FROM report_summary WHERE status = 'complete'),
v(form, place, variable, unit, part, item, field, whole) AS (VALUES
{_variable_rows()})
SELECT report_id, agency_id, agency, region_code, year, form, series, variable, value, unit, note,
       CASE WHEN value IS NOT NULL THEN NULL WHEN part = '' THEN '{NOT_IN_FORM}'
            WHEN part = '{SUMMARY}' THEN {absent_share_sql("numerator", "whole")}
            {_UNREAD} ELSE coalesce(note, '{MISSING}') END AS absence
FROM (
  SELECT s.report_id, s.agency_id, s.agency, s.region_code, s.year, s.form, s.series,
         v.variable, v.unit, v.part, n.note,
         CASE v.part WHEN '{REQUESTS}' THEN {_picked("q", (c.key for c in FORM_2021.applicants))}
              WHEN '{DISPUTES}' THEN {_picked("l", (c.key for c in FORM_2021.results))}
              WHEN '{FORM_2021.part}' THEN {_picked("d", FORM_2021.disclosure_keys)}
              WHEN '{FORM_2019.part}' THEN {_picked("e", FORM_2019.disclosure_keys)}
              WHEN '{SUMMARY}' THEN {_picked("s", _columns())} END AS value,
         CASE v.whole {_WHOLES} END AS whole,
         CASE v.variable {_NUMERATORS} END AS numerator
  FROM s JOIN v ON v.form = s.form
  LEFT JOIN requests q ON v.part = '{REQUESTS}' AND q.report_id = s.report_id AND q.item = v.item
  LEFT JOIN review_litigation l
    ON v.part = '{DISPUTES}' AND l.report_id = s.report_id AND l.proceeding = v.item
  LEFT JOIN active_disclosure d ON v.part = '{FORM_2021.part}' AND d.report_id = s.report_id
  LEFT JOIN active_disclosure_2019 e ON v.part = '{FORM_2019.part}' AND e.report_id = s.report_id
  LEFT JOIN cell_notes n ON n.report_id = s.report_id AND n.part = v.part AND n.item = v.item
    AND n.field = v.field)
"""


def panel_count_sql() -> str:
    """Return SQL for the number of rows of `panel`: each complete report has every variable once."""
    variables = len(panel_variables())
    forms = ", ".join(map(_text, FORM_IDS))
    return (
        f"SELECT {variables} * count(*) FROM report_summary"
        f" WHERE status = 'complete' AND form IN ({forms})"
    )


def _columns() -> Iterator[str]:
    return (each.column for each in panel_variables() if each.column)


def _variable_rows() -> str:
    rows = []
    for form in FORM_IDS:
        for place, each in enumerate(panel_variables()):
            cell = each.cells.get(form, ("", "", ""))
            part, item, field = (SUMMARY, "", each.column) if each.column else cell
            texts = (each.name, each.unit, part, item, field, each.whole)
            rows.append(f"({_text(form)}, {place}, {', '.join(map(_text, texts))})")
    return ",\n".join(rows)


def _picked(alias: str, columns: Iterable[str]) -> str:
    return f"CASE v.field {_whens(alias, columns)} END"


def _whens(alias: str, columns: Iterable[str]) -> str:
    return " ".join(f"WHEN '{name}' THEN {alias}.{name}" for name in columns)


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
