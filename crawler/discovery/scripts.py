"""What the scripts of a page would do, as far as it can be read without running them.

Menus and rows that are written into the page, functions that go to an address made of their
arguments (`goPage(2)`), units and years chosen from a list, lists that are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_SCRIPT_CHARS = 400_000
"""Characters of the scripts of one page that are looked at."""

_LITERAL = r"""(?:"(?:[^"\\\n]|\\.){0,2000}"|'(?:[^'\\\n]|\\.){0,2000}')"""
_TERM = rf"(?:{_LITERAL}|[\w.$()\[\]]{{1,80}})"
_SUM = rf"{_TERM}(?:\s*\+\s*{_TERM}){{0,12}}"
LITERAL = re.compile(_LITERAL)
TERM = re.compile(_TERM)
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
# possessive (++, *+): what is no call is given up at once, not tried in every division
CALL = re.compile(rf"\b(\w+)\s*+\(\s*+((?:{_LITERAL}|[\w.$\[\]]++|\s*+,\s*+){{0,16}}+)\s*+\)")
ARGUMENT = re.compile(rf"{_LITERAL}|[\w.$\[\]]+")
DATA_REQUEST = re.compile(
    rf"(?:\$\.(?:get|getJSON|post)\s*\(|\bfetch\s*\(|\baxios(?:\.\w+)?\s*\(|\.load\s*\(|\burl\s*:)\s*({_LITERAL})(?=\s*[,)}}])"
)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
ASSET = re.compile(r"\.(?:js|css|png|jpe?g|gif|svg|woff2?)(?:\?|$)", re.I)
MAX_FUNCTION_CHARS = 2_000
"""Characters of a function that are looked at: what only goes somewhere is short."""

CHOSEN_VALUE = ("this.value", "$(this).val()", "this.options[this.selectedIndex].value", "value")
"""How a script names what was chosen from a list."""


@dataclass(frozen=True, slots=True)
class NavigationFunction:
    """A function that goes somewhere: the names of its parameters, and its text."""

    parameters: tuple[str, ...]
    body: str


class PageScripts:
    """The scripts of a page, read once."""

    def __init__(self, scripts: list[str]) -> None:
        text = JOINED_LITERALS.sub("", "\n".join(scripts)[:MAX_SCRIPT_CHARS])
        self._text = text
        self._goers: dict[str, NavigationFunction] = {}
        self._changes: dict[str, str] = {}
        if "location" in text or "open" in text:
            self._read(text)

    def _read(self, text: str) -> None:
        found = list(FUNCTION.finditer(text))
        for number, match in enumerate(found):
            end = found[number + 1].start() if number + 1 < len(found) else len(text)
            body = text[match.end() : min(end, match.end() + MAX_FUNCTION_CHARS)]
            if NAVIGATION.search(body):
                parameters = tuple(re.findall(r"[\w$]+", match[2] or match[4] or ""))
                self._goers[match[1] or match[3]] = NavigationFunction(parameters, body)
        for match in CHANGE_HANDLER.finditer(text):
            self._changes[match[1]] = text[
                match.end() : match.end() + MAX_FUNCTION_CHARS
            ].partition("});")[0]

    def written(self) -> Iterator[str]:
        """Give the pieces of HTML in strings that hold a whole link or frame: document.write."""
        if "<a" in self._text or "frame" in self._text:
            for literal in LITERAL.findall(self._text):
                if "<" in literal and LINK_OR_FRAME.search(piece := unescape_script(literal[1:-1])):
                    yield piece

    def asked(self) -> Iterator[str]:
        """Give the addresses that are asked for data or a piece of the page."""
        for literal in DATA_REQUEST.findall(self._text):
            address = unescape_script(literal[1:-1])
            if address and not ASSET.search(address):
                yield address

    def led(self, code: str, values: Mapping[str, str] | None = None) -> Iterator[str]:
        """Give where a click or a choice goes: `code` calls such functions, or says it itself
        with what was chosen. `values` are those of names it uses.
        """
        known = dict(values or {})
        if known:
            yield from _navigation_addresses(code, known)
        for name, given in CALL.findall(code):
            if goer := self._goers.get(name):
                arguments = [_argument_value(one, known) for one in ARGUMENT.findall(given)]
                yield from _navigation_addresses(
                    goer.body, _bind_parameters(goer, arguments, known)
                )

    def chosen(self, names: list[str], handler: str, value: str) -> Iterator[str]:
        """Give where the choice of a value leads, from a list with these names and this handler."""
        values = dict.fromkeys(CHOSEN_VALUE, value)
        yield from self.led(handler, values)
        for name in names:
            if name in self._changes:
                yield from self.led(self._changes[name], values)


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
    goer: NavigationFunction, arguments: list[str | None], known: Mapping[str, str]
) -> dict[str, str]:
    """What the names of a function stand for; `f(this)` hands on the list that was chosen from."""
    values = {
        name: value
        for name, value in zip(goer.parameters, arguments, strict=False)
        if value is not None
    }
    if "this.value" in known:
        values |= {f"{name}.value": known["this.value"] for name in goer.parameters[:1]}
    return values


def _navigation_addresses(code: str, values: dict[str, str]) -> Iterator[str]:
    """Give the addresses that code goes to, where all that they are made of is known and
    something of it is given.
    """
    known, made = dict(values), set(values)
    for name, expression in ASSIGNMENT.findall(code):
        if name not in known and (value := _concatenate(expression, known)) is not None:
            known[name] = value
            if any(term in made for term in TERM.findall(expression)):
                made.add(name)
    for expression in NAVIGATION.findall(code):
        terms = TERM.findall(expression)
        if any(_unwrap_name(term) in made for term in terms):
            address = _concatenate(expression, known)
            if address:
                yield address


def _concatenate(expression: str, known: Mapping[str, str]) -> str | None:
    """Join strings and known names; None where another name is among them."""
    pieces: list[str] = []
    for term in TERM.findall(expression):
        piece = unescape_script(term[1:-1]) if term[0] in "\"'" else known.get(_unwrap_name(term))
        if piece is None:
            return None
        pieces.append(piece)
    return "".join(pieces)


def _unwrap_name(term: str) -> str:
    """A name without what only changes its form: encodeURIComponent(n), (n)."""
    if term in CHOSEN_VALUE:
        return term
    inner = re.fullmatch(r"(?:encodeURI\w*|parseInt|String|Number)?\((\w+)\)+", term)
    return inner[1] if inner else term.rstrip(")") if "(" not in term else term
