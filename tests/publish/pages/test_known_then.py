"""The site as of a day: what was fetched later is not there, and nothing is shown that nobody knew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from datasette.app import Datasette

from gongkai.publish.http.known_then import TooLargeThen
from gongkai.publish.rendering.rendering_box import shared_box
from tests.archive.folder import Folder
from tests.publish.kept_reports import (
    FIRST,
    SECOND,
    THIRD,
    article,
    report_page,
    started_with_originals,
)

REPORT, AGENCY = "640221-jiaoyuju-37ae-2024", "640221-jiaoyuju-37ae"
FOURTH = "2025-04-02T01:30:00Z"
LATER = "640221-jiaoyuju-37ae-2023"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder of an archive: a report, edited in March, gone in April; an older one came in March."""
    path = tmp_path_factory.mktemp("then")
    with Folder(path) as folder:
        folder.fetch(FIRST, "/nb/jyj.html", article("7"))
        folder.fetch(SECOND, "/nb/jyj.html", article("9"))
        folder.fetch(SECOND, "/nb/jyj-2023.html", report_page(year=2023, new__total="3"))
        folder.fetch(THIRD, "/nb/jyj.html", status=404)
        folder.fetch(FOURTH, "/nb/jyj.html", status=404)
        folder.build()
    yield path
    shared_box().close()


@pytest.fixture(scope="module")
async def english_site(kept: Path) -> AsyncIterator[Datasette]:
    """Return the site in English, started."""
    async with started_with_originals(kept) as datasettes:
        yield datasettes["/en"]


async def fetch(english_site: Datasette, path: str, status: int = 200) -> BeautifulSoup:
    """Fetch a page and parse it."""
    response = await english_site.client.get(path)
    assert response.status_code == status, response.text
    return BeautifulSoup(response.text, "lxml")


async def record(english_site: Datasette, day: str) -> dict[str, object]:
    """Return a report as data, as of a day."""
    response = await english_site.client.get(f"/report/{REPORT}.json?as_of={day}")
    assert response.status_code == 200
    found: dict[str, object] = response.json()
    return found


async def test_the_figures_of_each_day_are_those_of_its_version(english_site: Datasette) -> None:
    found = [await record(english_site, day) for day in ("2025-02-15", "2025-03-15", "2025-04-15")]
    granted = [each["tables"]["requests"]["granted"]["total"] for each in found]  # type: ignore[index]
    assert granted == [7, 9, 9]
    assert [each["status"] for each in found] == ["complete", "complete", "removed"]
    assert [len(each["changes"]) for each in found] == [0, 1, 1]  # type: ignore[arg-type]
    assert [len(each["documents"]) for each in found] == [1, 2, 2]  # type: ignore[arg-type]
    assert [each["is_edited_since"] for each in found] == [True, False, False]
    assert [each["as_of"] for each in found] == ["2025-02-15", "2025-03-15", "2025-04-15"]
    now = (await english_site.client.get(f"/report/{REPORT}.json")).json()
    assert now["status"] == "removed"
    assert "as_of" not in now


async def test_a_bar_says_the_day_and_links_keep_it(english_site: Datasette) -> None:
    page = await fetch(english_site, f"/report/{REPORT}?as_of=2025-02-15")
    bar = page.select_one(".as-of")
    assert bar is not None
    assert "2025-02-15" in bar.get_text()
    assert "edited later" in bar.get_text()
    assert bar.select("a")[0]["href"] == f"/en/report/{REPORT}"
    assert page.select(f"a[href='/en/agency/{AGENCY}?as_of=2025-02-15']")
    assert page.select("a[href='/en/region/640221?as_of=2025-02-15']")
    assert page.select("meta[name=robots][content=noindex]")
    assert page.select("form input[name=as_of][value='2025-02-15']")
    today = await fetch(english_site, f"/report/{REPORT}")
    assert not today.select(".as-of")
    assert today.select("form input[name=as_of]")


async def test_the_agency_has_the_reports_of_the_day(english_site: Datasette) -> None:
    before = await fetch(english_site, f"/agency/{AGENCY}?as_of=2025-01-31")
    assert not before.select(".strip a")
    first = await fetch(english_site, f"/agency/{AGENCY}?as_of=2025-02-15")
    assert [link["href"] for link in first.select(".strip a")] == [
        f"/en/report/{REPORT}?as_of=2025-02-15"
    ]
    later = await fetch(english_site, f"/agency/{AGENCY}?as_of=2025-03-15")
    assert len(later.select(".strip a")) == 2
    assert not later.select(".strip-removed")
    now = await fetch(english_site, f"/agency/{AGENCY}")
    assert now.select(".strip-removed")


async def test_the_region_has_the_reports_of_the_day(english_site: Datasette) -> None:
    def links(page: BeautifulSoup) -> set[str]:
        return {str(link["href"]) for link in page.select("a[href*='/report/']")}

    first = await fetch(english_site, "/region/640221?as_of=2025-02-15")
    assert links(first) == {f"/en/report/{REPORT}?as_of=2025-02-15"}
    later = await fetch(english_site, "/region/640221?as_of=2025-03-15")
    assert links(later) == {f"/en/report/{each}?as_of=2025-03-15" for each in (REPORT, LATER)}


