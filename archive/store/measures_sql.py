"""The published measures, as SQL over the tables of the forms.

disclosure rate = (granted + granted_partly) / total_handled; refusal, unavailable and rejection
rates likewise; correction rate = corrected / (total - pending), reviews and suits apart. A sum
with a missing cell is missing: blank is not zero. Figures that contradict each other, a part above
its whole or more pending than all, give no rate and enter none. Every rate stands beside its n.

Reports of one series may be added to each other, those of different series may not: the report of a
government mostly contains the numbers of its departments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gongkai.archive.store.pooled.region_totals import Total, region_sums_sql
from gongkai.extract.forms import FORM_2021

FAMILIES = ("refused", "unavailable", "rejected", "other")
"""The ways to refuse a request, as the beginnings of the keys of their rows."""

REASONS = {
    item.key: family
    for item in FORM_2021.items
    for family in FAMILIES
    if item.key == family or item.key.startswith(f"{family}_")
}
"""Row key of table two -> its family, in printed order."""


IS_GOVERNMENT = "kind = 'government' AND level <> 'town'"
"""Reports of whole governments, which mostly contain the numbers of the bodies below them."""

BODIES = "bodies"
"""The series of reports of one department, office, town or zone, of which none contains another."""

LEVELS = ("country", "province", "city", "county", "town")
GOVERNMENT, COMPILED = "government_", "compiled_"
"""How the series of governments, and of departments that compile, begin; their level follows.

