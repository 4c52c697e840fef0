"""What went wrong, in words for the reader: whose fault it is decides the status."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from gongkai.publish.http.query_args import BadValue, TooMany

ASKED_WRONGLY = (ValueError, OverflowError, sqlite3.IntegrityError)
"""What Datasette and SQLite raise for a number too large, or for words where a number should be."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A status, its name in words, and what to say."""

    status: int
    heading: str
    message: str


def explain(exception: Exception, request: Any, t: Callable[..., str]) -> Trouble:
    """Return what to tell the reader. What is our own fault is logged, and told as little of."""
    if isinstance(exception, PermissionError):
        return Trouble(403, t("error_403"), t("error_403_about"))
    if isinstance(exception, QueryInterrupted) or _interrupted(exception):
        return Trouble(400, t("error_400"), t("too_slow"))
    if isinstance(exception, BadValue):
        return Trouble(400, t("error_400"), t("bad_value", value=exception.args[0]))
    if isinstance(exception, TooMany):
        about = t("too_many", given=exception.given, most=exception.most)
        return Trouble(400, t("error_400"), about)
    if isinstance(exception, Base400):
        return _refused(exception.status, str(exception.args[0]) if exception.args else "", t)
    if isinstance(exception, DatasetteError):
        return _datasette(exception, t)
    if isinstance(exception, sqlite3.ProgrammingError):
        # a row of a table with a compound key, asked for by a part of it
        return Trouble(404, t("error_404"), t("error_404_about"))
    if isinstance(exception, ASKED_WRONGLY) and request.query_string:
        # the query string is all a reader gives; Datasette takes parts of it apart unchecked
        LOG.warning("%s: %r", request.full_path, exception)
        return Trouble(400, t("error_400"), t("error_400_about"))
    LOG.error("%s", request.full_path, exc_info=exception)
    return Trouble(500, t("error_500"), t("error_500_about"))


def _interrupted(exception: BaseException | None) -> bool:
    return isinstance(exception, sqlite3.OperationalError) and "interrupted" in str(exception)


def _refused(status: int, message: str, t: Callable[..., str]) -> Trouble:
    heading = t(f"error_{status}") if status in (400, 403, 404) else t("error_400")
    # Datasette's own sentences are English and short: ours stand in for them
    ours = any("\u4e00" <= character <= "\u9fff" for character in message)
    about = message if ours or message.endswith(".") else t(f"error_{status}_about")
    return Trouble(status, heading, about)


def _datasette(error: DatasetteError, t: Callable[..., str]) -> Trouble:
    """Return what a DatasetteError means: its 500s on table pages are about the request too."""
    if error.title == "SQL Interrupted":
        return Trouble(400, t("error_400"), t("too_slow"))
    status = error.status if error.status in (403, 404) else 400
    LOG.warning("%s", error.message)
    return Trouble(status, t(f"error_{status}"), t(f"error_{status}_about"))
