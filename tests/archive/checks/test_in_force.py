"""`in_force_continuity` on frozen cases."""

from __future__ import annotations

from typing import Any

import pytest

from gongkai.archive.checks.in_force import in_force_continuity
from tests.archive.checks.reports import brief, known


def disclosure(made: int | None, repealed: int | None, in_force: int | None) -> dict[str, Any]:
    row = {"made": made, "repealed": repealed, "in_force": in_force}
    zeros = dict.fromkeys(("regulations_made", "regulations_repealed", "regulations_in_force"), 0)
    return {**zeros, **{f"normative_docs_{key}": value for key, value in row.items()}}


def test_documents_that_appear_from_nowhere() -> None:
    last = known(year=2023, disclosure=disclosure(5, 0, 20))
    found = in_force_continuity(last, known(disclosure=disclosure(3, 1, 25)))

    assert brief(found) == [("normative_docs_in_force", "source", "25", "22")]
    assert found[0].message_zh == (
        "行政规范性文件：2023年现行有效20件，2024年制发3件、废止1件，现行有效应为22件，表中为25件"
    )
    assert found[0].message_en == (
        "Normative documents: 20 in force in 2023, 3 made and 1 repealed in 2024:"
        " 22 should be in force, the table says 25"
    )


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (disclosure(5, 0, 20), disclosure(3, 1, 22)),
        (disclosure(5, 0, None), disclosure(3, 1, 25)),
        (disclosure(5, 0, 20), disclosure(None, 1, 25)),
        (disclosure(5, 0, 20), disclosure(3, None, 25)),
        (disclosure(5, 0, 20), disclosure(3, 1, None)),
        ({}, disclosure(3, 1, 25)),  # the year before in the layout of 2019
    ],
)
def test_continuous_or_unread_says_nothing(before: dict[str, Any], now: dict[str, Any]) -> None:
    assert in_force_continuity(known(year=2023, disclosure=before), known(disclosure=now)) == []


def test_misread_tables_leave_it_open() -> None:
    last = known(year=2023, disclosure=disclosure(0, 0, 1))
    this = known(disclosure=disclosure(0, 0, 0), doubtful=True)
    assert brief(in_force_continuity(last, this))[0][1] == "unsure"
