"""What the scripts of a page would do, as far as it can be told without running them.

They write menus and rows into the page, navigate to addresses made of arguments (`goPage(2)`) or of
the unit and year chosen from a list, and request lists as data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from gongkai.extract.chinese.charset import decode_text

MAX_SCRIPT_CHARS = 400_000
"""Characters of the scripts of one page that are read."""

MAX_FILE_BYTES = 300_000
"""Bytes of a script file that is read; longer ones are libraries."""

_LITERAL = r"""(?:"(?:[^"\\\n]|\\.){0,2000}+"|'(?:[^'\\\n]|\\.){0,2000}+')"""
_FIRST = r"(?<!\\)"
"""Before a literal that is searched for: none begins at an escaped quote."""
_TERM = rf"(?:{_LITERAL}|[\w.$()\[\]]{{1,80}})"
_SUM = rf"{_TERM}(?:\s*\+\s*{_TERM}){{0,12}}"
LITERAL = re.compile(_FIRST + _LITERAL)
TERM = re.compile(_FIRST + _TERM)
JOINED_LITERALS = re.compile(r"""(["'])\s*\+\s*\1""")
LINK_OR_FRAME = re.compile(r"<a\b[^<>]{1,1000}>|<i?frame\b[^<>]{1,1000}>", re.I)
NAVIGATION = re.compile(
    rf"(?:\blocation(?:\.href)?\s*=(?!=)|\bopen\s*\(|\blocation\.(?:assign|replace)\s*\()\s*({_SUM})"
)
ASSIGNMENT = re.compile(rf"\b(\w+)\s*=(?!=)\s*({_SUM})")
FUNCTION = re.compile(
    r"\bfunction\s+(\w+)\s*\(([\w\s,$]{0,200})\)\s*\{|\b(\w+)\s*[=:]\s*function\s*\(([\w\s,$]{0,200})\)\s*\{"
)
CHANGE_HANDLER = re.compile(
    r"""\$\(\s*["'][^"']{0,60}?([\w-]+)["']\s*\)\s*\.(?:change\(|on\(\s*["']change["']\s*,)\s*function\s*\(\w*\)\s*\{"""
)
# possessive (++, *+): text that is not a call fails at once, without trying every division
CALL = re.compile(rf"\b(\w+)\s*+\(\s*+((?:{_LITERAL}|[\w.$\[\]]++|\s*+,\s*+){{0,16}}+)\s*+\)")
ARGUMENT = re.compile(rf"{_FIRST}{_LITERAL}|[\w.$\[\]]+")
DATA_REQUEST = re.compile(
    rf"(?:\$\.(?:get|getJSON|post)\s*\(|\bfetch\s*\(|\baxios(?:\.\w+)?\s*\(|\.load\s*\(|\burl\s*:)\s*({_LITERAL})(?=\s*[,)}}])"
)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
ASSET = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|woff2?)(?:\?|$)", re.I)
MAX_FUNCTION_CHARS = 2_000
"""Characters of a function that are read: a function that only navigates is short."""

MAX_CODE_CHARS = 4_000
"""Characters of the code of a click or a choice that are read."""

MAX_CALLS = 8
"""Different calls of such code that are followed: what is clicked makes one or two."""

CHOSEN_VALUE = ("this.value", "$(this).val()", "this.options[this.selectedIndex].value", "value")
"""How scripts name the value that was chosen from a list."""


@dataclass(frozen=True, slots=True)
class NavigationFunction:
    """A function that navigates: the names of its parameters, and its source."""

    parameters: tuple[str, ...]
    body: str


