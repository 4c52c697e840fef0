"""`datasette FILE` in an environment with Gongkai: our pages for an archive, Datasette's for others."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.metadata import entry_points
from pathlib import Path

import httpx
import pytest

from gongkai.publish.http.security import HEADERS
from tests.publish.samples import PINGLUO

BARE = "import sys; sys._called_from_test = True; from datasette.cli import cli; cli()"
"""Runs Datasette without any plugin that is installed."""

OURS = (
    *(
        "/",
        "/search?q=%E5%A4%8D%E8%AE%AE",
        "/checks",
        "/archive",
        "/archive/reports?_region=640000",
    ),
    *(f"/report/{PINGLUO}-2024", "/region/640000", "/archive/sites/pingluo", "/static/site.css"),
)
THEIRS = (
    *("/birds", "/birds/reports", "/birds/reports?_facet=title&_search=x", "/birds/reports/1"),
    *("/birds/reports.json", "/birds/reports.csv?_dl=1", "/birds?sql=select+1", "/birds/nothing"),
    *("/birds/reports?_where=1=1&_sort=title", "/-/static/app.css", "/-/settings.json", "/nothing"),
)


@pytest.fixture(scope="module")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that is not an archive, with a table that has the name of one of ours."""
    path = tmp_path_factory.mktemp("birds") / "birds.db"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute(
            "CREATE TABLE reports (id INTEGER PRIMARY KEY, title TEXT, region_code TEXT, url TEXT)"
        )
        conn.execute("INSERT INTO reports VALUES (1, '=Wren', '640000', 'javascript:alert(1)')")
    return path


@contextmanager
def datasette(*files: Path, start: tuple[str, ...] = ("-m", "datasette")) -> Iterator[httpx.Client]:
    """Run `datasette FILE…` on a free port, and yield a client for it."""
    command = [sys.executable, *start, "serve", *map(str, files), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        address = None
        for line in process.stderr:
            if found := re.search(r"running on (http://127\.0\.0\.1:\d+)", line):
                address = found[1]
                break
        assert address is not None, "datasette did not start"
        try:
            with httpx.Client(base_url=address) as client:
                yield client
        finally:
            process.terminate()
            process.stderr.read()


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """Return an answer without the parts that differ each time."""
    changing = re.compile(r"[\d.]+ms|\"query_ms\": [\d.]+|127\.0\.0\.1:\d+")
    headers = {
        name: changing.sub("", value)
        for name, value in answer.headers.items()
        if name not in ("date", "content-length")
    }
    return answer.status_code, headers, changing.sub("", answer.text)


def is_guarded(answer: httpx.Response) -> bool:
    """Say whether an answer has all our headers."""
    return all(
        answer.headers.get(name.decode()) == value.decode() for name, value in HEADERS.items()
    )


def test_the_plugin_is_registered() -> None:
    """The installation has the entry point."""
    (found,) = {each for each in entry_points(group="datasette") if each.name == "gongkai"}
    assert found.load().__name__ == "gongkai.publish.plugins.hooks"


def test_an_archive_has_our_pages(archive: Path) -> None:
    """Its file may have any name. SQL and Datasette's own pages stay open."""
    with datasette(archive) as client:
        for path in OURS:
            answer = client.get(path)
            assert (answer.status_code, is_guarded(answer)) == (200, True), path
        assert "政府信息公开年度报告档案" in client.get("/").text
        assert "其他数据库" not in client.get("/").text
        assert client.get("/archive/readings").status_code == 403
        assert client.get("/archive/reports?nosuch=1").status_code == 400
        free = client.get("/archive/reports?_facet=title")
        assert (free.status_code, "标题" in free.text) == (200, True)
        assert client.get("/archive/reports.csv?_stream=on&_dl=1").text.startswith("\ufeffid,")
        assert client.post("/search").status_code == 405
        sql = client.get("/archive?sql=select+2+as+two&_shape=array")
        assert "two" in sql.text
        assert client.get("/archive.csv?sql=select+2+as+two").text == "two\r\n2\r\n"
        assert not is_guarded(sql)
        assert client.get("/-/settings.json").json()["default_allow_sql"] is True
        assert "政府信息公开" not in client.get("/nothing").text


def test_another_file_is_left_alone(birds: Path) -> None:
    """Pages and headers are the same as without the plugin."""
    with datasette(birds) as client, datasette(birds, start=("-c", BARE)) as bare:
        for path in ("/", "/search", "/archive/reports", "/static/site.css", *THEIRS):
            assert seen(client.get(path)) == seen(bare.get(path)), path


def test_an_archive_and_another_file(archive: Path, birds: Path) -> None:
    """Each has its own pages, and ours link to the other."""
    with (
        datasette(birds, archive) as client,
        datasette(birds, start=("-c", BARE)) as bare,
    ):
        for path in OURS:
            answer = client.get(path)
            assert (answer.status_code, is_guarded(answer)) == (200, True), path
        for path in THEIRS:
            assert seen(client.get(path)) == seen(bare.get(path)), path
        assert '其他数据库：<a href="/birds">birds</a>' in client.get("/").text


def test_the_language_is_configured_in_the_metadata(archive: Path, tmp_path: Path) -> None:
    """Plugins are configured in Datasette's metadata."""
    metadata = tmp_path / "metadata.json"
    metadata.write_text('{"title": "Mine", "plugins": {"gongkai": {"lang": "en"}}}')
    with datasette(archive, Path("--metadata"), metadata) as client:
        assert '<html lang="en">' in client.get("/").text
