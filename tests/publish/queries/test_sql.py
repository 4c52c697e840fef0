"""SQL of readers: what it answers, and what it refuses whatever is tried."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from bs4 import BeautifulSoup

from gongkai.publish.http.security import LONGEST_QUERY
from gongkai.publish.queries import query_desk
from gongkai.publish.queries.example_queries import EXAMPLE_QUERIES
from gongkai.publish.queries.query_desk import MOST_WAITING, QueryAnswer, QueryDesk, QueryFailed
from gongkai.publish.server.datasette_server import mount_languages, open_languages
from gongkai.publish.wording.dictionary import tables
from tests.waiting import PATIENCE_SECONDS

READABLE = tuple(tables())
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"


async def ask(
    path: Path, sql: str, rows: int = 100, seconds: float = PATIENCE_SECONDS
) -> QueryAnswer:
    """Return the answer of a query."""
    return await QueryDesk(seconds).run(path, sql, READABLE, rows)


async def refusal(path: Path, sql: str, seconds: float = PATIENCE_SECONDS) -> QueryFailed:
    """Return why a query has no answer."""
    with pytest.raises(QueryFailed) as failed:
        await ask(path, sql, seconds=seconds)
    return failed.value


async def test_an_answer(rich: Path) -> None:
    """Numbers, texts and blanks as they are; bytes and infinity as text."""
    found = await ask(
        rich, "SELECT 1 AS a, 'é中' AS b, NULL AS c, 1.5 AS d, x'00ff' AS e, 1e999 AS f"
    )
    assert found == QueryAnswer(
        ["a", "b", "c", "d", "e", "f"], [[1, "é中", None, 1.5, "x'00ff'", "inf"]], False
    )
    cut = await ask(rich, f"{ENDLESS} SELECT x FROM n", rows=3)
    assert (cut.rows, cut.is_cut) == ([[1], [2], [3]], True)
    assert not (await ask(rich, "SELECT * FROM cells WHERE 0")).rows


@pytest.mark.parametrize("example", EXAMPLE_QUERIES, ids=lambda each: each.key)
async def test_the_examples_run(rich: Path, example: object) -> None:
    assert isinstance(example, type(EXAMPLE_QUERIES[0]))
    assert (await ask(rich, example.sql)).columns


@pytest.mark.parametrize("name", READABLE)
async def test_every_published_table_can_be_read(rich: Path, name: str) -> None:
    """Views too, which may read what they are made of."""
    await ask(rich, f"SELECT * FROM {name} LIMIT 1")


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO reports(id) VALUES ('x')",
        "UPDATE reports SET title = 'x'",
        "DELETE FROM reports",
        "DROP TABLE reports",
        "CREATE TABLE x(a)",
        "CREATE TEMP TABLE x AS SELECT 1",
        "CREATE VIRTUAL TABLE temp.v USING fts5vocab('main', 'search_index', 'row')",
        "ATTACH '/etc/passwd' AS p",
        "ATTACH ':memory:' AS m",
        "DETACH main",
        "VACUUM INTO '/tmp/stolen.db'",
        "PRAGMA query_only = OFF",
        "PRAGMA table_info(reports)",
        "PRAGMA hard_heap_limit = 0",
        "SELECT * FROM pragma_database_list",
        "SELECT load_extension('/tmp/x.so')",
        "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'y')",
        "SELECT fts3_tokenizer('simple', x'00')",
        "SELECT edit('x')",
        "SELECT sqlite_version()",
        "SELECT randomblob(100)",
        "SELECT zeroblob(1000000000)",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM sqlite_temp_master",
        "SELECT * FROM sqlite_stat1",
        "SELECT * FROM readings",
        "SELECT * FROM pending",
        "SELECT * FROM search_index",
        "SELECT * FROM search_index('a')",
        "SELECT * FROM search_index_data",
        "SELECT (SELECT count(*) FROM readings)",
        "WITH reports AS (SELECT * FROM readings) SELECT * FROM reports",
        "WITH cells AS (SELECT * FROM readings) SELECT * FROM cells",
        "WITH RECURSIVE coverage(x) AS (SELECT 1 UNION SELECT x + length(digest) FROM coverage, readings)"
        " SELECT * FROM coverage",
        "SELECT * FROM READINGS",
        'SELECT * FROM main."readings"',
        "SELECT * FROM (SELECT * FROM readings) AS reports",
        "SELECT * FROM reports WHERE EXISTS (SELECT 1 FROM readings)",
        "SELECT 1; SELECT 2",
        "SELECT 1; DROP TABLE reports",
        "BEGIN",
        "SAVEPOINT a",
        "REINDEX",
        "ANALYZE",
        "",
        "SELECT",
        "SELECT * FROM generate_series(1, 10)",
        "SELECT * FROM json_tree('{}')",
        f"SELECT {', '.join('1' for _ in range(150))}",
        f"SELECT {'(' * 500}1{')' * 500}",
        "SELECT \x00 1",
    ],
)
async def test_what_is_not_reading_is_refused(rich: Path, sql: str) -> None:
    before = rich.read_bytes()
    assert (await refusal(rich, sql)).problem in ("invalid", "large")
    assert rich.read_bytes() == before
    assert not Path("/tmp/stolen.db").exists()


@pytest.mark.parametrize(
    "sql",
    [
        f"{ENDLESS} SELECT count(*) FROM n",
        f"{ENDLESS} SELECT x FROM n ORDER BY x",
        f"{ENDLESS} SELECT DISTINCT x % 7, printf('%.900000c', 'a') FROM n ORDER BY 2",
        "SELECT count(*) FROM regions a, regions b, regions c, regions d",
        "SELECT printf('%.2000000000c', 'a')",
        "SELECT replace(printf('%.900000c', 'a'), 'a', 'bbbbbbbb')",
        f"{ENDLESS} SELECT group_concat(printf('%.9000c', 'a')) FROM n",
        f"{ENDLESS} SELECT json_group_array(x) FROM n",
        f"SELECT sum({' + '.join('length(printf(%.900000c, x))' for _ in range(20))}) FROM ({ENDLESS} SELECT x FROM n)",
        "SELECT count(*) FROM regions a, regions b, regions c"
        " WHERE a.name || b.name || c.name LIKE '%a%b%c%d%e%f%g%h%'",
    ],
)
async def test_bombs_are_stopped(rich: Path, sql: str) -> None:
    """Endless, large or both: by the clock, by memory, or by the length of a value."""
    assert (await refusal(rich, sql, seconds=0.5)).problem in ("slow", "large", "invalid")


async def test_a_long_answer_is_bounded(rich: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the characters of its values; what a process writes beyond all bounds is not read."""
    monkeypatch.setattr(query_desk, "MOST_BYTES", 100_000)
    found = await ask(rich, f"{ENDLESS} SELECT printf('%.30000c', 'a') FROM n", rows=10_000)
    assert (len(found.rows), found.is_cut) == (3, True)
    monkeypatch.setattr(query_desk, "MOST_ANSWER", 1000)
    assert (await refusal(rich, "SELECT printf('%.9000c', 'a')")).problem == "large"


