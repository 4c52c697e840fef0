"""PDF text and tables beside pdfplumber, interleaved on the same files: LibreOffice and Chromium."""

from __future__ import annotations

import gc
import io
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

from extract.pdf import read_pdf
from extract.report import read

FILES = Path(__file__).parent.parent / "replica/files"
REPORTS = {"LibreOffice": "pingluo-gxj-2024.pdf", "Chromium": "weibin-gxj-2024.pdf"}
ROUNDS = 5


def with_pdfplumber(body: bytes) -> int:
    """Text and tables of every page; returns how many cells are numbers."""
    count = 0
    with pdfplumber.open(io.BytesIO(body)) as document:
        for page in document.pages:
            page.extract_text()
            for table in page.extract_tables():
                count += sum(1 for row in table for cell in row if cell and cell.isdigit())
    return count


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of one call, from a clean heap."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print seconds, ratios and what each way read of the 200 values."""
    for maker, name in REPORTS.items():
        body = (FILES / name).read_bytes()
        theirs, blocks, whole = [], [], []
        for _ in range(ROUNDS):
            theirs.append(seconds(lambda body=body: with_pdfplumber(body)))
            blocks.append(seconds(lambda body=body: read_pdf(body)))
            whole.append(seconds(lambda body=body: read(body)))
        base, ours, report = (statistics.median(times) for times in (theirs, blocks, whole))
        found = read(body).report
        cells = sum(len(row) for t in found.tables.values() for row in t.values()) if found else 0
        print(
            f"{maker:12} pdfplumber {base * 1000:6.0f} ms ({with_pdfplumber(body)} numbers);"
            f" text and grids {ours * 1000:5.0f} ms, {base / ours:4.1f} times as fast;"
            f" checked report {report * 1000:5.0f} ms ({cells} values)"
        )
