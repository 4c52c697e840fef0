"""Nights with a clock ahead, behind and right: what each says, and what the site shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from bs4 import BeautifulSoup, Tag

from gongkai.clock import china_today
from gongkai.publish.rendering.rendering_box import shared_box
from gongkai.replica.transport import Answer
from tests.archive.folder import report_page
from tests.crawler.tiny import FAST, PAGES, REPORT_PATH, SITE, answers, served
from tests.paths import ROOT
from tests.publish.kept_reports import started_with_originals

REGISTRY = f"""[{SITE.id}]
name = "{SITE.name}"
region_code = "{SITE.region_code}"
url = "{SITE.url}"
cms = "{SITE.cms}"
"""
CLOCK = """
import os
from datetime import UTC, datetime, timedelta
from gongkai import clock
clock.now = lambda: datetime.now(UTC) + timedelta(days=int(os.environ["DAYS_AHEAD"]))
"""
"""Loaded by every process of a night, as `sitecustomize`: the crawlers have the wrong clock too."""
AHEAD, BEHIND = 400, -30 * 365
NOTE = "时钟有误"
REPORT = "640221-mouxianjiaoyuju-11fa-2023"
CELL = ("requests", "new", "total")


class Nights:
    """Nights of a portal with a right clock; the archive's own clock may be wrong."""

    def __init__(self, folder: Path, pages: dict[str, str | Answer], proxy: str) -> None:
        self.folder = folder
        self._pages, self._proxy = pages, proxy

    def night(self, received: int, days: int, *words: str) -> CompletedProcess[str]:
        """Run a night with a clock some days ahead, while the report has a number of requests."""
        self._pages[REPORT_PATH] = Answer(
            200,
            {"Content-Type": "text/html; charset=utf-8"},
            report_page("某县教育局", 2023, new__total=str(received)),
        )
        settings = [word for name, value in FAST.items() for word in ("-s", f"{name}={value}")]
        return self.gongkai(
            *("nightly", "--only-sites", "own.toml", "--proxy", self._proxy, *settings, *words),
            days=days,
        )

    def gongkai(self, *words: str, days: int = 0) -> CompletedProcess[str]:
        """Run a command in a process of its own."""
        path = os.pathsep.join([str(self.folder / "clock"), str(ROOT)])
        return subprocess.run(
            [sys.executable, "-c", "from gongkai.launch import main; main()", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": path, "DAYS_AHEAD": str(days), "GONGKAI_LANG": "zh"},
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    """A portal alone in the registry of a folder."""
    (tmp_path / "own.toml").write_text(REGISTRY, encoding="utf-8")
    (tmp_path / "clock").mkdir()
    (tmp_path / "clock" / "sitecustomize.py").write_text(CLOCK, encoding="utf-8")
    pages: dict[str, str | Answer] = {**PAGES}
    with served(partial(answers, pages)) as transport:
        yield Nights(tmp_path, pages, f"http://127.0.0.1:{transport.server_port}")
    shared_box().close()


async def test_three_clocks_up_to_the_pages_of_the_site(nights: Nights) -> None:
    """Each wrong night is refused, then believed by a person; no date of its clock is ever shown."""
    first = nights.night(3, 0)
    assert first.returncode == 0, first.stderr
    assert "时钟" not in first.stdout + first.stderr
    for received, days, said in (
        (5, AHEAD, "网站的时钟为"),
        (8, BEHIND, "早于本程序问世"),
    ):
        refused = nights.night(received, days)
        assert refused.returncode == 2, refused.stderr
        assert said in refused.stderr
        assert "--clock-is-right" in refused.stderr
        believed = nights.night(received, days, "--clock-is-right")
        assert believed.returncode == 0, believed.stderr
        assert "--clock-is-right" in believed.stdout + believed.stderr
    last = nights.night(8, 0)
    assert last.returncode == 0, last.stderr
    listed = nights.gongkai("snapshots", "clock")
    assert listed.returncode == 1
    assert listed.stdout.count(NOTE) == 2
    await _check_site(nights.folder)
    proved = nights.gongkai("proof", *(REPORT, *CELL), "-o", "proof")
    assert proved.returncode == 0, proved.stderr
    sheet = (nights.folder / "proof" / "proof.html").read_text(encoding="utf-8")
    assert NOTE in sheet
    assert "清单的日期出自本机时钟，当时有误" in sheet


async def _check_site(folder: Path) -> None:
    """Changes are told forwards, by the dates of the portal, and a note says why."""
    async with started_with_originals(folder) as datasettes:

        async def fetch(path: str) -> str:
            response = await datasettes[""].client.get(path)
            assert response.status_code == 200, (path, response.text)
            return response.text

        report = BeautifulSoup(await fetch(f"/report/{REPORT}"), "lxml")
        edits = report.select_one(".edits")
        assert edits is not None
        cells = [_texts(row, "td") for row in edits.select("tbody tr")]
        assert cells == [["5", "8"], ["3", "5"]]
        assert edits.get_text().count(NOTE) == 2
        original = report.select_one(".facts")
        assert original is not None
        assert NOTE in original.get_text()
        for link in [str(link["href"]) for link in edits.select("a[href^='/edit/']")]:
            page = await fetch(link)
            assert NOTE in _texts(BeautifulSoup(page, "lxml"), "main header")[0]
            _check_dates(page, link)
        for path, notes in (
            ("/changes", 2),
            ("/feeds/changes.atom", 2),
            ("/feeds/reports.atom", 0),
            ("/search.atom", 1),
            (f"/proof/{REPORT}/{'/'.join(CELL)}", 2),
        ):
            page = await fetch(path)
            assert page.count(NOTE) == notes, path
            _check_dates(page, path)
        _check_dates(str(report), "report")


def _check_dates(page: str, path: str) -> None:
    """No year of a wrong clock is a date of the page, but where it says what the record says."""
    this_year = china_today().year
    page = re.sub(
        '记录时间为 [^<]*|第 [0-9]+ 号清单，.{60,140}<span class="meta">（清单的日期出自本机时钟，当时有误。）',
        "",
        page,
    )
    stamps = re.findall(
        r'datetime="([0-9]{4})|<updated>([0-9]{4})|([0-9]{4})-[0-9-]+ [0-9:]+（', page
    )
    years = {int("".join(found)) for found in stamps}
    assert years <= {this_year, this_year - 1}, path


def _texts(element: Tag, selector: str) -> list[str]:
    return [found.get_text(" ", strip=True) for found in element.select(selector)]
