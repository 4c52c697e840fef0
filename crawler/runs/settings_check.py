"""Settings that an operator gives as NAME=VALUE, looked at before anything is asked of a portal."""

from __future__ import annotations

from collections.abc import Mapping

from scrapy.settings import Settings

OWN_PREFIX = "GONGKAI_"


def check_settings(given: Mapping[str, str]) -> None:
    """Raises ValueError for one of our settings that there is not, and for a value that is no
    number, or no yes or no, where one is needed.
    """
    known = Settings()
    known.setmodule("gongkai.crawler.settings")
    for name, value in given.items():
        if name.startswith(OWN_PREFIX) and name not in known:
            ours = ", ".join(sorted(key for key in known if key.startswith(OWN_PREFIX)))
            raise ValueError(f"there is no setting {name}; ours are {ours}")
        try:
            _read(known.get(name), value)
        except ValueError:
            raise ValueError(
                f"{name} cannot be {value!r}; by default it is {known[name]}"
            ) from None


def _read(default: object, value: str) -> None:
    if isinstance(default, bool):
        Settings({"x": value}).getbool("x")
    elif isinstance(default, (int, float)):
        float(value)
