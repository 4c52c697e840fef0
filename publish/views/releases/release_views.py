"""/releases: all numbered releases, each with its files; as a page, as JSON, as Atom and as DCAT."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from functools import partial

from datasette.utils.asgi import NotFound

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.archive.publication.parts.stretches import Stretch
from gongkai.archive.releases.dataset_records import (
    dcat_catalogue,
    media_type,
    release_address,
)
from gongkai.archive.releases.release_folder import DATA, Release, find_file, list_files
from gongkai.publish.datasette_types import Datasette, Request, Response, Translator
from gongkai.publish.http.file_response import FOR_EVER, FileResponse
from gongkai.publish.http.query_args import page_number
from gongkai.publish.pages.data.file_answers import PATH, saved_name
from gongkai.publish.pages.data.release_list import (
    KINDS,
    PARTS,
    change_rows,
    find_release,
    grouped_files,
    known_releases,
    release_data,
    release_path,
    shown_data,
)
from gongkai.publish.pages.lists.atom import to_atom
from gongkai.publish.pages.lists.feeds import ENTRIES, FeedEntry, FeedPage
from gongkai.publish.site import public_address, site_of
from gongkai.publish.views.responses import file_answer, json_response, render_page, respond
from gongkai.publish.wording.translation import translator_of

NUMBER = r"(?P<number>[1-9][0-9]{3}\.[1-9][0-9]{0,3})"
FILE = rf"(?P<name>{PATH})"


async def releases(request: Request, datasette: Datasette) -> Response:
    """Return the page that lists all releases."""
    site = site_of(datasette)
    context = {
        "releases": known_releases(site),
        "shown": shown_data(site),
        "licence": DATA_LICENCE,
    }
    return await render_page(datasette, request, "releases.html", context)


async def release(request: Request, datasette: Datasette) -> Response:
    """Return the page of a release: what it has, what changed, how it is cited, its files.

    Raises:
        NotFound: There is no such release.
    """
    found = _release(request, datasette)
    own = public_address(datasette, release_path(found)) if site_of(datasette).base_url else ""
    context = {
        "release": found,
        "files": await asyncio.to_thread(grouped_files, found),
        "kinds": KINDS,
        "changes": {part: change_rows(found, part) for part in PARTS},
        "address": release_address(found) or own,
        "licence": DATA_LICENCE,
    }
    return await render_page(datasette, request, "release.html", context)


async def releases_json(request: Request, datasette: Datasette) -> Response:
    """Return all releases as JSON, and which of them the site shows."""
    site = site_of(datasette)
    shown = shown_data(site)
    listed = [
        release_data(each, partial(public_address, datasette)) for each in known_releases(site)
    ]
    about = {
        "version": shown.version,
        "extractor": shown.extractor,
        "release": str(shown.release.number) if shown.release else None,
        "latest_release": str(shown.latest.number) if shown.latest else None,
    }
    return json_response({"shown": about, "releases": listed})


async def release_file(request: Request, datasette: Datasette) -> Response:
    """Return a file of a release. Its address never has another content.

    Raises:
        NotFound: There is no such release, or it has no such file.
    """
    found = _release(request, datasette)
    name = request.url_vars["name"]
    file = await asyncio.to_thread(find_file, found.path, name)
    if file is None:
        folder, _, below = name.partition("/")
        data = found.path / DATA if folder == DATA else None
        made = await file_answer(datasette, request, data, below, FOR_EVER)
        if made is None:
            raise NotFound(translator_of(datasette)("no_file"))
        return made
    path = found.path / file.name
    return FileResponse(
        pieces=(Stretch(path, 0, file.bytes),),
        name=saved_name(path),
        size=file.bytes,
        media_type=_sent_as(file.name),
        etag=f'"{file.sha256}"' if file.sha256 else "",
        method=request.method,
        request_headers=request.headers,
        modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        cache=FOR_EVER,
    )


async def catalogue(request: Request, datasette: Datasette) -> Response:
    """Return all releases as a DCAT catalogue in JSON-LD."""
    known = tuple(reversed(known_releases(site_of(datasette))))
    listed = await asyncio.to_thread(lambda: [(each, list_files(each.path)) for each in known])
    record = dcat_catalogue(listed, lambda path: public_address(datasette, f"/releases/{path}"))
    written = json.dumps(record, ensure_ascii=False)
    return respond(written, "application/ld+json; charset=utf-8")


async def releases_feed(request: Request, datasette: Datasette) -> Response:
    """Return the releases as an Atom feed, the latest first."""
    site, t = site_of(datasette), translator_of(datasette)
    page = page_number(request.args)
    some = known_releases(site)[ENTRIES * (page - 1) : ENTRIES * page + 1]
    entries = [_entry(each, t) for each in some]
    feed = FeedPage.cut("/releases.atom", t("releases"), "/releases", entries, page)
    body = to_atom(feed, site.lang, t("site_name"), partial(public_address, datasette))
    return respond(body, "application/atom+xml; charset=utf-8")


def _entry(each: Release, t: Translator) -> FeedEntry:
    changed = int(each.changes.get("changed_reports", 0))
    summary = t("release_reports", n=each.rows.get("reports", 0))
    if each.previous:
        summary += t("list_comma") + t("release_since", previous=each.previous, n=changed)
    return FeedEntry(
        f"gongkai:release:{each.number}",
        t("release_title", number=str(each.number)),
        f"{each.date}T00:00:00Z",
        t("site_name"),
        release_path(each),
        summary,
    )


def _release(request: Request, datasette: Datasette) -> Release:
    found = find_release(site_of(datasette), request.url_vars["number"])
    if found is None:
        raise NotFound(translator_of(datasette)("no_release"))
    return found


def _sent_as(name: str) -> str:
    """Return the media type of a file, never one that a browser would run."""
    kind = media_type(name)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
