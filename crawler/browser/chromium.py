"""Chromium as a process: how it is started, what it uses, and how it is ended.

It is the Chromium of the system, driven by Playwright, and it never gets a network: every request of a
page is taken from it and answered by the crawl (`page_rendering.py`). What would escape meets a proxy
where nobody listens and a resolver without names.
"""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.crawler.browser.browser_errors import BrowserError, RenderingFailed

if TYPE_CHECKING:
    from playwright.async_api import Browser, CDPSession, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
"""Programs that are looked for on the path, in this order."""

NOWHERE = "http://127.0.0.1:9"
"""The port of the discard service: nobody listens there."""

FEATURES_OFF = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
    "msEdgeUpdateLaunchServicesPreferredVersion",
    "msForceBrowserSignIn",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)
"""What Chromium does without. Of two lists the last one counts, so that Playwright's stands here too.

The last two are ours. Each page has a window of its own, and the box for addresses in it would be two
pages of scripts, which take more processor time than most pages of portals.
"""

ARGUMENTS = (
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--blink-settings=imagesEnabled=false",
    "--js-flags=--max-old-space-size=512",
    "--renderer-process-limit=2",
    "--disable-gpu",
    "--disable-quic",
    "--no-pings",
    "--dns-prefetch-disable",
)
START_MILLISECONDS = 120_000.0
END_SECONDS = 5.0
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MAX_CAUSE_CHARS = 300


@dataclass(frozen=True, slots=True)
class BrowserProgram:
    """Which Chromium is started. `path` is "" for the one on the path."""

    path: str = ""
    has_sandbox: bool = True


@dataclass(frozen=True, slots=True)
class BrowserUse:
    """What the browser uses: memory in bytes, and seconds of processor time by process of a page."""

    memory: int
    seconds: dict[int, float]


def find_program(path: str) -> str:
    """Return the path of the browser, "" where there is none."""
    return next(filter(None, map(shutil.which, (path,) if path else NAMES)), "")


def is_available(path: str) -> bool:
    """Return whether the extra [browser] is installed and a browser is there."""
    return find_spec("playwright") is not None and bool(find_program(path))


class Chromium:
    """One running Chromium."""

    def __init__(self, playwright: Playwright, browser: Browser, control: CDPSession) -> None:
        self._playwright = playwright
        self.browser = browser
        self._control = control
        self._pids: set[int] = set()
        self._group = 0

    @classmethod
    async def start(cls, program: BrowserProgram) -> Chromium:
        """Start the browser of the system.

        Raises:
            BrowserError: It is not there, or cannot be started.
        """
        if find_spec("playwright") is None:
            raise BrowserError("browser_not_installed")
        executable = find_program(program.path)
        if not executable:
            raise BrowserError("browser_not_found", path=program.path or ", ".join(NAMES))
        from playwright.async_api import Error, async_playwright  # late: an extra

        with _any_address_space():
            playwright = await async_playwright().start()
            try:
                browser = await playwright.chromium.launch(
                    executable_path=executable,
                    args=list(ARGUMENTS),
                    chromium_sandbox=program.has_sandbox,
                    proxy={"server": NOWHERE},
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=START_MILLISECONDS,
                )
                started = cls(playwright, browser, await browser.new_browser_cdp_session())
                await started.measure()
            except (Error, RenderingFailed) as problem:
                await playwright.stop()
                why = _reason_of(str(problem))
                key = "browser_sandbox_refused" if "sandbox" in why else "browser_not_started"
                raise BrowserError(key, path=executable, why=why) from problem
        return started

    async def measure(self) -> BrowserUse:
        """Return what the browser uses now; it answers also while a page computes.

        Raises:
            RenderingFailed: The browser has ended.
        """
        from playwright.async_api import Error

        try:
            found = await self._control.send("SystemInfo.getProcessInfo")
        except Error as problem:
            raise RenderingFailed("the browser has ended") from problem
        processes = [
            (each["type"], int(each["id"]), each["cpuTime"]) for each in found["processInfo"]
        ]
        self._pids |= {pid for _, pid, _ in processes}
        if not self._group:
            main = next((pid for kind, pid, _ in processes if kind == "browser"), 0)
            self._group = _group_of(main)
        memory = sum(_resident_bytes(pid) for _, pid, _ in processes)
        return BrowserUse(
            memory, {pid: float(seconds) for kind, pid, seconds in processes if kind == "renderer"}
        )

    def kill(self) -> None:
        """End all its processes now."""
        if self._group and self._group != os.getpgrp():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
        self._group = 0

    async def close(self) -> None:
        """End the browser and what drives it."""
        from playwright.async_api import Error

        with suppress(Error, TimeoutError):
            await asyncio.wait_for(self.browser.close(), END_SECONDS)
        self.kill()
        with suppress(Error, TimeoutError):
            await asyncio.wait_for(self._playwright.stop(), END_SECONDS)


@contextmanager
def _any_address_space() -> Iterator[None]:
    """Start programs without the limit of this process: Chromium reserves terabytes that it never uses."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid) if pid else 0
    except ProcessLookupError:
        return 0


def _resident_bytes(pid: int) -> int:
    """Return the memory of a process that it shares with no file, 0 where it has ended."""
    try:
        _, resident, shared, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return 0
    return (int(resident) - int(shared)) * PAGE_BYTES


def _reason_of(text: str) -> str:
    """Return the line of an error of Playwright that says most: what the browser wrote, if anything."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = [line for line in lines if "ERROR:" in line or "sandbox" in line.lower()]
    return " ".join((said or lines or [""])[0].split())[:MAX_CAUSE_CHARS]
