"""Precision and recall of the rules on labelled changes of names, and on pairs that only look alike.

The changes are those of the reforms since 2008, as plans and reports of many places tell them, under the
names of few places. The documentation states the figures.
"""

from __future__ import annotations

import csv
from pathlib import Path

from gongkai.archive.lineage.bodies import Body
from gongkai.archive.lineage.links import find_links
from gongkai.extract.chinese.agencies import describe_agency
from tests.paths import ROOT

CASES = Path(__file__).with_name("labelled_changes.csv")
LONG = 4
"""Years of reports of a body that goes on."""


def bodies(row: dict[str, str]) -> list[Body]:
    """Return the two bodies of a case, or the one that ended."""
    last = int(row["last"])
    found = [Body(row["old"], describe_agency(row["old"]), frozenset(range(last - 2, last + 1)))]
    if row["new"]:
        first = int(row["first"])
        years = range(first, max(first + LONG, last + 2 if first <= last else 0))
        found.append(Body(row["new"], describe_agency(row["new"]), frozenset(years)))
    return found


def test_figures_are_those_of_the_documentation() -> None:
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right = wrong = missed = 0
    for row in rows:
        links = [link for link in find_links(bodies(row)) if link.kind != "new"]
        told = {(link.from_id, link.to_id or "", link.kind) for link in links}
        labelled = {(row["old"], row["new"], row["kind"])} if row["kind"] != "none" else set()
        right += len(told & labelled)
        wrong += len(told - labelled)
        missed += len(labelled - told)
    changes = sum(row["kind"] != "none" for row in rows)
    assert (changes, len(rows) - changes) == (88, 20)
    assert (right, wrong, missed) == (86, 0, 2)
    stated = (ROOT / "docs/explanation/duties.md").read_text(encoding="utf-8")
    assert "86 of 88 changes" in stated
