"""How long the server waits for a client: for a request, for its body, for an answer to be taken.

uvicorn only limits the pause between two requests. A client that sends a byte a second, or that
never reads what it asked for, would hold its connection for ever.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""From the first byte of a request, or from the connection, to the end of the request."""

ANSWER_SECONDS = 60.0
"""In which a client must take the part of an answer that is in memory, some ten kilobytes."""

MOST_CONNECTIONS = 400
"""Connections that are open at once. Further ones are closed before anything is read."""

DROP_THE_REST = struct.pack("ii", 1, 0)
"""A value of SO_LINGER: end the connection at once, with what was not sent."""

TIMED_OUT = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class PatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with an end to every wait for the client."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin without a wait."""
        super().__init__(*args, **kwargs)
        self._request_end: asyncio.TimerHandle | None = None
        self._answer_end: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection if there are not too many, and wait for a request."""
        if len(self.connections) >= MOST_CONNECTIONS:
            self.transport = transport
            transport.abort()
            return
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        """Read on. The wait for a request does not begin again with each byte."""
        self._await_request()
        try:
            super().data_received(data)
        except h11.LocalProtocolError:  # what follows a request is none, and the answer has begun
            self.transport.abort()
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._stop_request_timer()

    def on_response_complete(self) -> None:
        """End the wait for the answer when it is taken, at the latest after `ANSWER_SECONDS`."""
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self._await_reader()

    def pause_writing(self) -> None:
        """Wait for the client to take what was sent."""
        super().pause_writing()
        self._await_reader()

    def resume_writing(self) -> None:
        """Send on."""
        self._stop_answer_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_request_timer()
        self._stop_answer_timer()
        if self.flow is not None:  # the connection was accepted
            super().connection_lost(exc)

    def _await_request(self) -> None:
        if self._request_end is None:
            self._request_end = self.loop.call_later(REQUEST_SECONDS, self._give_up_request)

    def _await_reader(self) -> None:
        if self._answer_end is None:
            self._answer_end = self.loop.call_later(ANSWER_SECONDS, self._give_up_answer)

    def _give_up_request(self) -> None:
        """Close a connection whose request did not come to its end."""
        if self.conn.our_state is h11.IDLE and not self.transport.is_closing():
            self.transport.write(TIMED_OUT)
        self.transport.close()
        self._await_reader()

    def _give_up_answer(self) -> None:
        """Drop a connection whose client does not read; other data may have been sent meanwhile."""
        self._answer_end = None
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            # otherwise the system would keep the megabytes that it has taken, and offer them for long
            own = self.transport.get_extra_info("socket")
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROP_THE_REST)
            self.transport.abort()

    def _stop_request_timer(self) -> None:
        if self._request_end is not None:
            self._request_end.cancel()
            self._request_end = None

    def _stop_answer_timer(self) -> None:
        if self._answer_end is not None:
            self._answer_end.cancel()
            self._answer_end = None
