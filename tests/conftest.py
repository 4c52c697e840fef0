"""Options and fixtures for all tests."""

import sys
from collections.abc import Iterator
from pathlib import PurePath

import hypothesis
import pytest

from gongkai import catalogue
from gongkai.archive.publication import frictionless_check
from tests.fast_tests import FAST, OCR, SLOW
from tests.long_tests import LONG
from tests.paths import ROOT

hypothesis.settings.register_profile("suite", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("suite")

collect_ignore = [OCR] if sys.version_info >= (3, 13) else []


@pytest.fixture(autouse=True)
def terminal_speaks_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody's terminal speaks Chinese; a test of another language says so itself.

    A command chooses the language of its process, which the next test does not have. A fixture of the
    same name in a folder would take the place of this one for every test there.
    """
    monkeypatch.setattr(catalogue, "_chosen", {})
    monkeypatch.setenv("GONGKAI_LANG", "zh")
    monkeypatch.setenv("LANGUAGE", "zh_CN")


@pytest.fixture(autouse=True, scope="session")
def without_frictionless() -> Iterator[None]:
    """Publications that tests make in this process are not validated, which takes seconds for each.

    Tests of the validation call it, and commands in processes of their own run it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frictionless_check, "is_installed", lambda: False)
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write the golden files anew, for review"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, and mark what `make fast` runs."""
    items.sort(key=lambda item: -LONG.get(path_of(item).as_posix(), 0))
    for item in items:
        path = path_of(item)
        if path.as_posix() not in SLOW and any(path.is_relative_to(folder) for folder in FAST):
            item.add_marker(pytest.mark.fast)


def path_of(item: pytest.Item) -> PurePath:
    """Return the file of a test, relative to tests/."""
    return item.path.relative_to(ROOT / "tests")
