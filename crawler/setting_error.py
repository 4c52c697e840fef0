"""The error of a setting that cannot be used."""

from __future__ import annotations

from gongkai.errors import GongkaiError


class SettingError(GongkaiError):
    """A setting, such as the address of the proxy, that cannot be used."""
