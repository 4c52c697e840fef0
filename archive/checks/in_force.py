"""`in_force_continuity`: documents in force are last year's, plus those made, minus those repealed."""

from __future__ import annotations

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.model.report import Finding
from gongkai.messages import message

_KINDS = (
    ("regulations", message("form.disclosure.regulations")),
    ("normative_docs", message("form.disclosure.normative_docs")),
)


def in_force_continuity(last: ReportFacts, this: ReportFacts) -> list[Finding]:
    """Compare two reports of one agency, of consecutive years, both in the 2021 layout.

    The findings belong to the later report. A cell that was not read is skipped.
    """
    findings = []
    for key, kind in _KINDS:
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
                message=message(
                    "in_force_differs",
                    kind=kind,
                    last=last.year,
                    before=before,
                    this=this.year,
                    made=made,
                    repealed=repealed,
                    expected=expected,
                    now=now,
                ),
            )
        )
    return findings
