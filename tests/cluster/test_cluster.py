"""Crawl and build on a real Dask scheduler with two workers on loopback; workers and scheduler die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gongkai.archive.checks import prose_readings, runner
from gongkai.archive.checks.prose_readings import Batch, ProseReading, read_here
from gongkai.archive.cli import main
from gongkai.archive.commands.shared.cluster import Cluster as DaskCluster
from gongkai.archive.commands.shared.cluster import Hands, connected, working
from gongkai.archive.errors import ArchiveError
from gongkai.archive.pipeline.builder import BuildJob, build
from gongkai.archive.store.database import writer
from gongkai.archive.workers.process_pool import read_all
from gongkai.crawler.sites.registry import load_sites
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.server import Replica
from tests.archive.folder import Folder, dump, report_page
from tests.benchmarks.made_country import make
from tests.faults.kills import Story
from tests.paths import ROOT

DASK = "from distributed.cli.{0} import main; main()"
QUIET = {"DASK_DISTRIBUTED__ADMIN__LOG_FORMAT": "%(message)s"}


@dataclass
class Cluster:
    """A scheduler and its workers, each a process."""

    stack: ExitStack
    folder: Path
    scheduler: subprocess.Popen[str] | None = None
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    address: str = ""

    def start(self) -> None:
        self.scheduler = self._run(
            "dask_scheduler",
            "--host=127.0.0.1",
            "--port=0",
            "--no-dashboard",
            f"--scheduler-file={self.folder / 'scheduler.json'}",
        )
        end = time.monotonic() + 60
        while not (self.folder / "scheduler.json").exists() and time.monotonic() < end:
            time.sleep(0.1)
        text = (self.folder / "scheduler.json").read_text()
        self.address = text.partition('"address": "')[2].partition('"')[0]
        for _ in range(2):
            self.workers.append(
                self._run(
                    "dask_worker",
                    self.address,
                    "--nthreads=1",
                    "--no-nanny",
                    "--no-dashboard",
                    "--host=127.0.0.1",
                    "--death-timeout=10",
                    f"--local-directory={self.folder}",
                )
            )

    def _run(self, program: str, *words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", DASK.format(program), *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)} | QUIET,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.stack.callback(process.wait)
        self.stack.callback(process.kill)
        return process


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A scheduler and two workers that answer."""
    monkeypatch.setattr("gongkai.archive.commands.shared.cluster.CONNECT_SECONDS", 2)
    with ExitStack() as stack:
        (tmp_path / "cluster").mkdir()
        found = Cluster(stack, tmp_path / "cluster")
        found.start()
        with DaskCluster(found.address) as client:
            end = time.monotonic() + 60
            while client.threads < 2 and time.monotonic() < end:
                time.sleep(0.1)
            assert client.threads == 2
        yield found


def gongkai(*words: Any) -> Any:
    return CliRunner().invoke(main, [str(word) for word in words])


def after(condition: Callable[[], bool], action: Callable[[], None]) -> threading.Thread:
    """Do something as soon as something is so."""

    def watch() -> None:
        end = time.monotonic() + 60
        while not condition() and time.monotonic() < end:
            time.sleep(0.02)
        action()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


def crawl(replica: Replica, folder: Path, address: str, **settings: str) -> Any:
    given = {"DOWNLOAD_DELAY": "0.05", "AUTOTHROTTLE_ENABLED": "False"} | settings
    options = [word for name, value in given.items() for word in ("-s", f"{name}={value}")]
    sites = ("pingluo", "weibin")
    return gongkai(
        "crawl", *sites, "--snapshots", folder, "--proxy", replica.url, "--dask", address, *options
    )


def test_a_cluster_gives_what_this_machine_gives(cluster: Cluster, tmp_path: Path) -> None:
    with Replica() as replica:
        here = Story(tmp_path / "here", replica, ["pingluo", "weibin"])
        here.run(here.crawl())
        here.run(["build"])
        there = Story(tmp_path / "there", replica, [])
        crawled = crawl(replica, there.folder / "snapshots", cluster.address, DOWNLOAD_DELAY="0")
        assert crawled.exit_code == 0, crawled.output
        built = gongkai(
            "build", "--db", there.db, "--snapshots", there.folder / "snapshots",
            "--dask", cluster.address,
        )  # fmt: skip
        assert built.exit_code == 0, built.output
    assert there.said() == here.said()


