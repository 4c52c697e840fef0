"""The data page with its files and examples, and the dictionary as a page and as a document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.archive.codebook.codebook import codebook
from gongkai.publish.pages.data.api_examples import EXAMPLES, Example
from gongkai.publish.pages.data.downloads import Download, find_download, list_downloads
from gongkai.publish.server.datasette_server import open_languages
from gongkai.publish.wording.dictionary import tables
from gongkai.publish.wording.dictionary_page import PATH, dictionary_markdown
from gongkai.publish.wording.measures import MEASURES, MIN_DENOMINATOR, MeasureValue
from gongkai.publish.wording.rules import RULES
from tests.publish.page_text import words
from tests.publish.small_archive import Page

CSV = b"id\r\n1\r\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of downloads as in a publication, with files that must not be offered."""
    path = tmp_path_factory.mktemp("downloads") / "files"
    path.mkdir()
    files = {
        "csv/reports.csv": CSV,
        "csv-bom/reports.csv": b"\xef\xbb\xbf" + CSV,
        "parquet/reports.parquet": b"PAR1",
        "archive.db.gz": b"\x1f\x8b" * 500_000,
    }
    variants = [{"path": "csv-bom/reports.csv"}]
    package = {"resources": [{"path": "csv/reports.csv", "rows": 1, "variants": variants}]}
    files["datapackage.json"] = json.dumps(package).encode()
    sums = []
    for name, body in files.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(body)
        sums.append(f"{sha256(body).hexdigest()}  {name}\n")
    (path / "unlisted.csv").write_bytes(CSV)
    (path / ".secret").write_bytes(CSV)
    (path / "link").symlink_to("/etc/hostname")
    (path.parent / "outside.csv").write_bytes(CSV)
    other = (".secret", "link", "../outside.csv", "csv/../.secret", "/etc/hostname", "gone.csv")
    sums += [f"{'0' * 64}  {name}\n" for name in other]
    (path / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
async def with_files(rich: Path, folder: Path) -> AsyncIterator[Datasette]:
    """Return the Chinese instance with downloads."""
    datasettes = open_languages(rich, downloads=folder)
    for datasette in datasettes.values():
        await datasette.invoke_startup()
    yield datasettes[""]
    for datasette in datasettes.values():
        datasette.get_database().close()
        datasette.executor.shutdown()


async def test_files_are_offered_by_table(with_files: Datasette) -> None:
    """Files about the whole archive come first. Only files in the list of checksums are offered."""
    answer = await with_files.client.get("/data")
    page = BeautifulSoup(answer.text, "lxml")
    links = [str(a["href"]) for a in page.select("a[href^='/download/']")]
    assert links == [
        *("/download/SHA256SUMS", "/download/archive.db.gz", "/download/datapackage.json"),
        *("/download/csv-bom/reports.csv", "/download/csv/reports.csv"),
        "/download/parquet/reports.parquet",
    ]
    rows = [words(row, "th, td") for row in page.select("section:has(#downloads) tbody tr")]
    assert rows == [["年度报告 reports", "1", "CSV（Excel） 10 B CSV 7 B Parquet 4 B"]]
    said = words(page, ".files li")
    assert said[1].endswith(sha256(b"\x1f\x8b" * 500_000).hexdigest())
    licence = page.select_one("a[rel=license]")
    assert licence is not None
    assert licence["href"] == "https://creativecommons.org/licenses/by/4.0/"


async def test_files_are_sent_as_downloads(with_files: Datasette) -> None:
    """With safe headers and never with a type that a browser runs. HEAD has the same headers."""
    answer = await with_files.client.get("/download/csv/reports.csv")
    assert (answer.status_code, answer.content) == (200, CSV)
    assert answer.headers["content-disposition"] == 'attachment; filename="reports.csv"'
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert answer.headers["etag"] == f'"{sha256(CSV).hexdigest()}"'
    head = await with_files.client.head("/download/csv/reports.csv")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == answer.headers
    modified = answer.headers["last-modified"]
    known = {"if-modified-since": modified}
    again = await with_files.client.get("/download/csv/reports.csv", headers=known)
    assert (again.status_code, again.content) == (304, b"")
    part = {"range": "bytes=0-1", "if-range": modified}
    answer = await with_files.client.get("/download/csv/reports.csv", headers=part)
    assert (answer.status_code, answer.content) == (206, CSV[:2])


async def test_a_file_that_is_known_is_not_sent_again(with_files: Datasette) -> None:
    """The ETag is the checksum, so that an unchanged table of a new publication is not sent."""
    etag = f'"{sha256(CSV).hexdigest()}"'
    for known in (etag, f'"other", W/{etag}'):
        again = await with_files.client.get(
            "/download/csv/reports.csv", headers={"if-none-match": known}
        )
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    other = await with_files.client.get(
        "/download/csv/reports.csv", headers={"if-none-match": '"other"'}
    )
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "sent", "told"),
    [
        ("bytes=0-1", 206, slice(0, 2), "bytes 0-1/1000000"),
        ("bytes=999000-", 206, slice(999_000, None), "bytes 999000-999999/1000000"),
        ("bytes=-10", 206, slice(-10, None), "bytes 999990-999999/1000000"),
        ("bytes=5-9999999", 206, slice(5, None), "bytes 5-999999/1000000"),
        ("bytes=1000000-", 416, slice(0, 0), "bytes */1000000"),
        ("bytes=-0", 416, slice(0, 0), "bytes */1000000"),
        ("bytes=9-5", 416, slice(0, 0), "bytes */1000000"),
        ("BYTES=0-1", 206, slice(0, 2), "bytes 0-1/1000000"),
        (f"bytes=0-{'9' * 30}", 200, slice(None), None),
        (f"bytes={'9' * 30}-", 416, slice(0, 0), "bytes */1000000"),
        (f"bytes=-{'9' * 5000}", 200, slice(None), None),
        (f"bytes={'9' * 5000}-{'9' * 5000}", 416, slice(0, 0), "bytes */1000000"),
        (f"bytes={'0' * 5000}5-6", 206, slice(5, 7), "bytes 5-6/1000000"),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(2000)), 200, slice(None), None),
        ("bytes=0-1,3-4", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
    ],
)
async def test_a_download_that_broke_off_goes_on(
    with_files: Datasette, asked: str, status: int, sent: slice, told: str | None
) -> None:
    """A request may ask for one range of bytes of the same content."""
    path, body = "/download/archive.db.gz", b"\x1f\x8b" * 500_000
    answer = await with_files.client.get(path, headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, body[sent])
    assert answer.headers.get("content-range") == told
    changed = await with_files.client.get(path, headers={"range": asked, "if-range": '"other"'})
    assert (changed.status_code, changed.content) == (200, body)


