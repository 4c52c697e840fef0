"""JSON Schemas of what addresses return: columns as the data dictionary has them, and what is added."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from gongkai.catalogue import Language, text
from gongkai.publish.wording.dictionary import TableField, tables

Shape = dict[str, Any]
"""A JSON Schema of draft 2020-12, which OpenAPI 3.1 uses."""

TEXT: Shape = {"type": "string"}
NUMBER: Shape = {"type": "number"}
INTEGER: Shape = {"type": "integer"}
COUNT: Shape = {"type": "integer", "minimum": 0}
FLAG: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "format": "date"}
TIME: Shape = {"type": "string", "format": "date-time"}
ADDRESS: Shape = {"type": "string", "format": "uri-reference"}

_TYPES: Mapping[str, Shape] = {
    "string": TEXT,
    "integer": INTEGER,
    "number": NUMBER,
    "date": DAY,
    "datetime": TIME,
}


def columns(
    lang: Language, table: str, *, without: Collection[str] = (), only: Collection[str] = ()
) -> dict[str, Shape]:
    """Return the columns of a table by name, with their titles in a language."""
    fields = tables()[table].fields
    wanted = only or [name for name in fields if name not in without]
    return {name: _column(fields[name], lang) for name in wanted}


def _column(field: TableField, lang: Language) -> Shape:
    shape = dict(_TYPES[field.type])
    if values := field.constraints.get("enum"):
        assert isinstance(values, list)
        shape["enum"] = [*values]
    if field.missing != "null" and not field.constraints.get("required"):
        shape.pop("format", None)  # "" is no date
        if "enum" in shape and "" not in shape["enum"]:
            shape["enum"] = [*shape["enum"], ""]
    about = field.description(lang)
    colon = text(lang, "colon")
    said = {"description": f"{field.title(lang)}{colon}{about}" if about else field.title(lang)}
    return {**(nullable(shape) if field.is_nullable else shape), **said}


def nullable(shape: Shape) -> Shape:
    """Return a shape that may also be null."""
    if "type" not in shape:
        return {"anyOf": [shape, {"type": "null"}]}
    found = {**shape, "type": [shape["type"], "null"]}
    if "enum" in shape:
        found["enum"] = [*shape["enum"], None]
    return found


def own(lang: Language, **shapes: Shape) -> dict[str, Shape]:
    """Return properties that are no columns, with what they mean: the text `api_field.NAME`."""
    return {name: said(lang, name, shape) for name, shape in shapes.items()}


def said(lang: Language, key: str, shape: Shape) -> Shape:
    """Return a shape with the text `api_field.KEY`, where the name alone may mean several things."""
    return {**shape, "description": text(lang, f"api_field.{key}")}


def record(properties: Mapping[str, Shape], *, optional: Collection[str] = ()) -> Shape:
    """Return an object that has all these properties; those in `optional` only sometimes."""
    needed = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": needed}


def rows(shape: Shape) -> Shape:
    """Return a list of things of one shape."""
    return {"type": "array", "items": shape}


def by_key(shape: Shape) -> Shape:
    """Return an object whose keys are values, such as years or codes."""
    return {"type": "object", "additionalProperties": shape}


def named(name: str) -> Shape:
    """Return a reference to an answer by its name."""
    return {"$ref": f"#/components/schemas/{name}"}
