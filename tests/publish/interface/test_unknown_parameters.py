"""A name that an address does not take is a mistake that is told, for data and for files alike."""

from __future__ import annotations

import pytest
from datasette.app import Datasette

from gongkai.publish.interface.endpoints import ENDPOINTS
from gongkai.publish.interface.known_parameters import known_parameters
from gongkai.publish.plugins.routes import ROUTES
from tests.publish.interface.documented import answer_schema, validator
from tests.publish.samples import PINGLUO

FILES = (
    "/search.json?yera=2024",
    "/names.json?words=x",
    f"/report/{PINGLUO}-2024.json?lang=en",
    f"/report/{PINGLUO}-2024.csv?lang=en",
    f"/agency/{PINGLUO}.json?year=2024",
    "/region.json?year=2024",
    "/region/640000.json?size=3",
    "/table.json?measure=refused",
    "/table.csv?measure=refused",
    "/table.xlsx?measure=refused",
    "/table.atom?q=x",
    "/checks.json?limit=5",
    "/checks.csv?limit=5",
    "/changes.json?limit=5",
    "/coverage.csv?limit=5",
    "/compare.csv?m=refused",
    "/feeds/reports.atom?kind=x",
    "/search.atom?limit=5",
    "/codebook.json?lang=en",
    "/releases.json?page=2",
    "/openapi.json?lang=en",
    "/archive/reports.json?_limit=5",
    "/archive/reports.csv?_limit=5",
)


@pytest.mark.parametrize("path", FILES)
async def test_an_unknown_name_is_told(site: dict[str, Datasette], path: str) -> None:
    """In the shape of other errors, with the members of RFC 9457; as the document says."""
    document = (await site["/en"].client.get("/openapi.json")).json()
    shape = answer_schema(document, "/search.json", 400, "application/problem+json")
    assert shape is not None
    name = path.partition("?")[2].partition("=")[0]
    for datasette in site.values():
        answer = await datasette.client.get(path)
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        validator(document, shape).validate(told)
        assert (told["code"], told["parameters"]) == ("unknown_parameter", [name])
        assert name in told["error"] == told["detail"]


async def test_a_browser_gets_a_page_in_words(chinese: Datasette) -> None:
    """Who follows a link to a file in a browser reads what is wrong."""
    headers = {"accept": "text/html,application/xhtml+xml"}
    answer = await chinese.client.get("/checks.csv?limit=5", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")
    assert "此地址不接受参数：limit。可用的参数：" in answer.text


async def test_pages_ignore_what_others_add_to_links(chinese: Datasette) -> None:
    """Mail programs and search engines add names to the addresses of pages, not to those of data."""
    assert (await chinese.client.get("/checks?utm_source=mail")).status_code == 200


async def test_names_of_older_addresses_are_taken(chinese: Datasette) -> None:
    for path in ("/search.json?failed=1", "/table.csv?heat=1", "/archive/reports.json?_ttl=9"):
        assert (await chinese.client.get(path)).status_code == 200


def test_every_address_for_programs_knows_its_names() -> None:
    """But for rows of tables, whose columns are checked where they are read."""
    patterns = [pattern for pattern, _ in ROUTES]
    known = [known_parameters(each) for each in patterns]
    assert len([each for each in known if each]) > 2 * len(ENDPOINTS) - 10
    for each in ENDPOINTS:
        taken = {taken.name for taken in each.parameters if taken.place == "query"}
        assert each.key == "rows" or any(names and taken <= names.names for names in known)
