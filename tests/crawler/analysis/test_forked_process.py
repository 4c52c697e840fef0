"""A process that is forked from a crawl: it finds the same, and holds nothing of the crawl."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import closing

from gongkai.crawler.analysis.analyst import Analyst
from gongkai.crawler.analysis.forked_process import ForkedProcess, may_fork
from tests.paths import ROOT

PROGRAM = """
import logging, os, signal, socket, sys, tempfile
from contextlib import closing
from pathlib import Path
from gongkai.crawler.analysis.analyst import AnalysisLimits, Analyst, AnalystClosed
from gongkai.crawler.analysis.forked_process import ForkedProcess
from gongkai.crawler.analysis.page_analysis import PageAnalysis, analyze
from gongkai.crawler.analysis.page_outcome import FetchedPage
from gongkai.crawler.discovery.link_roles import Role, Visit

def page(body):
    return FetchedPage("http://www.x.gov.cn/", 200, "text/html", body, Visit(Role.HOME))

def check(name, is_so):
    print("ok" if is_so else "NO", name)

home = page(b'<a href="/nb/">2024</a>')
held = [tempfile.TemporaryFile(), *socket.socketpair()]
logging.basicConfig(stream=os.fdopen(os.dup(held[0].fileno()), "w"))
signal.signal(signal.SIGTERM, lambda *_: None)

with closing(Analyst(AnalysisLimits(seconds=1.0))) as analyst:
    analyst.prepare()
    forked = analyst._process
    check("forked", isinstance(forked, ForkedProcess))
    check("the same result", analyst.analyze(home) == analyze(home))
    check("the same process", analyst._process is forked)
    process = Path(f"/proc/{forked.pid}")
    open_files = {os.readlink(each) for each in (process / "fd").iterdir()}
    check("no file of the crawl", all(f.startswith("pipe:") or f == os.devnull for f in open_files))
    check("its own pipes", len({each for each in open_files if each.startswith("pipe:")}) == 2)
    status = dict(line.split(":\\t", 1) for line in (process / "status").read_text().splitlines())
    check("walls", (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"))
    check("no network", (process / "ns/net").readlink() != Path("/proc/self/ns/net").readlink())
    ignored, caught = (int(status[name], 16) for name in ("SigIgn", "SigCgt"))
    check("SIGINT ignored", ignored & 1 << signal.SIGINT - 1)
    check("SIGTERM ends it", not (ignored | caught) & 1 << signal.SIGTERM - 1)

    heavy = analyst.analyze(page(b"<html><body>" + b"<p>a" * 900_000))
    check("out of time", heavy == PageAnalysis("hostile", limit="time"))
    check("ended", not process.exists() and forked.returncode in (-signal.SIGPROF, -signal.SIGKILL))
    check("the next one is started", analyst.analyze(home) == analyze(home))
    check("anew", not isinstance(analyst._process, ForkedProcess))

for use in (True, False):
    analyst = Analyst()
    analyst.prepare()
    pid = analyst._process.pid
    if use:
        analyst.analyze(home)
    analyst.close()
    check("closed", not Path(f"/proc/{pid}").exists())
    analyst.close()
    try:
        analyst.analyze(home)
    except AnalystClosed:
        check("nothing can be asked", True)
"""


def test_a_forked_process_is_like_a_started_one() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("ok ")] == []
    assert len(lines) == 17


def test_nothing_is_forked_beside_a_thread() -> None:
    going = threading.Event()
    thread = threading.Thread(target=going.wait)
    thread.start()
    try:
        with closing(Analyst()) as analyst:
            analyst.prepare()
            assert not may_fork()
            assert analyst._process is None  # nobody else has to know it
    finally:
        going.set()
        thread.join()


def test_a_process_that_was_collected_is_not_killed_again() -> None:
    pid = os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")
    process = ForkedProcess(pid, *reversed(os.pipe()))
    process.kill()
    assert process.wait() == process.wait() == -9
    process.kill()
    process.stdin.close()
    process.stdout.close()
