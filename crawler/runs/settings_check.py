"""Checking the settings that an operator gives as NAME=VALUE, before any portal is asked."""

from __future__ import annotations

from collections.abc import Mapping

from scrapy.settings import Settings

from gongkai.crawler.setting_error import SettingError

OWN_PREFIX = "GONGKAI_"


def check_settings(given: Mapping[str, str]) -> None:
    """Check the names of our own settings, and that numbers and switches have such values.

    Raises:
        SettingError: There is no setting of ours with this name, or it cannot have this value.
    """
    known = Settings()
    known.setmodule("gongkai.crawler.settings")
    for name, value in given.items():
        if name.startswith(OWN_PREFIX) and name not in known:
            ours = ", ".join(sorted(key for key in known if key.startswith(OWN_PREFIX)))
            raise SettingError("setting_unknown", name=name, known=ours)
        try:
            _parse_value(known.get(name), value)
        except ValueError:
            raise SettingError(
                "setting_value_wrong", name=name, value=value, default=str(known[name])
            ) from None


def _parse_value(default: object, value: str) -> None:
    if isinstance(default, bool):
        Settings({"x": value}).getbool("x")
    elif isinstance(default, (int, float)):
        float(value)
