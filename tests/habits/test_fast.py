"""The folders that `make fast` runs exist, and the mark reaches their tests."""

from __future__ import annotations

import pytest

from tests.conftest import FAST, SLOW, collect_ignore
from tests.paths import ROOT


@pytest.mark.parametrize("name", [*FAST, *SLOW, *collect_ignore])
def test_folders_named_in_conftest_exist(name: str) -> None:
    assert (ROOT / "tests" / name).exists()


def test_this_test_is_a_fast_one(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("fast") is not None
