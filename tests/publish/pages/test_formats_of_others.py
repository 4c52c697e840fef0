"""Feeds and linked data, read by the grammar of Atom and by a parser of RDF."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from bs4 import BeautifulSoup
from datasette.app import Datasette
from lxml import etree
from rdflib.namespace import RDF, SDO

from gongkai.publish.server.datasette_server import open_languages
from tests.publish.samples import HOSTILE_AGENCY, PINGLUO
from tests.publish.years import COUNTY

ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(etree.parse(str(Path(__file__).parents[1] / "atom.rng")))
FEEDS = (
    *(f"/feeds/{kind}.atom" for kind in ("reports", "changes", "checks")),
    *("/feeds/reports.atom?region=640000", f"/feeds/reports.atom?agency={COUNTY}"),
    *(f"/feeds/changes.atom?agency={HOSTILE_AGENCY}", "/feeds/checks.atom?rule=requests_balance"),
    *("/search.atom?q=%E5%85%AC%E5%BC%80", "/search.atom?q=%E9%87%8F%E5%AD%90", "/table.atom"),
)


@pytest.mark.parametrize("base", ["", "/en"])
async def test_feeds_are_valid_atom(country: dict[str, Datasette], base: str) -> None:
    """Also one without entries, and one with the names of a hostile site."""
    for path in FEEDS:
        feed = etree.fromstring((await country[base].client.get(path)).content)
        assert GRAMMAR.validate(feed), (path, GRAMMAR.error_log)
        ids = [each.text for each in feed.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids)), path
        for part in (feed, *feed.iter(f"{ATOM}entry")):
            kinds = [(each.get("rel"), each.get("type")) for each in part.findall(f"{ATOM}link")]
            assert len(kinds) == len(set(kinds)), path  # one alternate of a type (4.1.1)
            assert any(rel == "alternate" for rel, _ in kinds), path


def test_the_grammar_refuses_what_atom_forbids() -> None:
    """Or it would show nothing."""
    whole = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:uuid:1</id><title>a</title>'
        "<updated>2025-01-01T00:00:00Z</updated><entry><id>urn:uuid:2</id><title>b</title>"
        "<updated>2025-01-01T00:00:00Z</updated><author><name>c</name></author></entry></feed>"
    )
    assert GRAMMAR.validate(etree.fromstring(whole))
    for old, new in (
        ("<id>urn:uuid:2</id>", ""),
        ("urn:uuid:2", "/report/2"),
        ("2025-01-01T00:00:00Z</updated><author>", "2025-01-01</updated><author>"),
        ("<author><name>c</name></author>", ""),
        ("<title>b</title>", "<title> </title>"),
        ("<title>b</title>", "<title>b</title><title>b</title>"),
        ("<title>b</title>", "<title>b</title><description>b</description>"),
    ):
        assert old in whole
        assert not GRAMMAR.validate(etree.fromstring(whole.replace(old, new))), new


PAGES = {
    f"/report/{PINGLUO}-2024": SDO.Report,
    f"/report/{HOSTILE_AGENCY}-2024": SDO.Report,
    f"/agency/{COUNTY}": SDO.GovernmentOrganization,
    f"/agency/{HOSTILE_AGENCY}": SDO.GovernmentOrganization,
    "/region": SDO.Country,
    "/region/640221": SDO.AdministrativeArea,
    "/data": SDO.Dataset,
}


SITE = "https://archive.example"


@pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"  # rdflib's own parser of JSON-LD uses it
)
@pytest.mark.parametrize("base", ["", "/en"])
async def test_linked_data_is_a_graph_about_the_page(rich: Path, base: str) -> None:
    """The context of schema.org stands in the test: nothing is fetched."""
    datasettes = open_languages(rich, base_url=SITE)
    client = datasettes[base].client
    known = {str(each) for each in dir(SDO)}
    for path, kind in PAGES.items():
        page = BeautifulSoup((await client.get(path)).text, "lxml")
        (script,) = page.select("script[type='application/ld+json']")
        graph, subject = graph_of(str(script.string)), rdflib.URIRef(f"{SITE}{base}{path}")
        assert graph.value(subject, RDF.type) == kind
        assert graph.value(subject, SDO.url) == subject
        assert graph.value(subject, SDO.name)
        named = {each for each in graph.subjects() if (each, SDO.name, None) in graph}
        assert named <= set(graph.subjects(RDF.type, None))
        used = {str(each) for _, each, _ in graph if each != RDF.type}
        used |= {str(each) for each in graph.objects(None, RDF.type)}
        assert used <= known, path
    for each in datasettes.values():
        each.executor.shutdown()
        each.get_database().close()


def graph_of(script: str) -> rdflib.Graph:
    """Return the triples of a script, with the terms of schema.org."""
    record = json.loads(script)
    assert record.pop("@context") == "https://schema.org"
    context = {"@vocab": str(SDO), "url": {"@type": "@id"}}
    data = json.dumps({"@context": context, **record})
    return rdflib.Graph().parse(data=data, format="json-ld")
