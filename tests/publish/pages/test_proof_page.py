"""The proof of a number: where it stands, when it was seen, how anyone can check it."""

from __future__ import annotations

import hashlib
import io
import re
import shlex
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.archive.commands.shared import served_originals
from gongkai.publish.rendering.png_file import SIGNATURE
from gongkai.publish.rendering.rendering_box import shared_box
from gongkai.publish.views.kept import proof_view
from tests.archive.folder import Folder
from tests.crawler.evidence.authority import make_authority, served
from tests.publish.kept_reports import (
    FIRST,
    RUN,
    SECOND,
    article,
    frozen_document,
    keep_reports,
    prove_originals,
    started_with_originals,
)

EDUCATION = "640221-jiaoyuju-37ae-2024"
AUDIT = "640221-shenjiju-d9a3-2024"
WORD = "130534-jiaoyuju-0bea-2024"
GRANTED = f"/proof/{EDUCATION}/requests/granted/total"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of an archive with its originals, a manifest of them, and a timestamp."""
    path = tmp_path_factory.mktemp("kept")
    keep_reports(path).snapshots.close()
    with served(make_authority(path / "authority")) as authority:
        prove_originals(path, authority)
    yield path
    shared_box().close()


@pytest.fixture(scope="module")
async def site(kept: Path) -> AsyncIterator[dict[str, Datasette]]:
    """Return both instances, started."""
    async with started_with_originals(kept) as datasettes:
        yield datasettes


async def fetch(site: dict[str, Datasette], path: str, status: int = 200) -> BeautifulSoup:
    """Fetch a page and parse it."""
    base = "/en" if path.startswith("/en/") else ""
    response = await site[base].client.get(path.removeprefix(base))
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "lxml")


def text(page: BeautifulSoup, selector: str) -> str:
    """Return the text of the first element of a selector, without extra white space."""
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.get_text(" ", strip=True).split())


async def test_every_number_of_a_report_leads_to_its_proof(site: dict[str, Datasette]) -> None:
    report = await fetch(site, f"/report/{EDUCATION}")
    links = [str(link["href"]) for link in report.select("table.form td > a.proof")]
    assert len(links) == len(set(links)) == 200
    assert GRANTED in links
    for link in links[::40]:
        assert "数据出处" in text(await fetch(site, link), ".crumbs")


async def test_a_sheet_says_what_is_printed_and_when_it_was_seen(
    site: dict[str, Datasette],
) -> None:
    page = await fetch(site, GRANTED)
    assert text(page, "h1").endswith("总计 7")
    assert text(page, ".proof-row mark") == "7"
    assert "共采集到 2 次" in text(page, "section[aria-labelledby=seen]")
    times = [str(each["datetime"]) for each in page.select("section[aria-labelledby=seen] time")]
    assert times == [FIRST, SECOND]
    digest = hashlib.sha256(article()).hexdigest()
    evidence = text(page, "section[aria-labelledby=evidence]")
    for said in (digest, "http://www.pingluo.gov.cn/nb/jyj.html", ".warc.gz", RUN):
        assert said in evidence
    english = await fetch(site, f"/en{GRANTED}")
    assert "Fetched 2 times" in text(english, "section[aria-labelledby=seen]")


async def test_a_page_is_shown_with_the_cell_marked(site: dict[str, Datasette]) -> None:
    sheet = await fetch(site, GRANTED)
    (frame,) = sheet.select("iframe")
    assert not frame["sandbox"]
    address, _, anchor = str(frame["src"]).partition("#")
    page = await fetch(site, address)
    cell = page.select_one(f"#{anchor}")
    assert cell is not None
    assert cell.get_text(strip=True) == "7"
    assert "（一）予以公开" in str(cell.parent)
    assert f"#{anchor}{{" in text(page, "style")


async def test_a_kept_page_does_nothing(site: dict[str, Datasette]) -> None:
    response = await site[""].client.get(f"{GRANTED}/page")
    policy = response.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "frame-ancestors 'self'" in policy
    assert '栏目：<span class="tag-a">信息公开</span>' in response.text
    for acting in ("script", "onload", "alert", "href", "elsewhere.example"):
        assert acting not in response.text


async def test_the_sheet_allows_a_frame_of_this_site_alone(site: dict[str, Datasette]) -> None:
    policy = (await site[""].client.get(GRANTED)).headers["content-security-policy"]
    assert "frame-src 'self'" in policy
    assert "default-src 'none'" in policy


async def test_a_pdf_is_a_picture_with_a_box(site: dict[str, Datasette]) -> None:
    path = f"/proof/{AUDIT}/requests/new/total"
    sheet = await fetch(site, path)
    assert [image["src"] for image in sheet.select(".proof-picture img")] == [f"{path}/page.png"]
    picture = await site[""].client.get(f"{path}/page.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(SIGNATURE)
    other = await site[""].client.get(f"/proof/{AUDIT}/requests/new/other_org/page.png")
    assert other.content != picture.content
    await fetch(site, f"{path}/page", 404)


async def test_a_word_file_is_shown_as_its_tables_were_read(site: dict[str, Datasette]) -> None:
    path = f"/proof/{WORD}/requests/new/total"
    sheet = await fetch(site, path)
    assert "DOCX" in text(sheet, "section[aria-labelledby=page] .hint")
    (frame,) = sheet.select("iframe")
    page = await fetch(site, f"{path}/page")
    cell = page.select_one("#" + str(frame["src"]).partition("#")[2])
    assert cell is not None
    assert cell.get_text(strip=True) == text(sheet, ".proof-value")


@pytest.mark.parametrize(
    ("item", "field", "note", "marked"),
    [
        ("granted", "business", "横线", 1),
        ("refused_third_party", "total", "空白不等于零", 1),
        ("carried_in", "total", "不是数字", 7),
    ],
)
async def test_a_cell_without_a_number_has_a_proof_too(
    site: dict[str, Datasette], item: str, field: str, note: str, marked: int
) -> None:
    """A refused row is marked as a whole: its cells cannot be told apart."""
    path = f"/proof/{EDUCATION}/requests/{item}/{field}"
    sheet = await fetch(site, path)
    assert text(sheet, ".proof-value") == "无数据"
    assert note in text(sheet, ".facts .wide")
    style = text(await fetch(site, f"{path}/page"), "style")
    assert len(re.findall(r"#c\d+", style)) == marked


@pytest.mark.parametrize(
    "path",
    [
        f"/proof/{EDUCATION}/requests/granted/nothing",
        f"/proof/{EDUCATION}/requests/nothing/total",
        f"/proof/{EDUCATION}/active_disclosure_2019/-/fees_change",
        "/proof/nobody-2024/requests/granted/total",
        "/proof/nobody-2024/requests/granted/total/page",
    ],
)
async def test_what_is_no_number_is_not_found(site: dict[str, Datasette], path: str) -> None:
    await fetch(site, path, 404)


async def test_the_same_as_data(site: dict[str, Datasette]) -> None:
    record = (await site[""].client.get(f"{GRANTED}.json")).json()
    assert (record["value"], record["raw"], record["note"]) == (7, "7", "")
    assert record["names"]["en"][-1] == "Total"
    assert record["printed"]["row"][record["printed"]["column"]] == "7"
    assert [each["at"] for each in record["seen"]["fetches"]] == [FIRST, SECOND]
    assert [each["run"] for each in record["seen"]["fetches"]] == [RUN, ""]
    assert record["document"]["digest"] == f"sha256:{hashlib.sha256(article()).hexdigest()}"


async def test_the_commands_of_a_sheet_prove_the_original(
    site: dict[str, Datasette], kept: Path
) -> None:
    """The commands are run as they are printed, with warcio, sha256sum and openssl alone."""
    sheet = await fetch(site, f"/proof/{AUDIT}/requests/new/total")
    commands = [code.get_text() for code in sheet.select(".proof-commands code")]
    warcio = f"{shlex.quote(sys.executable)} -m warcio.cli "
    (digest, head, manifest, covered, stamp) = (
        subprocess.run(
            ["bash", "-c", command.replace("warcio ", warcio)],
            cwd=kept,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in commands
    )
    body = frozen_document("pdf-chromium-zebra")
    assert digest.split()[0] == hashlib.sha256(body).hexdigest()
    assert digest.split()[0] in text(sheet, ".proof-commands")
    link = sheet.select_one("section[aria-labelledby=page] a.kept")
    assert link is not None
    copy = await site[""].client.get(str(link["href"]))
    assert hashlib.sha256(copy.content).hexdigest() == digest.split()[0]
    assert "http://www.pingluo.gov.cn/nb/sjj.pdf" in head
    evidence = text(sheet, "section[aria-labelledby=evidence]")
    assert manifest.split()[0] in evidence
    assert "第 1 号清单" in evidence
    assert covered.strip() == "1"
    assert "Verification: OK" in stamp


async def test_a_reader_takes_the_proof_and_checks_it_alone(
    site: dict[str, Datasette], kept: Path, tmp_path: Path
) -> None:
    (link,) = (await fetch(site, GRANTED)).select(".proof-package a")
    answer = await site[""].client.get(str(link["href"]))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as package:
        package.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert folder.name == f"proof-{EDUCATION}-requests-granted-total"
    assert (folder / "original.html").read_bytes() == article()
    assert "公开" in (folder / "README.md").read_text(encoding="utf-8")
    warcio = Path(sys.executable).with_name("warcio")
    (stamp,) = (folder / "manifests").glob("*.tsr")
    stamped = next((folder / "manifests").glob("*.json"))
    for command in (
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
        [warcio, "check", "records.warc.gz"],
        ["openssl", "ts", "-verify", "-in", stamp, "-data", stamped, "-CAfile", kept / "ROOT.pem"],
    ):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    english = await site["/en"].client.get(f"{GRANTED}.zip")
    with zipfile.ZipFile(io.BytesIO(english.content)) as package:
        assert b"Verify" in package.read(f"{folder.name}/README.md")


async def test_one_proof_is_packed_at_a_time(
    site: dict[str, Datasette], monkeypatch: pytest.MonkeyPatch
) -> None:
    with proof_view._packing:
        busy = await site[""].client.get(f"{GRANTED}.zip")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "20")
    monkeypatch.setattr(served_originals, "MOST_BYTES", 100)
    large = await site[""].client.get(f"{GRANTED}.zip")
    assert large.status_code == 404
    assert "gongkai proof" in large.text


async def test_a_site_without_originals_says_so(site: dict[str, Datasette], kept: Path) -> None:
    (kept / "snapshots").rename(kept / "elsewhere")
    try:
        async with started_with_originals(kept) as datasettes:
            sheet = await fetch(datasettes, GRANTED)
            assert "本站未连接原件库" in text(sheet, "section[aria-labelledby=page]")
            assert "没有清单" in text(sheet, "section[aria-labelledby=evidence]")
            await fetch(datasettes, f"{GRANTED}/page", 404)
    finally:
        (kept / "elsewhere").rename(kept / "snapshots")


async def test_a_time_by_a_wrong_clock_is_told_as_such(tmp_path: Path) -> None:
    """The record of a fetch keeps its own date, and the probable one stands first."""
    with Folder(tmp_path) as folder:
        folder.fetch(SECOND, "/nb/jyj.html", article())
        folder.build()
    with closing(sqlite3.connect(tmp_path / "archive.db")) as conn, conn:
        conn.execute("UPDATE snapshots SET clock = 'wrong', seen_at = ?", [FIRST])
    async with started_with_originals(tmp_path) as datasettes:
        sheet = await fetch(datasettes, GRANTED)
        said = text(sheet, "section[aria-labelledby=seen] tbody td")
        assert said.startswith("2025-02-01")
        assert "记录时间为 2025-03-01 09:30" in said
        record = (await datasettes[""].client.get(f"{GRANTED}.json")).json()
    (seen,) = record["seen"]["fetches"]
    assert (seen["recorded"], seen["clock"]) == (SECOND, "wrong")
    shared_box().close()
