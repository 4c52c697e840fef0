"""The folders that `make fast` runs exist, and the mark reaches their tests."""

from __future__ import annotations

import pytest

from tests.fast_tests import FAST, OCR, SLOW
from tests.paths import ROOT


@pytest.mark.parametrize("name", [*FAST, *SLOW, OCR])
def test_the_folders_exist(name: str) -> None:
    assert (ROOT / "tests" / name).exists()


def test_this_test_is_a_fast_one(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("fast") is not None
