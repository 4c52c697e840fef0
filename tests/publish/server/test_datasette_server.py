"""Starting and stopping the server, and serving both languages."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from datasette.app import Datasette

from gongkai.catalogue import text
from gongkai.publish.errors import CannotServe
from gongkai.publish.server.datasette_server import check_archive, mount_languages, serve
from gongkai.publish.server.listening import listen
from tests.paths import ROOT
from tests.publish.samples import PINGLUO

START = """
import sys
from pathlib import Path
from gongkai.publish.server.datasette_server import serve
serve(Path(sys.argv[1]), port=0, ready=lambda url: print(url, flush=True))
"""


@pytest.fixture
def running(archive: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server in a process of its own, and yield it with its address."""
    root = ROOT
    command = [sys.executable, "-c", START, str(archive)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()


def test_it_serves_and_stops_when_interrupted(
    running: tuple[subprocess.Popen[str], str],
) -> None:
    """Port 0 takes a free port, and Ctrl+C ends the server normally."""
    process, url = running
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", url)
    with urllib.request.urlopen(url) as answer:
        assert "政府信息公开年度报告档案" in answer.read().decode()
        assert answer.headers["x-content-type-options"] == "nosniff"
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 0


def test_a_port_in_use_is_one_clear_line(archive: Path) -> None:
    """The exit code is that of a command that could not run."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotServe) as problem:
            serve(archive, port=port)
    assert problem.value.exit_code == 2
    told = problem.value.message
    assert text("zh", told) == f"127.0.0.1:{port}：端口已被占用，请用 --port 另选一个"
    assert (
        text("en", told) == f"127.0.0.1:{port}: the port is in use; choose another one with --port"
    )


def test_an_address_that_is_not_ours() -> None:
    """The message has the text of the operating system."""
    with pytest.raises(CannotServe, match=r"192\.0\.2\.1:8001"):
        listen("192.0.2.1", 8001)


def test_what_is_no_archive_is_not_served(tmp_path: Path) -> None:
    """A missing file, a file that is not a database, and another database are refused."""
    missing, words, other = (tmp_path / name for name in ("none.db", "text.db", "other.db"))
    words.write_text("这不是数据库" * 100, encoding="utf-8")
    with sqlite3.connect(other) as conn:
        conn.execute("CREATE TABLE t (a)")
    conn.close()
    expected = (
        (missing, "archive_missing"),
        (words, "archive_unreadable"),
        (other, "file_not_archive"),
    )
    for path, key in expected:
        with pytest.raises(CannotServe) as problem:
            check_archive(path)
        assert problem.value.message.key == key
        assert str(path) in text("zh", problem.value.message)


async def test_both_languages_on_one_server(site: dict[str, Datasette]) -> None:
    """English is under /en, and each page links to the other language."""
    transport = httpx.ASGITransport(app=mount_languages(site))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        chinese = await client.get("/archive/reports?year=2024")
        english = await client.get("/en/archive/reports?year=2024")
        bare = await client.get("/en")
        nowhere = await client.get("/entirely")
    assert '<html lang="zh-CN">' in chinese.text
    assert 'href="/en/archive/reports?year=2024"' in chinese.text
    assert '<html lang="en">' in english.text
    assert 'class="language" href="/archive/reports?year=2024"' in english.text
    assert f'href="/en/report/{PINGLUO}-2024"' in english.text
    assert "/en/en/" not in english.text
    assert (bare.status_code, bare.headers["location"]) == (308, "/en/")
    assert nowhere.status_code == 404


async def test_an_instance_without_originals_says_so(archive: Path) -> None:
    """Digests of originals are shown without links."""
    from gongkai.publish.server.datasette_server import open_datasette
    from gongkai.publish.site import Site

    alone = open_datasette(archive, Site(is_alone=True))
    await alone.invoke_startup()
    report = await alone.client.get(f"/report/{PINGLUO}-2024")
    assert "sha256:" in report.text
    assert 'href="/kept/' not in report.text
    digest = re.search(r"sha256:([0-9a-f]{64})", report.text)
    assert digest is not None
    kept = await alone.client.get(f"/kept/{digest[1]}")
    assert kept.status_code == 404
    assert "本站未连接原件库" in kept.text
    assert 'class="language"' not in report.text
    alone.get_database().close()


def test_a_broken_file_of_reviews_is_one_clear_line(archive: Path, tmp_path: Path) -> None:
    """The server says so when it starts, not on the first page that needs reviews."""
    (tmp_path / "reviews.db").write_text("my notes", encoding="utf-8")
    with pytest.raises(CannotServe, match="reviews_unreadable"):
        serve(archive, port=0, reviews=tmp_path / "reviews.db")
