"""Serving a folder of publications: always the current one, and nobody notices the switch.

Each publication is opened beside the one that is served and tried out on a few pages. From then on
it gets every new request; the old one ends its own and is closed. All in one process and on one
socket, so that there is no moment in which nobody listens. One that cannot be opened is left alone:
what was served is served on.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from datasette.app import Datasette

import gongkai.archive.publication.layout as layout
from gongkai.publish.server import datasette_server as server
from gongkai.publish.server.datasette_server import Asgi, CannotServe, Inspected, Scope
from gongkai.publish.site import ReadCopy

LOG = logging.getLogger(__name__)
SECONDS = 1.0
"""Between two looks at which publication is current."""

TRIED = ("/", "/checks", "/changes", "/coverage", "/search?q=%E5%85%AC%E5%BC%80", "/data", "/en/")
"""Pages that a publication must be able to show; they also fill its caches."""


def serve_published(
    folder: Path,
    *,
    port: int,
    host: str = "127.0.0.1",
    read_copy: ReadCopy | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the current publication of a folder until interrupted. Raises CannotServe."""
    first = layout.current_publication(folder)
    if first is None:
        raise CannotServe(
            f"{folder}: 没有发布 nothing is published here; do it with: gongkai publish {folder}"
        )
    server.tables_of(first / layout.DATABASE)  # said before anybody listens
    app = Published(folder, read_copy)
    try:
        server.run(app, host, port, ready)
    except SystemExit as ended:  # uvicorn's way to say that the application did not start
        raise CannotServe(f"{first}: 无法打开 cannot be shown: {app.problem}") from ended


def inspected(publication: Path) -> Inspected:
    """Return what a publication knows of its file, so that nothing is counted or read at the start."""
    told = layout.read_manifest(publication)
    return {
        "hash": told["sha256"],
        "size": (publication / layout.DATABASE).stat().st_size,
        "file": layout.DATABASE,
        "tables": {name: {"count": count} for name, count in told["rows"].items()},
    }


@dataclass
class Generation:
    """A publication that is being served, and how many requests it is answering."""

    path: Path
    datasettes: dict[str, Datasette]
    app: Asgi = field(init=False)
    busy: int = 0
    retired: bool = False

    def __post_init__(self) -> None:
        self.app = server.application(self.datasettes)

    @classmethod
    def opened(cls, path: Path, read_copy: ReadCopy | None) -> Generation:
        """Open a publication. Raises CannotServe."""
        reviews = path / layout.REVIEWS
        return cls(
            path,
            server.languages(
                path / layout.DATABASE,
                read_copy=read_copy,
                reviews=reviews if reviews.is_file() else None,
                downloads=path / layout.DOWNLOADS,
                inspected=inspected(path),
            ),
        )

    async def tried(self) -> None:
        """Start it and ask it for its pages. Raises CannotServe for one that it cannot show."""
        for datasette in self.datasettes.values():
            await datasette.invoke_startup()
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for page in TRIED:
                answer = await client.get(page)
                if answer.status_code != 200:
                    raise CannotServe(f"{self.path}: {page}: HTTP {answer.status_code}")

    async def answer(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer a request; the last one of a retired publication closes it."""
        self.busy += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.busy -= 1
            await self.close_when_done()

    async def close_when_done(self) -> None:
        """Close the files of a retired publication that nobody asks any more."""
        if not (self.retired and self.busy == 0 and self.datasettes):
            return
        closing, self.datasettes = tuple(self.datasettes.values()), {}
        for datasette in closing:
            for database in datasette.databases.values():
                if database._write_thread is not None:
                    await database.execute_write_fn(_end_thread, block=False)
                    await asyncio.to_thread(database._write_thread.join)
            await asyncio.to_thread(datasette.executor.shutdown)
            for database in datasette.databases.values():
                database.close()


def _end_thread(_conn: sqlite3.Connection) -> None:
    """End the thread that writes to Datasette's own tables in memory: it knows no other end."""
    raise SystemExit


class Published:
    """The ASGI application: hands every request to the publication that is current."""

    def __init__(self, folder: Path, read_copy: ReadCopy | None = None) -> None:
        self._folder = folder
        self._read_copy = read_copy
        self._now: Generation | None = None
        self._broken: Path | None = None
        self._looking = asyncio.Lock()
        self.problem = ""

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer; the first publication is opened before the first request."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._now is not None:
            await self._now.answer(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        await self.look()
        if self._now is None:
            await send({"type": "lifespan.startup.failed", "message": self.problem})
            return
        following = asyncio.create_task(self._follow())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await send({"type": "lifespan.shutdown.complete"})

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(SECONDS)
            await self.look()

    async def look(self) -> None:
        """Go over to the current publication if it is another one."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        path = layout.current_publication(self._folder)
        if path is None or path == self._broken or (self._now and path == self._now.path):
            return
        try:
            fresh = await asyncio.to_thread(Generation.opened, path, self._read_copy)
            await fresh.tried()
        except (CannotServe, OSError, ValueError, KeyError, sqlite3.Error) as problem:
            self._broken, self.problem = path, str(problem)
            if self._now is not None:
                LOG.error("%s: 保持原发布 not served, the last one stays: %s", path, problem)
            return
        before, self._now = self._now, fresh
        if before is not None:
            before.retired = True
            await before.close_when_done()
