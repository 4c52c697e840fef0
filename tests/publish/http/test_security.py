"""Every answer has safe headers, and nothing in it runs."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.publish.http.security import HEADERS
from gongkai.publish.pages.report.originals import POLICY
from tests.publish.samples import PAGE, PDF, PINGLUO, samples
from tests.publish.small_archive import digest_of

PAGES = (
    "/",
    "/search?q=%E5%A4%8D%E8%AE%AE",
    f"/report/{PINGLUO}-2023",
    "/archive",
    "/archive/reports",
    "/archive/sites/pingluo",
    f"/agency/{PINGLUO}",
    "/region/640221",
    "/region",
    "/search",
    f"/compare?agency={PINGLUO}",
    "/map",
    "/checks",
    "/changes",
    "/coverage",
    "/status",
    "/data",
    "/data/dictionary",
    "/codebook",
    "/nothing-here",
    "/archive/reports?_sort=zzz",
)
OTHERS = ("/archive/reports.json", "/archive/reports.csv", "/static/site.css", "/-/versions")
OTHERS += (
    "/openapi.json",
    "/checks.json",
    "/nothing.json",
    "/search.csv",
    "/checks.csv",
    "/coverage.csv",
    "/feeds/reports.atom",
    "/download/x",
)


@pytest.mark.parametrize("path", PAGES + OTHERS)
async def test_every_answer_has_the_safe_headers(chinese: Datasette, path: str) -> None:
    """Pages, data, files and errors have the same headers."""
    answer = await chinese.client.get(path)
    for name, value in HEADERS.items():
        assert answer.headers[name.decode()] == value.decode(), name


@pytest.mark.parametrize("path", PAGES)
async def test_pages_need_no_script_and_no_inline_style(chinese: Datasette, path: str) -> None:
    """The policy allows files of ours alone, so that a page with anything else would be broken."""
    page = BeautifulSoup((await chinese.client.get(path)).text, "lxml")
    assert not page.select("style, [style], iframe, object")
    scripts = [(str(each.get("src")), each.string) for each in page.select("script")]
    assert all(src.startswith("/static/") and not text for src, text in scripts)
    assert not [e for e in page.find_all(True) if any(a.startswith("on") for a in e.attrs)]
    sources = [str(e.get("src") or e.get("href")) for e in page.select("img, link[rel=stylesheet]")]
    assert all(source.startswith("/static/") for source in sources)


@pytest.mark.parametrize("path", PAGES)
async def test_pages_have_language_landmarks_and_labels(chinese: Datasette, path: str) -> None:
    """Screen readers need them."""
    page = BeautifulSoup((await chinese.client.get(path)).text, "lxml")
    assert page.html is not None
    assert page.html["lang"] == "zh-CN"
    assert [len(page.select(name)) for name in ("main", "h1", "body > header", "footer")] == [1] * 4
    labels = {label["for"] for label in page.select("label[for]")}
    for control in page.select("input:not([type=hidden]), select"):
        named = control.get("aria-label") or control.get("id") in labels or control.parent.name  # type: ignore[union-attr]
        assert named in (True, "label") or isinstance(named, str)
    assert len({e["id"] for e in page.select("[id]")}) == len(page.select("[id]"))


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/", "/archive/reports", "/search", "/nothing"])
async def test_only_get_and_head(chinese: Datasette, method: str, path: str) -> None:
    """Other methods get a plain 405 that says what is allowed."""
    refused = await chinese.client.request(method.upper(), f"http://localhost{path}")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert refused.text == "只支持 GET、HEAD 和 OPTIONS 请求。\n"


async def test_head_is_answered(chinese: Datasette) -> None:
    """Link checkers use HEAD."""
    assert (await chinese.client.head("/archive/reports")).status_code == 200
    assert (await chinese.client.head(f"/report/{PINGLUO}-2024")).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["threads", "databases.json", "metadata", "plugins", "settings", "permissions", "logout"],
)
async def test_datasettes_own_pages_are_not_shown(chinese: Datasette, name: str) -> None:
    """They show files, threads and plugins."""
    assert (await chinese.client.get(f"/-/{name}")).status_code == 404


async def test_a_kept_pdf_opens_in_a_sandbox(chinese: Datasette) -> None:
    """The bytes are those that were fetched."""
    kept = await chinese.client.get(f"/kept/{digest_of(PDF)[7:]}")
    assert (kept.status_code, kept.content) == (200, PDF)
    assert kept.headers["content-type"] == "application/pdf"
    assert kept.headers["content-disposition"].startswith("inline; filename*=UTF-8''640221-")
    assert kept.headers["content-security-policy"] == POLICY
    assert kept.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("body", [PAGE, samples()[-1].body], ids=["page", "called-a-pdf"])
async def test_anything_else_is_a_download(chinese: Datasette, body: bytes) -> None:
    """An archived page never runs on this origin, nor does a file that only claims to be a PDF."""
    kept = await chinese.client.get(f"/kept/{digest_of(body)[7:]}")
    assert kept.content == body
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-disposition"].startswith("attachment; ")
    assert kept.headers["content-security-policy"].startswith("sandbox;")


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "zz"])
async def test_no_such_copy_is_404(chinese: Datasette, digest: str) -> None:
    """Only documents of reports are sent."""
    assert (await chinese.client.get(f"/kept/{digest}")).status_code == 404
