"""`in_force_continuity`: documents in force are last year's, plus those made, minus those repealed."""

from __future__ import annotations

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.model.report import Finding

_KINDS = (
    ("regulations", "规章", "regulations"),
    ("normative_docs", "行政规范性文件", "normative documents"),
)


def in_force_continuity(last: ReportFacts, this: ReportFacts) -> list[Finding]:
    """Compare two reports of one agency, of consecutive years, both in the 2021 layout.

    The findings are the later report's; a cell that was not read says nothing.
    """
    findings = []
    for key, zh, en in _KINDS:
        before = last.disclosure.get(f"{key}_in_force")
        made, repealed, now = (
            this.disclosure.get(f"{key}_{name}") for name in ("made", "repealed", "in_force")
        )
        if before is None or made is None or repealed is None or now is None:
            continue
        expected = before + made - repealed
        if now == expected:
            continue
        findings.append(
            Finding(
                rule="in_force_continuity",
                scope=f"{key}_in_force",
                verdict="unsure" if last.doubtful or this.doubtful else "source",
                left=str(now),
                right=str(expected),
                message_zh=f"{zh}：{last.year}年现行有效{before}件，{this.year}年制发{made}件、废止{repealed}件，现行有效应为{expected}件，表中为{now}件",
                message_en=f"{en}: {before} in force in {last.year}, {made} made and {repealed} repealed in {this.year}: {expected} should be in force, the table says {now}",
            )
        )
    return findings
