"""Serving an application on a socket until it is stopped, in this process or in several."""

from __future__ import annotations

import asyncio
import errno
import socket
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import uvicorn

from gongkai.errors import reason_of
from gongkai.publish.datasette_types import AsgiApp
from gongkai.publish.errors import CannotServe
from gongkai.publish.http.path_prefix import Place, answer_below
from gongkai.publish.server.accepting import Acceptor
from gongkai.publish.server.patience import MOST_CONNECTIONS, PatientProtocol
from gongkai.publish.server.workers import Worker, fork_workers

BACKLOG = 128
"""Connections that may wait to be accepted."""

KEEP_ALIVE_SECONDS = 5
"""Between two requests of a connection."""

SHUTDOWN_SECONDS = 10
"""For answers that are under way when the server is stopped."""

LONGEST_HEAD = 1 << 14
"""Bytes of the first line of a request and its headers. A longer one gets 400."""

ROOT = Place.parse("")
"""The site at the root, or where a web server on this machine says that it is."""


class NotStarted(SystemExit):
    """Raised where the application said that it cannot start: uvicorn ends the process then."""


class _Server(uvicorn.Server):
    """A server that may be one of several on a socket."""

    def __init__(self, config: uvicorn.Config, worker: Worker | None) -> None:
        super().__init__(config)
        self._worker = worker

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start the application and take connections."""
        try:
            await super().startup(sockets if self._worker is None else [])
        except SystemExit as ended:
            raise NotStarted(ended.code) from ended
        if self._worker is not None:
            count = self.server_state.connections.__len__
            self.servers += [
                cast(asyncio.Server, Acceptor(each, self._worker, self._make_protocol, count))
                for each in sockets or ()
            ]
            self._worker.serves()

    def _make_protocol(self) -> asyncio.Protocol:
        return PatientProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def on_tick(self, counter: int) -> bool:
        """Do what is done ten times a second."""
        if self._worker is not None:
            self._worker.note(len(self.server_state.connections))
        return await super().on_tick(counter)


def run(
    app: AsgiApp,
    host: str,
    port: int,
    ready: Callable[[str], None] | None = None,
    place: Place = ROOT,
    workers: int = 1,
) -> None:
    """Serve an application until interrupted, in this process or in several.

    Raises:
        CannotServe: The port cannot be used.
        NotStarted: The application cannot start.
        SystemExit: In the process that looked after several others, at their end.
    """
    with listen(host, port) as listening:
        if ready:
            shown = f"[{host}]" if ":" in host else host
            ready(f"http://{shown}:{listening.getsockname()[1]}{place.prefix}/")
        worker = fork_workers(workers) if workers > 1 else None
        config = uvicorn.Config(
            answer_below(app, place),
            proxy_headers=False,  # who asks us is who we trust, not whom that one names
            http=PatientProtocol,
            ws="none",
            log_level="warning",
            server_header=False,
            lifespan="on",
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            h11_max_incomplete_event_size=LONGEST_HEAD,
        )
        # a signal may come after uvicorn has made this coroutine and before it runs: nothing is lost then
        warnings.filterwarnings("ignore", "coroutine 'Server.serve' was never", RuntimeWarning)
        with suppress(KeyboardInterrupt):  # uvicorn has shut down in order, then raises it again
            _Server(config, worker).run(sockets=[listening])


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket.

    Raises:
        CannotServe: The port is in use, or the address is not one of this machine.
    """
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(BACKLOG)
    except OSError as problem:
        listening.close()
        address = f"{host}:{port}"
        if problem.errno == errno.EADDRINUSE:
            raise CannotServe("port_in_use", address=address) from problem
        why = reason_of(problem)
        raise CannotServe("address_refused", address=address, why=why) from problem
    return listening