A province's government and a department that compiles can contain those of the cities below.
"""

SERIES = (
    BODIES,
    *(f"{GOVERNMENT}{level}" for level in LEVELS[:-1]),
    *(f"{COMPILED}{level}" for level in LEVELS),
    *(f"{GOVERNMENT}unknown", f"{COMPILED}unknown"),
)
"""Every series, in the order in which they are shown."""

_KNOWN = ", ".join(f"'{level}'" for level in LEVELS)
_LEVEL = f"CASE WHEN level IN ({_KNOWN}) THEN level ELSE 'unknown' END"
SERIES_SQL = (
    f"CASE WHEN {IS_GOVERNMENT} THEN '{GOVERNMENT}' || {_LEVEL}"
    f" WHEN covers = 'compiled' THEN '{COMPILED}' || {_LEVEL} ELSE '{BODIES}' END"
)
"""The series of a report, over the columns of `report_summary`."""

IS_BODY = f"NOT ({IS_GOVERNMENT}) AND covers <> 'compiled'"
"""Reports of the series `bodies`."""


@dataclass(frozen=True, slots=True)
class SummedMeasure:
    """A count or a rate that can be summed, as SQL over the columns of `report_summary`.

    `part` is the count, or the numerator of a rate; `whole` is the denominator, "" for a count.
    `sources` are the columns that it needs beside those, as (name, SQL for a row `a` of `report_summary`).
    """

    key: str
    part: str
    whole: str = ""
    sources: tuple[tuple[str, str], ...] = ()

    def sums(self) -> str:
        """Return SQL that sums part and whole over the reports that have both, and counts those."""
        needed = f"({self.part}) IS NOT NULL"
        if self.whole:
            needed += f" AND ({self.whole}) IS NOT NULL"
        whole = self.whole or "0"
        return (
            f"sum(CASE WHEN {needed} THEN {self.part} END) AS {self.key}_part,"
            f" sum(CASE WHEN {needed} THEN {whole} END) AS {self.key}_whole,"
            f" sum({needed}) AS {self.key}_reports"
        )


_HANDLED = "requests_handled"
COUNTED = (
    SummedMeasure("requests_new", "requests_new"),
    SummedMeasure("requests_handled", _HANDLED),
    SummedMeasure("disclosed", "granted + granted_partly"),
    SummedMeasure("refused", "refused"),
    SummedMeasure("unavailable", "unavailable"),
    SummedMeasure("rejected", "rejected"),
    SummedMeasure("reviews", "reviews"),
    SummedMeasure("suits", "suits"),
)
"""The published measures that count, in the order in which they are shown."""

FORMER_KEYS = {"granted": "disclosed"}
"""Former keys of measures, which older addresses have. `granted` alone is a row of the form."""


def _possible(part: str, whole: str) -> str:
    """Return SQL for the part of a whole; NULL where it is larger, so that one of them is wrong."""
    return f"CASE WHEN ({part}) <= ({whole}) THEN {part} END"


def _rated(key: str, part: str, whole: str) -> SummedMeasure:
    return SummedMeasure(key, _possible(part, whole), whole)


RATED = (
    _rated("disclosure_rate", "granted + granted_partly", _HANDLED),
    _rated("refusal_rate", "refused", _HANDLED),
    _rated("unavailable_rate", "unavailable", _HANDLED),
    _rated("rejection_rate", "rejected", _HANDLED),
    _rated("review_correction_rate", "reviews_corrected", "reviews - reviews_pending"),
    _rated("suit_correction_rate", "suits_corrected", "suits - suits_pending"),
)
"""The published measures that are rates, in the order in which they are shown."""

REPORTS_COUNTED = "count(*) AS reports, sum(checks_failed > 0) AS with_failed_checks"
"""SQL: how many reports a group has, and how many of them failed a check."""

ANSWERS = ("granted", "granted_partly", "refused", "unavailable", "rejected", "other_handling")
"""The ways in which a request was answered. Together they are all requests handled, in any layout."""

ANSWERED = tuple(SummedMeasure(f"answer_{name}", name, _HANDLED) for name in ANSWERS)
"""Each way in which requests were answered, with the requests handled."""

OTHER_2019 = "other_2019"
"""（六）其他处理 in the layout of 2019: one row, where that of 2021 has three. The two do not pool."""

GROUNDS = (
    *(key for key, family in REASONS.items() if key != family or family == "other"),
    OTHER_2019,
)
"""The grounds on which a request was not granted, in printed order."""


_COMMON_GROUNDS = tuple(key for key in GROUNDS if key != OTHER_2019)
"""Grounds with a variable of their own; （六） of 2019 as a whole is `other_handling`."""


def _ground(key: str) -> SummedMeasure:
    item = "other" if key == OTHER_2019 else key
    form = {OTHER_2019: " AND a.form = '2019'", "other": " AND a.form <> '2019'"}.get(key, "")
    source = (
        "(SELECT q.total FROM requests q WHERE q.report_id = a.report_id"
        f" AND q.item = '{item}'{form})"
    )
    name = f"ground_{key}"
    return SummedMeasure(name, name, _HANDLED, ((name, source),))


GROUNDED = tuple(_ground(key) for key in GROUNDS)
"""Each ground, with the requests handled."""

PROCEEDINGS = ("review", "suit_direct", "suit_after_review")
OUTCOMES = tuple((each, column.key) for each in PROCEEDINGS for column in FORM_2021.results)
"""Proceedings of table three with their outcomes and their total, in printed order."""


def _outcome(proceeding: str, result: str) -> SummedMeasure:
    key, total = f"{proceeding}_{result}", f"{proceeding}_total"
    own, all_cases = (_dispute(proceeding, column) for column in (result, "total"))
    if result == "total":
        return SummedMeasure(key, key, "", ((key, own),))
    return SummedMeasure(key, key, total, ((key, own), (total, all_cases)))


def _dispute(proceeding: str, column: str) -> str:
    return (
        f"(SELECT q.{column} FROM review_litigation q"
        f" WHERE q.report_id = a.report_id AND q.proceeding = '{proceeding}')"
    )


DECIDED = tuple(_outcome(*pair) for pair in OUTCOMES)
"""Each outcome, with all cases of its proceeding."""

SUMMED = (*COUNTED, *RATED, *ANSWERED, *GROUNDED, *DECIDED)
"""Everything that is summed over the reports of a series."""


def without_whole(measure: SummedMeasure) -> SummedMeasure:
    """Return the count alone of a part: it is summed over all reports that have it."""
    return SummedMeasure(measure.key, measure.part, sources=measure.sources)


TABULATED = (*COUNTED, *RATED, *map(without_whole, (*GROUNDED, *DECIDED)))
"""What the columns of a built table sum. Grounds and outcomes are counts there."""


def picked_sql(
    measures: Iterable[SummedMeasure], where: str, summaries: str = "report_summary"
) -> str:
    """Return SQL for the reports `a` that fulfil a condition, with the columns of the measures."""
    sources = {name: sql for each in measures for name, sql in each.sources}
    own = "".join(f", {sql} AS {name}" for name, sql in sources.items())
    return f"SELECT a.*{own} FROM {summaries} a WHERE {where}"


def sums_sql(measures: Iterable[SummedMeasure]) -> str:
    """Return SQL that sums measures over a group of such reports."""
    return ", ".join(each.sums() for each in measures)


def sums_by_region_sql(where: str = "1") -> str:
    """Return SQL for the sums of every region over the rows `a` of `report_summary` with a condition.

    It reads `report_summary`, `requests` and `review_litigation`.
    """
    sums = f"{REPORTS_COUNTED}, {sums_sql(SUMMED)}"
    return region_sums_sql(picked_sql(SUMMED, where), SERIES_SQL, sums)


TOTALS = (
    *(Total(each.key, each.key) for each in COUNTED),
    *(Total(each.key, each.key, is_rate=True) for each in RATED),
    *(Total(name, f"answer_{name}") for name in ("granted", "granted_partly", "other_handling")),
    *(Total("other_2021" if key == "other" else key, f"ground_{key}") for key in _COMMON_GROUNDS),
    *(Total(each.key, each.key) for each in DECIDED),
)
"""What `region_totals` has, under the names of the panel."""


def _item(key: str) -> str:
    return f"(SELECT q.total FROM requests q WHERE q.report_id = r.id AND q.item = '{key}')"


def _family(name: str) -> str:
    keys = [key for key, family in REASONS.items() if family == name]
    return _whole_sum("requests", "item", keys, "total")


def _suits(column: str) -> str:
    return _whole_sum(
        "review_litigation", "proceeding", ["suit_direct", "suit_after_review"], column
    )


def _whole_sum(table: str, key: str, wanted: Iterable[str], column: str) -> str:
    """Return SQL for the sum of `column` over rows, NULL where one of them has no number."""
    keys = [f"'{name}'" for name in wanted]
    return (
        f"(SELECT CASE WHEN count(q.{column}) = {len(keys)} THEN sum(q.{column}) END"
        f" FROM {table} q WHERE q.report_id = r.id AND q.{key} IN ({', '.join(keys)}))"
    )


def _other() -> str:
    """Return SQL for （六）其他处理: three rows in the 2021 layout, one in that of 2019."""
    return f"CASE r.form WHEN '2019' THEN {_item('other')} ELSE {_family('other')} END"


def _review(column: str) -> str:
    return (
        f"(SELECT q.{column} FROM review_litigation q"
        " WHERE q.report_id = r.id AND q.proceeding = 'review')"
    )


def _decisions(key: str) -> str:
    return f"coalesce(d.{key}_decisions, e.{key}_decisions) AS {key}_decisions"


def _decided(name: str) -> str:
    """Return SQL for the cases that are decided; NULL where more are pending than there are."""
    return f"CASE WHEN {name}_pending <= {name} THEN {name} - {name}_pending END AS {name}_decided"


def _rate(part: str, whole: str) -> str:
    """Return SQL for a rate as exact as SQLite computes it; pages round what they show."""
    return f"1.0 * ({_possible(part, whole)}) / nullif({whole}, 0)"


def only_in(column: str, ids: str, word: str = "WHERE") -> str:
    """Return a clause for rows whose column is in a SELECT of ids, "" for all rows where there is none."""
    return f" {word} {column} IN ({ids})" if ids else ""


def summary_sql(ids: str = "") -> str:
    """Return the SELECT of `report_summary`: one wide row per report, or for the reports of a SELECT."""
    return f"""
