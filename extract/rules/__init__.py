"""The checks that need one report only, one module for each family of rules.

A rule gives findings; it never changes a number. Rule ids and the keys in `scope` are part of the
data contract. Text rules are precise before they are complete: a false alarm on an honest report
does more harm than a miss.
"""

from extract.rules.cells import cell_findings
from extract.rules.completeness import completeness_findings
from extract.rules.identities import requests_findings, review_findings
from extract.rules.period import period_findings
from extract.rules.placeholder import placeholder_findings
from extract.rules.prose import prose_findings
from extract.rules.sums import sum_findings

__all__ = [
    "cell_findings",
    "completeness_findings",
    "period_findings",
    "placeholder_findings",
    "prose_findings",
    "requests_findings",
    "review_findings",
    "sum_findings",
]
