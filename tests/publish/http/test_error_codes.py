"""Addresses that return data have errors of one shape, with a code for programs."""

from __future__ import annotations

import pytest
from datasette.app import Datasette

from gongkai.publish.http.error_codes import BY_STATUS, CODES
from tests.publish.samples import PINGLUO


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/nothing.json", 404, "not_found"),
        ("/report/nobody-2024.json", 404, "not_found"),
        (f"/proof/{PINGLUO}-2024/requests/new/nothing.json", 404, "not_found"),
        ("/search.json?year=x", 400, "bad_value"),
        ("/search.json?page=400", 404, "not_found"),
        (f"/search.json?q={'a' * 300}", 400, "bad_request"),
        (
            "/table.json?" + "&".join(f"year={year}" for year in range(2000, 2030)),
            400,
            "too_many_values",
        ),
        ("/archive/reports.json?_sort=nothing", 400, "bad_request"),
        ("/archive/nothing.json", 404, "not_found"),
        ("/archive.json?sql=select+1", 403, "forbidden"),
        ("/-/threads.json", 404, "not_found"),
        (f"/search.json?q={'a' * 5000}", 414, "address_too_long"),
        ("/sql.json?sql=SELECT+1", 404, "not_found"),
    ],
)
async def test_errors_have_one_shape(
    site: dict[str, Datasette], path: str, status: int, code: str
) -> None:
    """The text is in the language of the address."""
    for datasette in site.values():
        answer = await datasette.client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        told = answer.json()
        assert told.pop("error")
        assert told == {"ok": False, "status": status, "code": code}


async def test_another_method_is_refused_in_the_same_shape(chinese: Datasette) -> None:
    answer = await chinese.client.post("/search.json")
    assert answer.json() == {
        "ok": False,
        "status": 405,
        "code": "method_not_allowed",
        "error": "只支持 GET、HEAD 和 OPTIONS 请求。",
    }


def test_every_status_has_a_code() -> None:
    assert {code: (status,) for status, code in BY_STATUS.items()}.items() <= CODES.items()
