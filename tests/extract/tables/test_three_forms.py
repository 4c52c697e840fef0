"""Page, PDF and text of one report give the same record: those of the four replica portals."""

from __future__ import annotations

import json

import pytest

from gongkai.extract.model.report import Report, Source
from gongkai.extract.report import read
from gongkai.replica.server import Replica
from tests.paths import REPORTS, ROOT

EXPECTED = json.loads((ROOT / "tests/replica/expected.json").read_text(encoding="utf-8"))
ATTACHED_ONLY = {"zhongwei-gxj-2023"}


@pytest.fixture(scope="module")
def replica():
    with Replica() as running:
        yield running


def documents(name: str, replica: Replica) -> dict[str, tuple[bytes, Source]]:
    """The forms a report is published in: bytes and what the crawl knows of them."""
    expected = EXPECTED[name]
    known = Source(site_region=expected["region"])
    found = {
        "pdf": ((ROOT / f"replica/files/{name}.pdf").read_bytes(), known),
        "text": ((REPORTS / f"{name}-text/source.txt").read_bytes(), known),
    }
    if name not in ATTACHED_ONLY:
        page = replica.pages.page(expected["url"])
        source = Source(expected["url"], page.content_type, site_region=expected["region"])
        found["page"] = (page.body, source)
    return found


def values(report: Report) -> dict:
    return {
        part: {item: {key: cell.value for key, cell in row.items()} for item, row in table.items()}
        for part, table in report.tables.items()
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_every_form_gives_the_same_record(name: str, replica: Replica) -> None:
    expected = EXPECTED[name]
    for form, (body, source) in documents(name, replica).items():
        report = read(body, source).report
        assert report is not None, form
        assert values(report) == expected["tables"], form
        assert (report.status, report.form, report.year) == (
            "complete",
            "2021",
            expected["year"],
        ), form
        assert report.agency is not None
        assert (report.agency.name, report.agency.region_code) == (
            expected["agency"],
            expected["region"],
        ), form
        assert "".join(report.title.split()) == expected["title"], form
        assert [s.heading.replace(" ", "") for s in report.sections] == expected["headings"], form
        notes = {c.note for t in report.tables.values() for r in t.values() for c in r.values()}
        assert notes == {""}, form
        if form == "page":
            assert report.published_on == expected["published_on"]
