"""Serve an archive: Datasette with our plugin and our settings, once for each language."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from gongkai import clock
from gongkai.archive.rollups.rollup_layout import has_other_layout
from gongkai.archive.store.database import read_only
from gongkai.errors import reason_of
from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Request, Scope, Send
from gongkai.publish.errors import CannotServe
from gongkai.publish.http.path_prefix import (
    Place,
    current_prefix,
    remove_base,
    with_base,
)
from gongkai.publish.http.security import HEADERS
from gongkai.publish.pages.report.public_reviews import ReviewsUnreadable, check_reviews
from gongkai.publish.plugins import hooks
from gongkai.publish.queries.dear_addresses import Kind
from gongkai.publish.queries.query_desk import QueryDesk
from gongkai.publish.queries.waiting_line import DRAWINGS, QUESTIONS, WaitingLine
from gongkai.publish.server.bounded_database import BoundedDatabase
from gongkai.publish.server.listening import ROOT, run
from gongkai.publish.site import (
    DATABASE,
    PLUGIN,
    NotAnArchive,
    ReadCopy,
    ServedData,
    Site,
    attach_site,
    read_schema,
    site_of,
)
from gongkai.publish.wording.template_names import ENGLISH

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
"""Settings for a public server: no SQL, no download of the file, no long query."""

UNPUBLISHED = ServedData()
_BASE_URL = re.compile(r"https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?/?")

Lines = Mapping[Kind, WaitingLine]

Inspected = Mapping[str, Any]
"""What `datasette inspect` finds out about a file: hash, size, name and the rows of its tables."""


def serve(
    db: Path,
    *,
    port: int,
    host: str = "127.0.0.1",
    read_copy: ReadCopy | None = None,
    reviews: Path | None = None,
    downloads: Path | None = None,
    base_url: str = "",
    place: Place = ROOT,
    queries: QueryDesk | None = None,
    ready: Callable[[str], None] | None = None,
    workers: int = 1,
) -> None:
    """Serve the archive at `db` until interrupted.

    `read_copy` returns the archived bytes of a snapshot by its id; without it the site says that
    the originals are not available. `reviews` is the file of people's verdicts on checks, of which
    the public ones are shown; `downloads` a folder of files to offer. `port` 0 takes any free port.
    `place` says below which path of its host the site is, `queries` where readers hand in SQL.
    `ready` is called with the address of the site as soon as it listens. `workers` is the number of
    processes that serve.

    Raises:
        CannotServe: The archive or the reviews cannot be read, or the port cannot be used.
    """
    datasettes = open_languages(
        db,
        read_copy=read_copy,
        reviews=reviews,
        downloads=downloads,
        base_url=base_url,
        queries=queries,
        since=clock.now(),
        lines=open_lines(),
    )
    run(mount_languages(datasettes), host, port, ready, place, workers)


def open_languages(
    db: Path,
    *,
    read_copy: ReadCopy | None = None,
    reviews: Path | None = None,
    downloads: Path | None = None,
    base_url: str = "",
    inspected: Inspected | None = None,
    queries: QueryDesk | None = None,
    data: ServedData = UNPUBLISHED,
    releases: Path | None = None,
    since: datetime | None = None,
    lines: Lines | None = None,
) -> dict[str, Datasette]:
    """Return a Datasette for each language, by the path below which it answers.

    `inspected` is what is already known of the file; otherwise Datasette counts its rows.
    `base_url` is what absolute addresses begin with, or "". `queries` is where readers hand in SQL.
    `data` says which publication it is, `releases` is the folder of numbered releases, `since` is when it
    became the one that is served, `lines` are where what is dear waits.

    Raises:
        CannotServe: The archive or the reviews cannot be read, or `base_url` is no base.
    """
    check_archive(db)
    try:
        check_reviews(reviews)
    except ReviewsUnreadable as problem:
        raise CannotServe(
            "reviews_unreadable", path=str(reviews), why=reason_of(problem)
        ) from problem
    base = check_base_url(base_url)
    chinese = Site(
        "zh",
        read_copy,
        True,
        reviews,
        downloads,
        is_alone=True,
        base_url=base,
        queries=queries,
        data=data,
        releases=releases,
        since=since,
        lines=lines,
    )
    english = replace(chinese, lang="en")
    return {
        "": open_datasette(db, chinese, inspected=inspected),
        ENGLISH: open_datasette(db, english, ENGLISH, inspected),
    }


def open_lines() -> Lines:
    """Return the lines of a process, for all its languages and publications."""
    return {"question": WaitingLine(QUESTIONS), "drawing": WaitingLine(DRAWINGS)}


class SiteDatasette(Datasette):  # type: ignore[misc]  # Datasette has no types
    """A Datasette below the prefix of a request, that never takes an address from its Host header.

    What its table pages cost is bounded.
    """

    def add_database(self, db: Any, name: str | None = None, route: str | None = None) -> Any:
        """Add a database; a file is one whose table pages cost a bounded number of steps."""
        if type(db) is Database and db.path is not None:
            db = BoundedDatabase(self, db.path, is_mutable=db.is_mutable)
        return super().add_database(db, name, route)

    def setting(self, key: str) -> Any:
        """Return a setting; the base of all paths begins with the prefix of the current request."""
        value = super().setting(key)
        return f"{current_prefix()}{value}" if key == "base_url" else value

    def absolute_url(self, request: Request, path: str) -> str:
        """Return a path below the configured base, or the path itself if there is none."""
        return f"{site_of(self).base_url}{path}"


def check_base_url(given: str) -> str:
    """Return the base of absolute addresses without the slash at its end; "" stays as it is.

    Raises:
        CannotServe: It is not like https://example.org.
    """
    if given and not _BASE_URL.fullmatch(given):
        raise CannotServe("base_url_invalid", given=given)
    return given.rstrip("/")


def check_archive(db: Path) -> None:
    """Check that a file is an archive.

    Raises:
        CannotServe: There is no such file, it is something else, or it was published by another version.
    """
    if not db.is_file():
        raise CannotServe("archive_missing", path=str(db))
    try:
        read_schema(db)
        with closing(read_only(db)) as conn:
            is_other = has_other_layout(conn)
    except sqlite3.DatabaseError as problem:
        raise CannotServe("archive_unreadable", path=str(db), why=reason_of(problem)) from problem
    except NotAnArchive as problem:
        raise CannotServe("file_not_archive", path=str(db)) from problem
    if is_other:
        raise CannotServe("published_by_other_version", path=str(db))


def open_datasette(
    db: Path, site: Site, base: str = "", inspected: Inspected | None = None
) -> Datasette:
    """Return a Datasette that serves an archive, immutable, in one language below `base`."""
    if not pm.has_plugin(PLUGIN):  # a checkout that is not installed has no entry points
        pm.register(hooks, PLUGIN)
    datasette = SiteDatasette(
        immutables=[str(db)],
        settings={**SETTINGS, "base_url": f"{base}/"},
        inspect_data={DATABASE: inspected} if inspected else None,
    )
    if inspected:
        _keep_table_counts(datasette, db, inspected)
    attach_site(datasette, site)
    return datasette


def _keep_table_counts(datasette: Datasette, db: Path, inspected: Inspected) -> None:
    """Give the list of tables the counts of tables alone.

    What is known of views spares counting them on their own pages. The page that lists all tables takes
    every name for a table, and fails at a view.
    """
    with closing(read_only(db)) as conn:
        names = conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    known = inspected["tables"]
    counts = {name: known[name]["count"] for (name,) in names if name in known}
    datasette.get_database(DATABASE)._cached_table_counts = counts


def mount_languages(datasettes: Mapping[str, Datasette]) -> AsgiApp:
    """Return the ASGI application that passes each request to the Datasette of its language."""
    chinese: AsgiApp = datasettes[""].app()
    english: AsgiApp = datasettes[ENGLISH].app()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _run_lifespan(datasettes, receive, send)
        elif scope["path"] == ENGLISH:
            await _redirect(f"{current_prefix()}{ENGLISH}/", send)
        elif scope["path"].startswith(f"{ENGLISH}/"):
            await english(remove_base(ENGLISH, scope), receive, _keep_within(ENGLISH, send))
        else:
            await chinese(scope, receive, _keep_within("", send))

    return app


def _keep_within(base: str, send: Send) -> Send:
    """Return `send` with redirects that stay below the prefix and the language of the request."""
    whole = f"{current_prefix()}{base}"

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = {bytes(name).lower(): bytes(value) for name, value in message["headers"]}
            if b"location" in headers:
                headers[b"location"] = with_base(whole, headers[b"location"])
                headers.pop(b"link", None)  # Datasette's hint at the same address, without the base
                message = {**message, "headers": list(headers.items())}
        await send(message)

    return send_on


async def _run_lifespan(datasettes: Mapping[str, Datasette], receive: Receive, send: Send) -> None:
    """Start the instances before the first request.

    Datasette would start with its first request, and answer a second one before it has started.
    """
    await receive()
    await asyncio.gather(*(each.invoke_startup() for each in datasettes.values()))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _redirect(path: str, send: Send) -> None:
    headers = [(b"location", path.encode("ascii")), *HEADERS.items()]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
