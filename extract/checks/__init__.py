"""Checks that need one report only, one module for each family of rules.

A rule produces findings; it never changes a number. Rule ids and the keys in `scope` are part of
the data contract. Text rules prefer precision to recall: a false alarm about a correct report does
more harm than a missed error.
"""

from gongkai.extract.checks.cell_values import cell_findings
from gongkai.extract.checks.completeness import completeness_findings
from gongkai.extract.checks.identities import requests_findings, review_findings
from gongkai.extract.checks.period import period_findings
from gongkai.extract.checks.placeholder import placeholder_findings
from gongkai.extract.checks.prose import prose_findings
from gongkai.extract.checks.sums import sum_findings

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
