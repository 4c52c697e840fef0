"""Ctrl-C reaches all processes of a command; none of ours prints a traceback, whenever that is."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gongkai import interrupts, walls
from gongkai.archive.workers.reading_helper import ReadingHelper
from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit
from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.runs.subprocess_crawl import crawl_in_subprocess
from gongkai.extract.model.report import Source
from gongkai.publish.rendering.rendering_box import RenderingBox
from gongkai.replica.process import running_replica
from tests.crawler.tiny import FAST, PAGES, SITE, answers, served
from tests.paths import ROOT

PAGE = "<html><body><p>中卫市水务局通讯录</p></body></html>".encode()
FOREIGN = {"archive/workers/operator_command.py", "archive/workers/libreoffice.py"}
"""Programs of others, which print no traceback of Python. The same holds for the driver of Chromium:
it undoes what is blocked or ignored where it is started, and Chromium has a group of its own."""

MASKED = {"publish/server/workers.py"}
"""The overseer of a site has SIGINT blocked as long as it lives; its workers hear it when they begin."""

STARTS = {"subprocess.Popen", "subprocess.run", "os.fork"}
GUARDS = {"interrupts.deferred()", "interrupts.withheld()"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Send SIGINT to each process that is started here, before its interpreter can have begun."""
    sent: list[int] = []

    class Interrupted(subprocess.Popen):
        def __init__(self, *words: object, **named: object) -> None:
            super().__init__(*words, **named)
            self.send_signal(signal.SIGINT)
            sent.append(self.pid)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    yield sent
    assert sent


def test_a_reader(at_once: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with closing(ReadingHelper()) as helper:
        assert helper.read(PAGE, Source(media_type="text/html")).outcome == "not_report"
    assert capfd.readouterr().err == ""


def test_a_process_that_renders(at_once: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    with closing(RenderingBox()) as box:
        assert box.show(PAGE, Source(media_type="text/html"))
    assert capfd.readouterr().err == ""


def test_a_process_that_analyses_pages(at_once: list[int]) -> None:
    with closing(Analyst()) as analyst:
        page = FetchedPage("http://www.x.gov.cn/", 200, "text/html", PAGE, Visit(Role.HOME))
        assert analyst.analyze(page).outcome != "hostile"
    assert len(at_once) == 1


def test_the_trial_of_the_walls(at_once: list[int]) -> None:
    walls.missing_walls.cache_clear()
    assert set(walls.missing_walls()) < set(walls.WALLS)


def test_a_crawl_for_a_cluster(at_once: list[int], tmp_path: Path) -> None:
    with served(lambda request: answers(PAGES, request)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        assert crawl_in_subprocess(Job(SITE, tmp_path, proxy, FAST)).outcome == "ok"


def test_the_replica(at_once: list[int], capfd: pytest.CaptureFixture[str]) -> None:
    """It is a program of its own too, which Ctrl-C ends."""
    with running_replica() as address:
        assert address.startswith("http://")
    assert capfd.readouterr().err == ""


FORK_SERVER = """
import multiprocessing, signal, sys, time
from multiprocessing import forkserver, resource_tracker
from pathlib import Path
from gongkai import interrupts

def is_spared(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    masks = [int(line.split()[1], 16) for line in lines if line.startswith(("SigBlk", "SigIgn"))]
    return bool((masks[0] | masks[1]) & (1 << signal.SIGINT - 1))

def work():
    return is_spared("self"), signal.getsignal(signal.SIGINT) is signal.SIG_IGN

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests may run in the background
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([interrupts.IGNORED])
    interrupts.start_fork_server()
    started = (forkserver._forkserver._forkserver_pid, resource_tracker._resource_tracker._pid)
    print(*map(is_spared, started), is_spared("self"))
    with context.Pool(1) as pool:
        print(*pool.apply(work))
    print(*map(is_spared, started))
"""


def test_the_server_from_which_workers_are_forked(tmp_path: Path) -> None:
    """From its first moment on, while it loads modules, and in what is forked from it."""
    program = tmp_path / "program.py"
    program.write_text(FORK_SERVER)
    done = subprocess.run(
        [sys.executable, program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.stdout.splitlines() == ["True True False", "True True", "True True"]


def test_nothing_is_lost_in_the_parent() -> None:
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, set())
    with pytest.raises(KeyboardInterrupt), interrupts.withheld():
        signal.raise_signal(signal.SIGINT)
    assert signal.pthread_sigmask(signal.SIG_BLOCK, set()) == before
    signal.signal(signal.SIGINT, handler)


def starts(path: Path) -> Iterator[tuple[int, bool]]:
    """Yield the line of each start of a process, and whether SIGINT is held back there."""

    def look(node: ast.AST, is_guarded: bool) -> Iterator[tuple[int, bool]]:
        if isinstance(node, ast.With):
            is_guarded |= bool(GUARDS & {ast.unparse(each.context_expr) for each in node.items})
        if isinstance(node, ast.Call) and ast.unparse(node.func) in STARTS:
            yield node.lineno, is_guarded
        for child in ast.iter_child_nodes(node):
            yield from look(child, is_guarded)

    text = path.read_text(encoding="utf-8")
    if not any(name in text for name in STARTS):  # most modules, and parsing takes its time
        return iter(())
    return look(ast.parse(text), False)


def test_each_process_of_ours_is_started_without_sigint() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}": is_guarded
        for stage in ("gongkai", "archive", "crawler", "extract", "publish", "replica")
        for path in (ROOT / stage).rglob("*.py")
        if not {path.relative_to(ROOT).as_posix()} & (FOREIGN | MASKED)
        and not any(part.is_symlink() for part in path.parents)
        for line, is_guarded in starts(path)
    }
    assert len(found) >= 7
    assert [place for place, is_guarded in found.items() if not is_guarded] == []
