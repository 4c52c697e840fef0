"""Serve an archive: Datasette, set up for the public, once for each language."""

from __future__ import annotations

import asyncio
import errno
import socket
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from datasette.app import Datasette
from datasette.database import Database

from gongkai.publish.http.read_only import read_only
from gongkai.publish.http.security import HEADERS
from gongkai.publish.pages.report.public_reviews import NoReviews
from gongkai.publish.pages.report.public_reviews import check as check_reviews
from gongkai.publish.site import DATABASE, ReadCopy, Site, register
from gongkai.publish.wording.metadata import metadata
from gongkai.publish.wording.template_names import ENGLISH

HERE = Path(__file__).parents[1]
SETTINGS = {
    "default_allow_sql": False,
    "allow_download": False,
    "allow_csv_stream": False,
    "allow_facet": False,
    "suggest_facets": False,
    "facet_time_limit_ms": 500,
    "sql_time_limit_ms": 1000,
    "default_cache_ttl": 300,
    "default_page_size": 50,
    "default_facet_size": 40,
    "max_returned_rows": 1000,
    "truncate_cells_html": 160,
}
"""Open to the world: no SQL, no whole-file download, nothing that ties a thread up for long."""

BACKLOG = 128

Inspected = dict[str, Any]
"""What `datasette inspect` would tell of a file: hash, size, file and the rows of its tables."""

Scope = dict[str, Any]
Asgi = Callable[
    [Scope, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]


class CannotServe(click.ClickException):
    """Raised where the archive cannot be served: no such file, not an archive, port in use."""

    exit_code = 2


def serve(
    db: Path,
    *,
    port: int,
    host: str = "127.0.0.1",
    read_copy: ReadCopy | None = None,
    reviews: Path | None = None,
    downloads: Path | None = None,
    ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the archive at `db` until interrupted. Raises CannotServe.

    `read_copy` gives the kept bytes of a snapshot by its id; without it the site says that the
    originals are not at hand. `reviews` is the file of people's verdicts on checks, of which the
    public ones are shown; `downloads` a folder of files to offer. `port` 0 takes any free port.
    `ready` is told the site's address as soon as it listens.
    """
    datasettes = languages(db, read_copy=read_copy, reviews=reviews, downloads=downloads)
    run(application(datasettes), host, port, ready)


def run(app: Asgi, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
    """Answer with an application until interrupted. Raises CannotServe."""
    with listen(host, port) as listening:
        if ready:
            ready(f"http://{host}:{listening.getsockname()[1]}/")
        config = uvicorn.Config(app, log_level="warning", server_header=False, lifespan="on")
        with suppress(KeyboardInterrupt):  # uvicorn has shut down in order, then raises it again
            uvicorn.Server(config).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises CannotServe where the address cannot be had."""
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as problem:
        listening.close()
        if problem.errno == errno.EADDRINUSE:
            why = "端口已被占用 the port is in use; choose another with --port"
        else:
            why = problem.strerror or str(problem)
        raise CannotServe(f"{host}:{port}: {why}") from problem
    return listening


def languages(
    db: Path,
    *,
    read_copy: ReadCopy | None = None,
    reviews: Path | None = None,
    downloads: Path | None = None,
    inspected: Inspected | None = None,
) -> dict[str, Datasette]:
    """Return a Datasette for each language, by the path it answers under. Raises CannotServe.

    `inspected` is what is known of the file already; else it is counted at the start.
    """
    present = tables_of(db)
    try:
        check_reviews(reviews)
    except NoReviews as problem:
        raise CannotServe(str(problem)) from problem
    return {
        base: instance(
            db, present, Site(lang, read_copy, True, reviews, downloads), base, inspected
        )
        for base, lang in (("", "zh"), (ENGLISH, "en"))
    }


def tables_of(db: Path) -> tuple[str, ...]:
    """Return the names of the file's tables and views. Raises CannotServe if it is no archive."""
    if not db.is_file():
        raise CannotServe(f"{db}: 档案不存在 no archive here; make it with: gongkai build")
    try:
        with closing(read_only(db)) as conn:
            found = conn.execute("select name from sqlite_master where type in ('table', 'view')")
            names = tuple(name for (name,) in found)
    except sqlite3.DatabaseError as problem:
        raise CannotServe(f"{db}: 无法读取 cannot be read: {problem}") from problem
    if "reports" not in names:
        raise CannotServe(f"{db}: 不是公开档案 not an archive: it has no table reports")
    return names


def instance(
    db: Path,
    present: tuple[str, ...],
    site: Site,
    base: str = "",
    inspected: Inspected | None = None,
) -> Datasette:
    """Return a Datasette that serves the file, immutable, in one language under `base`."""
    datasette = Datasette(
        immutables=[str(db)],
        metadata=metadata(present, site.lang),
        settings={**SETTINGS, "base_url": f"{base}/"},
        template_dir=str(HERE / "templates"),
        plugins_dir=str(HERE / "plugins"),
        static_mounts=[("static", str(HERE / "static"))],
        inspect_data={DATABASE: inspected} if inspected else None,
    )
    _name_database(datasette)
    register(datasette, site)
    return datasette


def _name_database(datasette: Datasette) -> None:
    """Give the database its public name, so that addresses outlive the name of the file."""
    database: Database = datasette.get_database()
    if database.name != DATABASE:
        datasette.remove_database(database.name)
        datasette.add_database(database, name=DATABASE)


def application(datasettes: dict[str, Datasette]) -> Asgi:
    """Return the ASGI application that hands each request to the Datasette of its language."""
    chinese = datasettes[""].app()
    english = datasettes[ENGLISH].app()

    async def app(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(datasettes, receive, send)
        elif scope["path"] == ENGLISH:
            await _redirect(f"{ENGLISH}/", send)
        elif scope["path"].startswith(f"{ENGLISH}/"):
            await english(_under(ENGLISH, scope), receive, send)
        else:
            await chinese(scope, receive, send)

    return app


def _under(base: str, scope: Scope) -> Scope:
    """Return the request as a site mounted at `base` sees it: Datasette adds base_url itself."""
    raw = scope.get("raw_path") or scope["path"].encode("ascii", "ignore")
    return {
        **scope,
        "path": scope["path"].removeprefix(base),
        "raw_path": raw.removeprefix(base.encode("ascii")),
    }


async def _lifespan(datasettes: dict[str, Datasette], receive: Any, send: Any) -> None:
    """Start the instances before the first request: their own start-up lets a second one slip by."""
    await receive()
    await asyncio.gather(*(each.invoke_startup() for each in datasettes.values()))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _redirect(path: str, send: Any) -> None:
    headers = [(b"location", path.encode("ascii")), *HEADERS.items()]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
