"""Precision and recall of what reports cover, on sixty labelled sentences.

Words, kinds of agencies and shares of the labels of the first forty are those of real reports for 2010 to
2025, names and numbers are not. The last twenty are in other wording, and no rule was made for them.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from gongkai.extract.chinese.agencies import describe_agency
from gongkai.extract.chinese.covered_bodies import tell_covered_bodies
from gongkai.extract.model.report import Section
from tests.paths import ROOT

CASES = Path(__file__).with_name("labelled_covers.tsv")


def told() -> Counter[tuple[str, str]]:
    """Return how often a label was told as what."""
    found: Counter[tuple[str, str]] = Counter()
    with CASES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            title = f"{row['name']}2022年政府信息公开工作年度报告"
            sections = [Section(1, "总体情况", f"现将情况报告如下。{row['sentence']}。")]
            covered = tell_covered_bodies(title, describe_agency(row["name"]), sections)
            found[row["label"], covered.covers] += 1
    return found


def test_figures_are_those_of_the_documentation() -> None:
    assert told() == {
        ("compiled", "compiled"): 14,
        ("compiled", "unclear"): 2,
        ("own", "own"): 26,
        ("own", "unclear"): 2,
        ("unclear", "unclear"): 16,
    }
    stated = (ROOT / "docs/explanation/duties.md").read_text(encoding="utf-8")
    assert "14 of 16 compiled, 26 of 28 own" in stated
