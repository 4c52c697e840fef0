"""A hostile page costs only itself: the crawl goes on behind it, and names it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from gongkai.crawler.probe import probe
from gongkai.crawler.probe_reader import ProbeReader
from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Transport
from tests.crawler.tiny import FAST, HOST, HTML, PAGES, SITE, answers, crawl_one, reason, served

HOME = '<a href="/nb/">政府信息公开年报</a><a href="/bad/">政府信息公开目录</a>'
LONG = "<html><body>" + "<p>字</p>" * 3_000
SHORT = {"GONGKAI_PAGE_MAX_BYTES": "20000"}


def proxy_of(transport: Transport) -> str:
    return f"http://127.0.0.1:{transport.server_port}"


def night(folder: Path, bad: str | Answer, **settings: str) -> Run:
    pages = {**PAGES, "/": HOME, "/bad/": bad}
    with served(partial(answers, pages)) as transport:
        return crawl_one(Job(SITE, folder, proxy_of(transport), FAST | SHORT | settings))


def test_a_hostile_page_is_kept_and_named_and_the_crawl_goes_on(tmp_path: Path) -> None:
    run = night(tmp_path, LONG)
    assert run.outcome == "hostile"
    assert reason(run) == "1 hostile page: 1 exceeded the size of a page"
    assert (run.counts["hostile"], run.counts["hostile: size"], run.counts["reports"]) == (1, 1, 1)
    with Snapshots(tmp_path) as kept:
        snapshot = kept.latest(f"{HOST}/bad/")
        assert snapshot is not None
        assert kept.body(snapshot).decode() == LONG
        assert [n.outcome for n in kept.index.notes.all() if n.snapshot == snapshot.id] == [
            "hostile"
        ]


def test_the_same_bytes_are_not_analysed_again(tmp_path: Path) -> None:
    """Also where the site only says that nothing has changed."""
    bad = Answer(200, {**HTML, "ETag": '"1"'}, LONG.encode())
    night(tmp_path, bad)
    generous = {"GONGKAI_PAGE_MAX_BYTES": "4000000"}
    again = night(tmp_path, Answer(304, {"ETag": '"1"'}, b""), **generous)
    assert again.counts["hostile: known"] == 1
    assert reason(again) == "1 hostile page: 1 unchanged since it was found hostile"
    tried = night(tmp_path, bad, GONGKAI_RETRY_HOSTILE="1", **generous)
    assert (tried.outcome, "hostile" in tried.counts) == ("ok", False)


def test_a_page_with_other_bytes_is_analysed(tmp_path: Path) -> None:
    night(tmp_path, LONG)
    mended = night(tmp_path, "<p>目录</p>")
    assert (mended.outcome, reason(mended)) == ("ok", "")


def test_many_hostile_pages_end_the_crawl(tmp_path: Path) -> None:
    home = "".join(f'<a href="/{n}/">{n}政府信息公开目录</a>' for n in range(9))
    pages = {f"/{n}/": f"{LONG}{n}" for n in range(9)} | {"/": home}
    with served(partial(answers, {**pages})) as transport:
        run = crawl_one(
            Job(SITE, tmp_path, proxy_of(transport), FAST | SHORT | {"GONGKAI_MAX_HOSTILE": "3"})
        )
    assert run.outcome == "hostile"
    assert 3 <= run.counts["hostile"] < 9  # one more may be on its way when the crawl is closed
    assert reason(run).startswith("Stopped: ")


def test_a_probe_does_not_read_what_was_hostile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(ProbeReader, "read", lambda self, snapshot, body: read.append(snapshot.url))
    pages = {**PAGES, "/": HOME, "/bad/": LONG}
    with served(partial(answers, pages)) as transport:
        probe([SITE], tmp_path, proxy=proxy_of(transport), settings=FAST | SHORT)
    assert f"{HOST}/nb/" in read
    assert f"{HOST}/bad/" not in read