@pytest.mark.parametrize(
    "name",
    [
        *(".secret", "link", "../outside.csv", "csv/../.secret", "csv/../../outside.csv", "csv"),
        *("none.csv", "gone.csv", "unlisted.csv", "%2e%2e/outside.csv", "..%2foutside.csv"),
        *("/etc/hostname", "csv/reports.csv/", "csv//reports.csv", "reports.csv%00"),
    ],
)
async def test_nothing_else_is_sent(with_files: Datasette, name: str) -> None:
    """Only listed files are sent, and only plain files within the folder."""
    answer = await with_files.client.get(f"/download/{name}")
    assert answer.status_code in (302, 403, 404)
    assert CSV not in answer.content


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("parquet/requests/report_year=2024/requests-2024.parquet", 2024),
        ("parquet/panel_2019/report_year=2020/panel_2019-2020.parquet", 2020),
        ("csv/panel_2019/2020.csv.gz", 2020),
        ("csv/panel_2019.csv.gz", None),
    ],
)
def test_the_year_of_a_file_is_not_that_in_the_name_of_its_table(
    name: str, year: int | None
) -> None:
    assert Download(name, 1).year == year


def test_folders_that_are_not_there_or_broken(tmp_path: Path) -> None:
    """Nothing is offered and nothing fails."""
    assert list_downloads(None) == list_downloads(tmp_path / "none") == ()
    assert find_download(None, "x") is find_download(tmp_path / "none", "x") is None
    (tmp_path / "datapackage.json").write_text("[]", encoding="utf-8")
    assert list_downloads(tmp_path) == ()
    (tmp_path / "SHA256SUMS").write_text(f"{'0' * 64}  datapackage.json\n", encoding="utf-8")
    assert [each.name for each in list_downloads(tmp_path)] == ["SHA256SUMS", "datapackage.json"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.key)
