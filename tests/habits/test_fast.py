"""The lists of tests name what exists, and the mark of `make fast` reaches its tests."""

from __future__ import annotations

import pytest

from tests.fast_tests import FAST, OCR, SLOW
from tests.long_tests import LONG
from tests.paths import ROOT


@pytest.mark.parametrize("name", [*FAST, *SLOW, OCR, *LONG])
def test_the_names_exist(name: str) -> None:
    assert (ROOT / "tests" / name).exists()


def test_this_test_is_a_fast_one(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("fast") is not None
