"""ETag, Last-Modified and Content-Length on every answer, and 304 for what a client already has."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256

from gongkai.publish.datasette_types import AsgiApp, Message, Receive, Scope, Send

Headers = list[tuple[bytes, bytes]]

TIMED = re.compile(r"^/archive(?:/.*)?\.json$")
"""Answers of Datasette that contain how long their query took: they never are the same bytes."""

_TAG = re.compile(r'(?:W/)?("[^"]*")')
_KEPT_BY_304 = frozenset(
    (b"etag", b"last-modified", b"cache-control", b"vary", b"link", b"content-security-policy")
)
"""Headers that an answer without a body still has (RFC 9110, 15.4.5), and its policy."""


@dataclass(frozen=True, slots=True)
class ServedState:
    """From what all answers are made.

    `name` changes with the archive, the reviews, the program and the addresses of the site;
    `modified` is when the last of them changed, as far as it is known.
    """

    name: str
    modified: datetime


MOST_REMEMBERED = 20_000
"""Addresses of which it is remembered how their answer was named: some ten megabytes."""

UNSETTLED = (
    "/proof/",
    "/edit/",
    "/viewer/",
    "/kept/",
    "/releases",
    "/download/",
    "/status",
    "/sql",
)
"""Addresses whose answers are made from more than the state: originals, folders, the time."""


class _Remembered:
    """How answers were named, and in which state of the site: the same state gives the same answer."""

    def __init__(self) -> None:
        self._headers: OrderedDict[tuple[str, str, bytes], Headers] = OrderedDict()

    def find(self, scope: Scope, state: ServedState) -> Headers:
        """Return the headers of an answer that was given in this state; none if there was none."""
        return self._headers.get((state.name, scope["path"], scope["query_string"]), [])

    def keep(self, scope: Scope, state: ServedState, headers: Headers) -> None:
        """Remember the headers of an answer, and forget those that were given the longest ago."""
        path, query = scope["path"], scope["query_string"]
        if path.startswith(UNSETTLED) or b"as_of=" in query:
            return
        key = (state.name, path, query)
        self._headers[key] = [each for each in headers if each[0] in _KEPT_BY_304]
        self._headers.move_to_end(key)
        if len(self._headers) > MOST_REMEMBERED:
            self._headers.popitem(last=False)


class _Enough(BaseException):
    """Ends an answer whose body the client has. No handler of exceptions is to answer instead."""


def add_validators(app: AsgiApp, state: Callable[[], ServedState]) -> AsgiApp:
    """Return `app` with validators on its answers to GET and HEAD that have status 200.

    An answer in one piece is named by its content. One that is sent while it is read is named by the
    state of the site and its address: such a tag is weak, because the file may be cut under load.
    HEAD is answered as GET would be, without the body; some views know only GET. A client that asks again
    for what it has gets 304 without the answer being made, as long as the state is the same.
    """
    remembered = _Remembered()

    async def validated(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await app(scope, receive, send)
            return
        now = state()
        headers = remembered.find(scope, now)
        if headers and is_known(scope, headers):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        answer = _Answer(scope, send, now, remembered)
        try:
            await app(_as_get(scope), receive, answer.send)
        except _Enough:
            return

    return validated


def _as_get(scope: Scope) -> Scope:
    """Return a request for the head of an answer as one for the answer; ranges mean nothing for it."""
    if scope["method"] == "GET":
        return scope
    headers = [each for each in scope["headers"] if each[0].lower() != b"range"]
    return {**scope, "method": "GET", "headers": headers}


class _Answer:
    """An answer on its way: its head waits for the first part of its body."""

    def __init__(
        self, scope: Scope, send: Send, state: ServedState, remembered: _Remembered
    ) -> None:
        self._remembered = remembered
        self._scope = scope
        self._send = send
        self._state = state
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        """Send a message on, with validators in the head, or 304 in its place."""
        if message["type"] == "http.response.start":
            self._head = message
        elif self._head is not None:
            head, self._head = self._head, None
            await self._begin(head, message)
        else:
            await self._send(message)

    async def _begin(self, head: Message, first: Message) -> None:
        is_whole = not first.get("more_body")
        has_body = self._scope["method"] == "GET"
        if head["status"] == 200:
            headers = self._with_validators(head, first.get("body", b"") if is_whole else None)
            head = {**head, "headers": headers}
            if any(name == b"etag" for name, _ in headers):
                self._remembered.keep(self._scope, self._state, headers)
            if is_known(self._scope, headers):
                kept = [each for each in headers if each[0] in _KEPT_BY_304]
                head, has_body = {**head, "status": 304, "headers": kept}, False
        await self._send(head)
        if has_body:
            await self._send(first)
            return
        await self._send({"type": "http.response.body", "body": b""})
        if not is_whole:
            raise _Enough

    def _with_validators(self, head: Message, whole: bytes | None) -> Headers:
        """Return the headers with validators. `whole` is the body, None if it comes in parts."""
        headers = [(bytes(name).lower(), bytes(value)) for name, value in head.get("headers", ())]
        present = dict(headers)
        if b"no-store" in present.get(b"cache-control", b""):
            return headers
        if b"last-modified" not in present:
            headers.append((b"last-modified", http_date(self._state.modified).encode("ascii")))
        if b"etag" not in present:
            headers.append((b"etag", self._tag(whole).encode("ascii")))
        if whole is not None and b"content-length" not in present:
            headers.append((b"content-length", str(len(whole)).encode("ascii")))
        return headers

    def _tag(self, whole: bytes | None) -> str:
        if whole is not None and not TIMED.match(self._scope["path"]):
            return f'"{sha256(whole).hexdigest()[:32]}"'
        asked = f"{self._state.name} {self._scope['path']}?".encode() + self._scope["query_string"]
        return f'W/"{sha256(asked).hexdigest()[:32]}"'


def is_known(scope: Scope, headers: Headers) -> bool:
    """Return whether a client says that it has the answer with these headers.

    If it names tags, its date does not count (RFC 9110, 13.1.3).
    """
    asked = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    present = {name: value.decode("latin-1") for name, value in headers}
    return has_tag(asked, present.get(b"etag", "")) or is_unmodified(
        asked, present.get(b"last-modified", "")
    )


def has_tag(asked: Mapping[bytes, str], etag: str) -> bool:
    """Return whether a request names the tag of an answer among those that it knows."""
    known = asked.get(b"if-none-match", "")
    return bool(etag) and (known.strip() == "*" or strong(etag) in _TAG.findall(known))


def is_unmodified(asked: Mapping[bytes, str], last_modified: str) -> bool:
    """Return whether a request knows an answer of the same time or later, and names no tag."""
    if b"if-none-match" in asked or not last_modified:
        return False
    since = read_http_date(asked.get(b"if-modified-since", ""))
    modified = read_http_date(last_modified)
    return since is not None and modified is not None and modified <= since


def strong(etag: str) -> str:
    """Return a tag without the mark of a weak one: for 304 both are the same."""
    return etag.removeprefix("W/")


def http_date(when: datetime) -> str:
    """Return a time as HTTP writes it, without parts of a second.

    >>> http_date(datetime(2025, 3, 1, 1, 30, tzinfo=UTC))
    'Sat, 01 Mar 2025 01:30:00 GMT'
    """
    return format_datetime(when.astimezone(UTC), usegmt=True)


def read_http_date(text: str) -> datetime | None:
    """Return the time that a header has, None if it has none."""
    if not text or len(text) > 40:
        return None
    try:
        when = parsedate_to_datetime(text)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None
