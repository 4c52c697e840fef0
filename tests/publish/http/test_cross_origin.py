"""Scripts of other sites may read all answers, without cookies."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasette.app import Datasette

from gongkai.publish.server.datasette_server import open_datasette
from gongkai.publish.site import Site
from tests.publish.samples import PINGLUO

PATHS = ("/", "/search.json", "/checks.csv", "/feeds/reports.atom", "/nothing.json", "/-/threads")


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_may_be_read_elsewhere(chinese: Datasette, path: str) -> None:
    """Errors too, so that a script can say what is wrong; 304 too."""
    origin = {"origin": "https://observable.example"}
    answer = await chinese.client.get(path, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    readable = answer.headers["access-control-expose-headers"].split(", ")
    assert {"etag", "content-range", "content-length", "link"} <= set(readable)
    if answer.status_code == 200:
        known = {**origin, "if-none-match": answer.headers["etag"]}
        again = await chinese.client.get(path, headers=known)
        assert (again.status_code, again.headers["access-control-allow-origin"]) == (304, "*")


@pytest.mark.parametrize("path", [*PATHS, f"/report/{PINGLUO}-2024.json", "/download/x"])
async def test_a_browser_may_ask_first(chinese: Datasette, path: str) -> None:
    """A request with a range is asked for with OPTIONS."""
    answer = await chinese.client.options(
        path,
        headers={
            "origin": "https://observable.example",
            "access-control-request-method": "GET",
            "access-control-request-headers": "range",
        },
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-methods"] == answer.headers["allow"]
    assert "range" in answer.headers["access-control-allow-headers"].split(", ")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_datasette_with_accounts_decides_itself(rich: Path) -> None:
    """Where an archive is one database among others, Datasette's own option counts."""
    datasette = open_datasette(rich, Site())
    await datasette.invoke_startup()
    try:
        answer = await datasette.client.get("/search.json")
        assert answer.status_code == 200
        assert "access-control-allow-origin" not in answer.headers
        asked = await datasette.client.options("/search.json")
        assert asked.status_code == 405
    finally:
        datasette.get_database().close()
        datasette.executor.shutdown()
