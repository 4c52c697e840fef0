"""Reading PDF reports against pdfplumber's text and tables, in turns, in CPU time.

Both read the same bytes; pdfplumber gives text and extract_tables() of every page, ours a whole
Document. Its tables go through our recogniser too, so that cells can be counted.
"""

from __future__ import annotations

import gc
import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import pdfplumber

from gongkai.extract.formats.pdf.pdf_reader import read_pages, read_pdf
from gongkai.extract.model.document import Grid, GridCell
from gongkai.extract.model.report import Source
from gongkai.extract.report import read, read_again
from gongkai.extract.tables.row_recognition import assign_rows
from gongkai.extract.tables.table_reader import read_tables
from tests.paths import REPORTS, ROOT

ROUNDS = 9
FEW_ROUNDS = 3
OFF = Source(second_reading="off")
REPLICA = ROOT / "replica" / "files"
CASES = REPORTS
SPEED = {
    "LibreOffice, 8 pages": (REPLICA / "pingluo-gxj-2024.pdf", 2.5),
    "LibreOffice, 6 pages": (REPLICA / "yongning-gkj-2024.pdf", 2.5),
    "Chromium, 4 pages": (REPLICA / "weibin-gxj-2024.pdf", 1.7),
}
Cells = dict[tuple[str, str, str], float]
Line = tuple[str, str, str]


def main() -> None:
    """Speed on three files and by producer, cells of all frozen PDF cases, memory of a worker."""
    logging.disable(logging.WARNING)  # pdfminer warns of every oddity
    for lines in (*(speed(*entry) for entry in SPEED.items()), producers(), accuracy(), memory()):
        for what, figure, remark in lines:
            print(f"{what:<58}{figure:>12}  {remark}".rstrip(), flush=True)


def speed(name: str, file: tuple[Path, float]) -> Iterator[Line]:
    """The median of the ratios of neighbouring runs: the machine's own load falls out."""
    path, wanted = file
    body = path.read_bytes()
    theirs(body), read_pdf(body)
    rounds = [
        (spent(theirs, body), spent(read_pdf, body), spent(once, body)) for _ in range(ROUNDS)
    ]
    text = median(other / own for other, own, _ in rounds)
    whole = median(other / own for other, _, own in rounds)
    times = [median(times) * 1000 for times in zip(*rounds, strict=True)]
    yield f"{name}: text and grids, times as fast as pdfplumber", f"{text:.2f}", f"wanted: {wanted}"
    yield f"{name}: the whole checked report", f"{whole:.2f}", ""
    yield f"{name}: pdfplumber / ours / report", "/".join(f"{t:.0f}" for t in times), "ms"


def producers() -> Iterator[Line]:
    """All frozen files that are read, by the program that made them; the second reading apart.

    Each line has pdfplumber's figures of the same run beside ours.
    """
    files: dict[str, list[Path]] = {}
    for case in sorted(CASES.glob("pdf-*/printed.json")):
        files.setdefault(case.parent.name.split("-")[1], []).append(case.with_name("source.pdf"))
    for name, paths in files.items():
        times = [producer_times(path.read_bytes()) for path in paths]
        their_chars, our_chars, plumber, first, second = (
            sum(column) * 1000 / len(paths) for column in zip(*times, strict=True)
        )
        memory = " / ".join(f"{worker_memory(way, paths)[1]:.0f}" for way in ("plumber", "plain"))
        what = f"{name} ({len(paths)})"
        yield (
            f"{what}: bytes to characters, times as fast",
            f"{their_chars / our_chars:.2f}",
            f"{their_chars:.0f} / {our_chars:.0f} ms",
        )
        remark = (
            f"{plumber:.0f} / {first:.0f} ms; second reading {second:.0f} ms; memory {memory} MB"
        )
        yield f"{what}: the whole checked report", f"{plumber / first:.2f}", remark


def producer_times(body: bytes) -> tuple[float, ...]:
    """Medians for one file: characters of pdfplumber and ours, its tables, our report, the second."""
    ways = (their_characters, read_pages, theirs, once, partial(read_again, source=OFF))
    for work in ways:
        work(body)
    rounds = [tuple(spent(work, body) for work in ways) for _ in range(FEW_ROUNDS)]
    return tuple(map(median, zip(*rounds, strict=True)))


