"""Serve a folder of publications: always the current one, without an interruption at a change.

A new publication is opened beside the one that is served, and tried on a few pages. From then on it
gets every new request. The old one finishes its requests and is closed. All this happens in one
process, or in each of several, on one socket. A publication that cannot be opened is ignored, and the old
one stays.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import httpx
from datasette.app import Datasette

import gongkai.archive.publication.layout as layout
from gongkai import clock
from gongkai.archive.releases import release_folder
from gongkai.archive.store.database import read_only
from gongkai.catalogue import language_of_process, text
from gongkai.errors import cause_of
from gongkai.messages import Message, message
from gongkai.publish.datasette_types import AsgiApp, Receive, Scope, Send
from gongkai.publish.errors import CannotServe
from gongkai.publish.http.path_prefix import Place
from gongkai.publish.queries.query_desk import QueryDesk
from gongkai.publish.server import datasette_server as server
from gongkai.publish.server.datasette_server import Inspected
from gongkai.publish.server.datasette_shutdown import close_datasette
from gongkai.publish.server.listening import ROOT, NotStarted, run
from gongkai.publish.site import ReadCopy, ServedData

LOG = logging.getLogger(__name__)
POLL_SECONDS = 1.0
"""Time between two looks at which publication is current."""

PROBE_PAGES = ("/data/dictionary", "/en/data/dictionary", "/archive/sites.json?_size=1")
"""Pages that a publication must be able to show. What they cost does not grow with its reports."""

WARMED_PAGES = (
    *(
        "/",
        "/checks",
        "/changes",
        "/coverage",
        "/search?q=%E5%85%AC%E5%BC%80",
        "/archive/sites?_size=1",
        "/region?vintage=2008",
    ),
    "/en/",
)
"""Pages that are asked for at the start, to fill caches. One that fails is a warning."""

UNUSABLE = (CannotServe, OSError, ValueError, KeyError, sqlite3.Error)
"""What is raised for a publication that is damaged or incomplete."""


def serve_published(
    folder: Path,
    *,
    port: int,
    host: str = "127.0.0.1",
    read_copy: ReadCopy | None = None,
    base_url: str = "",
    place: Place = ROOT,
    queries: QueryDesk | None = None,
    releases: Path | None = None,
    ready: Callable[[str], None] | None = None,
    workers: int = 1,
) -> None:
    """Serve the current publication of a folder until interrupted.

    `releases` is the folder of numbered releases; by default it is looked for in `folder`. `workers` is
    the number of processes that serve; each follows the folder by itself.

    Raises:
        CannotServe: Nothing is published there, it cannot be shown, or the port cannot be used.
    """
    first = layout.current_publication(folder)
    if first is None:
        raise CannotServe("publication_missing", path=str(folder))
    server.check_archive(first / layout.DATABASE)  # before the socket listens
    server.check_base_url(base_url)
    app = PublicationServer(folder, read_copy, base_url, queries, releases)
    try:
        run(app, host, port, ready, place, workers)
    except NotStarted as ended:
        missing = message("publication_missing", path=str(folder))
        raise CannotServe(app.problem or missing) from ended


def inspect_manifest(publication: Path) -> Inspected:
    """Return what the manifest of a publication says about its file, so that nothing is counted."""
    manifest = layout.read_manifest(publication)
    return {
        "hash": manifest["sha256"],
        "size": (publication / layout.DATABASE).stat().st_size,
        "file": layout.DATABASE,
        "tables": {name: {"count": count} for name, count in manifest["rows"].items()},
    }


def served_data(publication: Path) -> ServedData:
    """Return what the manifest of a publication says of its version; earlier ones say none."""
    manifest = layout.read_manifest(publication)
    names = ("version", "extractor", "sha256")
    return ServedData(*(str(manifest.get(name, "")) for name in names))


@dataclass
class OpenPublication:
    """A publication that is served, with the number of requests that it is answering."""

    path: Path
    datasettes: dict[str, Datasette]
    app: AsgiApp = field(init=False)
    requests: int = 0
    retired: bool = False

    def __post_init__(self) -> None:
        self.app = server.mount_languages(self.datasettes)

    @classmethod
    def open(
        cls,
        path: Path,
        read_copy: ReadCopy | None = None,
        base_url: str = "",
        queries: QueryDesk | None = None,
        releases: Path | None = None,
        since: datetime | None = None,
        lines: server.Lines | None = None,
    ) -> OpenPublication:
        """Open a publication. `since` is when it became the current one, None for now.

        Raises:
            CannotServe: Its archive or its reviews cannot be read.
        """
        reviews = path / layout.REVIEWS
        return cls(
            path,
            server.open_languages(
                path / layout.DATABASE,
                read_copy=read_copy,
                reviews=reviews if reviews.is_file() else None,
                downloads=path / layout.DOWNLOADS,
                base_url=base_url,
                inspected=inspect_manifest(path),
                queries=queries,
                data=served_data(path),
                releases=releases,
                since=since,
                lines=lines,
            ),
        )

    async def start(self) -> None:
        """Start the publication, check it, and fill its caches.

        A page that is slow, or that fails because of what a report says, does not keep the other
        pages from being shown. It is logged.

        Raises:
            CannotServe: A table is missing, or a page that needs no report cannot be shown.
            sqlite3.Error: The file cannot be read.
        """
        await asyncio.to_thread(self._check_tables)
        for datasette in self.datasettes.values():
            await datasette.invoke_startup()
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for page in PROBE_PAGES:
                if problem := await self._problem_of(client, page):
                    raise CannotServe(problem)
            for page in WARMED_PAGES:
                if problem := await self._problem_of(client, page):
                    LOG.warning("%s", text(language_of_process(), problem))

    def _check_tables(self) -> None:
        """Check that this version can read the file, and read a row of each table of its manifest."""
        server.check_archive(self.path / layout.DATABASE)
        with closing(read_only(self.path / layout.DATABASE)) as conn:
            for table in inspect_manifest(self.path)["tables"]:
                conn.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()

    async def _problem_of(self, client: httpx.AsyncClient, page: str) -> Message | None:
        status = (await client.get(page)).status_code
        if status == 200:
            return None
        return message("publication_page_failed", path=str(self.path), page=page, status=status)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request. The last request of a retired publication closes it."""
        self.requests += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.requests -= 1
            await self.close_when_idle()

    async def close_when_idle(self) -> None:
        """Close the files of a retired publication that answers no more requests."""
        if not (self.retired and self.requests == 0 and self.datasettes):
            return
        datasettes, self.datasettes = tuple(self.datasettes.values()), {}
        for datasette in datasettes:
            await close_datasette(datasette)


