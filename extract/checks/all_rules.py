"""Run all rules about the tables and the prose of one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gongkai.extract.checks.cell_values import cell_findings
from gongkai.extract.checks.completeness import completeness_findings
from gongkai.extract.checks.identities import requests_findings, review_findings
from gongkai.extract.checks.placeholder import placeholder_findings
from gongkai.extract.checks.prose import prose_findings
from gongkai.extract.checks.sums import sum_findings
from gongkai.extract.forms.form import Form
from gongkai.extract.model.report import Finding, Section, Table


def contradictions_of(
    tables: Mapping[str, Table], form: Form, sections: Sequence[Section], year: int | None
) -> list[Finding]:
    """Return the findings of all rules in a fixed order."""
    disclosure = tables.get(form.part, {}).get("", {})
    return [
        *requests_findings(tables.get("requests", {}), form),
        *review_findings(tables.get("review_litigation", {})),
        *cell_findings(disclosure, form),
        *prose_findings(tuple(sections), tables, year),
        *sum_findings(tuple(sections)),
        *placeholder_findings(tuple(sections)),
        *completeness_findings(tuple(sections), tables),
    ]