SELECT report_id, agency_id, agency, region_code, region, level, kind, sector, year, form, status,
       title, published_on, url, checks_failed,
       requests_new, requests_carried_in, requests_handled, requests_carried_out,
       granted, granted_partly, refused, unavailable, rejected, other_handling,
       {_rate("granted + granted_partly", "requests_handled")} AS disclosure_rate,
       {_rate("refused", "requests_handled")} AS refusal_rate,
       {_rate("unavailable", "requests_handled")} AS unavailable_rate,
       {_rate("rejected", "requests_handled")} AS rejection_rate,
       reviews, reviews_pending, {_decided("reviews")}, reviews_corrected,
       {_rate("reviews_corrected", "reviews - reviews_pending")} AS review_correction_rate,
       suits, suits_pending, {_decided("suits")}, suits_corrected,
       {_rate("suits_corrected", "suits - suits_pending")} AS suit_correction_rate,
       licensing_decisions, penalty_decisions, coercion_decisions, fees_wan_yuan, covers,
       granted + granted_partly AS disclosed
FROM (
  SELECT r.id AS report_id, r.agency_id, a.name AS agency, a.region_code, g.full_name AS region,
         a.level, a.kind, a.sector, r.year, r.form, r.status, r.title, r.published_on, r.url,
         r.checks_failed,
         {_item("new")} AS requests_new, {_item("carried_in")} AS requests_carried_in,
         {_item("total_handled")} AS requests_handled,
         {_item("carried_out")} AS requests_carried_out,
         {_item("granted")} AS granted, {_item("granted_partly")} AS granted_partly,
         {_family("refused")} AS refused, {_family("unavailable")} AS unavailable,
         {_family("rejected")} AS rejected, {_other()} AS other_handling,
         {_review("total")} AS reviews, {_review("pending")} AS reviews_pending,
         {_review("corrected")} AS reviews_corrected,
         {_suits("total")} AS suits, {_suits("pending")} AS suits_pending,
         {_suits("corrected")} AS suits_corrected,
         {_decisions("licensing")}, {_decisions("penalty")}, {_decisions("coercion")},
         d.fees_wan_yuan, r.covers
  FROM reports r JOIN agencies a ON a.id = r.agency_id
  LEFT JOIN regions g ON g.code = a.region_code
  LEFT JOIN active_disclosure d ON d.report_id = r.id
  LEFT JOIN active_disclosure_2019 e ON e.report_id = r.id{only_in("r.id", ids)})
"""