def settle_objects() -> None:
    """Let go of what the last publication left, and do not look at what stays again.

    Looking at all objects takes 80 ms, which would fall on the page of some reader.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class PublicationServer:
    """The ASGI application that passes every request to the current publication.

    `problem` says why the last publication that was looked at cannot be served, or is None.
    """

    def __init__(
        self,
        folder: Path,
        read_copy: ReadCopy | None = None,
        base_url: str = "",
        queries: QueryDesk | None = None,
        releases: Path | None = None,
    ) -> None:
        self._folder = folder
        self._releases = releases or folder / release_folder.DEFAULT
        self._base_url = base_url
        self._read_copy = read_copy
        self._queries = queries
        self._started = clock.now()
        self._lines = server.open_lines()
        self._current: OpenPublication | None = None
        self._unusable: Path | None = None
        self._following = asyncio.Lock()
        self.problem: Message | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request. The first publication is opened before the first request."""
        if scope["type"] == "lifespan":
            await self._run_lifespan(receive, send)
        elif self._current is not None:
            await self._current.answer(scope, receive, send)

    async def _run_lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.follow()
        if self._current is None:
            await send({"type": "lifespan.startup.failed", "message": str(self.problem)})
            return
        polling = asyncio.create_task(self._poll())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
        await send({"type": "lifespan.shutdown.complete"})

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            await self.follow()

    async def follow(self) -> None:
        """Serve the current publication of the folder, if it is not the one that is served."""
        async with self._following:
            path = layout.current_publication(self._folder)
            served = self._current.path if self._current else None
            if path is not None and path not in (served, self._unusable):
                await self._change_to(path)
                settle_objects()

    async def _change_to(self, path: Path) -> None:
        try:
            fresh = await asyncio.to_thread(
                OpenPublication.open,
                path,
                self._read_copy,
                self._base_url,
                self._queries,
                self._releases,
                max(self._started, layout.current_since(self._folder)),
                self._lines,
            )
            await fresh.start()
        except UNUSABLE as problem:
            why = cause_of(problem)
            self._unusable = path
            self.problem = message("publication_unusable", path=str(path), why=why)
            if self._current is not None:
                LOG.error("%s", text(language_of_process(), "publication_kept", why=self.problem))
            return
        before, self._current = self._current, fresh
        if before is not None:
            before.retired = True
            await before.close_when_idle()
