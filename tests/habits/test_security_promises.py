"""SECURITY.md: each promise names tests, and the tests exist."""

from __future__ import annotations

import re

import pytest

from tests.paths import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"^\| ([a-z][\w -]*) \| ([A-Z`].*) \| (`tests/.*`) \|$", TEXT, re.M)


def test_every_row_of_the_table_is_a_promise_with_tests() -> None:
    table = TEXT.partition("| part | promise | tests |\n|---|---|---|\n")[2].partition("\n\n")[0]
    assert len(PROMISES) == len(table.splitlines()) >= 12


@pytest.mark.parametrize(("part", "tests"), [(part, tests) for part, _, tests in PROMISES])
def test_the_tests_of_a_promise_exist(part: str, tests: str) -> None:
    named = re.findall(r"`([^`]+)`", tests)
    assert ", ".join(f"`{each}`" for each in named) == tests
    for each in named:
        path, _, name = each.partition("::")
        code = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"def {name or 'test_'}", code), (part, each)
