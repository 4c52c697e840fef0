"""Programs of others against the site: scripts of another origin, DuckDB on Parquet in ranges."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import duckdb
import duckdb_extension_httpfs
import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Page

from gongkai.archive.cli import main
from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Scope, Send
from tests.paths import ROOT
from tests.publish.browser.browsing import serving
from tests.publish.samples import PINGLUO
from tests.publish.small_archive import read_copy

Asked = list[tuple[str, str, str, int]]
"""What was asked: method, path, range and status."""


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Return what was asked so far."""
    return []


@pytest.fixture(scope="module")
def address(rich: Path, tmp_path_factory: pytest.TempPathFactory, asked: Asked) -> Iterator[str]:
    """Serve the rich archive with its downloads, and return the address."""
    folder = tmp_path_factory.mktemp("published")
    done = CliRunner().invoke(main, ["publish", str(folder), "--db", str(rich), "--accept"])
    assert done.exit_code == 0, done.output

    def watch(app: AsgiApp) -> AsgiApp:
        async def watched(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_on(message: Message) -> None:
                if message["type"] == "http.response.start":
                    part = dict(scope["headers"]).get(b"range", b"").decode()
                    asked.append((scope["method"], scope["path"], part, message["status"]))
                await send(message)

            await app(scope, receive, send_on)

        return watched

    with serving(rich, read_copy, folder / "current", watch) as url:
        yield url


@pytest.fixture(scope="module")
async def elsewhere(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Page]:
    """Return a tab with an empty page of another origin."""
    folder = tmp_path_factory.mktemp("elsewhere")
    (folder / "index.html").write_text("<!doctype html><title>notebook</title>", encoding="utf-8")
    handler = partial(_Silent, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(f"http://127.0.0.1:{server.server_port}/")
        yield page
        await context.close()
        server.shutdown()
        thread.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


async def test_a_notebook_of_another_site_reads_data(elsewhere: Page, address: str) -> None:
    """As on Observable: JSON with its links, an error with its code, CSV, in both languages."""
    found = await elsewhere.evaluate(
        """async (site) => {
            const search = await fetch(`${site}/search.json?q=公开`);
            const report = await fetch(`${site}/report/PINGLUO-2024.json`);
            const error = await fetch(`${site}/en/report/nobody.json`);
            const csv = await fetch(`${site}/archive/reports.csv`);
            return {
                total: (await search.json()).total,
                link: search.headers.get("link"),
                granted: (await report.json()).tables.requests.granted.total,
                code: (await error.json()).code,
                header: (await csv.text()).split("\\r\\n")[0],
            };
        }""".replace("PINGLUO", PINGLUO),
        address,
    )
    assert found["total"] > 0
    assert 'rel="first"' in found["link"]
    assert found["granted"] == 1
    assert found["code"] == "not_found"
    assert found["header"].startswith("id,agency_id,year,form,")


async def test_what_is_known_is_not_sent_again_elsewhere(
    elsewhere: Page, address: str, asked: Asked
) -> None:
    """The script reads the tag, and the browser asks first whether it may send it back."""
    statuses = await elsewhere.evaluate(
        """async (site) => {
            const first = await fetch(`${site}/table.json`, {cache: "no-store"});
            const tag = first.headers.get("etag");
            const again = await fetch(`${site}/table.json`, {headers: {"if-none-match": tag}});
            return [first.status, again.status];
        }""",
        address,
    )
    assert statuses == [200, 304]
    assert ("OPTIONS", "/table.json", "", 204) in asked


async def test_a_whole_archive_is_opened_in_a_browser(elsewhere: Page, address: str) -> None:
    """As Datasette Lite does: CSV, a list of objects, the database; a Parquet file from its end."""
    found = await elsewhere.evaluate(
        """async (site) => {
            const rows = await (await fetch(`${site}/archive/reports.json?_shape=array`)).json();
            const gz = await fetch(`${site}/download/archive.db.gz`);
            const unpacked = gz.body.pipeThrough(new DecompressionStream("gzip"));
            const db = new Uint8Array(await new Response(unpacked).arrayBuffer());
            const parquet = `${site}/download/parquet/report_summary.parquet`;
            const size = (await fetch(parquet, {method: "HEAD"})).headers.get("content-length");
            const end = await fetch(parquet, {headers: {range: "bytes=-4"}});
            const bytes = new Uint8Array(await end.arrayBuffer());
            return {
                rows: rows.length,
                database: new TextDecoder().decode(db.slice(0, 15)),
                size: Number(size),
                range: end.headers.get("content-range"),
                magic: new TextDecoder().decode(bytes),
            };
        }""",
        address,
    )
    assert found["rows"] > 5
    assert found["database"] == "SQLite format 3"
    assert found["magic"] == "PAR1"
    assert found["range"] == f"bytes {found['size'] - 4}-{found['size'] - 1}/{found['size']}"


async def test_duckdb_reads_parquet_in_ranges(rich: Path, address: str, asked: Asked) -> None:
    """The extension is that of its own version: DuckDB would fetch it at run time."""
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions"
    (extension,) = folder.glob(f"v{duckdb.__version__}/httpfs.duckdb_extension")
    path = "/download/parquet/report_summary.parquet"
    sql = (
        "SELECT year, count(*), sum(requests_new), round(avg(disclosure_rate), 6) FROM {}"
        " WHERE status = 'complete' GROUP BY 1 ORDER BY 1"
    )
    asked.clear()
    with duckdb.connect() as conn:
        conn.execute(f"LOAD '{extension}'")
        found = conn.execute(sql.format(f"'{address}{path}'")).fetchall()
    with closing(sqlite3.connect(rich)) as conn:
        assert found == conn.execute(sql.format("report_summary")).fetchall()
    kinds = {(method, bool(part), status) for method, at, part, status in asked if at == path}
    assert ("GET", True, 206) in kinds
    assert not any(method == "GET" and not part for method, part, _ in kinds)


async def test_duckdb_reads_years_from_a_list(rich: Path, address: str) -> None:
    """As the page about the interface shows it: only the files of the years that are asked for."""
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions"
    (extension,) = folder.glob(f"v{duckdb.__version__}/httpfs.duckdb_extension")
    page = (ROOT / "docs/how-to/use-the-interface.md").read_text(encoding="utf-8")
    (lines,) = (part for part in page.split("```") if part.startswith("sql\nSET VARIABLE"))
    first, second = (
        lines.removeprefix("sql\n").replace("https://archive.example", address).split(";\n")[:2]
    )
    with duckdb.connect() as conn:
        conn.execute(f"LOAD '{extension}'")
        conn.execute(first)
        found = conn.execute(f"{second} ORDER BY item").fetchall()
    sql = (
        "SELECT item, sum(total) FROM requests JOIN reports ON id = report_id"
        " WHERE year >= 2023 GROUP BY item ORDER BY item"
    )
    with closing(sqlite3.connect(rich)) as conn:
        assert found == conn.execute(sql).fetchall()


async def test_the_notebook_of_the_tutorial_runs(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the files to rates that the site says too; the proofs that it names are there."""
    monkeypatch.setenv("GONGKAI_SITE", address)
    book = json.loads((ROOT / "docs/tutorials/disclosure-rates.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    rates = names["rates"]
    assert set(rates.index.get_level_values("series")) >= {"bodies", "government_county"}
    assert rates["rate"].notna().any()
    assert (rates["low"].dropna() <= rates["high"].dropna()).all()
    assert len(names["told"]) > 3
    lowest = names["lowest"]["report_id"]
    assert len(lowest) > 0
    for report in lowest:
        with urlopen(f"{address}/proof/{report}/requests/granted/total") as answer:
            assert answer.status == 200


async def test_the_loop_of_the_guide_reads_a_whole_list(address: str) -> None:
    """As the page about the interface shows it."""
    page = (ROOT / "docs/how-to/use-the-interface.md").read_text(encoding="utf-8")
    code = page.partition("```python\n")[2].partition("```")[0]
    names: dict[str, Any] = {}
    small = code.replace("http://127.0.0.1:8001", address).replace("size=200", "size=3")
    exec(compile(small, "use-the-interface.md", "exec"), names)
    assert len(names["checks"]) == names["page"]["total"] > 3
