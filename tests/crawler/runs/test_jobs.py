"""The ways a crawl is started, and the ways it ends before its end."""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from gongkai.crawler.runs.jobs import Job, crawl, crawl_site
from gongkai.crawler.runs.pools import run_all
from gongkai.crawler.setting_error import SettingError
from gongkai.crawler.sites.registry import RegistryError
from gongkai.crawler.warc.locks import HostBusy, HostLock
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots, StorageError
from gongkai.replica.server import Replica
from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import FAST, PAGES, SITE, answers, reason, served
from tests.paths import ROOT
from tests.waiting import PATIENCE_SECONDS, wait_until


def test_a_second_crawl_of_a_site_says_that_it_is_busy(run, tmp_path):
    with HostLock(tmp_path, SITE):
        found = run({})
    assert found.outcome == "busy"
    assert reason(found) == f"tiny is being crawled by another process ({os.getpid()})"
    assert run.asked == []
    assert run({}).outcome == "ok"


def test_a_crawl_keeps_the_facts_of_its_portal(run, tmp_path):
    assert run({}).outcome == "ok"
    with Snapshots(tmp_path) as snapshots:
        assert snapshots.sites() == [SITE]
        snapshots.reindex()
        assert snapshots.sites() == [SITE]


def test_a_lock_is_one_of_the_host_whatever_the_site_is_called(tmp_path):
    with HostLock(tmp_path, SITE), pytest.raises(HostBusy):
        HostLock(tmp_path, replace(SITE, id="other", url="https://tiny.gov.cn/"))
    HostLock(tmp_path, SITE).release()


def test_a_disk_that_is_full_ends_the_crawl_with_a_clear_word(tmp_path):
    pages = PAGES | {"/": PAGES["/"] + f"<p>{random.Random(1).randbytes(900_000).hex()}</p>"}
    with served(partial(answers, pages)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), limit_files) as pool:
            found = pool.submit(crawl_site, Job(SITE, tmp_path, proxy, FAST)).result()
        assert (found.outcome, reason(found).partition(":")[0]) == (
            "failed",
            f"Cannot write to {tmp_path}",
        )
        (again,) = crawl([SITE], tmp_path, proxy=proxy, settings=FAST)
    assert again.outcome == "ok"
    with Snapshots(tmp_path) as snapshots:
        for snapshot in snapshots.all():
            assert len(snapshots.body(snapshot)) == snapshot.bytes