def their_characters(body: bytes) -> int:
    """Read the characters and lines of every page with pdfplumber, without text and tables."""
    with pdfplumber.open(io.BytesIO(body)) as file:
        return sum(len(page.chars) + len(page.rects) + len(page.lines) for page in file.pages)


def once(body: bytes) -> object:
    """The whole checked report, without a second reading."""
    return read(body, OFF)


def spent(work: Callable[[bytes], object], body: bytes) -> float:
    """CPU seconds of one call, from a clean heap."""
    gc.collect()
    start = time.process_time()
    work(body)
    return time.process_time() - start


def theirs(body: bytes) -> list[list[list[str | None]]]:
    """What pdfplumber gives by default: the text, and the tables as rows of cells."""
    tables = []
    with pdfplumber.open(io.BytesIO(body)) as file:
        for page in file.pages:
            page.extract_text()
            tables += page.extract_tables()
    return tables


def accuracy() -> Iterator[Line]:
    """Cells of the frozen PDF cases, by what was printed in them."""
    counts = {"ours": [0, 0, 0], "pdfplumber": [0, 0, 0]}
    cases = sorted(CASES.glob("pdf-*/printed.json"))
    for case in cases:
        printed = {
            (part, item, key): float(text)
            for part, table in json.loads(case.read_text(encoding="utf-8")).items()
            for item, row in table.items()
            for key, text in row.items()
        }
        body = (case.parent / "source.pdf").read_bytes()
        count(
            counts["ours"],
            printed,
            cells([b for b in read_pdf(body).blocks if isinstance(b, Grid)]),
        )
        count(counts["pdfplumber"], printed, cells([grid(table) for table in theirs(body)]))
    for name, (right, wrong, missing) in counts.items():
        yield f"{name}: cells right of {len(cases)} cases", f"{right}", ""
        yield f"{name}: wrong / missing", f"{wrong} / {missing}", ""


def grid(table: list[list[str | None]]) -> Grid:
    """pdfplumber's table as ours; a None is a field that a merged cell covers."""
    return Grid(
        tuple(
            tuple(GridCell(text, column) for column, text in enumerate(row) if text is not None)
            for row in table
        )
    )


def cells(grids: list[Grid]) -> Cells:
    """The numbers that the recogniser reads in some tables."""
    return {
        (part, item, key): float(cell.value)
        for part, table in read_tables(assign_rows(grids)).parts.items()
        for item, row in table.items()
        for key, cell in row.items()
        if cell.value is not None
    }


def count(totals: list[int], printed: Cells, found: Cells) -> None:
    """Add right, wrong and missing cells."""
    right = sum(found.get(place) == value for place, value in printed.items())
    wrong = sum(printed.get(place) != value for place, value in found.items())
    totals[0] += right
    totals[1] += wrong
    totals[2] += sum(place not in found for place in printed)


WORKER = """
import sys, tracemalloc
from pathlib import Path
if sys.argv[1] == "plumber":
    from tests.benchmarks.bench_pdf import theirs as read
else:
    from gongkai.extract.report import read
if sys.argv[1] == "traced":
    tracemalloc.start()
for name in sys.argv[2:]:
    read(Path(name).read_bytes())
# not ru_maxrss, which a process takes over from the one that started it
status = Path("/proc/self/status").read_text().split()
print(tracemalloc.get_traced_memory()[1] // 1024, status[status.index("VmHWM:") + 1])
"""


def worker_memory(way: str, paths: Sequence[Path]) -> tuple[float, float]:
    """Megabytes that reading takes of Python's heap, and those of the whole process of its own."""
    command = (sys.executable, "-c", WORKER, way, *map(str, paths))
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    traced, whole = (int(number) / 1024 for number in run.stdout.split())
    return traced, whole


def memory() -> Iterator[Line]:
    """What a worker of its own takes in all, and what of it reading one file takes at most."""
    for name, (path, _) in SPEED.items():
        traced, whole = worker_memory("traced", [path])[0], worker_memory("plain", [path])[1]
        yield f"{name}: memory of a worker", f"{whole:.0f} MB", f"{traced:.1f} MB for the file"
