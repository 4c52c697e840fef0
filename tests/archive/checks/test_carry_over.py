"""`carry_over` on frozen cases."""

from __future__ import annotations

import pytest

from gongkai.archive.checks.carry_over import carry_over
from gongkai.extract.model.report import Finding
from tests.archive.checks.reports import brief, carried, known


def test_each_column_that_differs_is_named() -> None:
    last = known(year=2023, carried_out=carried(natural_person=2, business=1, total=3))
    this = known(carried_in=carried(natural_person=2, total=2))

    found = carry_over(last, this)

    assert brief(found) == [("business", "source", "1", "0"), ("total", "source", "3", "2")]
    assert found[1] == Finding(
        rule="carry_over",
        scope="total",
        verdict="source",
        left="3",
        right="2",
        message=found[1].message,
    )
    assert found[1].message_zh == "总计：2023年报告结转下年3件，2024年报告上年结转2件，两者应相等"
    assert found[1].message_en == (
        "Total: the report for 2023 carries 3 over, the report for 2024 carries 2 in;"
        " they should be equal"
    )


@pytest.mark.parametrize(
    ("out", "into"),
    [
        (carried(total=3), carried(total=3)),
        (carried(total=None), carried(total=3)),  # blank is not zero: nothing is said
        (carried(total=3), carried(total=None)),
        ({}, carried(total=3)),
        (carried(), {}),
    ],
)
def test_equal_or_unread_says_nothing(out: dict[str, int], into: dict[str, int]) -> None:
    assert carry_over(known(year=2023, carried_out=out), known(carried_in=into)) == []


def test_misread_tables_leave_it_open() -> None:
    last = known(year=2023, carried_out=carried(total=3), doubtful=True)
    assert brief(carry_over(last, known(carried_in=carried()))) == [("total", "unsure", "3", "0")]
