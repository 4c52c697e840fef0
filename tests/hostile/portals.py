"""A night over many portals of which some are hostile: `python -m tests.hostile.portals [ALL] [HOSTILE]`.

Each hostile portal is so in another way. A table says how every kind ended, with the processor time
and the memory of the night, and whether every good portal beside them was whole.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from gongkai.replica.transport import Answer, Request
from tests.crawler.tiny import HTML, PAGES, served
from tests.hostile.add import held

GONGKAI = Path(sys.executable).with_name("gongkai")
LOOK_SECONDS = 0.2
NAV = '<a href="/zwgk/">政府信息公开</a>'
ROWS = "".join(
    f'<a href="/r{n}.html">某局{2000 + n % 25}年政府信息公开工作年度报告{n}</a>'
    for n in range(3_000)
)
BOMB = b"<html><body>" + b"<p>a" * 14_500_000

QUICK = {
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "False",
    "DOWNLOAD_TIMEOUT": "3",
    "RETRY_TIMES": "2",
    "GONGKAI_RETRY_WAIT": "0.05",
    "GONGKAI_MAX_MINUTES": "0.5",
    "GONGKAI_PAGE_SECONDS": "3",
    "GONGKAI_BLOCK_DELAY": "0",
    "GONGKAI_MAX_PAUSE_MINUTES": "0.1",
}
"""Settings that make a night of real waits one of minutes; the limits of a page are nearly real."""


def page(body: str) -> Answer:
    """Return a page with the navigation of a portal."""
    text = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>某县</title></head><body>{NAV}{body}"
    return Answer(200, HTML, text.encode())


def packed(coding: str, body: bytes) -> Answer:
    """Return an answer with a content coding."""
    return Answer(200, HTML | {"Content-Encoding": coding}, body)


def drip(connection: socket.socket, data: bytes) -> None:
    """Send a byte now and then, for longer than anybody waits."""
    for at in range(60):
        connection.sendall(data[at : at + 1])
        time.sleep(0.5)


def endless(request: Request) -> Answer:
    """Return a page whose links lead to further such pages."""
    name = urlsplit(request.url).path.strip("/")
    return page("".join(f'<a href="/{name}{n}/">政府信息公开目录</a>' for n in range(50)))


def refusing(retry_after: str) -> Callable[[Request], Answer]:
    """Return what answers a home page of rows, and refuses every row."""

    def answer(request: Request) -> Answer:
        if urlsplit(request.url).path == "/":
            return page(ROWS)
        return Answer(429, HTML | {"Retry-After": retry_after}, b"wait")

    return answer


KINDS: dict[str, Answer | Callable[[Request], Answer]] = {
    "group": page(f'<a href="/x/">{"县政府" * 40}x</a>'),
    "column": page(f'<a href="/x/">{"县直部门" * 30}x</a>'),
    "title": page(f"<h1>政府信息公开年度报告{'(1)' * 36}x</h1>"),
    "click": page(f'<b onclick="location={" " * 300_000}">x</b>'),
    "options": page(
        f'<select onchange="{"go(1);" * 4_000}">{"<option value=9>某局" * 2_000}</select>'
        "<script>function go(x){location.href='/a/'+x}</script>"
    ),
    "tables": page("<table><tr><td>" * 3_000 + "1" + "</table>" * 3_000),
    "deep": page("<div>" * 200_000),
    "tags": page("<p>a" * 900_000),
    "script": page("<script" * 8_400),
    "data": Answer(200, HTML, b"cb(" + b"[" * 900_000 + b")" + b" " * 900_000),
    "long": Answer(200, HTML, BOMB[:12_000_000]),
    "gzip": packed("gzip", gzip.compress(BOMB)),
    "deflate": packed("deflate", zlib.compress(BOMB)),
    "twice": packed("gzip, gzip", gzip.compress(gzip.compress(BOMB))),
    "tarpit": refusing("0"),
    "hours": refusing("36000"),
    "drip": Answer(200, HTML, b"<html>" * 100, send=drip),
    "endless": endless,
    "circle": lambda request: Answer(302, HTML | {"Location": request.url + "x"}),
    "broken": Answer(200, HTML, b"x", send=lambda connection, data: connection.sendall(b"HTT")),
}
"""The ways in which a portal is hostile."""


@dataclass(frozen=True, slots=True)
class NightReport:
    """How a night ended: its exit code, seconds, peak of memory in MiB, and the runs by site."""

    code: int
    seconds: float
    mib: int
    runs: dict[str, dict[str, Any]]
    published: bool
    errors: str


def portal_names(total: int, hostile: int) -> list[str]:
    """Return the names of portals; the hostile ones are spread among the good ones."""
    kinds = list(KINDS)
    step = total // hostile if hostile else total + 1
    names = []
    for number in range(total):
        turn = number // step
        is_hostile = number % step == 0 and turn < hostile
        kind = kinds[turn % len(kinds)] if is_hostile else "good"
        names.append(f"{kind}-{number}")
    return names


def answer_for(request: Request) -> Answer:
    """Answer for every portal, by the name of its host."""
    parts = urlsplit(request.url)
    kind = (parts.hostname or "").removeprefix("www.").partition("-")[0]
    if parts.path == "/robots.txt":
        return Answer(404, HTML, b"")
    if kind == "good":
        found = PAGES.get(parts.path)
        return Answer(200 if found else 404, HTML, (str(found) if found else "404").encode())
    answer = KINDS[kind]
    return answer if isinstance(answer, Answer) else answer(request)


def run_night(names: list[str], folder: Path, at_once: int = 4, **settings: str) -> NightReport:
    """Crawl, build and publish these portals as an operator does, into an empty folder."""
    entries = (
        f'["{name}"]\nname = "{name}"\nregion_code = "640221"\nurl = "http://{name}.gov.cn/"\n'
        for name in names
    )
    (folder / "sites.toml").write_text("\n".join(entries), encoding="utf-8")
    given = [f"-s{name}={value}" for name, value in (QUICK | settings).items()]
    kept = ["--db", "a.db", "--snapshots", "originals", "--sites", "sites.toml"]
    with served(answer_for) as transport, (folder / "out").open("w+b") as out:
        proxy = f"http://127.0.0.1:{transport.server_port}"
        command = [
            *(str(GONGKAI), "nightly", *names, *kept, "--publish", "public", "--proxy", proxy),
            *("--at-once", str(at_once), "--json", *given),
        ]
        began, peak = time.monotonic(), 0
        with (folder / "err").open("w+b") as err:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=out,
                stderr=err,
                env=os.environ | {"LANG": "en_US.UTF-8"},
            )
            while process.poll() is None:
                peak = max(peak, held(process.pid))
                time.sleep(LOOK_SECONDS)
        out.seek(0)
        text = out.read().decode("utf-8")
    data = json.loads(text) if text.strip() else {"runs": [], "published": None}
    return NightReport(
        code=process.returncode,
        seconds=time.monotonic() - began,
        mib=peak // 1024,
        runs={run["site"]: run for run in data["runs"]},
        published=data["published"] is not None,
        errors=(folder / "err").read_text(encoding="utf-8")[-2_000:],
    )


def main(total: int = 200, hostile: int = 20) -> int:
    """Run a night and print its table; return 1 where a good portal is not whole."""
    names = portal_names(total, hostile)
    with tempfile.TemporaryDirectory() as place:
        night = run_night(names, Path(place))
    print(f"{'portal':14} {'outcome':12} {'pages':>5} {'hostile':>7} {'seconds':>7}  why")
    for name in names:
        run = night.runs.get(name)
        if run is None:
            print(f"{name:14} no run")
        elif not _is_whole(name, run):
            counts = run["counts"]
            print(
                f"{name:14} {run['outcome']:12} {counts.get('requests', 0):5} "
                f"{counts.get('hostile', 0):7} {_seconds(run):7}  {run['why']}"
            )
    whole = sum(_is_whole(name, run) for name, run in night.runs.items())
    print(f"\n{whole} of {total - hostile} good portals whole")
    print(
        f"night: exit code {night.code}, published: {night.published}, {night.seconds:.0f} s, "
        f"{night.mib} MiB at most in all processes"
    )
    return 0 if whole == total - hostile else 1


def _is_whole(name: str, run: dict[str, Any]) -> bool:
    """Return whether a run is that of a good portal, with all that it has."""
    return name.startswith("good-") and run["outcome"] == "ok" and run["counts"]["reports"] == 1


def _seconds(run: dict[str, Any]) -> int:
    form = "%Y-%m-%dT%H:%M:%SZ"
    ends = (time.mktime(time.strptime(run[name], form)) for name in ("started", "finished"))
    started, finished = ends
    return int(finished - started)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
