"""What the OpenAPI document says is so: every example works, and every answer has its shape."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from datasette.app import Datasette
from openapi_spec_validator import OpenAPIV31SpecValidator

from gongkai.archive.store.database import transaction, writer
from gongkai.catalogue import LANGUAGES, LOCALES, Language, text
from gongkai.catalogue_update import catalogue_path, read_catalogue
from gongkai.publish.interface.answers import answer_shapes
from gongkai.publish.interface.endpoints import ENDPOINTS
from gongkai.publish.interface.openapi import openapi_document
from gongkai.publish.plugins.routes import ROUTES
from gongkai.publish.wording.dictionary import tables
from tests.paths import ROOT
from tests.publish.interface.documented import RELATION, answer_schema, examples, validator
from tests.publish.page_text import words
from tests.publish.small_archive import Page, started

BASES = ("", "/en")


@pytest.mark.parametrize("base", BASES)
async def test_the_document_is_valid(country: dict[str, Datasette], base: str) -> None:
    """By a validator that others wrote. Its texts are in the language of its address."""
    answer = await country[base].client.get("/openapi.json")
    document = answer.json()
    assert [str(each) for each in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert document["servers"] == [{"url": base or "/"}]
    has_chinese = re.search("[\u4e00-\u9fff]", document["info"]["description"]) is not None
    assert has_chinese == (base == "")


async def test_every_example_works_and_has_the_shape_that_is_told(
    country: dict[str, Datasette],
) -> None:
    """No answer has a property that the document does not name, or lacks one that it promises."""
    client = country[""].client
    document = (await client.get("/openapi.json")).json()
    wrong = []
    asked = list(examples(document))
    for path, address in asked:
        answer = await client.get(address)
        schema = answer_schema(document, path, 200)
        assert answer.status_code == 200, (address, answer.text[:200])
        assert schema is not None
        wrong += [
            (address, "/".join(map(str, each.absolute_path)), each.message[:200])
            for each in validator(document, schema).iter_errors(answer.json())
        ]
    assert wrong == []
    assert {path for path, _ in asked} == {each.path for each in ENDPOINTS}
    assert len(asked) > 80


@pytest.mark.parametrize(
    ("path", "address", "status"),
    [
        ("/search.json", "/search.json?year=0", 400),
        ("/checks.json", "/checks.json?size=201", 400),
        ("/changes.json", "/changes.json?size=41", 400),
        ("/coverage.json", "/coverage.json?page=400", 404),
        ("/table.json", "/table.json?page=2", 404),
        ("/agency/{id}.json", "/agency/nobody.json", 404),
        ("/region/{code}.json", "/region/999999.json", 404),
        ("/region/{code}.json", "/region/640000.json?page=9", 404),
        ("/archive/{table}.json", "/archive/nothing.json?_shape=array", 404),
        ("/names.json", f"/names.json?q={'x' * 5000}", 414),
    ],
)
async def test_errors_are_as_the_document_says(
    country: dict[str, Datasette], path: str, address: str, status: int
) -> None:
    client = country["/en"].client
    document = (await client.get("/openapi.json")).json()
    answer = await client.get(address)
    assert answer.status_code == status
    schema = answer_schema(document, path, status)
    assert schema is not None
    validator(document, schema).validate(answer.json())


async def test_links_lead_through_a_list(country: dict[str, Datasette]) -> None:
    """In the body and in the header the same, from the first page to the last, each row once."""
    client = country[""].client
    seen: list[str] = []
    path = "/checks.json?size=3"
    while path:
        answer = await client.get(path)
        told = answer.json()
        relations = {rel: link for link, rel in RELATION.findall(answer.headers["link"])}
        links = told["links"]
        assert (relations.get("next"), relations.get("prev")) == (
            links.get("next"),
            links.get("previous"),
        )
        assert (relations["first"], relations["last"]) == (links["first"], links["last"])
        assert links["self"] == path
        seen += [each["id"] for each in told["checks"]]
        path = links.get("next", "")
    assert len(seen) == len(set(seen)) == told["total"]
    assert told["is_cut"] is False


def test_rows_of_every_table_are_as_its_schema_says(rich: Path) -> None:
    """Each column, its type, its codes, and whether it may be null."""
    document = openapi_document("zh", "/", {}, "/data/api")
    wrong, filled = [], 0
    with closing(sqlite3.connect(rich)) as conn:
        conn.row_factory = sqlite3.Row
        for name in tables():
            found = [dict(row) for row in conn.execute(f"SELECT * FROM {name} LIMIT 12")]
            shape = {"type": "array", "items": {"$ref": f"#/components/schemas/row.{name}"}}
            check = validator(document, shape)
            wrong += [(name, each.message[:200]) for each in check.iter_errors(found)]
            filled += bool(found)
    assert wrong == []
    assert filled > 15


async def test_the_header_leads_through_a_table(country: dict[str, Datasette]) -> None:
    """A list of rows has no place for links."""
    path, seen = "/archive/reports.json?_shape=array&_size=5", []
    while path:
        answer = await country[""].client.get(path)
        seen += [each["id"] for each in answer.json()]
        links = {rel: link for link, rel in RELATION.findall(answer.headers.get("link", ""))}
        path = links.get("next", "")
    assert len(seen) == len(set(seen)) == 12


async def test_an_archive_without_reports_is_described_too(tmp_path: Path) -> None:
    """Without the examples that it has no values for."""
    path = tmp_path / "empty.db"
    with writer(path) as conn, transaction(conn):
        pass
    async with started(path) as site:
        document = (await site[""].client.get("/openapi.json")).json()
        assert [str(each) for each in OpenAPIV31SpecValidator(document).iter_errors()] == []
        page = await site[""].client.get("/data/api")
        assert page.status_code == 200
        assert "/report/None" not in page.text
        for path_ in ("/search.json", "/region.json", "/table.json", "/checks.json"):
            answer = await site[""].client.get(path_)
            schema = answer_schema(document, path_, 200)
            assert schema is not None
            assert list(validator(document, schema).iter_errors(answer.json())) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_property_is_described(lang: Language) -> None:
    """The names of regions and of links say all there is."""
    bare = {"code", "name", "self", "first", "last", "page", "previous", "next", "zh", "en"}
    bare |= {"active_disclosure", "active_disclosure_2019", "requests", "review_litigation"}

    def names(shape: object, at: str) -> list[str]:
        if isinstance(shape, list):
            return [found for each in shape for found in names(each, at)]
        if not isinstance(shape, dict):
            return []
        own = [
            f"{at}.{name}"
            for name, each in shape.get("properties", {}).items()
            if name not in bare and not each.get("description")
        ]
        return own + [
            found for name, each in shape.items() for found in names(each, f"{at}.{name}")
        ]

    assert [
        place for name, each in answer_shapes(lang).items() for place in names(each, name)
    ] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_stands_in_the_document(lang: Language) -> None:
    """A property or parameter that is gone leaves no text behind."""
    told = json.dumps(openapi_document(lang, "/", {}, "/data/api"), ensure_ascii=False)
    path = catalogue_path(ROOT, LOCALES[lang], "publish")
    keys = (str(each.id) for each in read_catalogue(path, LOCALES[lang]) if each.id)
    family = re.compile(r"api(?:_(?:answer|error|field|header|parameter))?\.")
    texts = {key: text(lang, key) for key in keys if family.match(key)}
    assert len(texts) > 150
    lost = [key for key, said in texts.items() if json.dumps(said, ensure_ascii=False) not in told]
    assert lost == []


def test_no_address_that_returns_json_is_forgotten() -> None:
    """Readers' own SQL is open only where the operator wants it."""
    told = {re.sub(r"\{\w+\}", "x", each.path) for each in ENDPOINTS}
    others = {"/sql.json", "/openapi.json"}
    served = set()
    for pattern, _ in ROUTES:
        if pattern.endswith(r"\.json$"):
            plain = pattern.strip("^$").replace(r"(?:/(?P<code>[0-9]{1,12}))?", "/x")
            plain = re.sub(r"\(\?P<\w+>(?:\[[^\]]*\](?:\{[0-9,]+\}|\+)?|\||-)+\)", "x", plain)
            served.add(plain.replace("\\", ""))
    assert served - told == others


@pytest.mark.parametrize("base", BASES)
async def test_the_page_says_the_same_in_words(
    country: dict[str, Datasette], visit: Page, base: str
) -> None:
    """Each address with its parameters; its examples are links that work."""
    page = await visit(f"{base}/data/api")
    assert words(page, "h2 code") == [each.path for each in ENDPOINTS]
    links = [str(a["href"]) for a in page.select("section a[rel=nofollow]")]
    assert len(links) == len(ENDPOINTS)
    for link in links:
        assert (await country[base].client.get(link.removeprefix(base))).status_code == 200, link
    assert page.select_one("link[rel=service-desc]") is not None
