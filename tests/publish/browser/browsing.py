"""A real browser, and the site served to it from a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.async_api import Page

from gongkai.publish.server.datasette_server import listen, mount_languages, open_languages
from gongkai.publish.site import ReadCopy
from tests.paths import ROOT
from tests.publish.small_archive import read_copy

ARTEFACTS = ROOT / "test-artefacts"
PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def served(archive: Path, downloads: Path | None = None) -> Iterator[str]:
    """Serve an archive of samples from a thread, and yield its address."""
    with serving(archive, read_copy, downloads) as url:
        yield url


@contextmanager
def serving(
    archive: Path, read_copy: ReadCopy | None, downloads: Path | None = None
) -> Iterator[str]:
    """Serve an archive with its originals from a thread, and yield its address."""
    reviews = archive.with_name("reviews.db")
    datasettes = open_languages(archive, read_copy=read_copy, reviews=reviews, downloads=downloads)
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(mount_languages(datasettes), log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


async def keep(page: Page, name: str) -> None:
    """Save a picture of the whole page."""
    ARTEFACTS.mkdir(exist_ok=True)
    await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
