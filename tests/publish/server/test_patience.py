"""Clients that are slow on purpose: the server ends every wait for them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial

import pytest
import uvicorn
from uvicorn.server import ServerState

from gongkai.publish.datasette_types import Receive, Scope, Send
from gongkai.publish.server import patience
from gongkai.publish.server.patience import PatientProtocol

LARGE = 1 << 24
PATIENCE = 0.6
"""Seconds that the server waits in these tests."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path, or with many bytes at `/large`."""
    size = LARGE if scope["path"] == "/large" else 2
    headers = [(b"content-length", str(size).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for _ in range(size // 65536 or 1):
        await send(
            {
                "type": "http.response.body",
                "body": b"x" * min(size, 65536),
                "more_body": size > 65536,
            }
        )
    if size > 65536:
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def state(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[ServerState, int]]:
    """Run a server with little patience, and yield its state with its port."""
    monkeypatch.setattr(patience, "REQUEST_SECONDS", PATIENCE)
    monkeypatch.setattr(patience, "ANSWER_SECONDS", PATIENCE)
    monkeypatch.setattr(patience, "MOST_CONNECTIONS", 3)
    config = uvicorn.Config(app, http=PatientProtocol, ws="none", lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    protocol = partial(PatientProtocol, config=config, server_state=state, app_state={})
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    yield state, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()


@pytest.fixture
def port(state: tuple[ServerState, int]) -> int:
    """Return the port of the server."""
    return state[1]


async def to_the_end(reader: asyncio.StreamReader) -> bytes:
    """Return all that a server says. It may end the connection while another byte is on its way to it."""
    told = b""
    with suppress(ConnectionResetError):
        while block := await reader.read(1000):
            told += block
    return told


async def slowly(port: int, request: bytes) -> tuple[bytes, float]:
    """Send a request a byte at a time; return the answer, and after how many seconds it ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = time.monotonic()
    answer = asyncio.create_task(to_the_end(reader))
    for byte in request:
        if answer.done():
            break
        writer.write(bytes([byte]))
        await asyncio.wait([answer], timeout=PATIENCE / 10)
    told = await asyncio.wait_for(answer, 20)
    writer.close()
    return told, time.monotonic() - began


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"", b"408"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Slow: yes\r\n" * 50, b"408"),
        (b"GET /" + b"a" * 500, b"408"),
    ],
    ids=["nothing", "headers", "address"],
)
async def test_a_request_that_does_not_end(port: int, request_: bytes, status: bytes) -> None:
    """A byte now and then does not buy time."""
    answer, seconds = await slowly(port, request_)
    assert answer.split(b" ")[1] == status
    assert seconds < 20


async def test_a_body_that_does_not_end(port: int) -> None:
    """The answer is sent before the body, which nobody reads; then the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
    answer = asyncio.create_task(reader.read())
    for _ in range(500):
        if answer.done():
            break
        writer.write(b"x")
        await asyncio.wait([answer], timeout=PATIENCE / 10)
    assert (await asyncio.wait_for(answer, 20)).startswith(b"HTTP/1.1 200")
    writer.close()


async def test_a_client_that_does_not_read(state: tuple[ServerState, int]) -> None:
    """The server does not hold the rest of the answer for it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", state[1], limit=1024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    end = time.monotonic() + 20
    while state[0].connections:
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
    with pytest.raises(ConnectionResetError):  # the system does not hold it either
        await reader.read()
    writer.close()


async def test_good_clients_are_served_again_and_again(port: int) -> None:
    """Several requests on a connection, for longer than the server waits for one of them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(4):
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        assert head.startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(2) == b"xx"
        await asyncio.sleep(PATIENCE / 3)
    writer.close()


async def test_connections_beyond_the_limit_are_closed(port: int) -> None:
    """Those that are open stay."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(5)]
    await asyncio.sleep(0.1)
    reader, writer = opened[0]
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    refused = 0
    for other, _ in opened[3:]:
        try:
            refused += await asyncio.wait_for(other.read(), 20) == b""
        except ConnectionResetError:
            refused += 1
    assert refused == 2
    for _, each in opened:
        each.close()


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\x00\x01garbage\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
async def test_what_is_no_request_gets_400_at_most(port: int, request_: bytes) -> None:
    """Nothing that a socket can send is an error of the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request_)
    try:
        answer = await asyncio.wait_for(reader.read(), 20)
    except ConnectionResetError:  # closed with bytes that were not read
        answer = b""
    assert b"HTTP/1.1 5" not in answer
    writer.close()
