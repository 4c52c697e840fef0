"""`gongkai read` over a folder of 500 PDF reports, with two processes: reports a second, memory."""

from __future__ import annotations

import csv
import itertools
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from subprocess import run

from tests.paths import REPORTS, ROOT

FILES = 500
JOBS = 2


def main() -> None:
    """Read copies of the frozen reports; every one of them has to give its cells."""
    sources = [path.with_name("source.pdf") for path in sorted(REPORTS.glob("pdf-*/printed.json"))]
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "files")
        files.mkdir()
        for number, source in zip(range(FILES), itertools.cycle(sources), strict=False):
            shutil.copy(source, files / f"{number:03}.pdf")
        table = Path(folder, "numbers.csv")
        command = (
            sys.executable, "-c", "from gongkai.archive.cli import main; main()", "read", str(files),
            "--csv", str(table), "--jobs", str(JOBS),
        )  # fmt: skip
        start = time.monotonic()
        run(command, check=True, cwd=ROOT, capture_output=True)
        spent = time.monotonic() - start
        with table.open(encoding="utf-8-sig", newline="") as rows:
            read = {row["file"] for row in csv.DictReader(rows)}
    assert len(read) == FILES, f"{FILES - len(read)} reports have no cells"
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{FILES} PDF files of {len(sources)} kinds, {JOBS} processes: {FILES / spent:.1f} reports a second"
    )
    print(f"processor time {(usage.ru_utime + usage.ru_stime) / FILES * 1000:.0f} ms a report")
    print(f"largest process {usage.ru_maxrss >> 10} MB")
