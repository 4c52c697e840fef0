"""gongkai import and gongkai backfill, as commands: other programs, lists of addresses, kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gongkai.crawler.warc.store import Snapshots
from gongkai.replica.transport import Answer, Request
from tests.archive.folder import Command
from tests.crawler.imports.foreign_files import HOST, chunked, listing, packed, page, report
from tests.crawler.tiny import HTML, served
from tests.crawler.webarchives.archive_replica import FILE, Kept, serve

SITES = """
[qingshi]
name = "青石县人民政府"
region_code = "640221"
url = "http://www.qingshitest.gov.cn/"
"""
PAGES = {
    "/nb/": listing("/nb/2019.html", "/nb/2020.html", "/nb/gone.html"),
    "/nb/2019.html": report(2019),
    "/nb/2020.html": report(2020),
}


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """A registry with one entry."""
    path = tmp_path / "own.toml"
    path.write_text(SITES, encoding="utf-8")
    return path


def kept(folder: Path) -> list[tuple[str, bytes]]:
    with Snapshots(folder / "snapshots") as snapshots:
        found = [(each.url.removeprefix(HOST), snapshots.body(each)) for each in snapshots.all()]
    return sorted(found)


def answered(request: Request) -> Answer:
    """Answer in chunks, as wget keeps them."""
    body = PAGES.get(request.url.removeprefix(HOST))
    if body is None:
        return Answer(404, HTML, b"")
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    framed = head + chunked(body, 64)
    return Answer(200, HTML, body, lambda connection, _whole: connection.sendall(framed))


@pytest.mark.parametrize("options", [(), ("--no-warc-compression",)])
def test_what_wget_saved_is_taken(
    run: Command, tmp_path: Path, sites: Path, options: tuple[str, ...]
) -> None:
    with served(answered) as transport:
        proxy = {"http_proxy": f"http://127.0.0.1:{transport.server_port}"}
        subprocess.run(
            ["wget", "-q", "-r", "-l", "1", "--warc-file=saved", *options, f"{HOST}/nb/"],
            cwd=tmp_path,
            env={**os.environ, **proxy, "no_proxy": ""},
            timeout=60,
            check=False,  # it reports the page that is gone
        )
    (saved,) = tmp_path.glob("saved.warc*")
    done = run("--lang", "en", "import", saved, "--sites", sites)
    assert done.exit_code == 0, done.output
    assert "2 report pages · 1 list of reports" in done.output
    assert "MB of files 1/1" in done.stderr
    assert kept(tmp_path) == sorted(PAGES.items())
    assert run("snapshots", "verify").exit_code == 0
    assert run("build", "--sites", sites).exit_code == 0


def test_files_that_cannot_be_read_are_told(run: Command, tmp_path: Path, sites: Path) -> None:
    (tmp_path / "a.warc").write_bytes(b"hello")
    (tmp_path / "b.warc").write_bytes(packed([page("/nb/1.html", report(2019))], "none")[:-90])
    done = run("--lang", "en", "import", tmp_path, "--sites", sites)
    assert done.exit_code == 1
    assert "not read: not a file of a web archive" in done.output
    assert "1 torn off" in done.output
    told = json.loads(run("import", tmp_path, "--sites", sites, "--json").stdout)
    assert [(each["name"], each["unread"]) for each in told] == [
        ("a.warc", "no_archive"),
        ("b.warc", ""),
    ]


@pytest.mark.parametrize("words", [("nothing.warc",), (".",)])
def test_nothing_to_import_is_an_error(run: Command, words: tuple[str, ...]) -> None:
    assert run("import", *words).exit_code == 2


def replica_settings(address: str) -> list[str]:
    names = ("GONGKAI_COMMONCRAWL_INDEX", "GONGKAI_COMMONCRAWL_DATA", "GONGKAI_WAYBACK")
    given = [*(f"{name}={address}" for name in names), "GONGKAI_WEBARCHIVE_PACE=0"]
    return [word for each in given for word in ("-s", each)]


KEPT = [
    Kept(f"{HOST}/gknb/{year}.html", f"{year + 1}0301020304", report(year), "CC-MAIN-2021-04")
    for year in (2018, 2019, 2020)
]


@pytest.mark.parametrize("source", ["commoncrawl", "wayback"])
def test_backfill_asks_until_the_budget_is_spent(
    run: Command, tmp_path: Path, sites: Path, source: str
) -> None:
    with serve(KEPT) as replica:
        words = ["backfill", "qingshi", "--from", source, "--sites", sites]
        words += replica_settings(replica.address)
        first = run("--lang", "en", *words, "--budget", "4")
        assert first.exit_code == 0, first.output
        assert "The budget is spent" in first.output
        second = json.loads(run(*words, "--json").stdout)
    assert [each["why"] for each in second["hosts"]] == [""]
    assert [path for path, _ in kept(tmp_path)] == [
        f"/gknb/{year}.html" for year in range(2018, 2021)
    ]


def test_a_list_of_addresses_is_fetched(run: Command, tmp_path: Path, sites: Path) -> None:
    with serve(KEPT) as replica:
        offset, length = replica.places[KEPT[1]]
        lines = (
            "# a list",
            f"https://web.archive.org/web/{KEPT[0].stamp}/{KEPT[0].url}",
            f"https://data.commoncrawl.org/{FILE.format(crawl=KEPT[1].crawl)} {offset} {length}",
            "http://www.qingshitest.gov.cn/nb/",
        )
        (tmp_path / "list.txt").write_text("\n".join(lines), encoding="utf-8")
        words = ["import", "list.txt", "--sites", sites, *replica_settings(replica.address)]
        first = run("--lang", "en", *words, "--budget", "1")
        assert (first.exit_code, len(replica.asked)) == (0, 1)
        assert "the budget is spent; run it again to go on" in first.output
        done = run("--lang", "en", *words)
        assert len(replica.asked) == 2
        run(*words)
        assert len(replica.asked) == 2
    assert "1 report page — passed over: 1 kept already" in done.output
    assert "1 without a web address" in done.output
    assert [path for path, _ in kept(tmp_path)] == ["/gknb/2018.html", "/gknb/2019.html"]


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "wayback"),
        ("pingluo", "--from", "elsewhere"),
        ("nobody", "--from", "wayback"),
        ("pingluo", "--region", "64", "--from", "wayback"),
        ("pingluo", "--from", "wayback", "-s", "GONGKAI_WAYBACK=ftp://x"),
        ("pingluo", "--from", "wayback", "-s", "GONGKAI_WEBARCHIVE_PACE=fast"),
    ],
)
def test_a_backfill_that_cannot_run_says_why(run: Command, words: tuple[str, ...]) -> None:
    done = run("backfill", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


YEARS = range(1990, 2020)


def test_an_import_that_is_killed_loses_nothing_and_keeps_nothing_twice(
    run: Command, tmp_path: Path, sites: Path
) -> None:
    records = [page(f"/nb/{year}.html", report(year)) for year in YEARS]
    (tmp_path / "all.warc.gz").write_bytes(packed(records))
    command = [sys.executable, "-m", "gongkai.archive.cli", "import", "all.warc.gz"]
    for files in (1, 2, 3):
        process = subprocess.Popen(
            [*command, "--sites", str(sites)],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        imports = tmp_path / "snapshots" / "imports"
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if sum(path.stat().st_size for path in imports.glob("*.open")) > 3000 * files:
                break
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert run("import", "all.warc.gz", "--sites", sites).exit_code == 0
    assert kept(tmp_path) == [(f"/nb/{year}.html", report(year)) for year in YEARS]
    verified = run("--lang", "en", "snapshots", "verify")
    assert verified.exit_code == 0, verified.output
