"""Error pages: the status and the text for an exception. An invalid request is never a 500."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import dataclass

from datasette.database import QueryInterrupted
from datasette.utils.asgi import Base400
from datasette.views.base import DatasetteError

from gongkai.publish.datasette_types import Request, Translator
from gongkai.publish.http.error_codes import BY_STATUS
from gongkai.publish.http.known_then import TooLargeThen
from gongkai.publish.http.query_args import BadValue, TooManyValues, UnknownParameters
from gongkai.publish.queries.waiting_line import LineFull

INVALID_REQUEST = (ValueError, OverflowError, sqlite3.IntegrityError)
"""What Datasette and SQLite raise for a number too large, or for words where a number should be."""

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorText:
    """The HTTP status of an error page, its heading and its text, and its code for programs.

    `parameters` are the unknown names of a query string, where these are what is wrong.
    """

    status: int
    heading: str
    message: str
    code: str = ""
    parameters: tuple[str, ...] = ()

    @property
    def known_code(self) -> str:
        """The code, by default the one of the status."""
        return self.code or BY_STATUS[self.status]


def explain_error(exception: Exception, request: Request, t: Translator) -> ErrorText:
    """Return what to tell the reader. Server errors are logged and shown without details."""
    if isinstance(exception, LineFull):
        return ErrorText(503, t("error_503"), t("error_503_about"))
    if isinstance(exception, PermissionError):
        return ErrorText(403, t("error_403"), t("error_403_about"))
    if isinstance(exception, QueryInterrupted) or _is_interrupted(exception):
        return ErrorText(400, t("error_400"), t("too_slow"), "too_slow")
    if isinstance(exception, BadValue):
        about = t("bad_value", value=exception.args[0])
        return ErrorText(400, t("error_400"), about, "bad_value")
    if isinstance(exception, TooLargeThen):
        about = t("too_large_then", n=exception.most)
        return ErrorText(400, t("error_400"), about, "too_large_then")
    if isinstance(exception, TooManyValues):
        about = t("too_many", given=exception.given, most=exception.limit)
        return ErrorText(400, t("error_400"), about, "too_many_values")
    if isinstance(exception, UnknownParameters):
        return _explain_parameters(exception, t)
    if isinstance(exception, Base400):
        return _explain_refusal(
            exception.status, str(exception.args[0]) if exception.args else "", t
        )
    if isinstance(exception, DatasetteError):
        return _explain_datasette_error(exception, t)
    if isinstance(exception, sqlite3.ProgrammingError):
        # the address of a row of a table with a compound key has only a part of the key
        return ErrorText(404, t("error_404"), t("error_404_about"))
    if isinstance(exception, INVALID_REQUEST) and request.query_string:
        # Datasette does not check all parts of the query string
        LOG.warning("%s: %r", request.full_path, exception)
        return ErrorText(400, t("error_400"), t("error_400_about"))
    LOG.error("%s", request.full_path, exc_info=exception)
    return ErrorText(500, t("error_500"), t("error_500_about"))


def _is_interrupted(exception: BaseException | None) -> bool:
    return isinstance(exception, sqlite3.OperationalError) and "interrupted" in str(exception)


def _explain_refusal(status: int, message: str, t: Translator) -> ErrorText:
    heading = t(f"error_{status}") if status in (400, 403, 404) else t("error_400")
    # Datasette's own texts are short and English; ours take their place
    is_ours = any("\u4e00" <= character <= "\u9fff" for character in message)
    about = message if is_ours or message.endswith(".") else t(f"error_{status}_about")
    return ErrorText(status, heading, about)


def _explain_parameters(exception: UnknownParameters, t: Translator) -> ErrorText:
    names, comma = exception.names, t("list_comma")
    about = t("unknown_parameter", n=len(names), names=comma.join(names))
    known = t("known_parameters", names=comma.join(exception.known)) if exception.known else ""
    return ErrorText(400, t("error_400"), about + known, "unknown_parameter", names)


_UNSORTABLE = "Cannot sort table by"
"""How Datasette refuses a column that is not sorted by."""


def _explain_datasette_error(error: DatasetteError, t: Translator) -> ErrorText:
    """Return what a DatasetteError means. On table pages even its 500 is about the request."""
    if error.title == "SQL Interrupted":
        return ErrorText(400, t("error_400"), t("too_slow"), "too_slow")
    if str(error.message).startswith(_UNSORTABLE):
        return ErrorText(400, t("error_400"), t("not_sortable"), "not_sortable")
    status = error.status if error.status in (403, 404) else 400
    LOG.warning("%s", error.message)
    return ErrorText(status, t(f"error_{status}"), t(f"error_{status}_about"))
