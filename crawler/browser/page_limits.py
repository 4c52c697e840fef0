"""What a page takes of the machine, watched from outside: it answers also while the page computes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from gongkai.crawler.browser.browser_errors import RenderingFailed
from gongkai.crawler.browser.chromium import BrowserUse, Chromium
from gongkai.crawler.browser.page_exchange import RenderingLimits

LOOK_SECONDS = 0.25


async def watch_use(
    chromium: Chromium,
    limits: RenderingLimits,
    before: BrowserUse,
    is_waiting: Callable[[], bool],
) -> str:
    """Return what a page has exceeded as soon as it does: time or memory; "" where the browser ends.

    `before` is what the browser had used before the page. Time in which the page only waits for an
    answer (`is_waiting`) does not count.
    """
    spent, last = 0.0, time.monotonic()
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = time.monotonic()
        spent += 0.0 if is_waiting() else now - last
        last = now
        try:
            use = await asyncio.wait_for(chromium.measure(), limits.wall)
        except RenderingFailed:
            return ""
        except TimeoutError:
            return "time"
        seconds = sum(
            used - before.seconds.get(process, 0.0) for process, used in use.seconds.items()
        )
        if use.memory > limits.memory:
            return "memory"
        if seconds > limits.seconds or spent > limits.wall:
            return "time"
