"""The package of a proof in ReplayWeb.page: the page with the number appears."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from click.testing import CliRunner
from playwright.async_api import Browser, Frame, Page

from gongkai.archive.cli import main
from tests.archive.folder import HOST, Folder
from tests.publish.kept_reports import FIRST, article
from tests.waiting import LOOK_SECONDS, PATIENCE_SECONDS

REPLAY_WEB = Path(sys.prefix) / "replayweb"
"""The npm package `replaywebpage` (tests/replayweb.sha256), which `make test` fetches."""

REPORT = "640221-jiaoyuju-37ae-2024"
ADDRESS = f"{HOST}/nb/jyj.html"
INDEX = f"""<!DOCTYPE html><meta charset="utf-8"><script src="/replay/ui.js"></script>
<replay-web-page source="/records.wacz" url="{ADDRESS}" replayBase="/replay/" style="height: 90vh">
</replay-web-page>
"""
SIGNATURE = """collection => new Promise(resolve => {
    const opened = indexedDB.open('db:' + collection);
    opened.onsuccess = () => {
        const asked = opened.result.transaction('verification').objectStore('verification').get('signature');
        asked.onsuccess = () => resolve(asked.result.matched);
    };
})"""
"""Whether ReplayWeb.page found the signature right, as it notes it."""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, and keeps no log."""

    def send_head(self) -> BinaryIO | None:  # type: ignore[override]  # what is read of a part
        """Answer with a part where one is asked for: a package is read by parts."""
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        if asked is None or not path.is_file():
            return super().send_head()
        content = path.read_bytes()
        start, end = int(asked[1]), int(asked[2] or len(content) - 1)
        part = content[start : end + 1]
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        return BytesIO(part)

    def list_directory(self, path: object) -> None:
        """Answer that there is nothing: the service worker answers for the folder of the program."""
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve ReplayWeb.page beside the package of a proof, on loopback."""
    if not (REPLAY_WEB / "sw.js").exists():
        pytest.fail(f"{REPLAY_WEB} is missing: make test fetches replaywebpage with npm")
    with Folder(tmp_path) as folder:
        folder.fetch(FIRST, "/nb/jyj.html", article("4711"))
        folder.build()
    site = tmp_path / "site"
    options = ("--db", tmp_path / "archive.db", "--snapshots", tmp_path / "snapshots", "-o", site)
    words = ("proof", REPORT, "requests", "granted", "total", *map(str, options))
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    (site / "replay").mkdir()
    for name in ("ui.js", "sw.js"):
        (site / "replay" / name).symlink_to(REPLAY_WEB / name)
    (site / "index.html").write_text(INDEX, encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


TRIES = 12


async def replayed(page: Page, address: str) -> Frame:
    """Return the frame in which the archived page stands.

    ReplayWeb.page waits for its service worker without end. On a busy machine that often comes too late for
    it, and a reader loads the page again.
    """
    for _ in range(TRIES):
        await page.goto(f"{address}/index.html")
        end = time.monotonic() + PATIENCE_SECONDS / TRIES
        while time.monotonic() < end:
            for frame in page.frames:
                if frame.url.endswith(f"/{ADDRESS}"):
                    return frame
            await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("no page is replayed")


async def test_the_page_appears_and_its_signature_is_right(browser: Browser, address: str) -> None:
    asked: set[str] = set()
    context = await browser.new_context()
    try:
        page = await context.new_page()
        page.on("request", lambda request: asked.add(request.url))
        frame = await replayed(page, address)
        await frame.locator("td", has_text="4711").wait_for(timeout=PATIENCE_SECONDS * 1000)
        collection = frame.url.partition("/replay/w/")[2].partition("/")[0]
        assert await frame.page.frames[1].evaluate(SIGNATURE, collection) is True
    finally:
        await context.close()
    assert not [url for url in asked if not url.startswith((address, "data:", "blob:"))]
