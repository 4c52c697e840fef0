"""The protocols of Datasette name what Datasette really has."""

from __future__ import annotations

from inspect import get_annotations

import pytest
from datasette.app import Datasette
from datasette.utils import MultiParams
from datasette.utils.asgi import Request, Response

from gongkai.publish import datasette_types


def members(protocol: type) -> set[str]:
    """Return the names that a protocol declares."""
    names = {*vars(protocol), *get_annotations(protocol)}
    return {name for name in names if not name.startswith("_")}


@pytest.mark.parametrize(
    "name", ["Datasette", "Database", "Urls", "Request", "Arguments", "Response"]
)
def test_datasette_has_all_members(chinese: Datasette, name: str) -> None:
    """An upgrade that renames one fails here, and not on a page."""
    real = {
        "Datasette": chinese,
        "Database": chinese.get_database(),
        "Urls": chinese.urls,
        "Request": Request.fake("/archive?a=1"),
        "Arguments": MultiParams({}),
        "Response": Response(""),
    }[name]
    expected = members(getattr(datasette_types, name))
    assert expected
    assert {each for each in expected if not hasattr(real, each)} == set()
