"""The day by which reports are due: today in China, or the day that a setting gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from gongkai import clock
from gongkai.crawler.setting_error import SettingError

TODAY_SETTING = "GONGKAI_TODAY"


def due_day(settings: Mapping[str, str]) -> str:
    """Return the day as an ISO date.

    Raises:
        SettingError: The setting is no date.
    """
    given = settings.get(TODAY_SETTING, "")
    if not given:
        return clock.china_today().isoformat()
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError:
        raise SettingError(
            "setting_value_wrong", name=TODAY_SETTING, value=given, default=""
        ) from None
