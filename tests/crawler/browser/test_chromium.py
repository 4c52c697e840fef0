"""Chromium as it is started: what it does without, and what it does not start."""

from __future__ import annotations

import os
from pathlib import Path

from gongkai.crawler.browser.chromium import FEATURES_OFF, BrowserProgram, Chromium

SWITCH = "--disable-features="


async def test_a_page_is_rendered_and_nothing_beside_it() -> None:
    """A window has pages of its own, for what a person types; Playwright's list stays whole."""
    chromium = await Chromium.start(BrowserProgram(has_sandbox=False))
    try:
        page = await chromium.browser.new_page()
        await page.set_content("<p>1</p>")
        control = await chromium.browser.new_browser_cdp_session()
        targets = (await control.send("Target.getTargets", {"filter": [{}]}))["targetInfos"]
        processes = (await control.send("SystemInfo.getProcessInfo"))["processInfo"]
        (main,) = (each["id"] for each in processes if each["type"] == "browser")
        first, last = switched_off(main)
    finally:
        await chromium.close()
    assert {each["type"] for each in targets} <= {"page", "tab"}
    assert first < last == set(FEATURES_OFF)


def switched_off(pid: int) -> list[set[str]]:
    """Return the features of each list that a process was started with."""
    words = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).replace("\0", " ").split()
    return [set(word.removeprefix(SWITCH).split(",")) for word in words if word.startswith(SWITCH)]
