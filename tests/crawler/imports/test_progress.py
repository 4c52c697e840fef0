"""How far the reading of a file is: by what is read of its packed bytes, not by its records."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.imports.admission import Admission
from gongkai.crawler.imports.import_run import Import
from gongkai.crawler.imports.import_sources import MegabyteSteps, megabytes, read_source
from gongkai.crawler.imports.import_writer import ImportWriter
from gongkai.crawler.warc.store import Snapshots
from tests.crawler.imports.conftest import undecided
from tests.crawler.imports.foreign_files import SITE, answer, listing, packed, page, record, report
from tests.crawler.imports.test_other_formats import package

ELSEWHERE = [
    record("response", f"http://www.elsewhere.cn/{n}", answer(os.urandom(1 << 20)))
    for n in range(3)
]


@pytest.mark.parametrize("compression", ["members", "one member", "none"])
def test_reading_tells_how_far_it_is(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(packed(ELSEWHERE, compression))
    places: list[int] = []
    assert len([*read_source(path, places.append)]) == 1 + len(ELSEWHERE)
    assert places == sorted(places)
    assert places[-1] == path.stat().st_size
    assert {place >> 20 for place in places} == {1, 2, 3}


def test_the_files_of_a_package_stand_one_behind_the_other(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    path.write_bytes(package(packed(ELSEWHERE)))
    places: list[int] = []
    assert [*read_source(path, places.append)]
    assert places == sorted(places)
    assert path.stat().st_size - places[-1] < 10_000


def test_each_megabyte_is_a_step_however_the_reading_ends(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(5 << 20))
    steps: list[None] = []
    counted = MegabyteSteps(path, lambda: steps.append(None))
    for place, expected in ((10, 0), (2 << 20, 2), (1 << 20, 2), (9 << 20, 5)):
        counted.reached(place)
        assert len(steps) == expected
    counted.finish()
    assert len(steps) == megabytes(path) == 5
    assert megabytes(tmp_path / "missing") == 1


def test_what_waited_is_counted_until_all_of_it_is_decided(
    tmp_path: Path, analyst: Analyst
) -> None:
    path = tmp_path / "a.warc"
    gone, moved = answer(b"", status="404 No"), answer(b"", "Location: /nb/1.html", status="302 X")
    path.write_bytes(
        packed(
            [
                page("/nb/", listing("/nb/1.html", "/a.pdf")),
                page("/nb/1.html", report(2019)),
                record(
                    "response", "/a.pdf", answer(b"%PDF-1.4 a", "Content-Type: application/pdf")
                ),
                record(
                    "response", "/b.pdf", answer(b"%PDF-1.4 b", "Content-Type: application/pdf")
                ),
                record("response", "/nb/old.html", moved),
                record("response", "/nb/none.html", gone),
            ]
        )
    )
    begun: dict[str, int] = {}
    steps: list[None] = []

    @contextmanager
    def begin(label: str, total: int) -> Iterator[object]:
        begun[label] = total
        yield lambda: steps.append(None)

    with Snapshots(tmp_path / "snapshots") as snapshots:
        writer = ImportWriter(snapshots.folder, snapshots.index)
        work = Import(snapshots.index, writer, Admission([SITE], analyst), undecided)
        work.read_file(path)
        work.finish(begin)
        work.close()
    assert begun == {"progress_held": 4}
    assert len(steps) == 4
