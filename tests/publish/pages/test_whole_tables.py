"""Whole tables and variants, made from the files of the years, as a visitor gets them."""

from __future__ import annotations

import csv
import gzip
import io
import os
import shutil
import sqlite3
import zlib
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import duckdb
import httpx
import pytest
from bs4 import BeautifulSoup
from pyarrow import parquet

from gongkai.archive.store.csv_formulas import escape_formula, quote_id
from gongkai.publish.http import made_file_response
from gongkai.publish.pages.data import download_list, whole_tables
from gongkai.publish.server.datasette_server import mount_languages
from gongkai.publish.server.publication_server import OpenPublication
from tests.publish.page_text import words
from tests.publish.publishing import publish

BASE = "https://archive.example"
MARK = "\ufeff".encode()


@pytest.fixture(scope="module")
def published(rich: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication that tests only read."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        return publish(folder / "public", Path(shutil.copy(rich, folder)))


@pytest.fixture(scope="module")
async def client(published: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the site that shows it."""
    opened = OpenPublication.open(published, base_url=BASE)
    await opened.start()
    transport = httpx.ASGITransport(app=mount_languages(opened.datasettes))
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as found:
        yield found
    opened.retired = True
    await opened.close_when_idle()


@pytest.fixture
def requests(published: Path) -> list[list[str]]:
    """The lines of a table in the order that is documented: year, report, key."""
    with closing(sqlite3.connect(published / "archive.db")) as conn:
        found = conn.execute(
            "SELECT q.* FROM requests q JOIN reports r ON r.id = q.report_id"
            " ORDER BY r.year, q.report_id, q.item"
        )
        lines = [[name for name, *_ in found.description]]
        lines += [["" if v is None else str(escape_formula(v)) for v in row] for row in found]
    return lines


def lines_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


pytestmark = [
    # the thread ends by SystemExit, which Python passes over in silence; pytest does not
    pytest.mark.filterwarnings(
        "ignore:Exception in thread .*_execute_writes:pytest.PytestUnhandledThreadExceptionWarning"
    ),
]


async def test_a_whole_table_is_one_file(
    client: httpx.AsyncClient, requests: list[list[str]]
) -> None:
    """At the addresses that it always had: packed of known length, plain of known length, for Excel."""
    packed = await client.get("/download/csv/requests.csv.gz")
    assert packed.headers["content-length"] == str(len(packed.content))
    unpacker = zlib.decompressobj(31)
    body = unpacker.decompress(packed.content)
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")
    assert lines_of(body) == requests
    plain = await client.get("/download/csv/requests.csv")
    assert (plain.content, plain.headers["content-length"]) == (body, str(len(body)))
    assert plain.headers["content-disposition"] == 'attachment; filename="requests.csv"'
    assert plain.headers["content-type"] == "text/csv; charset=utf-8"
    marked = await client.get("/download/csv-bom/requests.csv")
    assert marked.content.startswith(MARK)
    quoted = [[str(quote_id(value)) for value in row] for row in requests]
    assert lines_of(marked.content.removeprefix(MARK)) == quoted
    repacked = await client.get("/download/csv-bom/requests.csv.gz")
    assert gzip.decompress(repacked.content) == marked.content


async def test_a_year_is_had_alone(client: httpx.AsyncClient, requests: list[list[str]]) -> None:
    packed = await client.get("/download/csv/requests/2024.csv.gz")
    assert packed.headers["content-disposition"] == 'attachment; filename="requests-2024.csv.gz"'
    body = gzip.decompress(packed.content)
    assert {tuple(row) for row in lines_of(body)} < {tuple(row) for row in requests}
    assert (await client.get("/download/csv/requests/2024.csv")).content == body
    marked = await client.get("/download/csv-bom/requests/2024.csv")
    assert marked.headers["content-disposition"] == 'attachment; filename="requests-2024.csv"'
    assert marked.content.startswith(MARK + b"report_id,")
    typed = await client.get("/download/parquet/requests/report_year=2024/requests-2024.parquet")
    table = parquet.read_table(io.BytesIO(typed.content))
    assert len(table) == len(lines_of(body)) - 1


@pytest.mark.parametrize("name", ["requests", "regions", "panel", "cells"])
async def test_a_whole_parquet_file_is_read_in_ranges(
    client: httpx.AsyncClient, published: Path, tmp_path: Path, name: str
) -> None:
    whole = await client.get(f"/download/parquet/{name}.parquet")
    (tmp_path / "whole.parquet").write_bytes(whole.content)
    with closing(sqlite3.connect(published / "archive.db")) as conn:
        rows = conn.execute(f"SELECT count(*) FROM {name}").fetchone()
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path}/whole.parquet'").fetchone() == rows
    end = await client.get(f"/download/parquet/{name}.parquet", headers={"range": "bytes=-4"})
    assert (end.status_code, end.content) == (206, b"PAR1")
    assert end.headers["content-range"].endswith(f"/{len(whole.content)}")


async def test_each_range_of_a_joined_file_is_that_of_the_whole(client: httpx.AsyncClient) -> None:
    """Also across the places where files meet."""
    path = "/download/csv/reports.csv.gz"
    whole = (await client.get(path)).content
    for start in range(0, len(whole), 97):
        for size in (1, 500):
            asked = {"range": f"bytes={start}-{start + size - 1}"}
            part = await client.get(path, headers=asked)
            assert (part.status_code, part.content) == (206, whole[start : start + size])


@pytest.mark.parametrize(
    "name", ["csv/requests.csv.gz", "csv-bom/requests.csv", "parquet/cells.parquet"]
)
async def test_what_is_known_is_not_sent_again(client: httpx.AsyncClient, name: str) -> None:
    first = await client.head(f"/download/{name}")
    assert (first.status_code, first.content) == (200, b"")
    tag = first.headers["etag"]
    again = await client.get(f"/download/{name}", headers={"if-none-match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    tags = {(await client.head(f"/download/csv{kind}/requests{end}")).headers["etag"]
            for kind in ("", "-bom") for end in (".csv", ".csv.gz", "/2024.csv")}  # fmt: skip
    assert len(tags) == 6


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("csv/requests.csv.gz", "csv/requests/2023.csv.gz"),
        ("csv-bom/requests.csv", "csv/requests/2023.csv.gz"),
        (
            "parquet/requests.parquet",
            "parquet/requests/report_year=2023/requests-2023.parquet",
        ),
    ],
)
async def test_a_whole_table_is_as_new_as_its_newest_year(
    client: httpx.AsyncClient, published: Path, name: str, source: str
) -> None:
    """A program that only asks by date gets it when any year changed, not the last alone."""
    had = (await client.head(f"/download/{name}")).headers["last-modified"]
    asked = {"if-modified-since": had}
    assert (await client.head(f"/download/{name}", headers=asked)).status_code == 304
    path = published / "downloads" / source
    before = path.stat()
    os.utime(path, (before.st_atime, before.st_mtime + 60))
    try:
        changed = await client.head(f"/download/{name}", headers=asked)
    finally:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert changed.status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        *("csv/none.csv", "csv/requests/1999.csv", "csv/requests/2024.parquet", "csv/.csv"),
        *(
            "parquet/requests.csv",
            "csv/requests.parquet",
            "parquet/none.parquet",
            "parquet/none.json",
        ),
        *("csv-bom/requests.parquet", "csv/requests/2024/x.csv"),
        *("xlsx/requests.xlsx", "csv/requests/", "parquet/requests/report_year=2024"),
    ],
)
async def test_nothing_else_is_made(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/download/{name}")).status_code in (302, 404)


async def test_too_long_a_summary_is_had_by_year(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    years = (download_list.Download("xlsx/report_summary/2024.xlsx", 1),)
    monkeypatch.setattr(whole_tables, "list_downloads", lambda _: years)
    monkeypatch.setattr("gongkai.publish.pages.data.file_answers.find_download", lambda *_: None)
    answer = await client.get("/download/xlsx/report_summary.xlsx")
    assert (answer.status_code, "按年份" in answer.text) == (404, True)


async def test_a_few_files_are_made_at_a_time(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_file_response, "AT_ONCE", 0)
    busy = await client.get("/download/csv/requests.csv")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "60")
    assert (await client.get("/download/csv/requests.csv.gz")).status_code == 200


async def test_a_damaged_file_breaks_off(published: Path, tmp_path: Path) -> None:
    """No program takes what came for the whole: the last block never comes."""
    folder = Path(shutil.copytree(published / "downloads", tmp_path / "downloads"))
    path = folder / "csv" / "sections" / "2024.csv.gz"
    whole = gzip.decompress(path.read_bytes())
    damaged = bytearray(path.read_bytes())
    damaged[-40] ^= 0x55
    path.write_bytes(damaged)
    for name in ("csv/sections/2024.csv", "csv-bom/sections/2024.csv"):
        made = whole_tables.find_made(folder, name)
        assert isinstance(made, whole_tables.UnpackedFile)
        found: list[bytes] = []
        with pytest.raises(ValueError, match=r"2024\.csv\.gz"):
            found.extend(made.blocks())
        assert sum(map(len, found)) < len(whole)


async def test_parquet_files_are_listed_for_programs(
    client: httpx.AsyncClient, published: Path
) -> None:
    """With addresses that DuckDB takes as a list."""
    told = (await client.get("/download/parquet/requests.json")).json()
    assert [each["year"] for each in told] == sorted({each["year"] for each in told})
    for each in told:
        answer = await client.get(each["url"].removeprefix(BASE))
        assert len(answer.content) == each["bytes"]
    (whole,) = (await client.get("/download/parquet/regions.json")).json()
    assert (whole["url"], whole["year"]) == (f"{BASE}/download/parquet/regions.parquet", None)


async def test_the_page_lists_tables_and_leads_to_years(client: httpx.AsyncClient) -> None:
    """Every link works; of a year, only tables that have it are listed."""
    page = BeautifulSoup((await client.get("/data")).text, "lxml")
    rows = page.select("section:has(#downloads) tbody tr")
    links = {str(a["href"]) for row in rows for a in row.select("a[href*='/download/']")}
    assert {"/download/csv-bom/requests.csv", "/download/csv/requests.csv.gz"} <= links
    assert {"/download/parquet/requests.parquet", "/download/xlsx/report_summary.xlsx"} <= links
    years = [str(a["href"]) for a in page.select(".by-year li a")]
    assert "/data?year=2024#downloads" in years
    of_year = BeautifulSoup((await client.get("/data?year=2024")).text, "lxml")
    below = of_year.select("section:has(#downloads) tbody tr")
    assert 5 < len(below) < len(rows)
    assert words(of_year, ".by-year [aria-current]") == ["2024"]
    links |= {str(a["href"]) for row in below for a in row.select("a[href*='/download/']")}
    for link in sorted(links):
        assert (await client.head(link)).status_code == 200, link
    assert f"{BASE}/download/parquet/report_summary.parquet" in page.get_text()
    english = await client.get("/en/data?year=2024")
    assert "Download by year" in english.text
    assert (await client.get("/data?year=1066")).status_code == 400
