"""A night with a wrong clock: what the commands say, what is kept, what the archive shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result

from gongkai import clock
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Transport
from tests.archive.folder import Command
from tests.crawler.tiny import FAST, HOST, PAGES, SITE, answers, served

REGISTRY = f"""[{SITE.id}]
name = "{SITE.name}"
region_code = "{SITE.region_code}"
url = "{SITE.url}"
cms = "{SITE.cms}"
"""


class Portal:
    """A portal whose clock is right; a call runs a command against it."""

    def __init__(self, run: Command, transport: Transport) -> None:
        self._run, self._transport = run, transport
        settings = [word for name, value in FAST.items() for word in ("-s", f"{name}={value}")]
        proxy = f"http://127.0.0.1:{transport.server_port}"
        self._common = ("--only-sites", "own.toml", "--proxy", proxy, *settings)

    def __call__(self, *words: str) -> Result:
        self._transport.requests.clear()
        return self._run(*words, *self._common)

    @property
    def asked(self) -> list[str]:
        """The paths that the last command asked for."""
        return [url.removeprefix(HOST) for _, url, _ in self._transport.requests]


@pytest.fixture
def night(run: Command, tmp_path: Path) -> Iterator[Portal]:
    """A portal of three pages, alone in the registry of the working directory."""
    (tmp_path / "own.toml").write_text(REGISTRY, encoding="utf-8")
    with served(partial(answers, PAGES)) as transport:
        yield Portal(run, transport)


@contextmanager
def clock_off(monkeypatch: pytest.MonkeyPatch, days: int) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(days=days))
        yield


@pytest.mark.parametrize(("days", "said"), [(400, "网站的时钟为"), (-365 * 30, "早于本程序问世")])
@pytest.mark.parametrize("command", ["crawl", "nightly"])
def test_a_night_with_a_wrong_clock_does_not_start(
    night: Portal,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: str,
    days: int,
    said: str,
) -> None:
    with clock_off(monkeypatch, days):
        result = night(command)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "--clock-is-right" in result.stderr
    assert night.asked == ["/robots.txt"]
    assert list(tmp_path.glob("snapshots/*.warc.gz")) == []


def test_a_right_night_starts_without_a_word(night: Portal) -> None:
    result = night("nightly")
    assert result.exit_code == 0, result.output
    assert "时钟" not in result.output
    assert night.asked.count("/robots.txt") == 2
    assert night("nightly").exit_code == 0


def test_the_clock_is_believed_when_a_person_says_so(
    night: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock_off(monkeypatch, 400):  # the processes of the crawl have the right time
        result = night("nightly", "--clock-is-right", "--json")
    assert result.exit_code == 0, result.output
    (warning,) = json.loads(result.stdout)["warnings"]
    assert "--clock-is-right" in warning


def test_a_night_after_one_that_was_ahead_names_it(
    night: Portal, run: Command, tmp_path: Path
) -> None:
    assert night("nightly").exit_code == 0
    _date_last_run(tmp_path, days=400)
    result = night("nightly")
    assert result.exit_code == 0, result.output
    assert "gongkai snapshots clock" in result.output
    listed = run("snapshots", "clock", "--json")
    assert listed.exit_code == 1
    (suspect,) = json.loads(listed.stdout)
    assert suspect["site"] == SITE.id
    assert suspect["clock"] == "wrong"


def _date_last_run(folder: Path, days: int) -> None:
    """Change the times of the last run in the index, as a wrong clock would have written them."""
    seconds = days * 24 * 3600
    with closing(sqlite3.connect(folder / "snapshots" / "index.db")) as index, index:
        index.execute(
            "UPDATE stretches SET started = started + ?1, ended = ended + ?1, lead = NULL"
            " WHERE sequence = (SELECT max(sequence) FROM stretches)",
            (seconds,),
        )


def test_a_run_is_marked_and_unmarked(night: Portal, run: Command, tmp_path: Path) -> None:
    assert night("nightly").exit_code == 0
    with Snapshots(tmp_path / "snapshots") as kept:
        (crawl,) = kept.runs()
    assert run("snapshots", "clock").exit_code == 0
    marked = run("snapshots", "clock", "--mark", crawl.id[:12], "--remark", "电池没电")
    assert marked.exit_code == 0, marked.output
    assert run("build").exit_code == 0
    listed = run("snapshots", "clock")
    assert listed.exit_code == 0
    assert "电池没电" in listed.stdout
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT DISTINCT clock FROM snapshots").fetchall() == [("marked",)]
    assert "1 次采集已标记为时钟有误" in run("status").stdout
    assert "Clocks: marked as wrong in 1 crawl." in run("--lang", "en", "status").stdout
    assert run("snapshots", "clock", "--unmark", crawl.id).exit_code == 0
    assert run("build").exit_code == 0
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn:
        assert conn.execute("SELECT DISTINCT clock FROM snapshots").fetchall() == [("",)]
    assert "时钟" not in run("status").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("--mark", "f" * 32),
        ("--unmark", "f" * 32),
        ("--remark", "x"),
        ("--mark", "a", "--unmark", "b"),
    ],
)
def test_marks_of_unknown_runs_are_refused(
    night: Portal, run: Command, words: tuple[str, ...]
) -> None:
    assert night("crawl").exit_code == 0
    assert run("snapshots", "clock", *words).exit_code == 2
