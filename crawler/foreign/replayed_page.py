"""A page as a web archive replays it: whose page it is, when it stood there, and what was added to it.

The Wayback Machine and pywb serve `/web/20200301020304id_/http://…` with the headers of the original
under `X-Archive-Orig-`. Without `id_` they rewrite links and add a toolbar.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from gongkai.crawler.foreign.record_head import HeaderList, UnusableRecord, header_value, utc_second

ADDRESS = re.compile(
    r"https?://([^/]{1,255})/(?:[^/]{1,40}/)?([0-9]{4,14})(?:[a-z]{2}_)?/(https?:/{1,2}[^/].*)",
    re.S,
)
WAYBACK = re.compile(r"web(?:-beta)?\.archive\.org(?::[0-9]+)?")
ORIGINAL = "x-archive-orig-"
TRANSFER_HEADERS = {"content-encoding", "transfer-encoding", "content-length"}
"""They describe the bytes of the original answer, not those of the replay."""

SCRIPTS_END = b"<!-- End Wayback Rewrite JS Include -->"
TOOLBAR = b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->", b"<!-- END WAYBACK TOOLBAR INSERT -->"
FOOTER = b"\n     FILE ARCHIVED ON "
LINK = re.compile(
    rb"(?:https?:)?(?://web\.archive\.org)?/web/[0-9]{14}(?:[a-z]{2}_)?/(?=https?:)", re.I
)


@dataclass(frozen=True, slots=True)
class OriginalPage:
    """The page that was replayed. `date` is "" where the answer does not tell it."""

    url: str
    date: str
    headers: HeaderList
    payload: bytes
    remarks: tuple[str, ...]


def original_page(
    url: str,
    headers: HeaderList,
    payload: bytes,
    decode: Callable[[HeaderList, bytes], bytes],
) -> OriginalPage | None:
    """Return the page that an answer of a web archive replays, None for any other answer.

    Raises:
        UnusableRecord: It is an answer of a web archive, but not a page that it keeps.
    """
    found = ADDRESS.fullmatch(url)
    memento = header_value(headers, "Memento-Datetime")
    if found is None or not (memento or WAYBACK.fullmatch(found[1])):
        return None
    own = tuple(
        (name[len(ORIGINAL) :], value)
        for name, value in headers
        if name.lower().startswith(ORIGINAL)
    )
    if not memento and not own:
        raise UnusableRecord(
            "no_memento"
        )  # the archive sends to another time, or says that it has none
    document = decode(headers, payload)
    plain, is_rewritten = _without_additions(document)
    return OriginalPage(
        url=re.sub(r"\A(https?:)/{1,2}(?=[^/])", r"\1//", found[3]),
        date=_memento_time(memento) or (utc_second(found[2]) or ("", False))[0],
        headers=_original_headers(headers, own),
        payload=plain if is_rewritten else document,
        remarks=("replayed", "rewritten") if is_rewritten else ("replayed",),
    )


def _original_headers(headers: HeaderList, own: HeaderList) -> HeaderList:
    kept = [each for each in own if each[0].lower() not in TRANSFER_HEADERS]
    if not header_value(kept, "Content-Type"):
        kept.append(("Content-Type", header_value(headers, "Content-Type")))
    location = header_value(headers, "Location")
    if location and not header_value(kept, "Location"):
        wrapped = ADDRESS.fullmatch(location)
        kept.append(("Location", wrapped[3] if wrapped else location))
    return tuple(kept)


def _memento_time(text: str) -> str:
    try:
        return (utc_second(parsedate_to_datetime(text).isoformat()) or ("", False))[0]
    except (ValueError, TypeError, OverflowError):
        return ""


def _without_additions(page: bytes) -> tuple[bytes, bool]:
    """Return a page without what the Wayback Machine adds to it, and whether there was any."""
    plain = _without_toolbar(_without_scripts(page))
    plain = LINK.sub(b"", plain)
    if (end := plain.rfind(FOOTER)) >= 0 and (start := plain.rfind(b"<!--", 0, end)) >= 0:
        plain = plain[:start].rstrip()
    return plain, plain != page


def _without_scripts(page: bytes) -> bytes:
    """Return a page without the scripts that stand at the beginning of its head."""
    end = page.find(SCRIPTS_END)
    named = page.find(b"archive.org/", 0, max(end, 0))
    start = page.rfind(b"<script", 0, max(named, 0))
    return page[:start] + page[end + len(SCRIPTS_END) :] if start >= 0 else page


def _without_toolbar(page: bytes) -> bytes:
    start = page.find(TOOLBAR[0])
    end = page.find(TOOLBAR[1], max(start, 0))
    return page[:start] + page[end + len(TOOLBAR[1]) :] if 0 <= start < end else page
