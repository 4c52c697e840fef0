"""Checking the settings that an operator gives as NAME=VALUE, before any portal is asked."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Collection, Mapping
from datetime import date
from difflib import get_close_matches

from scrapy.settings import Settings
from scrapy.utils.misc import load_object

from gongkai.crawler.components.throttle import parse_window
from gongkai.crawler.setting_error import SettingError

OWN_PREFIX = "GONGKAI_"

WITHOUT_DEFAULT = ("CONCURRENT_REQUESTS_PER_IP", "META_COPY_WARN_SKIP_KEYS")
"""Settings that Scrapy reads and does not list among its defaults."""

UNUSED_SETTINGS = (
    "COOKIES_",
    "FEED",
    "HTTPCACHE_",
    "MEMDEBUG_",
    "REMOTE_CONTROL_",
    "TELNETCONSOLE_",
)
"""How the settings begin of components that crawls do not load; see `crawler/settings.py`."""

AT_LEAST_ONE = (
    "CONCURRENT_REQUESTS",
    "CONCURRENT_REQUESTS_PER_DOMAIN",
    "CONCURRENT_ITEMS",
    "REACTOR_THREADPOOL_MAXSIZE",
)
"""Numbers with which nothing would be fetched at 0: the crawl would wait for ever."""

_MEASURED = ("DELAY", "TIMEOUT", "SECONDS", "MINUTES", "INTERVAL", "AFTER", "WAIT", "JITTER")
"""Parts of the names of settings that are measured and not counted: fractions are allowed."""

_SIGNED = ("PRIORITY", "ADJUST")
"""Ends of the names of settings that may be negative."""

_OWN_CLASSES = ("gongkai.", "scrapy.", "twisted.")


def check_settings(given: Mapping[str, str]) -> None:
    """Check that every setting exists and can have its value.

    Scrapy passes over a name that it does not know: a misspelt delay would be no delay.

    Raises:
        SettingError: There is no setting with this name, it cannot have this value, or nothing heeds it.
    """
    known = Settings()
    known.setmodule("gongkai.crawler.settings")
    for name, value in given.items():
        if name.startswith(UNUSED_SETTINGS):
            raise SettingError("setting_unused", name=name)
        if name not in known and name not in WITHOUT_DEFAULT:
            raise _unknown(name, {*known, *WITHOUT_DEFAULT})
        try:
            _parse_value(name, known.get(name), value)
        except (ValueError, TypeError):
            default = str(known.get(name, ""))
            if not default:
                raise SettingError("setting_value_invalid", name=name, value=value) from None
            raise SettingError(
                "setting_value_wrong", name=name, value=value, default=default
            ) from None


def _unknown(name: str, known: Collection[str]) -> SettingError:
    """Return the error for an unknown name, with the name that was meant as far as it can be told."""
    near = get_close_matches(name.upper(), sorted(known), n=1, cutoff=0.75)
    if not near and not name.upper().startswith(OWN_PREFIX):
        near = [each for each in [f"{OWN_PREFIX}{name.upper()}"] if each in known]
    if near:
        return SettingError("setting_misspelt", name=name, near=near[0])
    ours = ", ".join(sorted(key for key in known if key.startswith(OWN_PREFIX)))
    return SettingError("setting_unknown", name=name, known=ours)


def _parse_value(name: str, default: object, value: str) -> None:
    """Read a value as the crawl will; raise ValueError or TypeError where it cannot be read."""
    settings = Settings({"x": value})
    if own := _OWN_VALUES.get(name):
        own(value)
    elif isinstance(default, bool):
        settings.getbool("x")
    elif isinstance(default, int | float):
        _parse_number(name, default, value)
    elif isinstance(default, Mapping):
        settings.getdict("x")
    elif isinstance(default, list) and default and all(isinstance(each, int) for each in default):
        list(map(int, settings.getlist("x")))
    elif isinstance(default, str) and default.startswith(_OWN_CLASSES):
        _load(value)


def _parse_number(name: str, default: int | float, value: str) -> None:
    is_measured = isinstance(default, float) or any(part in name for part in _MEASURED)
    number = float(value) if is_measured else int(value)
    if not math.isfinite(number) or (number < 0 and not name.endswith(_SIGNED)):
        raise ValueError(value)
    if number < 1 and name in AT_LEAST_ONE:
        raise ValueError(value)


def _parse_log_level(value: str) -> None:
    if value not in logging.getLevelNamesMapping() and not value.isdecimal():
        raise ValueError(value)


def _parse_day(value: str) -> None:
    if value:
        date.fromisoformat(value)


def _parse_months(value: str) -> None:
    months = list(map(int, Settings({"x": value}).getlist("x")))
    if not all(1 <= month <= 12 for month in months):
        raise ValueError(value)


def _load(path: str) -> None:
    try:
        load_object(path)
    except (ImportError, NameError) as problem:
        raise ValueError(path) from problem


_OWN_VALUES: Mapping[str, Callable[[str], object]] = {
    "GONGKAI_SEASON": _parse_months,
    "GONGKAI_TODAY": _parse_day,
    "GONGKAI_WINDOW": parse_window,
    "LOG_LEVEL": _parse_log_level,
}
"""Settings whose values are more than their type says."""