@pytest.mark.parametrize("victim", ["worker", "scheduler"])
def test_a_death_in_mid_crawl_loses_nothing(cluster: Cluster, tmp_path: Path, victim: str) -> None:
    folder = tmp_path / "snapshots"
    process = cluster.workers[0] if victim == "worker" else cluster.scheduler
    assert process is not None
    with Replica() as replica:
        death = after(
            lambda: len(replica.requests) > 12, lambda: process.send_signal(signal.SIGKILL)
        )
        crawled = crawl(replica, folder, cluster.address)
        death.join()
        assert crawled.exit_code == 0, crawled.output
        answered = {(url, status) for _, url, status in replica.requests if status == 200}
    with Snapshots(folder) as snapshots:
        kept = {(snapshot.url, snapshot.status) for snapshot in snapshots.all()}
        assert answered - kept == set()
        assert [run.outcome for run in snapshots.runs()].count("ok") == 2


@pytest.mark.parametrize("victims", ["worker", "all workers", "scheduler"])
def test_a_death_in_mid_build_loses_nothing(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, victims: str
) -> None:
    monkeypatch.setattr("gongkai.archive.commands.shared.cluster.WORKERLESS_SECONDS", 1)
    workers = {"worker": 1, "all workers": 2, "scheduler": 0}[victims]
    processes = cluster.workers[:workers] or [cluster.scheduler]

    def kill() -> None:
        for process in processes:
            assert process is not None
            process.kill()

    with Folder(tmp_path / "archive") as folder:
        for number in range(24):
            name = "一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑寅卯"[number]
            body = report_page(f"平罗县第{name}中学", 2024)
            folder.fetch(f"2025-01-21T02:{number:02}:00Z", f"/{number}.html", body)
        done: list[int] = []

        def progress(_what: str, _total: int) -> Any:
            class Bar:
                def __enter__(self) -> Callable[[], None]:
                    return lambda: done.append(1)

                def __exit__(self, *error: object) -> None:
                    return None

            return Bar()

        death = after(lambda: len(done) > 4, kill)
        with working(cluster.address) as hands:
            build(folder.db, BuildJob(folder.snapshots, load_sites(), progress, hands.read))
        death.join()
        there = dump(folder.db)
        folder.rebuild()
        assert dump(folder.db) == there
        assert folder.rows("SELECT count(*) FROM reports") == [(24,)]
    if victims == "all workers":
        with (
            pytest.raises(ArchiveError, match="cluster_without_workers"),
            connected(cluster.address),
        ):
            pass


def test_a_scheduler_that_does_not_answer_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.archive.commands.shared.cluster.CONNECT_SECONDS", 1)
    found = gongkai("crawl", "--snapshots", tmp_path / "s", "--dask", "tcp://127.0.0.1:9")
    assert found.exit_code == 2
    assert "集群无法连接" in found.stderr
    assert not (tmp_path / "s").exists()
    with working("tcp://127.0.0.1:9", lenient=True) as hands:  # a night goes on without it
        assert hands == Hands(read_all, read_here)


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    found = gongkai("crawl", "--snapshots", tmp_path / "s", "--dask", "tcp://127.0.0.1:9")
    assert found.exit_code == 2
    assert "pip install 'gongkai-archive[cluster]'" in found.stderr


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_first_comparison_of_texts_runs_on_the_cluster(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    """It finds what this machine finds alone, and so it does where all workers die."""
    monkeypatch.setattr("gongkai.archive.commands.shared.cluster.WORKERLESS_SECONDS", 1)
    monkeypatch.setattr(prose_readings, "MANY", 10)
    monkeypatch.setattr(prose_readings, "AT_ONCE", 4)
    make(tmp_path, 90)
    db = tmp_path / "archive.db"
    alone = dump(db)
    assert any(row[2] == "near_duplicate" for row in alone["checks"])
    asked: list[int] = []
    with working(cluster.address) as hands, writer(db) as conn:
        conn.execute("DELETE FROM across_version")
        conn.execute("DELETE FROM checks")
        conn.execute("UPDATE reports SET checks_failed = 0")

        def read(batches: Iterable[Batch]) -> Iterator[list[ProseReading]]:
            for found in hands.read_prose(batches):
                if is_lost and not asked:
                    for process in cluster.workers:
                        process.kill()
                asked.append(len(found))
                yield found

        runner.run_cross_report_checks(conn, read=read)
    assert sum(asked) == 90
    assert dump(db) == alone
