"""A real browser, and the site served to it from a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from axe_core_python.base import AXE_SCRIPT
from playwright.async_api import Page

from gongkai.publish.datasette_types import AsgiApp
from gongkai.publish.server.datasette_server import mount_languages, open_languages
from gongkai.publish.server.listening import listen
from gongkai.publish.server.publication_server import served_data
from gongkai.publish.site import ReadCopy, ServedData
from tests.paths import ROOT
from tests.publish.small_archive import read_copy

ARTEFACTS = ROOT / "test-artefacts"
PHONE = {"width": 360, "height": 780}
DESKTOP = {"width": 1280, "height": 900}


@contextmanager
def served(archive: Path, publication: Path | None = None) -> Iterator[str]:
    """Serve an archive of samples from a thread, and yield its address.

    `publication` is one of the archive, with its downloads and the releases beside it.
    """
    with serving(archive, read_copy, publication) as url:
        yield url


@contextmanager
def serving(
    archive: Path,
    read_copy: ReadCopy | None,
    publication: Path | None = None,
    around: Callable[[AsgiApp], AsgiApp] = lambda app: app,
) -> Iterator[str]:
    """Serve an archive with its originals from a thread, and yield its address.

    `around` wraps the application, to see what is asked.
    """
    reviews = archive.with_name("reviews.db")
    datasettes = open_languages(
        archive,
        read_copy=read_copy,
        reviews=reviews,
        downloads=publication / "downloads" if publication else None,
        data=served_data(publication) if publication else ServedData(),
        releases=publication.parent / "releases" if publication else None,
    )
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(around(mount_languages(datasettes)), log_level="warning")
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listening])))
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


async def keep(page: Page, name: str) -> None:
    """Save a picture of the whole page, where the folder for pictures is there."""
    if ARTEFACTS.exists():
        await page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)


async def violations(page: Page, **options: object) -> list[tuple[str, str]]:
    """Return the rules of axe-core that a page breaks, each with the first element that does.

    What else axe-core finds, it need not describe: that takes longer than the search. It is put into
    a page once.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    chosen = {"resultTypes": ["violations"], **options}
    found = await page.evaluate("options => axe.run(options)", chosen)
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
