"""Why a page could not be rendered."""

from __future__ import annotations

from gongkai.errors import GongkaiError


class BrowserError(GongkaiError):
    """There is no browser that can be started; the message says what to do."""


class PageTooCostly(Exception):
    """A page took more than it may; `limit` names it: time or memory."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class RenderingFailed(Exception):
    """The browser ended, or did not do what it was asked, without a fault of the page that is known."""