async def test_every_example_of_the_api_works(
    country: dict[str, Datasette], example: Example
) -> None:
    """Each example returns something for an archive that has such reports."""
    answer = await country[""].client.get(example.path)
    assert answer.status_code == 200
    if example.path.partition("?")[0].endswith(".json"):
        told = answer.json()
        lists = ("rows", "reports", "names", "shown")
        assert any(told.get(name) for name in lists) if isinstance(told, dict) else told
    elif ".csv" in example.path:
        assert len(answer.text.splitlines()) > 1
    else:
        assert ElementTree.fromstring(answer.content).tag.endswith("feed")


async def test_the_page_has_measures_examples_and_citation(visit: Page) -> None:
    """Every published measure has its definition."""
    page = await visit("/data")
    assert len(page.select("section:has(#measures) dt")) == len(MEASURES)
    links = {str(a["href"]) for a in page.select(".examples a")}
    assert links == {example.path for example in EXAMPLES}
    assert words(page, ".citation")[0].startswith(
        "公开：政府信息公开工作年度报告档案，数据截至 2025-06-02，"
    )
    assert "没有预先制作的下载文件" in page.get_text()
    english = await visit("/en/data")
    assert {str(a["href"]) for a in english.select(".examples a")} == {
        f"/en{example.path}" for example in EXAMPLES
    }


async def test_the_dictionary_is_a_page(visit: Page) -> None:
    """With every table and every column."""
    for path in ("/data/dictionary", "/en/data/dictionary"):
        page = await visit(path)
        assert [str(h["id"]) for h in page.select("h2[id]")] == list(tables())
        assert len(page.select(".record > div")) == sum(
            len(entry.fields) for entry in tables().values()
        )


async def test_the_codebook_has_everything_under_an_anchor(visit: Page) -> None:
    for path in ("/codebook", "/en/codebook"):
        page = await visit(path)
        anchors = [str(each["id"]) for each in page.select("[id]")]
        assert len(set(anchors)) == len(anchors)
        book = codebook()
        assert {
            *(f"variable-{each.name}" for each in book.variables),
            *(f"measure-{each.id}" for each in book.measures),
            *(f"rule-{each.id}" for each in book.rules),
            *(f"column-{t.name}-{each.name}" for t in book.tables for each in t.columns),
            *("code-note-dash", "code-absence-not_in_form", "code-item-refused_state_secret"),
        } <= set(anchors)
        links = {str(a["href"])[1:] for a in page.select("main a[href^='#']")}
        assert links <= set(anchors)


async def test_the_codebook_is_searched(visit: Page) -> None:
    """In both languages at once; what is not found is said."""
    page = await visit("/codebook?q=国家秘密")
    assert [str(dt["id"]) for dt in page.select("dt")] == [
        "variable-refused_state_secret",
        "code-item-refused_state_secret",
    ]
    assert (await visit("/en/codebook?q=state+secret")).select("#variable-refused_state_secret")
    assert "没有找到" in (await visit("/codebook?q=xyzzy")).get_text()


async def test_the_codebook_is_served_to_programs(country: dict[str, Datasette]) -> None:
    told = (await country[""].client.get("/codebook.json")).json()
    assert {each["name"] for each in told["tables"]} == set(tables())
    assert all(each["labels"]["en"] for codes in told["code_lists"].values() for each in codes)
    ddi = await country[""].client.get("/codebook.xml")
    assert ElementTree.fromstring(ddi.content).tag == "{ddi:codebook:2_5}codeBook"


def test_the_document_is_complete_and_current() -> None:
    """docs/data-dictionary.md is up to date and has every column and rule."""
    text = dictionary_markdown()
    assert PATH.read_text(encoding="utf-8") == text, (
        "run: python -m gongkai.publish.wording.dictionary_page"
    )
    for entry in tables().values():
        part = text.partition(f"### `{entry.name}` ")[2].partition("\n### ")[0]
        assert (
            entry.fields.keys()
            == {line.split("`")[1] for line in part.splitlines() if line.startswith("| `")}
            & entry.fields.keys()
        )
    assert all(f"| `{key}` |" in text for key in (*MEASURES, *RULES))


def test_rates_of_few_cases() -> None:
    """Only rates can be small, and a rate without cases has no value."""
    assert MeasureValue(1, MIN_DENOMINATOR - 1, 1, True).is_small
    assert not MeasureValue(1, MIN_DENOMINATOR, 1, True).is_small
    assert not MeasureValue(1, 0, 1, False).is_small
    assert (MeasureValue(1, 4, 1, True).number, MeasureValue(0, 0, 1, True).number) == (0.25, None)
