"""A line before what is dear: who is served, who waits, who is sent away."""

from __future__ import annotations

import asyncio

import pytest

from gongkai.publish.queries.dear_addresses import kind_of
from gongkai.publish.queries.waiting_line import LineFull, LineSize, WaitingLine

SIZE = LineSize(served=2, served_of_one=1, waiting=5, waiting_of_one=3, patience=30)
DIGEST = "0" * 64


class Clients:
    """Clients that enter a line, in the order in which they were admitted."""

    def __init__(self, size: LineSize = SIZE) -> None:
        self.line = WaitingLine(size)
        self.admitted: list[str] = []
        self.sent_away: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, *clients: str) -> None:
        """Let clients come one after another."""
        for client in clients:
            self.tasks.append(asyncio.create_task(self._enter(client)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def _enter(self, client: str) -> None:
        try:
            await self.line.enter(client)
        except LineFull:
            self.sent_away.append(client)
        else:
            self.admitted.append(client)

    async def go(self, *clients: str) -> None:
        """Let clients go that were admitted."""
        for client in clients:
            self.line.leave(client)
            await asyncio.sleep(0)
            await asyncio.sleep(0)


async def test_one_client_leaves_a_place_to_others() -> None:
    """It is served one at a time, and waits in turn with the others."""
    clients = Clients()
    await clients.come("a", "a", "a", "b", "c", "c")
    assert clients.admitted == ["a", "b"]
    await clients.go("a", "b")
    assert clients.admitted == ["a", "b", "a", "c"]
    await clients.go("a", "c", "a", "c")
    assert clients.admitted == ["a", "b", "a", "c", "a", "c"]
    assert clients.sent_away == []
    await clients.come("d", "e")
    assert clients.admitted[-2:] == ["d", "e"]


async def test_who_is_sent_away() -> None:
    """One client waits at most three times, all together five; then there is room again."""
    clients = Clients()
    await clients.come(*"aaaaa", "b", "b", "b", "c")
    assert clients.admitted == ["a", "b"]
    assert clients.sent_away == ["a", "c"]
    await clients.go("a", "b", "a", "b", "a", "b", "a")
    assert sorted(clients.admitted) == list("aaaabbb")
    await clients.come("c", "c")
    assert clients.admitted[-1] == "c"


async def test_clients_that_are_not_known_share_all_places() -> None:
    """A web server that names nobody is not taken for one greedy client."""
    clients = Clients()
    await clients.come(*[""] * 8)
    assert (len(clients.admitted), len(clients.sent_away)) == (2, 1)


async def test_who_goes_while_waiting_takes_no_place() -> None:
    """Neither somebody whose connection ended, nor somebody who waited too long."""
    clients = Clients(LineSize(1, 1, 5, 5, patience=0.05))
    await clients.come("a", "b", "c")
    clients.tasks[1].cancel()
    await asyncio.gather(*clients.tasks, return_exceptions=True)
    assert (clients.admitted, clients.sent_away) == (["a"], ["c"])
    await clients.go("a")
    await clients.come("d")
    assert clients.admitted == ["a", "d"]


async def test_a_place_given_to_somebody_who_just_went_is_given_on() -> None:
    clients = Clients(LineSize(1, 1, 5, 5))
    await clients.come("a", "b", "c")
    clients.line.leave("a")  # b has the place, and does not know it yet
    clients.tasks[1].cancel()
    await asyncio.gather(*clients.tasks, return_exceptions=True)
    assert clients.admitted == ["a", "c"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/", None),
        ("/report/pingluo-2024", None),
        ("/report/pingluo-2024?as_of=2025-01-01", "drawing"),
        ("/report/pingluo-2024.csv", None),
        ("/agency/pingluo", None),
        ("/region/640000?of=bodies", None),
        ("/region/640000?as_of=2025-01-01", "question"),
        ("/static/site.css?v=1", None),
        ("/download/archive.db.gz", None),
        ("/names.json?q=p", None),
        ("/search", None),
        ("/search?q=公", "question"),
        ("/search.json?q=公", "question"),
        ("/search.atom?q=公", "question"),
        ("/search.csv", "question"),
        ("/compare", None),
        ("/compare?region=640000", "question"),
        ("/table.xlsx", "question"),
        ("/table?measure=refused", "question"),
        ("/map?measure=refused", "question"),
        ("/embed/map/chart/map?measure=refused", None),
        ("/checks", None),
        ("/checks?rule=x", "question"),
        ("/changes.csv", "question"),
        ("/archive/reports", None),
        ("/archive/reports?year=2024", "question"),
        ("/archive/reports.csv", "question"),
        ("/feeds/reports.atom", None),
        ("/feeds/reports.atom?region=64", "question"),
        ("/sql?sql=select+1", None),
        ("/proof/pingluo-2024/requests/new/total", "drawing"),
        (f"/viewer/{DIGEST}/page/1.png", "drawing"),
        ("/edit/pingluo-2024/2025-03-01T01:30:00Z", "drawing"),
        ("/region/640000/chart/refused.png", "drawing"),
        ("/region/640000/chart/refused.svg", None),
    ],
)
def test_what_is_dear(address: str, kind: str | None) -> None:
    path, _, query = address.partition("?")
    assert kind_of(path, query) == kind
