"""The data page, its files and examples; the dictionary as a page and as a document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from publish.dictionary import DICTIONARY
from publish.dictionary_page import PATH, document
from publish.downloads import offered, path_of
from publish.examples import EXAMPLES, Example
from publish.measures import MEASURES, SMALL, Value
from publish.rules import RULES
from publish.server import languages
from tests.publish.conftest import Page
from tests.publish.test_agency import words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of downloads as a publication has it, with what must not be offered."""
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "reports.csv").write_text("id\n1\n", encoding="utf-8")
    (tmp_path / "archive.db.gz").write_bytes(b"\x1f\x8b")
    (tmp_path / ".secret").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/hostname")
    digest = sha256(b"id\n1\n").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  csv/reports.csv\n", encoding="utf-8")
    package = {"resources": [{"path": "csv/reports.csv", "rows": 1, "title": "年度报告"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return tmp_path


@pytest.fixture
async def with_files(rich: Path, folder: Path) -> AsyncIterator[Datasette]:
    """Return the Chinese instance with downloads."""
    datasettes = languages(rich, downloads=folder)
    for datasette in datasettes.values():
        await datasette.invoke_startup()
    yield datasettes[""]
    for datasette in datasettes.values():
        datasette.get_database().close()
        datasette.executor.shutdown()


async def test_files_are_offered_with_size_rows_and_checksum(with_files: Datasette) -> None:
    """As the folder has them; nothing hidden, no links."""
    answer = await with_files.client.get("/data")
    page = BeautifulSoup(answer.text, "lxml")
    rows = [words(row, "th, td") for row in page.select("section:has(#downloads) tbody tr")]
    assert [row[0] for row in rows] == [
        *("SHA256SUMS", "archive.db.gz", "csv/reports.csv 年度报告", "datapackage.json"),
    ]
    assert rows[2][1:] == ["5 B", "1", sha256(b"id\n1\n").hexdigest()]


async def test_files_are_sent_as_downloads(with_files: Datasette) -> None:
    """With safe headers, never as something a browser runs."""
    answer = await with_files.client.get("/download/csv/reports.csv")
    assert (answer.status_code, answer.content) == (200, b"id\n1\n")
    assert answer.headers["content-disposition"] == 'attachment; filename="reports.csv"'
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [".secret", "link", "../archive.db", "csv/../../archive.db", "csv", "none.csv", "%2e%2e/x"],
)
async def test_nothing_else_is_sent(with_files: Datasette, name: str) -> None:
    """Only what is listed."""
    assert (await with_files.client.get(f"/download/{name}")).status_code in (302, 403, 404)


def test_folders_that_are_not_there_or_broken(tmp_path: Path) -> None:
    """Nothing is offered, nothing fails."""
    assert offered(None) == offered(tmp_path / "none") == ()
    assert path_of(None, "x") is path_of(tmp_path / "none", "x") is None
    (tmp_path / "datapackage.json").write_text("[]", encoding="utf-8")
    assert [each.name for each in offered(tmp_path)] == ["datapackage.json"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.en)
async def test_every_example_of_the_api_works(
    country: dict[str, Datasette], example: Example
) -> None:
    """And gives something on an archive that has such reports."""
    answer = await country[""].client.get(example.path)
    assert answer.status_code == 200
    if example.path.partition("?")[0].endswith(".json"):
        told = answer.json()
        assert told["rows"] if isinstance(told, dict) else told
    elif ".csv" in example.path:
        assert len(answer.text.splitlines()) > 1
    else:
        assert ElementTree.fromstring(answer.content).tag.endswith("feed")


async def test_the_page_has_measures_examples_and_citation(visit: Page) -> None:
    """Every published measure with its definition."""
    page = await visit("/data")
    assert len(page.select("section:has(#measures) dt")) == len(MEASURES)
    links = {str(a["href"]) for a in page.select(".examples a")}
    assert links == {example.path for example in EXAMPLES}
    assert words(page, ".citation")[0].startswith(
        "公开：政府信息公开工作年度报告档案，数据截至 2025-06-01，"
    )
    assert "没有预先制作的下载文件" in page.get_text()
    english = await visit("/en/data")
    assert {str(a["href"]) for a in english.select(".examples a")} == {
        f"/en{example.path}" for example in EXAMPLES
    }


async def test_the_dictionary_is_a_page(visit: Page) -> None:
    """Every table, every column."""
    for path in ("/data/dictionary", "/en/data/dictionary"):
        page = await visit(path)
        assert [str(h["id"]) for h in page.select("h2[id]")] == list(DICTIONARY.tables)
        assert len(page.select(".record > div")) == sum(
            len(entry.columns) for entry in DICTIONARY.tables.values()
        )


def test_the_document_is_complete_and_current() -> None:
    """docs/data-dictionary.md is what the dictionary says today, with every column and rule."""
    text = document()
    assert PATH.read_text(encoding="utf-8") == text, "run: python -m publish.dictionary_page"
    for entry in DICTIONARY.tables.values():
        part = text.partition(f"### `{entry.name}` ")[2].partition("\n### ")[0]
        assert (
            entry.columns.keys()
            == {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}
            & entry.columns.keys()
        )
    assert all(f"| `{key}` |" in text for key in (*MEASURES, *RULES))


def test_rates_of_few_cases() -> None:
    """Small is a property of rates; a rate of nothing is none."""
    assert Value(1, SMALL - 1, 1, True).small
    assert not Value(1, SMALL, 1, True).small
    assert not Value(1, 0, 1, False).small
    assert (Value(1, 4, 1, True).number, Value(0, 0, 1, True).number) == (0.25, None)
