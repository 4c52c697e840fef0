"""The errors of addresses that return data: one shape, with a code for programs and a text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

CODES: Mapping[str, tuple[int, ...]] = {
    "bad_request": (400,),
    "bad_value": (400,),
    "unknown_parameter": (400,),
    "too_many_values": (400,),
    "not_sortable": (400,),
    "too_slow": (400,),
    "too_large_then": (400,),
    "sql_invalid": (400,),
    "sql_slow": (400,),
    "sql_large": (400,),
    "forbidden": (403,),
    "not_found": (404,),
    "method_not_allowed": (405,),
    "address_too_long": (414,),
    "internal_error": (500,),
    "busy": (503,),
}
"""Every code with the HTTP statuses that it comes with. Codes are added, never changed."""

BY_STATUS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    414: "address_too_long",
    500: "internal_error",
    503: "busy",
}
"""The code where nothing more precise is known."""


PROBLEM = "application/problem+json"
"""The media type of an error as RFC 9457 has it, without our charset: it is JSON, which is UTF-8."""


def problem_body(
    status: int, code: str, title: str, text: str, parameters: Sequence[str]
) -> dict[str, object]:
    """Return an error about names in a query string, as data with the members of RFC 9457 too."""
    about = {"type": "about:blank", "title": title, "detail": text}
    return {**error_body(status, code, text), **about, "parameters": list(parameters)}


def error_body(status: int, code: str, text: str) -> dict[str, object]:
    """Return an error as data: `error` is the text, in the language of the address."""
    return {"ok": False, "status": status, "code": code, "error": text}
