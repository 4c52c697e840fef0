"""The OpenAPI 3.1 document of all addresses for programs, written from their model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.archive.publication.licence import DATA_LICENCE
from gongkai.catalogue import Language, text
from gongkai.publish.http.error_codes import CODES, PROBLEM
from gongkai.publish.interface.answers import answer_shapes
from gongkai.publish.interface.endpoints import ENDPOINTS, Endpoint
from gongkai.publish.interface.parameters import Parameter
from gongkai.publish.interface.shapes import TEXT, Shape, named

VERSION = "1.0"
"""Of the interface. It only grows; the first number changes if it ever does not."""

DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
_JSON = "application/json"


def openapi_document(
    lang: Language, server: str, values: Mapping[str, str], page: str
) -> dict[str, Any]:
    """Return the document in a language.

    `server` is the address below which the site answers in this language, `values` are those of the
    archive for examples, `page` the address of the page that says the same in words.
    """
    return {
        "openapi": "3.1.1",
        "jsonSchemaDialect": DIALECT,
        "info": {
            "title": text(lang, "api_title"),
            "summary": text(lang, "site_name"),
            "description": text(lang, "api_document_about"),
            "version": VERSION,
            "license": {"name": DATA_LICENCE.title, "url": DATA_LICENCE.path},
        },
        "externalDocs": {"url": page, "description": text(lang, "api_title")},
        "servers": [{"url": server}],
        "paths": {each.path: {"get": _operation(each, lang, values)} for each in ENDPOINTS},
        "components": {
            "schemas": dict(answer_shapes(lang)),
            "headers": _headers(lang),
            "responses": _responses(lang),
        },
    }


def _operation(endpoint: Endpoint, lang: Language, values: Mapping[str, str]) -> dict[str, Any]:
    headers = ["ETag", "Last-Modified", *(["Link"] if endpoint.has_pages else [])]
    statuses = {status: name for name, (status, _) in _ERRORS.items()} | {"304": "NotModified"}
    if "{" in endpoint.path:
        statuses["302"] = "Rewritten"
    if "{id}" in endpoint.path:
        statuses["301"] = "Moved"
    return {
        "operationId": endpoint.key,
        "summary": endpoint.about(lang),
        "parameters": [_parameter(each, lang, values) for each in endpoint.parameters],
        "responses": {
            "200": {
                "description": text(lang, f"api_answer.{endpoint.answer}"),
                "headers": {each: {"$ref": f"#/components/headers/{each}"} for each in headers},
                "content": {_JSON: {"schema": named(endpoint.answer)}},
            },
            "304": {"$ref": "#/components/responses/NotModified"},
            **(
                {"301": {"$ref": "#/components/responses/Moved"}} if "{id}" in endpoint.path else {}
            ),
            **{
                status: {"$ref": f"#/components/responses/{name}"}
                for status, name in sorted(statuses.items())
            },
        },
    }


def _parameter(each: Parameter, lang: Language, values: Mapping[str, str]) -> dict[str, Any]:
    example = each.example_in(values)
    shown: object = example
    if each.schema["type"] in ("integer", "array") and example:
        kind = each.schema.get("items", each.schema)["type"]
        one: object = int(example) if kind == "integer" else example
        shown = [one] if each.schema["type"] == "array" else one
    return {
        "name": each.name,
        "in": each.place,
        "required": each.required,
        "description": each.about(lang),
        "schema": each.schema,
        **({"style": "form", "explode": True} if each.schema["type"] == "array" else {}),
        **({"example": shown} if example else {}),
    }


_ERRORS = {
    "BadRequest": ("400", "bad_request"),
    "Forbidden": ("403", "forbidden"),
    "NotFound": ("404", "not_found"),
    "AddressTooLong": ("414", "address_too_long"),
}
"""Answers to requests that are wrong, by name: the status and the code of the status."""


def _responses(lang: Language) -> dict[str, Any]:
    errors = {
        name: {
            "description": text(lang, f"api_error.{code}"),
            "content": {
                _JSON: {"schema": _error_shape(status)},
                **({PROBLEM: {"schema": named("problem")}} if status == "400" else {}),
            },
        }
        for name, (status, code) in _ERRORS.items()
    }
    location = {"Location": {"description": text(lang, "api_header.Location"), "schema": TEXT}}
    return {
        **errors,
        "Moved": {"description": text(lang, "api_moved"), "headers": location},
        "Rewritten": {"description": text(lang, "api_rewritten"), "headers": location},
        "NotModified": {"description": text(lang, "api_not_modified")},
    }


def _error_shape(status: str) -> Shape:
    """Return the shape of an error with the codes that come with a status."""
    codes = [code for code, statuses in CODES.items() if int(status) in statuses]
    narrowed: Shape = {"properties": {"status": {"const": int(status)}, "code": {"enum": codes}}}
    return {"allOf": [named("error"), narrowed]}


def _headers(lang: Language) -> dict[str, Any]:
    names = ("ETag", "Last-Modified", "Link")
    return {
        name: {"description": text(lang, f"api_header.{name}"), "schema": TEXT} for name in names
    }
