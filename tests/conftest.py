"""Options and fixtures for all tests."""

import sys

import pytest

from tests.paths import ROOT

# rapidocr-onnxruntime, which the extra [ocr] rests on, has no release for Python 3.13
collect_ignore = ["archive/workers/test_ocr_engine.py"] if sys.version_info >= (3, 13) else []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write the golden files anew, for review"
    )


FAST = (
    "archive/checks",
    "archive/store",
    "archive/terminal",
    "crawler/discovery",
    "crawler/sites",
    "crawler/warc",
    "deploy",
    "extract/checks",
    "extract/chinese",
    "extract/tables",
    "extract/test_attribution.py",
    "extract/test_block_pages.py",
    "extract/test_embedded_images.py",
    "extract/test_golden.py",
    "extract/test_ocr_layout.py",
    "extract/test_zip_package.py",
    "habits",
    "publish/wording",
    "replica/test_content.py",
    "test_examples.py",
    "test_layers.py",
    "test_packaging.py",
)
"""Folders and files of `make fast`: together they take less than a minute on two cores."""

SLOW = ("archive/checks/test_runner.py", "crawler/warc/test_replay.py")
"""Files in those folders that build archives or replay crawls."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make fast` runs."""
    for item in items:
        path = item.path.relative_to(ROOT / "tests")
        if path.as_posix() not in SLOW and any(path.is_relative_to(folder) for folder in FAST):
            item.add_marker(pytest.mark.fast)