async def test_a_request_for_a_day_leaves_nothing_behind(english_site: Datasette) -> None:
    for path in (f"/agency/{AGENCY}", f"/report/{REPORT}", "/region/640221"):
        before = (await english_site.client.get(path)).text
        await fetch(english_site, f"{path}?as_of=2025-02-15")
        assert (await english_site.client.get(path)).text == before


@pytest.mark.parametrize(
    ("path", "day"),
    [
        (f"/report/{REPORT}", "yesterday"),
        (f"/report/{REPORT}.json", "2025-2-1"),
        (f"/report/{REPORT}.csv", "20250201"),
        (f"/agency/{AGENCY}", "2025-02-30"),
        (f"/agency/{AGENCY}", "2999-01-01"),
        ("/region/640221", "1999-01-01"),
        ("/region/640221", "2025-W05-1"),
    ],
)
async def test_what_is_no_day_is_refused_in_words(
    english_site: Datasette, path: str, day: str
) -> None:
    response = await english_site.client.get(f"{path}?as_of={day}")
    assert response.status_code == 400
    assert day in response.text


async def test_a_report_that_was_not_known_yet(english_site: Datasette) -> None:
    page = await fetch(english_site, f"/report/{LATER}?as_of=2025-02-15", 404)
    assert "not known on that day" in page.get_text()
    await fetch(english_site, f"/report/{LATER}?as_of=2025-03-01")


async def test_a_comparison_has_the_figures_of_the_day(english_site: Datasette) -> None:
    """Of the report that was edited later, the figures are left out; the page says so."""

    def granted(page: BeautifulSoup) -> list[str]:
        return [
            cell.get_text(" ", strip=True) for cell in page.select("#measure-disclosed ~ div td")
        ]

    path = f"/compare?agency={AGENCY}&measure=disclosed&small=1"
    before = await fetch(english_site, f"{path}&as_of=2025-02-15")
    assert granted(before) == ["—"]
    assert "Sums leave out reports that were edited later" in before.get_text()
    assert before.select(f"a[href='/en/agency/{AGENCY}?as_of=2025-02-15']")
    assert before.select(".compare-form input[name=as_of][value='2025-02-15']")
    assert before.select(".as-of a")[0]["href"] == f"/en{path}"
    later = await fetch(english_site, f"{path}&as_of=2025-03-15")
    assert "9" in granted(later)
    kept = {str(e["name"]) for e in later.select(".viewer-day input[type=hidden]")}
    assert kept == {"agency", "measure", "small"}
    lines = (await english_site.client.get(f"{path.replace('?', '.csv?')}&as_of=2025-02-15")).text
    now = (await english_site.client.get(path.replace("?", ".csv?"))).text
    assert len(lines.splitlines()) < len(now.splitlines())


async def test_grounds_and_pictures_are_those_of_the_day(english_site: Datasette) -> None:
    """The link of a picture keeps the day, and the picture says it."""
    path = f"/agency/{AGENCY}?as_of=2025-03-15"
    page = await fetch(english_site, path)
    (link,) = page.select("#chart-requests a[href*='.svg']")
    assert link["href"] == f"/en/agency/{AGENCY}/chart/requests.svg?as_of=2025-03-15"
    picture = (await english_site.client.get(str(link["href"]).removeprefix("/en"))).text
    assert "2025-03-15" in picture
    assert "as_of=2025-03-15#chart-requests" in picture
    region = await fetch(english_site, "/region/640221?as_of=2025-03-15&of=bodies")
    cells = region.select("section:has(#matrix) td a")
    assert cells
    assert all(str(a["href"]).endswith("?as_of=2025-03-15") for a in cells)
    here = [str(link["href"]) for link in region.select("a[href^='?']")]
    assert all("as_of=2025-03-15" in address for address in here)


@pytest.mark.parametrize(
    "path", ["/search.csv", "/table.json", "/map/chart/map.svg", "/checks.csv", "/search.atom"]
)
async def test_files_of_now_are_refused_as_of_a_day(english_site: Datasette, path: str) -> None:
    assert (await english_site.client.get(path)).status_code in (200, 404)
    refused = await english_site.client.get(f"{path}?as_of=2025-03-15")
    assert refused.status_code == 400
    assert "cannot be made as of a day" in refused.text


@pytest.mark.parametrize("path", ["/table", "/search", "/map", "/checks", "/coverage", "/changes"])
async def test_pages_of_now_say_so(english_site: Datasette, path: str) -> None:
    said = "cannot be shown as of a day"
    assert said not in (await fetch(english_site, path)).get_text()
    assert said in (await fetch(english_site, f"{path}?as_of=2025-03-15")).get_text()


async def test_too_many_reports_are_not_added_up_as_of_a_day(
    english_site: Datasette, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page says what can be asked for instead. What is known of today has no bound."""
    pages = ("/region", "/region.json", "/region/640000", "/compare?region=640221")
    days = [f"{path}{'&' if '?' in path else '?'}as_of=2025-03-15" for path in pages]
    assert {(await english_site.client.get(path)).status_code for path in days} == {200}
    monkeypatch.setattr(TooLargeThen, "most", 1)
    for path in days:
        answer = await english_site.client.get(path)
        assert answer.status_code == 400
        assert "no more than 1 reports are added up" in answer.text
    told = (await english_site.client.get(days[1])).json()
    assert told["code"] == "too_large_then"
    assert {(await english_site.client.get(path)).status_code for path in pages} == {200}
    agency = f"/agency/{AGENCY}?as_of=2025-03-15"
    assert (await english_site.client.get(agency)).status_code == 200