def limit_files() -> None:
    """Let no file of this process grow past 600 kB: as on a full disk, a write ends half-way."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))


def test_a_crawl_that_is_stopped_by_a_signal_says_so(tmp_path):
    release = threading.Event()

    def slow(request: Request) -> Answer:
        if request.url.endswith("/nb/"):
            os.kill(int((tmp_path / "pid").read_text()), signal.SIGTERM)
            release.wait(5)
        return answers(PAGES, request)

    script = (
        "import os; from pathlib import Path\n"
        "from gongkai.crawler.runs.jobs import Job, crawl_site; from gongkai.crawler.sites.registry import Site\n"
        f"Path({str(tmp_path)!r}, 'pid').write_text(str(os.getpid()))\n"
        f"run = crawl_site(Job({SITE!r}, Path({str(tmp_path)!r}), 'http://127.0.0.1:%d', {FAST!r}))\n"
        "print(run.outcome, run.why)\n"
    )
    with served(slow) as transport:
        program = subprocess.Popen(
            [sys.executable, "-c", script % transport.server_port],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        threading.Timer(0.5, release.set).start()
        out, _ = program.communicate(timeout=PATIENCE_SECONDS)
        release.set()
    assert out == "interrupted run_interrupted\n"
    with Snapshots(tmp_path) as snapshots:
        assert [run.outcome for run in snapshots.runs()] == ["interrupted"]


Send = Callable[[int, int], None]


@pytest.mark.parametrize(
    ("send", "way"),
    [
        (os.killpg, signal.SIGINT),  # as a terminal sends it
        (os.killpg, signal.SIGTERM),  # and systemd
        (os.kill, signal.SIGTERM),  # `kill`, and a container that is stopped
        (os.kill, signal.SIGKILL),
    ],
)
def test_a_command_that_is_stopped_lets_every_portal_end_in_order(
    tmp_path: Path, send: Send, way: signal.Signals
) -> None:
    command = (
        "from gongkai.archive.cli import main; main()",
        "crawl",
        "weibin",
        "-s",
        "DOWNLOAD_DELAY=0.2",
    )
    with Replica() as replica:
        program = subprocess.Popen(
            [sys.executable, "-c", *command, "--proxy", replica.url],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: len(replica.requests) > 4)
        send(program.pid, way)
        assert program.wait(timeout=PATIENCE_SECONDS) != 0
        folder = tmp_path / "snapshots"
        wait_until(lambda: not list(folder.glob("*.open")))
        asked = len(replica.requests)
    with Snapshots(folder) as snapshots:
        ((ended),) = snapshots.index.runs.all()
        assert (ended.outcome, reason(ended)) == ("interrupted", "Stopped by a signal")
        # the command itself asked once before, for the time by the portal's clock
        assert ended.counts["requests"] == len(list(snapshots.all())) == asked - 1


def die_once(job: Job) -> Run:
    """Die the first time, as under a kill -9; work the second time."""
    mark = job.snapshots / "tried"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Run("0" * 32, job.site.id, "", "", "ok")


def test_a_job_lost_with_its_process_is_run_again(tmp_path):
    def pool() -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1)

    ((site, found),) = run_all([Job(SITE, tmp_path)], [pool] * 2, die_once)
    assert (site, found.outcome) == ("tiny", "ok")


def test_a_job_that_takes_every_process_with_it_is_given_up(tmp_path):
    def poison(job: Job) -> Run:
        raise BrokenProcessPool("as when the process of a job is killed")

    ((site, found),) = run_all([Job(SITE, tmp_path)], [lambda: ThreadPoolExecutor(1)] * 2, poison)
    assert (site, found.outcome, reason(found)) == (
        "tiny",
        "failed",
        "The process of the crawl died 2 times",
    )


def test_a_setting_that_is_none_fails_with_a_clear_word(run, capfd):
    found = run({}, DOWNLOAD_DELAY="abc")
    assert found.outcome == "failed"
    assert reason(found) == ("The crawl could not start: could not convert string to float: 'abc'")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"proxy": "nonsense"}, SettingError),
        ({"sites": [replace(SITE, cms="nobody")]}, RegistryError),
        ({"snapshots": Path(__file__)}, StorageError),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, arguments, error):
    given = {"sites": [SITE], "snapshots": tmp_path} | arguments
    with pytest.raises(error):
        crawl(given.pop("sites"), given.pop("snapshots"), **given)


def scrapy(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_scrapy_lists_the_sites():
    done = scrapy("list")
    assert done.stdout.split() == ["pingluo", "weibin", "yongning", "zhongwei"]


def test_scrapy_crawls_a_site_of_another_registry_and_uses_no_proxy_of_the_environment(tmp_path):
    registry = tmp_path / "more.toml"
    registry.write_text(
        '[tiny]\nname = "某县"\nregion_code = "640221"\nurl = "http://www.tiny.gov.cn/"\n',
        encoding="utf-8",
    )
    options = {
        "GONGKAI_SITES": str(registry),
        "GONGKAI_SNAPSHOTS": str(tmp_path / "kept"),
        "DOWNLOAD_DELAY": "0",
    }
    with served(partial(answers, PAGES)) as transport:
        options["GONGKAI_PROXY"] = f"http://127.0.0.1:{transport.server_port}"
        settings = [word for name, value in options.items() for word in ("-s", f"{name}={value}")]
        done = scrapy("crawl", "tiny", *settings, http_proxy="http://127.0.0.1:1")
    assert done.returncode == 0, done.stderr
    with Snapshots(tmp_path / "kept") as snapshots:
        assert [(run.site, run.outcome) for run in snapshots.runs()] == [("tiny", "ok")]
