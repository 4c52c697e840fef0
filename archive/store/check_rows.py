"""Findings as rows of `checks`, each under an id that stays the same as long as the finding does."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from gongkai.extract.model.report import Finding

Row = tuple[object, ...]


def check_id(report_id: str, finding: Finding) -> str:
    """Return the fingerprint of a finding, made from report, rule, scope and values.

    Reviews refer to it and survive every rebuild; a changed number gives another id.
    """
    return fingerprint_of(report_id, finding.rule, finding.scope, finding.left, finding.right)


def fingerprint_of(*parts: str) -> str:
    """Return the fingerprint of report, rule, scope, left and right value."""
    return sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def check_rows(report_id: str, findings: Iterable[Finding]) -> list[Row]:
    """Return the rows of `checks` of one report, each finding once, in a stable order."""
    found = {check_id(report_id, finding): finding for finding in findings}
    return [
        (
            key,
            report_id,
            finding.rule,
            finding.scope,
            finding.verdict,
            finding.left,
            finding.right,
            finding.message_zh,
            finding.message_en,
        )
        for key, finding in sorted(found.items())
    ]
