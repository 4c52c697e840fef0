"""Options and fixtures for all tests."""

import sys

import pytest

# rapidocr-onnxruntime, which the extra [ocr] rests on, has no release for Python 3.13
collect_ignore = ["archive/test_ocr_engine.py"] if sys.version_info >= (3, 13) else []


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--accept", action="store_true", help="write the golden files anew, for review"
    )
