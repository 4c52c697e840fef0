"""What the server of crawls loads once: everything that a crawl would load, and no reactor."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from scrapy.settings import Settings, default_settings

from gongkai.crawler.runs import all_components
from gongkai.crawler.runs.pools import crawl_in_pool, process_pool, run_all
from gongkai.crawler.runs.site_crawl import Job
from tests.crawler.tiny import FAST, PAGES, SITE, answers, reason, served
from tests.paths import ROOT

LOADED = """
import sys
from scrapy.settings import Settings
from gongkai.crawler.runs.all_components import component_names

settings = Settings()
settings.setmodule("gongkai.crawler.settings")
missing = [name for name in component_names(settings) if name.rpartition(".")[0] not in sys.modules]
print(len(component_names(settings)), missing)
print([name for name in ("twisted.internet.reactor", "aiohttp", "requests") if name in sys.modules])
"""


def our_settings() -> Settings:
    settings = Settings()
    settings.setmodule("gongkai.crawler.settings")
    return settings


def test_all_is_loaded_without_a_reactor() -> None:
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    count, _, missing = done.stdout.splitlines()[0].partition(" ")
    assert int(count) > 40
    assert missing == "[]"
    assert done.stdout.splitlines()[1] == "[]"


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a module that cannot be loaded."""
    (tmp_path / "broken_component.py").write_text("raise ValueError('no such table')")
    monkeypatch.syspath_prepend(tmp_path)
    return "broken_component"


def test_the_server_starts_without_what_cannot_be_loaded(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = []
    names = [f"{broken}.Middleware", "gongkai.crawler.components.recorder.NoSuchClass", "no path"]
    monkeypatch.setattr(all_components, "component_names", lambda settings: names)
    monkeypatch.setattr(
        all_components, "portals_by_host", lambda: loaded.append("portals") or 1 / 0
    )
    monkeypatch.setattr(all_components, "analyze", lambda page: loaded.append("page") or 1 / 0)
    all_components.load_all()
    assert loaded == ["portals", "page"]


@pytest.mark.parametrize("setting", ["SPIDER_MODULES", "DOWNLOADER_MIDDLEWARES", "SCHEDULER"])
def test_what_cannot_be_loaded_stops_only_the_portal_that_needs_it(
    broken: str, tmp_path: Path, setting: str
) -> None:
    needs = f'{{"{broken}.Middleware": 1}}' if setting.startswith("DOWN") else broken
    other = replace(SITE, id="other", url="http://www.other.gov.cn/", region_code="640202")
    with served(partial(answers, PAGES)) as transport:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        jobs = [
            Job(other, tmp_path, proxy, FAST | {setting: needs}),
            Job(SITE, tmp_path, proxy, FAST),
        ]
        runs = dict(run_all(jobs, [partial(process_pool, 1, None, "")], crawl_in_pool))
    assert runs[SITE.id].outcome == "ok"
    assert runs["other"].outcome == "failed"
    assert reason(runs["other"]).startswith("The crawl could not start: ")


def test_what_is_left_out_is_what_is_switched_off() -> None:
    """A crawl opens no port, keeps no cookies but its own, exports nothing."""
    ours = our_settings()
    for name, left_out in (
        ("EXTENSIONS_BASE", {"TelnetConsole", "RemoteControl", "FeedExporter", "MemoryDebugger"}),
        ("DOWNLOADER_MIDDLEWARES_BASE", {"CookiesMiddleware", "HttpCacheMiddleware"}),
    ):
        dropped = getattr(default_settings, name).keys() - ours[name].keys()
        assert {path.rpartition(".")[2] for path in dropped} == left_out
        assert ours[name].items() <= getattr(default_settings, name).items()
