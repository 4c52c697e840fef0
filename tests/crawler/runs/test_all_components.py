"""What the server of crawls loads once: everything that a crawl would load, and no reactor."""

from __future__ import annotations

import subprocess
import sys

from scrapy.settings import Settings, default_settings

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
