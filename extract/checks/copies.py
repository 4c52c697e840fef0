"""Check that the page of a report, its attachment and other copies agree (`readings_disagree`)."""

from __future__ import annotations

from collections.abc import Iterator

from gongkai.extract.chinese.reporting_agency import find_signature, is_same_agency
from gongkai.extract.forms.identity_rules import IDENTITY_RULES
from gongkai.extract.model.report import Finding, Number, Report, Verdict
from gongkai.messages import message

_SHOWN = 3
_FIRST_OF_2019 = 2019
"""The first year for which departments had to publish by 31 January."""


def compare_copies(standing: Report, other: Report, where: str) -> list[Finding]:
    """Return one finding for each table in which two readings of a report differ.

    Only cells that have a number in both readings are compared. If both readings are complete and
    satisfy all identities, the agency published two versions and the verdict is `source`; otherwise
    one of the readings may be wrong. Two documents that different agencies signed give one finding
    more: one of them may belong to the other agency. A government's own report of January and the one
    that it compiles until March do not contradict each other. `where` names the other document.
    """
    if _are_two_reports(standing, other):
        return []
    verdict: Verdict = "source" if _is_sound(standing) and _is_sound(other) else "extraction"
    findings = _compare_signatures(standing, other, where)
    for part in standing.tables:
        differing = list(_differing_cells(standing, other, part))
        if differing:
            cells = tuple(
                message("copies_cell", cell=name, one=ours, other=theirs)
                for name, ours, theirs in differing[:_SHOWN]
            )
            count = len(differing)
            said = (
                message("copies_differ_more", n=count, file=where, cells=cells)
                if count > _SHOWN
                else message("copies_differ", n=count, file=where, cells=cells)
            )
            findings.append(
                Finding(
                    rule="readings_disagree",
                    scope=part,
                    verdict=verdict,
                    left=differing[0][1],
                    right=differing[0][2],
                    message=said,
                )
            )
    return findings


def _are_two_reports(one: Report, other: Report) -> bool:
    """Return whether two reports of a government are its office's and the one compiled from its departments'.

    The office's is due by 31 January, the compiled one by 31 March, and contains it: it counts no fewer
    new requests (贵阳, for 2021: 29 January and 10 March 2022).
    """
    agency = one.agency
    if agency is None or agency.kind != "government" or agency.level == "town":
        return False
    first, second = sorted((one, other), key=lambda report: report.published_on)
    if not first.published_on or not one.year or one.year < _FIRST_OF_2019:
        return False
    is_apart = first.published_on <= f"{one.year + 1}-01-31" < second.published_on
    fewer, more = _new_requests(first), _new_requests(second)
    return is_apart and fewer is not None and more is not None and fewer < more


def _new_requests(report: Report) -> Number | None:
    cell = report.tables.get("requests", {}).get("new", {}).get("total")
    return cell.value if cell else None


def _compare_signatures(standing: Report, other: Report, where: str) -> list[Finding]:
    one, two = (_signature(report) for report in (standing, other))
    near = standing.agency.region_code if standing.agency else ""
    if not one or not two or is_same_agency(one, two, near):
        return []
    said = message("copies_signed_differently", file=where, one=one, other=two)
    return [Finding("readings_disagree", "", "unsure", one, two, said)]


def _signature(report: Report) -> str:
    """Return the agency that signed a report, "" where its last section does not end so."""
    return find_signature(report.sections[-1].text.splitlines()) if report.sections else ""


def _differing_cells(one: Report, other: Report, part: str) -> Iterator[tuple[str, str, str]]:
    theirs = other.tables.get(part, {})
    for item, row in one.tables[part].items():
        for field, cell in row.items():
            twin = theirs.get(item, {}).get(field)
            if twin is None or cell.value is None or twin.value is None:
                continue
            if cell.value != twin.value:
                name = f"{item}.{field}" if item else field
                yield name, str(cell.value), str(twin.value)


def _is_sound(report: Report) -> bool:
    return report.status == "complete" and not any(
        f.rule in IDENTITY_RULES for f in report.findings
    )
