"""Which rows of each published table were touched, as SQL over temporary tables of one connection.

`touched_keys(kind, key)` is the log of the archive since the last publication. `touched_reports(id)` and
`touched_agencies(id)` are those whose rows, or what is computed of them, may differ; `touched_places
(region_code, year)` and `touched_roots(root, year)` are where their figures are summed. `seen_reports(id)`
were only seen again: they have another `last_seen`, from which nothing is computed.
"""

from __future__ import annotations

from collections.abc import Mapping

_REPORT = "t.{0} IN (SELECT id FROM touched_reports)"
_AGENCY = "t.{0} IN (SELECT id FROM touched_agencies)"
_KEY = "t.{0} IN (SELECT key FROM touched_keys WHERE kind = '{1}')"
_PLACE = (
    "t.rowid IN (SELECT s.rowid FROM touched_places p CROSS JOIN {0} s"
    " ON s.region_code IS p.region_code AND s.year = p.year)"
)

OF_REPORT = (
    *("revisions", "copies", "absences", "changes", "change_marks", "sections"),
    *("active_disclosure", "active_disclosure_2019", "requests", "review_litigation"),
    *("cell_notes", "checks", "twin_passages"),
)
"""Tables with rows of reports."""

COPIED: Mapping[str, str] = {
    "agencies": _AGENCY.format("id"),
    "duties": _AGENCY.format("agency_id"),
    "sites": _KEY.format("id", "site"),
    "documents": _KEY.format("digest", "document"),
    "snapshots": _KEY.format("id", "snapshot"),
    "imports": _KEY.format("snapshot", "snapshot"),
    "covered": _KEY.format("snapshot", "snapshot"),
    "reports": _REPORT.format("id"),
    **dict.fromkeys(OF_REPORT, _REPORT.format("report_id")),
    "runs": _KEY.format("id", "run"),
    "manifests": (
        "t.number IN (SELECT CAST(key AS INTEGER) FROM touched_keys WHERE kind = 'manifest')"
    ),
    "forwards": _KEY.format("old_id", "forward"),
    "agency_links": f"({_AGENCY.format('from_id')} OR {_AGENCY.format('to_id')})",
}
"""Tables that are copied from the archive. `regions` is not among them: a change there is one everywhere."""

SEEN: Mapping[str, str] = {
    table: f"t.{key} IN (SELECT id FROM seen_reports)"
    for table, key in (("reports", "id"), ("revisions", "report_id"), ("copies", "report_id"))
}
"""Tables in which a report that was only seen again differs."""

COMPUTED: Mapping[str, str] = {
    "report_summary": _REPORT.format("report_id"),
    "coverage": _AGENCY.format("agency_id"),
    "reports_by_region": _PLACE.format("reports_by_region"),
    "refusal_reasons": _PLACE.format("refusal_reasons"),
    "reasons_by_agency": _REPORT.format("report_id"),
}
"""Tables that are computed in the public file. `form_crosswalk` says the same always."""

_KEYS_OF_REPORTS = ("SELECT id FROM touched_reports", "t.report_id = ?")
COUNTED_VIEWS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("cells", "panel", "requests_in_context", "figures"), _KEYS_OF_REPORTS),
    "region_totals": ("SELECT root, year FROM touched_roots", "t.region_code = ? AND t.year = ?"),
}
"""Views, with the keys of what was touched, and which rows have one key. SQLite would read all of a view
that joins many parts if it were asked for all keys at once."""

UNCHANGING = ("regions", "form_crosswalk")
"""Tables of which no row can be touched by itself."""
