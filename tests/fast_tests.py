"""Which tests `make fast` runs, by folder and file below tests/."""

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
    "extract/test_zip_attachments.py",
    "habits",
    "publish/wording",
    "replica/test_content.py",
    "test_examples.py",
    "test_foreign_json.py",
    "test_layers.py",
    "test_packaging.py",
    "test_regular_file.py",
)
"""Folders and files of `make fast`: together they take less than a minute on two cores."""

SLOW = ("archive/checks/test_runner.py", "crawler/warc/test_replay.py")
"""Files in those folders that build archives or replay crawls."""

OCR = "archive/workers/test_ocr_engine.py"
"""Tests of the extra [ocr]; rapidocr-onnxruntime has no release for Python 3.13."""
