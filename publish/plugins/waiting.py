"""Dear addresses wait in line, so that they never keep a report waiting."""

from __future__ import annotations

from collections.abc import Mapping

import datasette.utils.asgi as stock

from gongkai.publish.datasette_types import AsgiApp, Datasette, Message, Receive, Scope, Send
from gongkai.publish.http.path_prefix import CLIENT
from gongkai.publish.queries.dear_addresses import Kind, kind_of
from gongkai.publish.queries.waiting_line import ANYBODY, LineFull, WaitingLine
from gongkai.publish.views.error_view import error_page


def wait_in_line(datasette: Datasette, app: AsgiApp, lines: Mapping[Kind, WaitingLine]) -> AsgiApp:
    """Return `app`, in which dear addresses wait for a place in the line of their kind.

    A place is kept until an answer begins: what is sent in parts has bounds of its own.
    """
    base = str(datasette.setting("base_url"))

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        kind = None
        if scope["type"] == "http":
            path = "/" + scope["path"].removeprefix(base).lstrip("/")
            kind = kind_of(path, scope["query_string"].decode("latin-1"))
        if kind is None:
            await app(scope, receive, send)
            return
        client, line = scope.get(CLIENT, ANYBODY), lines[kind]
        try:
            await line.enter(client)
        except LineFull as problem:
            # Datasette, which was not asked yet, would have added a token for its forms
            request = stock.Request({**scope, "csrftoken": lambda: ""}, receive)
            response = await error_page(datasette, request, problem)
            await response.asgi_send(send)
            return
        is_inside = True

        async def send_on(message: Message) -> None:
            nonlocal is_inside
            if is_inside:
                is_inside = False
                line.leave(client)
            await send(message)

        try:
            await app(scope, receive, send_on)
        finally:
            if is_inside:
                line.leave(client)

    return answer
