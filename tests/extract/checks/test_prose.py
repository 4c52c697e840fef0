"""The text rules on frozen sentences: no false alarm, and how many true ones are found.

Each case of prose.toml gives a sentence, the totals of the table beside it and the rules that it
breaks; most sentences are honest and break none.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gongkai.extract.checks import placeholder_findings, prose_findings, sum_findings
from gongkai.extract.model.report import Cell, Section, Table

CASES = tomllib.loads(Path(__file__).with_name("prose.toml").read_text(encoding="utf-8"))["case"]


def tables(totals: dict[str, int]) -> dict[str, Table]:
    def row(key: str) -> dict[str, Cell]:
        return {"total": Cell(str(totals.get(key, 0)), totals.get(key, 0))}

    requests = ("new", "carried_in", "total_handled", "carried_out")
    disputes = ("review", "suit_direct", "suit_after_review")
    return {
        "requests": {key: row(key) for key in requests},
        "review_litigation": {key: row(key) for key in disputes},
    }


def broken(case: dict) -> set[str]:
    sections = (Section(case.get("section", 1), "", case["text"]),)
    findings = [
        *prose_findings(sections, tables(case.get("totals", {})), 2024),
        *sum_findings(sections),
        *placeholder_findings(sections),
    ]
    return {finding.rule for finding in findings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:24])
def test_sentence(case: dict) -> None:
    missed = set(case.get("missed", []))
    assert broken(case) == set(case.get("breaks", [])) - missed


def test_precision_and_recall() -> None:
    """Precision is 1 by the test above; recall counts the cases that are known to be missed."""
    true = sum(len(case.get("breaks", [])) for case in CASES)
    missed = sum(len(case.get("missed", [])) for case in CASES)
    assert true >= 20
    assert (true - missed) / true >= 0.9