async def test_a_process_that_does_not_end_is_killed(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever SQLite would do: the clock is that of the server."""
    script = tmp_path / "stuck.py"
    script.write_text(
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(600)\n"
    )
    monkeypatch.setattr(query_desk, "WORKER", (sys.executable, str(script)))
    monkeypatch.setattr(query_desk, "GRACE", 0.1)
    assert (await refusal(rich, "SELECT 1", seconds=0.1)).problem == "slow"


async def test_one_runs_a_few_wait_the_others_are_sent_away(
    rich: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query_desk, "GRACE", PATIENCE_SECONDS)  # for the start of a process
    desk = QueryDesk(seconds=0.3, patience=60)
    running = [
        asyncio.create_task(desk.run(rich, f"{ENDLESS} SELECT count(*) FROM n", READABLE, 1))
        for _ in range(MOST_WAITING + 3)
    ]
    ended = await asyncio.gather(*running, return_exceptions=True)
    problems = [each.problem for each in ended if isinstance(each, QueryFailed)]
    assert problems.count("busy") + problems.count("slow") == MOST_WAITING + 3
    assert 1 <= problems.count("busy") <= 2
    assert (await desk.run(rich, "SELECT 1", READABLE, 1)).rows == [[1]]
    impatient = QueryDesk(seconds=0.3, patience=0.05)
    first = asyncio.create_task(
        impatient.run(rich, f"{ENDLESS} SELECT count(*) FROM n", READABLE, 1)
    )
    await asyncio.sleep(0)
    with pytest.raises(QueryFailed) as failed:
        await impatient.run(rich, "SELECT 1", READABLE, 1)
    assert failed.value.problem == "busy"
    with pytest.raises(QueryFailed):
        await first


HOLDER = """
import fcntl, sys
fcntl.lockf(int(sys.argv[1]), fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


async def test_processes_of_a_server_take_turns(rich: Path) -> None:
    """A query of another process is waited for; one whose process ended is not."""
    desk = QueryDesk(patience=0.3)
    number = desk._shared.fileno()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(number)],
        pass_fds=(number,), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert await asyncio.to_thread(other.stdout.readline) == b"held\n"
        for _ in range(2):
            with pytest.raises(QueryFailed) as failed:
                await desk.run(rich, "SELECT 1", READABLE, 1)
            assert failed.value.problem == "busy"
        other.kill()
    assert (await desk.run(rich, "SELECT 1", READABLE, 1)).rows == [[1]]


@pytest.fixture(scope="module")
async def client(rich: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Return a client of a site with SQL."""
    datasettes = open_languages(rich, base_url="https://gongkai.example", queries=QueryDesk())
    for each in datasettes.values():
        await each.invoke_startup()
    transport = httpx.ASGITransport(app=mount_languages(datasettes))
    async with httpx.AsyncClient(transport=transport, base_url="http://own.example") as found:
        yield found
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


async def test_the_page_of_queries(client: httpx.AsyncClient, rich: Path) -> None:
    """A query with its answer, as CSV and JSON too, and each example as a link."""
    with closing(sqlite3.connect(rich)) as conn:
        reports = conn.execute("SELECT count(*) FROM reports").fetchone()[0]
    query = quote("SELECT id, '=1+1' AS x FROM reports ORDER BY id;")
    page = BeautifulSoup((await client.get(f"/en/sql?sql={query}")).text, "lxml")
    assert len(page.select("table.rows tbody tr")) == reports
    rows = list(csv.reader(io.StringIO((await client.get(f"/sql.csv?sql={query}")).text)))
    assert len(rows) == reports + 1
    assert rows[1][1] == "'=1+1"
    data = (await client.get(f"/sql.json?sql={query}")).json()
    assert data["columns"] == ["id", "x"]
    assert data["address"].startswith("https://gongkai.example/sql?sql=SELECT")
    for link in page.select("dl.examples a"):
        assert (await client.get(f"/en/sql{link['href'].partition('/sql')[2]}")).status_code == 200


async def test_what_fails_says_why(client: httpx.AsyncClient) -> None:
    answer = await client.get("/en/sql?sql=SELECT+x+FROM+nothing_here")
    assert answer.status_code == 400
    assert "no such table: nothing_here" in answer.text
    assert (
        "<script>alert"
        not in (await client.get(f"/sql?sql={quote('SELECT <script>alert(1)')}")).text
    )
    assert (await client.get("/sql.json?sql=DELETE+FROM+reports")).status_code == 400
    assert (await client.get(f"/sql?sql={'a' * LONGEST_QUERY}")).status_code == 414


@pytest.mark.parametrize(
    "path", ["/sql", "/sql?sql=select+1", "/sql.csv?sql=select+1", "/sql.json?sql=select+1"]
)
async def test_it_is_closed_by_default(site: dict[str, object], path: str) -> None:
    for lang in ("", "/en"):
        datasette = site[lang]
        answer = await datasette.client.get(path)  # type: ignore[attr-defined]
        assert answer.status_code == 404
