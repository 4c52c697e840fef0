"""How fast reports are loaded and found, beside a scan: figures for `make bench`.

python -m tests.benchmarks.archive_figures 2000
"""

from __future__ import annotations

import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.pipeline.report_writer import load_report
from gongkai.archive.store.database import bulk_write, locked, transaction, writer
from gongkai.archive.store.search import create_index, match_query
from gongkai.archive.store.tokenizer import tokens
from gongkai.archive.workers.process_pool import EncodedReading, Task, encode_reading
from gongkai.crawler.sites.registry import load_sites
from gongkai.extract.model.report import Reading, Section, Source
from gongkai.extract.report import read
from tests.archive.folder import Folder
from tests.paths import REPORTS

SEEDS = sorted((REPORTS).glob("*-text/source.txt"))


@dataclass(frozen=True)
class Figures:
    """What was measured on `reports` reports."""

    reports: int
    loaded_per_second: float
    bytes_per_report: float
    questions: int
    recall: float
    search_ms: float
    scan_ms: float

    def lines(self) -> Iterator[str]:
        """Yield the figures for a person."""
        yield f"load    {self.loaded_per_second:8.0f} reports/s ({self.reports} reports, 200 values each, with search index)"
        yield f"size    {self.bytes_per_report / 1000:8.1f} kB/report in archive.db, readings and index included"
        yield (
            f"search  recall {self.recall:.3f} against a scan over {self.questions} questions; "
            f"{self.search_ms:.2f} ms a question, scan {self.scan_ms:.2f} ms: "
            f"{self.scan_ms / self.search_ms:.0f} times as fast"
        )


def measure(reports: int, questions: int = 200, seed: int = 1) -> Figures:
    """Build an archive of so many reports drawn from the seeds, and ask it."""
    with tempfile.TemporaryDirectory() as name:
        db, per_second = _loaded(Path(name), reports, random.Random(seed))
        with closing(sqlite3.connect(db)) as conn:
            recall, search_ms, scan_ms = _asked(conn, questions, random.Random(seed))
        return Figures(
            reports,
            per_second,
            db.stat().st_size / reports,
            questions,
            recall,
            search_ms,
            scan_ms,
        )


def _loaded(folder: Path, reports: int, dice: random.Random) -> tuple[Path, float]:
    """Prepare everything but the reports with a build, then load them under the clock."""
    texts = [read(path.read_bytes(), Source()) for path in SEEDS]
    known: dict[bytes, Reading] = {}
    with Folder(folder) as opened:
        writer_ = opened.snapshots.writer("added")
        for number in range(reports):
            body = str(number).encode()
            known[body] = _varied(dice.choice(texts), number, dice)
            writer_.write_resource(f"file:///{number}.txt", body, "text/plain", {})
        writer_.close()

        def read_known(tasks: Iterable[Task]) -> Iterator[tuple[Task, EncodedReading]]:
            return ((task, encode_reading(known[task.body])) for task in tasks)

        build(opened.db, BuildJob(opened.snapshots, load_sites(), read=read_known))
    return opened.db, _load_speed(opened.db)


def _load_speed(db: Path) -> float:
    """Make every report anew in an archive that has its readings: CPU time of the last step."""
    with locked(db), writer(db) as conn, bulk_write(conn):
        keys = [key for (key,) in conn.execute("SELECT id FROM reports ORDER BY id")]
        with transaction(conn):
            for table in (*_about_reports(conn), "reports", "duties", "agencies"):
                conn.execute(f"DELETE FROM {table}")
            create_index(conn)
        start = time.process_time()
        for key in keys:
            load_report(conn, key)
        return len(keys) / (time.process_time() - start)


def _about_reports(conn: sqlite3.Connection) -> list[str]:
    """The tables with rows of reports."""
    tables = conn.execute(
        "SELECT DISTINCT t.name FROM sqlite_master t JOIN pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND c.name = 'report_id' AND t.name <> 'readings'"
    )
    return [name for (name,) in tables]


def _varied(reading: Reading, number: int, dice: random.Random) -> Reading:
    """The report of another agency, with sentences in another order and a number of its own."""
    report = reading.report
    assert report is not None
    assert report.agency is not None
    name = f"{report.agency.name}第{number}分局"
    return replace(
        reading,
        report=replace(
            report,
            title=f"{name}{report.year}年政府信息公开工作年度报告",
            agency=replace(report.agency, name=name),
            sections=tuple(_shuffled(section, number, dice) for section in report.sections),
        ),
    )


def _shuffled(section: Section, number: int, dice: random.Random) -> Section:
    sentences = section.text.split("。")
    dice.shuffle(sentences)
    return replace(section, text="。".join([*sentences, f"文号〔{number}〕"]))


def _asked(
    conn: sqlite3.Connection, questions: int, dice: random.Random
) -> tuple[float, float, float]:
    """Draw questions from the texts; return recall, and milliseconds of a search and of a scan."""
    texts = [text for (text,) in conn.execute("SELECT text FROM sections WHERE length(text) > 60")]
    found = missed = 0
    search_seconds = scan_seconds = 0.0
    for _ in range(questions):
        question = _question(dice.choice(texts), dice)
        start = time.process_time()
        conn.execute(COUNT, [match_query(question)]).fetchone()
        middle = time.process_time()
        conn.execute(f"SELECT count(*) {SCAN}", [question]).fetchone()
        scan_seconds += time.process_time() - middle
        search_seconds += middle - start
        hits = {key for (key,) in conn.execute(f"SELECT id {SEARCH}", [match_query(question)])}
        scanned = {key for (key,) in conn.execute(f"SELECT report_id {SCAN}", [question])}
        found += len(hits & scanned)
        missed += len(scanned - hits)
    per_question = 1000 / questions
    return found / (found + missed), search_seconds * per_question, scan_seconds * per_question


COUNT = "SELECT count(*) FROM search_index WHERE search_index MATCH ?"
SEARCH = (
    "FROM search_index JOIN reports ON reports.rowid = search_index.rowid"
    " WHERE search_index MATCH ?"
)
SCAN = "FROM sections WHERE instr(text, ?)"


def _question(text: str, dice: random.Random) -> str:
    """A piece of a text that is tokens alone, so that a scan with instr() can find it as it is."""
    while True:
        length = dice.choice((1, 2, 2, 3, 4, 8))
        start = dice.randrange(len(text) - length)
        piece = text[start : start + length]
        latin = any(character.isascii() and character.isalpha() for character in piece)
        if piece.isalnum() and not latin and tokens(piece) == list(piece):
            return piece


if __name__ == "__main__":
    print("\n".join(measure(int(sys.argv[1])).lines()))
