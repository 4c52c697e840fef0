"""Citation, metadata, catalogue and deposit of a release, read by other programs."""

from __future__ import annotations

import json
import subprocess
import zipfile
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import rdflib
import yaml
from datacite import schema45
from rdflib.namespace import DCAT, DCTERMS, RDF, SDO

from tests.archive.releases.conftest import Made
from tests.archive.releases.growing_archive import gongkai

pytestmark = pytest.mark.filterwarnings(
    "ignore:ConjunctiveGraph is deprecated:DeprecationWarning"  # rdflib's own parser of JSON-LD uses it
)

PLACE = "https://archive.example.org/releases/"
DOI = "10.5281/zenodo.1234567"
PREVIOUS = rdflib.URIRef(f"{DCAT}previousVersion")  # of DCAT 3, which rdflib does not list yet
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cited(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release that knows its DOI and the address of its site."""
    folder = tmp_path_factory.mktemp("cited")
    done = gongkai(
        *("release", made.publics[0], "--to", folder, "--number", "2026.7", "--date", "2026-02-03"),
        *("--doi", DOI, "--base-url", "https://archive.example.org/"),
    )
    assert done.exit_code == 0, done.output
    return folder / "2026.7"


def test_the_citation_file_has_what_the_format_asks_for(made: Made, cited: Path) -> None:
    bare, known = (
        yaml.safe_load((release / "CITATION.cff").read_text(encoding="utf-8"))
        for release in (made.releases / "2025.2", cited)
    )
    assert bare["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= bare.keys()  # required by the format
    assert (bare["type"], bare["license"], bare["version"]) == ("dataset", "CC-BY-4.0", "2025.2")
    assert bare["authors"] == [{"name": "Contributors to Gongkai 公开"}]
    assert date.fromisoformat(bare["date-released"]) == date(2025, 6, 10)
    assert bare.keys() & {"doi", "url"} == set()
    assert (known["doi"], known["url"]) == (DOI, f"https://doi.org/{DOI}")
    digest = read(cited / "release.json")["public_file"]
    assert known["identifiers"][0]["value"] == f"sha256:{digest}"


def test_metadata_for_a_doi_fit_the_schema_of_datacite(made: Made, cited: Path) -> None:
    for release in (made.releases / "2025.1", made.releases / "2025.2", cited):
        record = read(release / "datacite.json")
        assert [problem.message for problem in schema45.validator.iter_errors(record)] == []
        assert record["publicationYear"] == read(release / "release.json")["date"][:4]
    assert record["doi"] == DOI


def test_a_release_is_a_dataset_for_search_engines(made: Made) -> None:
    release = made.releases / "2025.2"
    told = read(release / "dataset.jsonld")
    assert told.pop("@context") == "https://schema.org"
    # what schema.org serves at that address, as far as it is used here
    told["@context"] = {"@vocab": str(SDO), "contentUrl": {"@type": "@id"}}
    graph = rdflib.Graph().parse(
        data=json.dumps(told), format="json-ld", publicID=f"{PLACE}2025.2/dataset.jsonld"
    )
    (dataset,) = graph.subjects(RDF.type, SDO.Dataset)
    assert str(graph.value(dataset, SDO.version)) == "2025.2"
    files = {
        str(graph.value(each, SDO.contentUrl)): str(graph.value(each, SDO.sha256))
        for each in graph.objects(dataset, SDO.distribution)
    }
    assert len(files) > 100
    for address, digest in files.items():
        path = release / address.removeprefix(f"{PLACE}2025.2/")
        assert sha256(path.read_bytes()).hexdigest() == digest


def test_the_catalogue_lists_all_releases_and_their_files(made: Made) -> None:
    graph = rdflib.Graph().parse(
        made.releases / "catalog.jsonld", format="json-ld", publicID=f"{PLACE}catalog.jsonld"
    )
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    datasets = {str(each) for each in graph.objects(catalogue, DCAT.dataset)}
    assert datasets == {f"{PLACE}2025.1", f"{PLACE}2025.2"}
    second = rdflib.URIRef(f"{PLACE}2025.2")
    assert graph.value(second, PREVIOUS) == rdflib.URIRef(f"{PLACE}2025.1")
    assert graph.value(second, DCTERMS.issued).toPython() == date(2025, 6, 10)
    assert {each.language for each in graph.objects(second, DCTERMS.title)} == {"zh-CN", "en"}
    for each in graph.objects(second, DCAT.distribution):
        path = made.releases / str(graph.value(each, DCAT.downloadURL)).removeprefix(PLACE)
        assert graph.value(each, DCAT.byteSize).toPython() == path.stat().st_size
        checksum = graph.value(graph.value(each, SPDX.checksum), SPDX.checksumValue)
        assert str(checksum).lower() == sha256(path.read_bytes()).hexdigest()


def test_a_release_becomes_a_deposit(made: Made, tmp_path: Path) -> None:
    """One ZIP with all files, beside what Zenodo and Dataverse ask for; twice the same bytes."""
    for name in ("one", "two"):
        done = gongkai(
            *("release", made.publics[1], "--to", made.releases, "--deposit", tmp_path / name),
            *("--contact", "archive@example.org"),
        )
        assert done.exit_code == 0, done.output
    one, two = tmp_path / "one", tmp_path / "two"
    names = {path.name for path in one.iterdir()}
    assert names == {
        *("gongkai-2025.2.zip", ".zenodo.json", "dataverse.json", "SHA256SUMS", "datacite.json"),
        *("CITATION.cff", "README.md", "README.zh.md", "CHANGES.md", "CHANGES.zh.md"),
    }
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    with zipfile.ZipFile(one / "gongkai-2025.2.zip") as packed:
        packed.extractall(tmp_path / "out")
    check = ["sha256sum", "--check", "--strict", "--status", "SHA256SUMS"]
    for folder in (one, tmp_path / "out" / "gongkai-2025.2"):
        assert subprocess.run(check, cwd=folder, check=False).returncode == 0
    zenodo = read(one / ".zenodo.json")
    assert (zenodo["upload_type"], zenodo["version"], zenodo["license"]) == (
        *("dataset", "2025.2", "cc-by-4.0"),
    )
    fields = read(one / "dataverse.json")["datasetVersion"]["metadataBlocks"]["citation"]["fields"]
    required = {"title", "author", "datasetContact", "dsDescription", "subject"}
    assert required <= {field["typeName"] for field in fields}
    assert "archive@example.org" in json.dumps(fields)


def test_an_earlier_release_can_be_deposited_and_none_twice(made: Made, tmp_path: Path) -> None:
    words = ("release", made.publics[1], "--to", made.releases, "--deposit")
    done = gongkai(*words, tmp_path / "first", "--number", "2025.1", "--json")
    assert json.loads(done.stdout)["number"] == "2025.1"
    assert gongkai(*words, tmp_path / "first").exit_code == 2
    assert gongkai(*words, tmp_path / "none", "--number", "2031.1").exit_code == 2
    assert not (tmp_path / "none").exists()