class PageScripts:
    """The scripts of a page. `text` is their source, with literals joined."""

    def __init__(self, scripts: list[str]) -> None:
        text = JOINED_LITERALS.sub("", "\n".join(scripts)[:MAX_SCRIPT_CHARS])
        self.text = text
        self._functions: dict[str, NavigationFunction] = {}
        self._change_handlers: dict[str, str] = {}
        if "location" in text or "open" in text:
            self._read(text)

    def _read(self, text: str) -> None:
        found = list(FUNCTION.finditer(text))
        for number, match in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(text)
            body = text[match.end() : min(end, match.end() + MAX_FUNCTION_CHARS)]
            if NAVIGATION.search(body):
                parameters = tuple(re.findall(r"[\w$]+", match[2] or match[4] or ""))
                self._functions[match[1] or match[3]] = NavigationFunction(parameters, body)
        for match in CHANGE_HANDLER.finditer(text):
            self._change_handlers[match[1]] = text[
                match.end() : match.end() + MAX_FUNCTION_CHARS
            ].partition("});")[0]

    def written_html(self) -> Iterator[str]:
        """Yield the strings with HTML that have a whole link or frame, as for document.write."""
        if "<a" in self.text or "frame" in self.text:
            for literal in LITERAL.findall(self.text):
                if "<" in literal and LINK_OR_FRAME.search(piece := unescape_script(literal[1:-1])):
                    yield piece

    def data_addresses(self) -> Iterator[str]:
        """Yield the addresses that are requested for data or for a part of the page."""
        for literal in DATA_REQUEST.findall(self.text):
            address = unescape_script(literal[1:-1])
            if address and not ASSET.search(address):
                yield address

    def destinations(self, code: str, values: Mapping[str, str] | None = None) -> Iterator[str]:
        """Yield the addresses that the code of a click or a choice navigates to.

        The code calls functions that navigate, or navigates itself with what was chosen. `values`
        are the values of names that it uses.
        """
        code, known = code[:MAX_CODE_CHARS], dict(values or {})
        if known:
            yield from navigation_addresses(code, known)
        calls = (call for call in CALL.findall(code) if call[0] in self._functions)
        for name, given in islice(dict.fromkeys(calls), MAX_CALLS):
            if function := self._functions.get(name):
                arguments = [
                    _argument_value(argument, known) for argument in ARGUMENT.findall(given)
                ]
                yield from navigation_addresses(
                    function.body, _bind_parameters(function, arguments, known)
                )

    def option_destinations(self, names: list[str], handler: str, value: str) -> Iterator[str]:
        """Yield the addresses that choosing a value leads to.

        `names` are the id, name and class of the list, `handler` is the code of its onchange.
        """
        values = dict.fromkeys(CHOSEN_VALUE, value)
        yield from self.destinations(handler, values)
        for name in names:
            if name in self._change_handlers:
                yield from self.destinations(self._change_handlers[name], values)


def script_file_text(body: bytes, content_type: str = "") -> str:
    """Return the text of a script file, "" for what is too long or a page in its place."""
    if len(body) > MAX_FILE_BYTES or b"<html" in body[:2_000].lower():
        return ""
    return decode_text(body, content_type)


def unescape_script(text: str) -> str:
    r"""Undo the escapes of a string in a script.

    >>> unescape_script(r"\u5e74\u62a5 <\/a>")
    '年报 </a>'
    """

    def plain(match: re.Match[str]) -> str:
        if code := match[1] or match[2]:
            return chr(int(code, 16))
        return {"n": "\n", "t": "\t", "r": "\r"}.get(match[3], match[3])

    return ESCAPE.sub(plain, text) if "\\" in text else text


def _argument_value(text: str, known: Mapping[str, str]) -> str | None:
    if text[0] in "\"'":
        return unescape_script(text[1:-1])
    return text if text.isdigit() else known.get(text)


def _bind_parameters(
    function: NavigationFunction, arguments: list[str | None], known: Mapping[str, str]
) -> dict[str, str]:
    """Return the values of a function's parameters; `f(this)` passes the list itself."""
    values = {
        name: value
        for name, value in zip(function.parameters, arguments, strict=False)
        if value is not None
    }
    if "this.value" in known:
        values |= {f"{name}.value": known["this.value"] for name in function.parameters[:1]}
    return values


def navigation_addresses(code: str, values: dict[str, str]) -> Iterator[str]:
    """Yield the addresses that code navigates to.

    All parts of an address have to be known, and at least one of them has to be among `values`.
    """
    known, derived = dict(values), set(values)
    for name, expression in ASSIGNMENT.findall(code):
        if name not in known and (value := _concatenate(expression, known)) is not None:
            known[name] = value
            if any(term in derived for term in TERM.findall(expression)):
                derived.add(name)
    for expression in NAVIGATION.findall(code):
        terms = TERM.findall(expression)
        if any(_unwrap_name(term) in derived for term in terms):
            address = _concatenate(expression, known)
            if address:
                yield address


def _concatenate(expression: str, known: Mapping[str, str]) -> str | None:
    """Return a sum of strings and names as one string, None where a name is unknown."""
    pieces: list[str] = []
    for term in TERM.findall(expression):
        piece = unescape_script(term[1:-1]) if term[0] in "\"'" else known.get(_unwrap_name(term))
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _unwrap_name(term: str) -> str:
    """Return a name without a call that only changes its form: encodeURIComponent(n), (n)."""
    if term in CHOSEN_VALUE:
        return term
    inner = re.fullmatch(r"(?:encodeURI\w{0,20}+|parseInt|String|Number)?\((\w++)\)++", term)
    return inner[1] if inner else term.rstrip(")") if "(" not in term else term
