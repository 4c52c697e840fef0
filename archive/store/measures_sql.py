"""The published measures, as SQL over the tables of the forms.

disclosure rate = (granted + granted_partly) / total_handled; refusal, unavailable and rejection
rates likewise; correction rate = corrected / (total - pending), reviews and suits apart. A sum
with a missing cell is missing: blank is not zero. Every rate stands beside its n.
"""

from __future__ import annotations

from collections.abc import Iterable

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


def _rate(part: str, whole: str) -> str:
    return f"round(1.0 * ({part}) / nullif({whole}, 0), 4)"


def summary_sql() -> str:
    """Return the SELECT of `report_summary`: one wide row per report."""
    return f"""
SELECT report_id, agency_id, agency, region_code, region, level, kind, sector, year, form, status,
       title, published_on, url, checks_failed,
       requests_new, requests_carried_in, requests_handled, requests_carried_out,
       granted, granted_partly, refused, unavailable, rejected, other_handling,
       {_rate("granted + granted_partly", "requests_handled")} AS disclosure_rate,
       {_rate("refused", "requests_handled")} AS refusal_rate,
       {_rate("unavailable", "requests_handled")} AS unavailable_rate,
       {_rate("rejected", "requests_handled")} AS rejection_rate,
       reviews, reviews_pending, reviews - reviews_pending AS reviews_decided, reviews_corrected,
       {_rate("reviews_corrected", "reviews - reviews_pending")} AS review_correction_rate,
       suits, suits_pending, suits - suits_pending AS suits_decided, suits_corrected,
       {_rate("suits_corrected", "suits - suits_pending")} AS suit_correction_rate,
       licensing_decisions, penalty_decisions, coercion_decisions, fees_wan_yuan, covers
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
  LEFT JOIN active_disclosure_2019 e ON e.report_id = r.id)
"""
