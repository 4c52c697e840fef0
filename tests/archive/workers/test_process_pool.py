"""Reading in a pool: what kills a reader costs only itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from gongkai.archive.store.reading_cache import decode
from gongkai.archive.workers.process_pool import Task, read_all
from tests.archive.folder import report_page
from tests.archive.workers.tasks import task
from tests.paths import ROOT
from tests.waiting import wait_until


class Poison:
    """Stands for a document: whoever unpacks it is dead."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (1,)


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
    assert died == ("unreadable", "reader_died")
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


def test_workers_end_with_a_build_that_is_killed() -> None:
    """Otherwise every killed build would leave its workers waiting for ever."""
    script = (
        "import multiprocessing, os, signal\n"
        "from gongkai.archive.workers.process_pool import read_all\n"
        "from tests.archive.folder import report_page\n"
        "from tests.archive.workers.tasks import task\n"
        "reading = read_all([task(f'p{n}', report_page()) for n in range(20)], workers=2)\n"
        "next(reading)\n"
        "print(*(child.pid for child in multiprocessing.active_children()), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )

    killed = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )

    workers = [Path("/proc", pid) for pid in killed.stdout.decode().split()]
    assert killed.returncode == -signal.SIGKILL
    assert workers
    wait_until(lambda: not any(_runs(worker) for worker in workers))


def _runs(process: Path) -> bool:
    try:
        state = process.joinpath("stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"  # dead, and not yet fetched by its parent
