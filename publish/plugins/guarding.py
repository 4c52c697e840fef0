"""The headers and refusals of all answers, as the site of an instance wants them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from gongkai.catalogue import text
from gongkai.publish.datasette_types import AsgiApp, Datasette, Receive, Scope, Send
from gongkai.publish.http.security import guard
from gongkai.publish.http.validators import add_validators
from gongkai.publish.plugins.served_state import state_of
from gongkai.publish.plugins.table_addresses import repeat_arguments
from gongkai.publish.plugins.waiting import wait_in_line
from gongkai.publish.site import site_of


def guard_answers(
    datasette: Datasette, app: AsgiApp, *, covers: Callable[[str, str], bool]
) -> AsgiApp:
    """Return `app` with security headers and, if the archive is alone, validators on its answers.

    Dear addresses wait in the lines of the site, if it has some.
    """
    base = str(datasette.setting("base_url"))

    @cache
    def guarded() -> AsgiApp:
        site = site_of(datasette)
        refusals = {
            404: text(site.lang, "page_not_found"),
            405: text(site.lang, "only_get_supported"),
            414: text(site.lang, "address_too_long"),
        }
        inner = repeat_arguments(app)
        inner = wait_in_line(datasette, inner, site.lines) if site.lines else inner
        if site.is_alone:
            inner = add_validators(inner, state_of(datasette))
        return guard(inner, base, covers, refusals, has_accounts=not site.is_alone)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # Datasette wraps its application before anybody can say how it is to be shown
        await guarded()(scope, receive, send)

    return answer
