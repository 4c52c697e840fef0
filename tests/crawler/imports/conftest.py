"""An import into an empty folder, with the real analysis of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.held_records import HeldRecord
from gongkai.crawler.imports.import_run import Import, SourceResult
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.warc.parse import WarcRecord
from gongkai.crawler.warc.snapshot import Snapshot
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.imports.foreign_files import SITE


@dataclass
class Imported:
    """What an import left: results by name, and what is kept."""

    folder: Path
    results: dict[str, SourceResult] = field(default_factory=dict)
    kept: list[Snapshot] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Path and time of what is kept, in order of time."""
        return [(each.url.partition(".gov.cn")[2], each.fetched_at) for each in self.kept]


Importer = Callable[..., Imported]


@pytest.fixture(scope="session")
def analyst() -> Iterator[Analyst]:
    """The process that analyses pages."""
    with closing(Analyst()) as opened:
        yield opened


def undecided(
    documents: Iterator[tuple[HeldRecord, WarcRecord]],
) -> Iterator[tuple[HeldRecord, bool]]:
    """Refuse the documents whose bytes say that they are none."""
    for held, record in documents:
        yield held, b"no report" not in record.payload


@pytest.fixture
def take(tmp_path: Path, analyst: Analyst) -> Importer:
    """Return a function that writes files and imports them."""

    def run(collection: str = "", **files: bytes) -> Imported:
        folder = tmp_path / "snapshots"
        found = Imported(folder)
        with Snapshots(folder) as snapshots:
            writer = ImportWriter(folder, snapshots.index)
            admission = Admission([SITE], analyst)
            work = Import(snapshots.index, writer, admission, undecided, collection)
            for name, content in files.items():
                path = tmp_path / name.replace("__", ".")
                path.write_bytes(content)
                found.results |= {each.name: each for each in work.read_file(path)}
            work.finish()
            work.close()
            found.kept = [*snapshots.all()]
            found.bodies = [snapshots.body(each) for each in found.kept]
        return found

    return run
