"""Reading in a pool: what kills a reader costs only itself."""

from __future__ import annotations

import os
from collections.abc import Iterator

from archive.extraction import Task, read_all
from archive.readings import decode
from extract.schema import Source
from tests.archive.folder import report_page


class Poison:
    """Stands for a document: whoever unpacks it is dead."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


def task(name: str, body: bytes, source: Source | None = None) -> Task:
    return Task(name, f"http://www.pingluo.gov.cn/{name}", body, source or Source())


def outcomes(tasks: list[Task] | Iterator[Task]) -> dict[str, tuple[str, str]]:
    found = read_all(tasks, workers=2)
    return {task.digest: (kept.outcome, decode(kept.reading).why) for task, kept in found}


def test_every_document_is_read() -> None:
    pages = [task(f"p{number}", report_page(f"平罗县第{number}中学")) for number in range(20)]

    assert outcomes(iter(pages)) == {page.digest: ("report", "") for page in pages}
    assert outcomes([]) == {}


def test_a_document_that_kills_its_reader_costs_only_itself() -> None:
    pages = [task(f"p{number}", report_page(f"平罗县第{number}中学")) for number in range(12)]
    poison = task("poison", b"", Poison())  # type: ignore[arg-type]

    found = outcomes([*pages[:3], poison, *pages[3:]])

    died = found.pop("poison")
    assert died == ("unreadable", "读取进程异常终止 the process reading it died")
    assert found == {page.digest: ("report", "") for page in pages}


def test_tasks_are_taken_only_a_little_ahead() -> None:
    taken: list[int] = []

    def tasks() -> Iterator[Task]:
        for number in range(40):
            taken.append(number)
            yield task(f"p{number}", report_page())

    reading = read_all(tasks(), workers=1)
    next(reading)

    assert len(taken) < 12
    reading.close()
