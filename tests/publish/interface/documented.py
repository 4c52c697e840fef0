"""The OpenAPI document in tests: every example of it, and validators of what its answers say."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from jsonschema import Draft202012Validator, FormatChecker

Document = Mapping[str, Any]


def examples(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the path of each operation with an address: the least that it takes, then more and more.

    Each example of a parameter that may be left out is asked for alone.
    """
    for path, methods in document["paths"].items():
        taken = methods["get"]["parameters"]
        needed = [each for each in taken if each["required"]]
        free = [each for each in taken if not each["required"] and "example" in each]
        yield path, address(path, needed)
        for each in free:
            yield path, address(path, [*needed, each])


def address(path: str, taken: list[dict[str, Any]]) -> str:
    """Return an address with the examples of parameters."""
    query = []
    for each in taken:
        if each["in"] == "path":
            path = path.replace(f"{{{each['name']}}}", quote(str(each["example"])))
        else:
            given = each["example"]
            query += [
                (each["name"], one) for one in (given if isinstance(given, list) else [given])
            ]
    return f"{path}?{urlencode(query)}" if query else path


def validator(document: Document, schema: Mapping[str, Any]) -> Draft202012Validator:
    """Return what checks data against a schema of the document, and finds what it does not name."""
    strict = copy.deepcopy({"components": document["components"], **schema})
    _close(strict)
    return Draft202012Validator(strict, format_checker=FormatChecker(["date", "date-time"]))


def _close(shape: object) -> None:
    """Let objects have only the properties that are described."""
    if isinstance(shape, list):
        for each in shape:
            _close(each)
    elif isinstance(shape, dict):
        for each in shape.values():
            _close(each)
        if isinstance(shape.get("properties"), dict) and "required" in shape:
            shape.setdefault("additionalProperties", False)


def answer_schema(
    document: Document, path: str, status: int, media_type: str = "application/json"
) -> Mapping[str, Any] | None:
    """Return the schema of an answer, None for one without a body, KeyError for one not described."""
    found = document["paths"][path]["get"]["responses"][str(status)]
    if "$ref" in found:
        found = document["components"]["responses"][found["$ref"].rpartition("/")[2]]
    content = found.get("content")
    return content[media_type]["schema"] if content else None


RELATION = re.compile(r'<([^>]*)>; rel="(\w+)"')
