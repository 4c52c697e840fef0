"""The values of expressions in the scripts of a page: variables, hidden fields, the page's address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from parsel import Selector

from gongkai.crawler.discovery.list_request import Json
from gongkai.crawler.discovery.page_tree import attribute
from gongkai.crawler.discovery.scripting.script_values import (
    Call,
    Name,
    NotReadable,
    Other,
    Sum,
    Value,
    read_value,
)

VARIABLE = re.compile(
    r"(?:\b(?:var|let|const)\s++|[,;{}\n][ \t]{0,40}+|^\s*+)([A-Za-z_$][\w$]{0,40}+)\s*+=(?![=>])"
)
HIDDEN_FIELD = re.compile(
    r"""["']#([\w-]{1,60})["']\s*+\)\s*+\.\s*+(?:val\b|attr\(\s*+["'](?:value|content)["'])|"""
    r"""getElementById\(\s*+["']([\w-]{1,60})["']\s*+\)\s*+\.\s*+value"""
)
META_TAG = re.compile(r"""\bmeta\[\s*+name\s*+=\s*+\\?["']?([\w-]{1,40})""", re.I)
PARAMETER_CALL = re.compile(r"query|param|url|request", re.I)
UNCHANGED = ("encodeURI", "decodeURI", "String", "parseInt", "Number")
"""The beginnings of functions that change only the form of their argument."""

PARAMETER_END = re.compile(r"(?:^|[?&])([\w.\[\]]{1,60})=$")
MAX_VARIABLES = 300
MAX_FIELDS = 2_000
MAX_DEPTH = 5
MAX_STEPS = 4


@dataclass(frozen=True, slots=True)
class ScriptContext:
    """The scripts of a page, and what their expressions may refer to.

    `fields` are the values of its form fields by id and name, `metas` those of its meta tags by name in
    lower case.
    """

    text: str
    base_url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    metas: Mapping[str, str] = field(default_factory=dict)


def read_context(selector: Selector, scripts: str, base_url: str) -> ScriptContext:
    """Return the context of the scripts of a page, from its form fields and meta tags."""
    fields: dict[str, str] = {}
    for tag in selector.xpath("//*[self::input[@value] or self::textarea]")[:MAX_FIELDS]:
        for name in ("id", "name"):
            if attribute(tag, name):
                fields.setdefault(attribute(tag, name), attribute(tag, "value"))
    metas = {
        attribute(tag, "name").lower(): attribute(tag, "content")
        for tag in selector.xpath("//meta[@name]")[:MAX_FIELDS]
    }
    return ScriptContext(scripts, base_url, fields, metas)


class Evaluator:
    """Gives the expressions of one page their values."""

    def __init__(self, context: ScriptContext) -> None:
        self._context = context
        self._query = dict(parse_qsl(urlsplit(context.base_url).query))
        self._names: dict[str, Value] = {}
        for match in VARIABLE.finditer(context.text):
            if len(self._names) == MAX_VARIABLES:
                break
            if match[1] not in self._names:
                try:
                    self._names[match[1]] = read_value(context.text, match.end())
                except NotReadable:
                    continue

    def resolved(self, value: Value) -> Value:
        """Return what a variable is set to; the value itself where it is no known variable."""
        for _ in range(MAX_STEPS):
            if not isinstance(value, Name):
                break
            inner = self._property(value.source)
            if inner is None:
                break
            value = inner
        return value

    def json(self, value: Value, depth: int = 0) -> Json:
        """Return the value of a field, None where it is not known."""
        value = self.resolved(value)
        if isinstance(value, dict) and depth < MAX_DEPTH:
            return {name: self.json(item, depth + 1) for name, item in value.items()}
        if isinstance(value, list) and depth < MAX_DEPTH:
            return [self.json(item, depth + 1) for item in value]
        return value if isinstance(value, bool | int) else self.text(value)

    def text(self, value: Value) -> str | None:
        """Return a value as text, None where it is not known."""
        return self.joined(value, lambda name: False)

    def joined(self, value: Value, may_be_empty: Callable[[str], bool]) -> str | None:
        """Return a value as text; of a sum, unknown terms behind `name=` are empty where they may be."""
        value = self.resolved(value)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int):
            return str(value)
        if isinstance(value, Call):
            return self._called(value)
        if isinstance(value, Other):
            return self._looked_up(value.source)
        if not isinstance(value, Sum):
            return None
        pieces: list[str] = []
        for term in value.terms:
            text = self.text(term)
            if text is None:
                name = PARAMETER_END.search(pieces[-1]) if pieces else None
                if name is None or not may_be_empty(name[1]):
                    return None
                text = ""
            pieces.append(text)
        return "".join(pieces)

    def _property(self, source: str) -> Value:
        """Return the value of a variable, or of a property of an object: `siteInfo.siteGuid`."""
        first, *rest = source.removeprefix("window.").split(".")
        value = self._names.get(first)
        for name in rest:
            if not isinstance(value, dict):
                return None
            value = value.get(name)
        return value

    def _called(self, call: Call) -> str | None:
        """Return what a call gives: its only argument in another form, or a parameter of the address."""
        if call.function.startswith(UNCHANGED) and call.arguments:
            return self.text(call.arguments[0])
        names = [each for each in call.arguments if isinstance(each, str)]
        if names and PARAMETER_CALL.search(call.function):
            return self._query.get(names[0])
        return None

    def _looked_up(self, source: str) -> str | None:
        """Return the value of a form field or a meta tag that an expression reads."""
        if found := HIDDEN_FIELD.search(source):
            return self._context.fields.get(found[1] or found[2])
        if found := META_TAG.search(source):
            return self._context.metas.get(found[1].lower())
        return None
