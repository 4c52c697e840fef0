"""`carry_over`: requests carried out of one year equal those carried into the next."""

from __future__ import annotations

from gongkai.archive.checks.facts import ReportFacts
from gongkai.extract.forms import FORM_2021
from gongkai.extract.model.report import Finding
from gongkai.messages import message


def carry_over(last: ReportFacts, this: ReportFacts) -> list[Finding]:
    """Compare two reports of one agency, of consecutive years, column by column.

    The findings belong to the later report. A cell that was not read is skipped.
    """
    findings = []
    for column in FORM_2021.applicants:
        out, into = last.carried_out.get(column.key), this.carried_in.get(column.key)
        if out is None or into is None or out == into:
            continue
        findings.append(
            Finding(
                rule="carry_over",
                scope=column.key,
                verdict="unsure" if last.doubtful or this.doubtful else "source",
                left=str(out),
                right=str(into),
                message=message(
                    "carry_over_differs",
                    column=column.label,
                    last=last.year,
                    this=this.year,
                    out=out,
                    into=into,
                ),
            )
        )
    return findings
