"""A client that has an answer gets 304; one that has another gets the whole new one."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from datasette.app import Datasette

from gongkai.publish.datasette_types import Receive, Scope, Send
from gongkai.publish.http.validators import ServedState, add_validators, http_date, read_http_date
from gongkai.publish.plugins.served_state import state_of
from tests.publish.http.test_fuzz import ask_raw
from tests.publish.samples import PINGLUO

WHOLE = (
    *("/", "/search?q=%E5%A4%8D%E8%AE%AE", "/search.json?q=%E5%A4%8D%E8%AE%AE", "/names.json?q=p"),
    *(f"/report/{PINGLUO}-2024", f"/report/{PINGLUO}-2024.json", f"/report/{PINGLUO}-2024.csv"),
    *(f"/agency/{PINGLUO}", "/region", "/region/640000", "/compare", "/compare.csv", "/map"),
    *("/table", "/table.csv", "/table.json", "/checks", "/changes", "/coverage", "/status"),
    *("/data", "/data/dictionary", "/sitemap.xml", "/feeds/reports.atom", "/robots.txt"),
    *("/archive", "/archive/reports", "/static/site.css", "/static/seal.svg"),
    f"/proof/{PINGLUO}-2024/requests/new/total.json",
)
PARTS = ("/search.csv", "/checks.csv", "/changes.csv", "/coverage.csv", "/archive/reports.csv")
TIMED = ("/archive/reports.json", "/archive/reports.json?_shape=array", "/archive.json")


async def test_every_answer_can_be_asked_for_again(chinese: Datasette) -> None:
    """By its tag, or by its time. HEAD says the same."""
    for path in (*WHOLE, *PARTS, *TIMED):
        first = await chinese.client.get(path)
        assert first.status_code == 200, path
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        assert etag.startswith("W/") == (path in (*PARTS, *TIMED)), path
        head = await chinese.client.head(path)
        told, expected = dict(head.headers), dict(first.headers)
        if path in TIMED:  # which say how long the query took
            assert told.pop("content-length")
            del expected["content-length"]
        assert (told, head.content) == (expected, b""), path
        for known in (
            {"if-none-match": etag},
            {"if-none-match": f'"x", {etag.removeprefix("W/")}'},
            {"if-modified-since": modified},
        ):
            again = await chinese.client.get(path, headers=known)
            assert (again.status_code, again.content) == (304, b""), (path, known)
            assert again.headers["etag"] == etag
            assert again.headers["x-content-type-options"] == "nosniff"
            assert "content-type" not in again.headers


@pytest.mark.parametrize("path", ["/table.json", "/checks.csv", "/archive/reports.json"])
async def test_what_a_client_does_not_have_is_sent(chinese: Datasette, path: str) -> None:
    """A tag counts before a date, and what is no date says nothing."""
    first = await chinese.client.get(path)
    modified = first.headers["last-modified"]
    since = http_date(parsedate_to_datetime(modified) - timedelta(seconds=1))
    for other in (
        {"if-none-match": '"other"'},
        {"if-none-match": '"other"', "if-modified-since": modified},
        {"if-modified-since": since},
        {"if-modified-since": "yesterday"},
    ):
        assert (await chinese.client.get(path, headers=other)).status_code == 200, other
    again = await chinese.client.get(path, headers={"if-none-match": "*"})
    assert again.status_code == 304


async def test_other_answers_have_other_tags(site: dict[str, Datasette]) -> None:
    """By address, language and content, also where the tag is not made from the content."""
    asked = (*PARTS, *TIMED, "/search.csv?year=2024", "/archive/reports.csv?_col=id", "/data")
    tags = [
        (await each.client.get(path)).headers["etag"] for each in site.values() for path in asked
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    "path", ["/nothing", "/search?year=x", "/search.json?year=x", "/-/threads"]
)
async def test_an_error_is_never_known(chinese: Datasette, path: str) -> None:
    """Even if the client says that it has whatever there is."""
    answer = await chinese.client.get(path, headers={"if-none-match": "*"})
    assert answer.status_code >= 400
    assert not {"etag", "last-modified"} & set(answer.headers)


async def test_whole_answers_say_how_long_they_are(chinese: Datasette) -> None:
    """Programs that read in ranges ask with HEAD first."""
    answer = await chinese.client.get("/table.json")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "content-length" not in (await chinese.client.get("/checks.csv")).headers


async def test_a_new_archive_is_news(chinese: Datasette, archive: Path, tmp_path: Path) -> None:
    """The state has the file, and the time of the file if that is later than the start."""
    look = state_of(chinese)
    before = look()
    times = archive.stat()
    later = datetime.now(UTC).timestamp() - 0.001
    try:
        os.utime(archive, (later, later))
        after = look()
    finally:
        os.utime(archive, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert after.name != before.name
    assert after.modified >= before.modified
    os.utime(archive, (4e9, 4e9))
    try:
        assert look().modified <= datetime.now(UTC)
    finally:
        os.utime(archive, ns=(times.st_atime_ns, times.st_mtime_ns))


async def test_nothing_more_is_read_for_a_client_that_has_the_file() -> None:
    """An answer in parts ends at once, with what it holds given back."""
    sent, closed = [], []

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for part in (b"a", b"b"):
                sent.append(part)
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            closed.append(True)

    app, other = (
        add_validators(stream, lambda: ServedState("x", datetime(2025, 3, 1, tzinfo=UTC)))
        for _ in range(2)
    )
    status, headers, body = await ask_raw(app, "/x.csv", [])
    assert (status, body, sent, closed) == (200, b"ab", [b"a", b"b"], [True])
    known = (b"if-none-match", headers[b"etag"])
    assert await ask_raw(app, "/x.csv", [known]) == (304, headers, b"")
    assert (sent, closed) == ([b"a", b"b"], [True])
    # another process has not answered it yet
    assert await ask_raw(other, "/x.csv", [known]) == (304, headers, b"")
    assert (sent, closed) == ([b"a", b"b", b"a"], [True, True])


async def test_an_answer_that_a_client_has_is_not_made_again() -> None:
    """As long as it is made from the same; errors, other addresses and originals are not remembered."""
    made: list[str] = []
    status, state = 200, "first"

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        made.append(scope["path"])
        headers = [(b"cache-control", b"max-age=300"), (b"x-other", b"1")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    app = add_validators(page, lambda: ServedState(state, datetime(2025, 3, 1, tzinfo=UTC)))
    _, first, _ = await ask_raw(app, "/report/a", [])
    known = [(b"if-none-match", first[b"etag"])]
    again = await ask_raw(app, "/report/a", known)
    assert (again[0], again[1][b"etag"], again[2]) == (304, first[b"etag"], b"")
    assert again[1][b"cache-control"] == b"max-age=300"
    assert (await ask_raw(app, "/report/a", [(b"if-none-match", b'"other"')]))[0] == 200
    assert made == ["/report/a"] * 2
    for path in ("/report/b", "/proof/a/requests/new/total"):
        for _ in range(2):
            assert (await ask_raw(app, path, known))[0] == 304
    assert made[2:] == ["/report/b", *["/proof/a/requests/new/total"] * 2]
    state, status = "second", 404
    assert (await ask_raw(app, "/report/a", known))[0] == 404
    assert made[-1] == "/report/a"


async def test_answers_do_not_vary_by_what_is_not_read(chinese: Datasette) -> None:
    """Nobody signs in, so that a cache has one page for all."""
    for path in ("/", f"/report/{PINGLUO}-2024", "/archive/reports.json", "/static/site.css"):
        answer = await chinese.client.get(path, headers={"cookie": "a=b"})
        assert "cookie" not in answer.headers.get("vary", "").lower(), path
        assert "authorization" not in answer.headers.get("vary", "").lower(), path
        assert "set-cookie" not in answer.headers, path


async def test_what_must_not_be_stored_has_no_validators() -> None:
    """A busy answer is gone the next moment."""

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    app = add_validators(busy, lambda: ServedState("x", datetime(2025, 3, 1, tzinfo=UTC)))
    ask: list[tuple[bytes, bytes]] = [(b"if-none-match", b"*")]
    assert await ask_raw(app, "/", ask) == (200, {b"cache-control": b"no-store"}, b"x")


@pytest.mark.parametrize("text", ["", "x", "Sat, 99 Mar 2025 01:30:00 GMT", "1" * 50, "-1", "0"])
def test_dates_that_are_none(text: str) -> None:
    assert read_http_date(text) is None


def test_dates() -> None:
    when = datetime(2025, 3, 1, 1, 30, tzinfo=UTC)
    assert read_http_date(http_date(when + timedelta(milliseconds=900))) == when
    assert read_http_date("Saturday, 01-Mar-25 01:30:00 GMT") == when
