"""The licence of the published data. Its explanation is the text `licence_about`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Licence:
    """The terms under which something may be used: SPDX name, title and URL."""

    name: str
    title: str
    path: str


DATA_LICENCE = Licence(
    "CC-BY-4.0",
    "Creative Commons Attribution 4.0 International",
    "https://creativecommons.org/licenses/by/4.0/",
)
