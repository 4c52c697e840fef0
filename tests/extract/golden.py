"""The frozen documents of tests/reports: their bytes, and what is known beside them."""

import json
from pathlib import Path

from gongkai.archive.workers.libreoffice import CONVERTED
from gongkai.extract.formats.media_type import ZIP, sniff
from gongkai.extract.model.report import Reading, Source
from gongkai.extract.ocr_layout import read_recognized_pages
from gongkai.extract.report import read
from tests.archive.reading import read_sandboxed
from tests.paths import REPORTS
from tests.printing.scans import loaded

CASES = REPORTS


def source_of(folder: Path) -> Path:
    return next(path for path in sorted(folder.iterdir()) if path.stem == "source")


def read_case(folder: Path) -> Reading:
    """The reading of a case; `context.json` beside it holds what the crawl knew of the document.

    Old Word files are read as the archive reads them, converted by LibreOffice first.
    """
    known = folder / "context.json"
    context = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    path, source = source_of(folder), Source(**context)
    if path.suffix == ".json":  # words and lines that were recognised on a scan
        return read_recognized_pages(loaded(path), source, source.media_type)
    body = path.read_bytes()
    if sniff(body) in (*CONVERTED, ZIP):
        return read_sandboxed(body, source)
    return read(body, source)
