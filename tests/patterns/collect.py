"""Every regular expression of the packages, with the place that holds or uses it.

Two ways lead to them: the values of all modules (also inside containers, classes and dataclasses), and the
source of each call such as `re.sub(r"…", …)`, evaluated with the names of its module.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from types import ModuleType

import gongkai.archive
import gongkai.crawler
import gongkai.extract
import gongkai.publish

PACKAGES = (gongkai.crawler, gongkai.extract, gongkai.archive, gongkai.publish)

RUN_AT_IMPORT = (".__main__", ".preload")
"""Modules that do something when they are imported. They hold no patterns; a test looks."""

_CALLS = {"compile", "search", "match", "fullmatch", "split", "sub", "subn", "findall", "finditer"}
_DEPTH = 5

AnyPattern = re.Pattern[str] | re.Pattern[bytes]


@dataclass(frozen=True, slots=True)
class Held:
    """A pattern and the place that holds it, such as `gongkai.extract.chinese.titles._TAIL`."""

    place: str
    pattern: AnyPattern


@cache
def held_patterns() -> list[Held]:
    """Return all patterns, each once, ordered by place."""
    found: dict[tuple[str | bytes, int], Held] = {}
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, type) and value.__module__ != module.__name__:
                continue
            for place, pattern in _within(f"{module.__name__}.{name}", value, _DEPTH):
                found.setdefault((pattern.pattern, pattern.flags), Held(place, pattern))
    for module in modules():
        for line, called in _calls(module):
            if isinstance(called, re.Pattern):
                place = f"{module.__name__}:{line}"
                found.setdefault((called.pattern, called.flags), Held(place, called))
    return sorted(found.values(), key=lambda held: held.place)


def built_when_called() -> set[str]:
    """Return `module.function` of each call with a pattern that is known only when the call is made."""
    return {
        f"{module.__name__}.{function}"
        for module in modules()
        for function, called in _calls_in_functions(module)
        if called is None
    }


def modules() -> list[ModuleType]:
    """Return the modules of the packages."""
    return [
        importlib.import_module(found.name)
        for package in PACKAGES
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith(RUN_AT_IMPORT)
    ]


def skipped_sources() -> list[str]:
    """Return the sources of the modules that are not imported."""
    return [
        path.read_text("utf-8")
        for package in PACKAGES
        for folder in package.__path__
        for path in Path(folder).rglob("*.py")
        if f".{path.stem}".endswith(RUN_AT_IMPORT)
    ]


def _calls(module: ModuleType) -> Iterator[tuple[int, AnyPattern | None]]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Call) and _is_of_re(node):
            yield node.lineno, _evaluated(node, module)


def _calls_in_functions(module: ModuleType) -> Iterator[tuple[str, AnyPattern | None]]:
    for function in ast.walk(_tree(module)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _is_of_re(node):
                    yield function.name, _evaluated(node, module)


def _tree(module: ModuleType) -> ast.Module:
    if module.__file__ is None:
        return ast.Module([], [])
    return ast.parse(Path(module.__file__).read_text("utf-8"))


def _is_of_re(node: ast.Call) -> bool:
    called = node.func
    return (
        isinstance(called, ast.Attribute)
        and called.attr in _CALLS
        and isinstance(called.value, ast.Name)
        and called.value.id in ("re", "regex")
    )


def _evaluated(node: ast.Call, module: ModuleType) -> AnyPattern | None:
    """Return the pattern of a call, or None if names of a function are needed to know it."""
    flags = [word.value for word in node.keywords if word.arg == "flags"]
    if isinstance(node.func, ast.Attribute):
        place = {"compile": 1, "sub": 4, "subn": 4, "split": 3}.get(node.func.attr, 2)
        flags += node.args[place : place + 1]
    try:
        pattern = _value(node.args[0], module)
        wanted = _value(flags[0], module) if flags else 0
    except NameError:
        return None
    if isinstance(pattern, re.Pattern):
        return pattern
    if isinstance(pattern, str | bytes) and isinstance(wanted, int):
        return re.compile(pattern, wanted)
    return None


def _value(node: ast.expr, module: ModuleType) -> object:
    return eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(vars(module)))


def _within(place: str, value: object, depth: int) -> Iterator[tuple[str, AnyPattern]]:
    if isinstance(value, re.Pattern):
        yield place, value
    elif depth == 0 or isinstance(value, str | bytes):
        return
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _within(f"{place}[{key!r}]", each, depth - 1)
            yield from _within(f"{place}[{key!r}]", key, depth - 1)
    elif isinstance(value, list | tuple | set | frozenset):
        for number, each in enumerate(value):
            yield from _within(f"{place}[{number}]", each, depth - 1)
    elif isinstance(value, type) and value.__module__.startswith("gongkai."):
        for name, each in vars(value).items():
            yield from _within(f"{place}.{name}", each, depth - 1)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _within(f"{place}.{part.name}", getattr(value, part.name, None), depth - 1)
    elif callable(value):
        given = getattr(value, "__defaults__", None) or ()
        cells = [cell.cell_contents for cell in getattr(value, "__closure__", None) or ()]
        for number, each in enumerate([*given, *cells]):
            yield from _within(f"{place}({number})", each, 1)
