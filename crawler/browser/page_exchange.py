"""What a page in the browser asks for, what it gets, and what it was in the end: plain data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from gongkai.crawler.browser.page_state import PageState


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request of a page. `kind` is document, script, xhr or fetch; header names are in lower case.

    `is_clicked` tells that it came after the first click, so that the page itself was there.
    """

    url: str
    method: str
    kind: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_clicked: bool = False


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """The answer for a page, without content coding.

    `url` is the address after redirects, `snapshot` the id of the record that is kept of it.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    snapshot: str = ""


Fetch = Callable[[PageRequest], Awaitable[PageAnswer | None]]
"""Gets an answer for a page; None where there is none, or the request may not be sent."""


@dataclass(frozen=True, slots=True)
class RenderingLimits:
    """What one page may use.

    Seconds of processor time; of the clock, without those in which the page waits for answers; of
    silence after which a page counts as complete. Requests, pages turned by `clicks`, and `doors`
    (clicks on what has no address) in numbers; `page_bytes` is the longest page, and `memory` what
    the whole browser may use, both in bytes.
    """

    seconds: float = 20.0
    wall: float = 120.0
    quiet: float = 0.5
    requests: int = 100
    clicks: int = 60
    doors: int = 100
    page_bytes: int = 4 << 20
    memory: int = 2 << 30


Clicks = Literal["none", "doors", "all"]
"""What is clicked on a page: nothing, what opens other pages, or also what turns the pages of its lists."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What clicks on a page showed; the fields are those of a rendering."""

    states: tuple[PageState, ...]
    led_to: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Rendering:
    """A page after its scripts ran.

    `document` is the answer that it was made from: scripts may have led to another one. `states` are
    the page as it was first, and after each click on a control for the next page of its list.
    `led_to` are addresses to which such a click leads. `is_cut` tells that a limit was met, and that there
    is more behind the last state, `is_loop` that the scripts of the page led on without an end.
    """

    document: PageAnswer
    states: tuple[PageState, ...]
    led_to: tuple[str, ...] = ()
    is_cut: bool = False
    is_loop: bool = False
