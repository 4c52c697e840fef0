"""Settings are checked by name and value before any portal is asked."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from gongkai.crawler.runs.settings_check import UNUSED_SETTINGS, check_settings
from gongkai.crawler.setting_error import SettingError


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("DOWNLOD_DELAY", "DOWNLOAD_DELAY"),
        ("download_delay", "DOWNLOAD_DELAY"),
        ("DEPTH_LIMITS", "DEPTH_LIMIT"),
        ("GONGKAI_CONTAKT", "GONGKAI_CONTACT"),
        ("CONTACT", "GONGKAI_CONTACT"),
        ("AUTOTHROTLE_ENABLED", "AUTOTHROTTLE_ENABLED"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_one_that_was_meant(name: str, near: str) -> None:
    """Scrapy would pass over it: a delay would be none."""
    with pytest.raises(SettingError) as refused:
        check_settings({name: "1"})
    assert refused.value.message.key == "setting_misspelt"
    assert refused.value.message.params == {"name": name, "near": near}


def test_a_name_that_is_like_no_other_is_refused() -> None:
    with pytest.raises(SettingError, match="setting_unknown"):
        check_settings({"SOMETHING_ELSE_ENTIRELY": "1"})


@pytest.mark.parametrize("name", ["COOKIES_ENABLED", "FEEDS", "HTTPCACHE_DIR", "MEMDEBUG_ENABLED"])
def test_a_setting_of_what_is_not_loaded_is_refused(name: str) -> None:
    """Nothing would heed it."""
    with pytest.raises(SettingError, match="setting_unused"):
        check_settings({name: "1"})


@pytest.mark.parametrize(
    "given",
    [
        *("GONGKAI_WINDOW=late", "GONGKAI_TODAY=yesterday", "GONGKAI_SEASON=winter"),
        *("GONGKAI_SEASON=0,13", "GONGKAI_MAX_PAGES=1.5", "GONGKAI_MAX_PAGES=many"),
        *("DOWNLOAD_TIMEOUT=-1", "DOWNLOAD_DELAY=nan", "CONCURRENT_REQUESTS=0"),
        *("LOG_LEVEL=loud", "DOWNLOADER_MIDDLEWARES=x", "RETRY_HTTP_CODES=x"),
        *("ROBOTSTXT_OBEY=perhaps", "DUPEFILTER_CLASS=no.such.Class"),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_refused(given: str) -> None:
    """Otherwise each portal would fail with it, or wait for ever."""
    name, _, value = given.partition("=")
    with pytest.raises(SettingError, match=f"setting_.*{name}|window_wrong"):
        check_settings({name: value})


@pytest.mark.parametrize(
    "given",
    [
        *("GONGKAI_WINDOW=22:00-06:00", "GONGKAI_WINDOW=", "GONGKAI_TODAY=2025-01-21"),
        *("GONGKAI_SEASON=1,2", "DOWNLOAD_DELAY=0", "DOWNLOAD_TIMEOUT=0.5", "LOG_LEVEL=DEBUG"),
        *("REDIRECT_PRIORITY_ADJUST=-3", "RETRY_HTTP_CODES=500,502", "ROBOTSTXT_OBEY=False"),
        *('DOWNLOAD_HANDLERS={"ftp": null}', "CONCURRENT_REQUESTS_PER_IP=1", "GONGKAI_CONTACT=我"),
    ],
)
def test_a_value_that_a_setting_can_have(given: str) -> None:
    name, _, value = given.partition("=")
    check_settings({name: value})


def test_every_plain_default_can_be_given() -> None:
    """What Scrapy and we have chosen passes: the check reads values as they do."""
    known = Settings()
    known.setmodule("gongkai.crawler.settings")
    plain = {
        name: str(value)
        for name, value in known.items()
        if isinstance(value, int | float) and not name.startswith(UNUSED_SETTINGS)
    }
    assert len(plain) > 100
    check_settings(plain)
