"""A portal that exists only after scripts ran, in real Chromium."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import pytest

from gongkai.crawler.runs.jobs import Job
from gongkai.crawler.warc.snapshot import Run
from gongkai.crawler.warc.store import Snapshots
from gongkai.crawler.warc.verify import verify_snapshots
from gongkai.replica.transport import Answer, Request, Transport
from tests.crawler import clicked_portal
from tests.crawler.scripted_portal import (
    HOST,
    HTML,
    REFUSAL,
    ROWS_PER_PAGE,
    RUNNER,
    SCRIPT,
    SETTINGS,
    SITE,
    TITLES,
    portal,
)
from tests.crawler.tiny import crawl_one, reason, served
from tests.waiting import LOOK_SECONDS, wait_until


def proxy_of(transport: Transport) -> str:
    return f"http://127.0.0.1:{transport.server_port}"


def night(folder: Path, transport: Transport, **settings: str) -> Run:
    transport.requests.clear()
    return crawl_one(Job(SITE, folder, proxy_of(transport), SETTINGS | settings))


def changed(paths: dict[str, Answer], request: Request) -> Answer:
    """Answer as the portal, but for some paths."""
    return paths.get(urlsplit(request.url).path) or portal(request)


def test_all_reports_are_found_and_the_second_night_is_quiet(
    tmp_path: Path, warcio_check: Callable[[Path], None]
) -> None:
    with served(portal) as transport:
        first = night(tmp_path, transport)
        assert (first.outcome, reason(first)) == ("ok", "")
        assert first.counts["reports"] == len(TITLES)
        hosts = {urlsplit(url).netloc for _, url, _ in transport.requests}
        assert hosts == {urlsplit(HOST).netloc}
        kinds = {urlsplit(url).path.split("/")[1] for _, url, _ in transport.requests}
        assert "skin" in kinds  # the script, and neither pictures nor styles
        asked = [url for _, url, _ in transport.requests]
        assert sum("/skin/" in url for url in asked) == 1
        second = night(tmp_path, transport)
    assert (second.outcome, second.counts["reports"]) == ("ok", len(TITLES))
    assert (second.counts["new"], second.counts["changed"], second.counts["resting"]) == (
        *(0, 0),
        len(TITLES),
    )
    warcio_check(tmp_path)
    with Snapshots(tmp_path) as kept:
        assert verify_snapshots(kept).wrong == []
        before = list(kept.all())
        kept.reindex()
        assert list(kept.all()) == before
        pages = [each for each in before if each.rendered_from]
        column = [each for each in pages if "/pile/?k=7" in each.url]
        assert [each.url.partition("#")[2] for each in column[:3]] == [
            *("", "gongkai-page=2", "gongkai-page=3")
        ]
        for each in pages:
            original = kept.get(each.rendered_from)
            assert original is not None
            assert original.url == each.url.partition("#")[0]
            assert b"<script" not in kept.body(each)
            assert b"<script" in kept.body(original)


def test_menus_tabs_and_rows_without_addresses_are_clicked(tmp_path: Path) -> None:
    with served(clicked_portal.portal) as transport:
        first, second = (
            crawl_one(Job(clicked_portal.SITE, tmp_path, proxy_of(transport), SETTINGS))
            for _ in range(2)
        )
    assert (first.outcome, reason(first)) == ("ok", "")
    assert first.counts["reports"] == len(clicked_portal.TITLES)
    assert (second.counts["new"], second.counts["changed"]) == (0, 0)
    with Snapshots(tmp_path) as kept:
        assert verify_snapshots(kept).wrong == []
        homes = [each for each in kept.all() if each.rendered_from and each.url.endswith("cn/")]
        assert f'<a href="{clicked_portal.HOST}/open/">'.encode() in kept.body(homes[0])


@pytest.mark.parametrize("limit", [{"CLICKS": "1"}, {"REQUESTS": "7"}])
def test_a_list_that_is_cut_short_is_incomplete(tmp_path: Path, limit: dict[str, str]) -> None:
    settings = {f"GONGKAI_RENDER_{name}": value for name, value in limit.items()}
    with served(portal) as transport:
        run = night(tmp_path, transport, **settings)
    assert run.outcome == "incomplete"
    assert f": {2 * ROWS_PER_PAGE} of {len(TITLES)} rows of " in reason(run)


@pytest.mark.parametrize("answer", [Answer(500, HTML, b"500"), Answer(403, HTML, b"403")])
def test_a_page_behind_a_click_that_fails_makes_the_list_incomplete(
    tmp_path: Path, answer: Answer
) -> None:
    """The list does not say how long it is; its third page is not to be had."""
    uncounted = RUNNER.replace("<p>共 ", "<p>")
    script = Answer(200, SCRIPT, uncounted.encode())

    def answered(request: Request) -> Answer:
        is_third = "/gate/pile" in request.url and b'"leafNo":3' in request.body
        return answer if is_third else changed({"/skin/runner.js": script}, request)

    with served(answered) as transport:
        run = night(tmp_path, transport, RETRY_TIMES="0", GONGKAI_SHRINK_LIMIT="0")
    assert (run.outcome, run.counts["reports"]) == ("incomplete", 2 * ROWS_PER_PAGE)
    assert ": 2 of 3 pages of " in reason(run)
    assert run.counts["blocked"] == (answer.status == 403)


@pytest.mark.parametrize("answer", [Answer(403, HTML, b"403"), Answer(200, HTML, REFUSAL.encode())])
def test_an_interface_that_refuses_is_a_block(tmp_path: Path, answer: Answer) -> None:
    with served(partial(changed, {"/gate/pile": answer})) as transport:
        run = night(tmp_path, transport, GONGKAI_BLOCK_DELAY="0")
        asked = [url for _, url, _ in transport.requests if "/gate/pile" in url]
    assert run.outcome == "failed"
    assert run.counts["blocked"] == 1
    assert len(asked) == 1


def test_a_challenge_is_not_passed(tmp_path: Path) -> None:
    """A page that sets a cookie by script and loads itself again is answered without that cookie."""
    challenge = b"<html><body><script>document.cookie='pass=1;path=/';location.reload()</script></body></html>"
    cookies: list[str] = []

    def answer(request: Request) -> Answer:
        cookies.append(request.headers.get("cookie", ""))
        return portal(request) if "pass" in cookies[-1] else Answer(200, HTML, challenge)

    with served(answer) as transport:
        run = night(tmp_path, transport)
    assert run.outcome == "failed"
    assert run.counts["blocked"] == 1
    assert not any("pass" in cookie for cookie in cookies)


def test_scripts_that_lead_on_for_ever_are_given_up(tmp_path: Path) -> None:
    onward = "location.href = '/hall/?turn=' + Math.random()"
    page = Answer(200, HTML, f"<html><body>请稍候<script>{onward}</script></body></html>".encode())
    with served(partial(changed, {"/hall/": page})) as transport:
        run = night(tmp_path, transport)
        asked = [url for _, url, _ in transport.requests if "/hall/" in url]
    assert run.outcome == "failed"
    assert (run.counts["errors"], run.counts["redirect_loops"]) == (1, 1)
    assert len(asked) == 11  # the link itself, and ten documents behind it


def test_a_script_without_an_end_is_hostile(tmp_path: Path) -> None:
    page = Answer(200, HTML, b"<html><body>1<script>for (;;) {}</script></body></html>")
    with served(partial(changed, {"/pile/": page})) as transport:
        run = night(tmp_path, transport, GONGKAI_RENDER_SECONDS="2")
    assert run.outcome == "hostile"
    assert run.counts["hostile: time"] >= 1
    assert browsers(tmp_path) == []


def test_robots_txt_holds_for_what_scripts_ask_for(tmp_path: Path) -> None:
    rules = Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /gate/\n")
    with served(partial(changed, {"/robots.txt": rules})) as transport:
        run = night(tmp_path, transport)
        asked = [url for _, url, _ in transport.requests if "/gate/" in url]
    assert (run.outcome, asked) == ("failed", [])
    assert run.counts["robots"] >= 1


def test_an_interface_that_fails_is_an_error_and_no_empty_list(tmp_path: Path) -> None:
    broken = Answer(500, HTML, b"500")
    with served(partial(changed, {"/gate/boughs": broken})) as transport:
        run = night(tmp_path, transport, RETRY_TIMES="0")
    assert run.outcome == "failed"
    assert run.counts["errors"] == 1


def test_a_page_that_scripts_lead_to_is_read_in_its_place(tmp_path: Path) -> None:
    """Also by way of a redirect: the links are relative to where it ends."""
    runner = RUNNER.replace("u + '\">'", "u.replace('/hall/', 'hall/') + '\">'")
    paths = {
        "/": Answer(200, HTML, b"<html><script>location.href='/go'</script></html>"),
        "/go": Answer(302, {"Location": f"{HOST}/hall/"}),
        "/skin/runner.js": Answer(200, SCRIPT, runner.encode()),
    }
    with served(partial(changed, paths)) as transport:
        run = night(tmp_path, transport)
    assert (run.outcome, run.counts["reports"]) == ("ok", len(TITLES))


def test_a_missing_browser_is_named(tmp_path: Path) -> None:
    with served(portal) as transport:
        run = night(tmp_path, transport, GONGKAI_BROWSER="/nowhere/chromium")
    assert run.outcome == "failed"
    assert "no Chromium was found (/nowhere/chromium)" in reason(run)


def test_an_entry_without_the_field_starts_no_browser(tmp_path: Path) -> None:
    with served(portal) as transport:
        job = Job(replace(SITE, render=False), tmp_path, proxy_of(transport), SETTINGS)
        run = crawl_one(job)
    assert run.outcome == "failed"
    assert "rendered" not in run.counts


CRAWL = """
import sys
from pathlib import Path
from gongkai.crawler.runs.jobs import crawl
from tests.crawler.scripted_portal import SETTINGS, SITE
if __name__ == "__main__":
    crawl([SITE], Path(sys.argv[1]), proxy=sys.argv[2], settings=SETTINGS)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_chromium_ends_with_the_crawl(tmp_path: Path, how: signal.Signals) -> None:
    """Killed is the process that crawls, which drives the browser; the crawl is then tried again.

    The page waits for an answer that does not come, so that its browser is there when it is looked for.
    Chromium puts a socket into the temporary folder, whose name must be short.
    """
    page = Answer(200, HTML, b"<html><body>1<script>fetch('/gate/held')</script></body></html>")
    is_asked, is_over = threading.Event(), threading.Event()

    def answer(request: Request) -> Answer:
        if "/gate/held" in request.url:
            is_asked.set()
            is_over.wait()
        return changed({"/": page}, request)

    script = tmp_path / "crawl_one_site.py"
    script.write_text(CRAWL)
    root = str(Path(__file__).parents[3])
    with served(answer) as transport, TemporaryDirectory(dir="/tmp") as temporary:
        environment = os.environ | {"TMPDIR": temporary, "PYTHONPATH": root}
        command = [sys.executable, str(script), str(tmp_path), proxy_of(transport)]
        with subprocess.Popen(command, env=environment) as crawl:
            try:
                while not is_asked.wait(LOOK_SECONDS):
                    assert crawl.poll() is None, logged(tmp_path)
                started = browsers(Path(temporary))
                crawling = drivers_parents(started)
                assert crawling
                if how is signal.SIGTERM:
                    crawl.terminate()
                else:
                    for process in crawling:
                        os.kill(process, signal.SIGKILL)
                wait_until(lambda: not set(started) & set(browsers(Path(temporary))))
            finally:
                crawl.terminate()
                is_over.set()


def logged(folder: Path) -> str:
    """Return what a crawl wrote to its log."""
    return "".join(path.read_text() for path in (folder / "logs").glob("*.log"))


def browsers(folder: Path) -> list[int]:
    """Return the processes of Chromium whose profile is below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"--user-data-dir=" + os.fsencode(folder) in command:
                found.append(int(entry.name))
    return found


def drivers_parents(processes: list[int]) -> set[int]:
    """Return the processes that drive Playwright, which has started these browsers."""
    return {
        parent
        for process in processes
        if (driver := parent_of(process)) and (parent := parent_of(driver)) > 1
        if b"node" in Path(f"/proc/{driver}/cmdline").read_bytes()
    }


def parent_of(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])
