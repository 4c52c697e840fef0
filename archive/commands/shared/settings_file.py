"""The settings file: the values that options have where neither command line nor environment says more.

db = "/srv/gongkai/archive.db"      # for every command that has the option --db

[scrapy]                            # as -s NAME=VALUE
GONGKAI_CONTACT = "archive@example.org"

[nightly]                           # for `gongkai nightly` alone
publish = "/srv/gongkai/public"
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from gongkai.archive.errors import ArchiveError
from gongkai.errors import reason_of

DEFAULT_FILE = Path("gongkai.toml")
"""Read from the working directory where `--config` names no other."""

_SCRAPY = "scrapy"
_SCRAPY_OPTION = "-s"


def read_defaults(path: Path, group: click.Group) -> dict[str, Any]:
    """Return the values of a file in the form that click takes them: by command and parameter.

    Raises:
        ArchiveError: the file cannot be read, has a name that no option or command has, or a value
            of the wrong kind.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as problem:
        raise ArchiveError("config_missing", path=str(path)) from problem
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ArchiveError("config_unreadable", path=str(path), why=reason_of(problem)) from problem
    known = {name for command in _with_commands(group) for name in _parameters(command)}
    unknown = _unknown(content, group, known - {_SCRAPY_OPTION} | {_SCRAPY})
    if unknown:
        raise ArchiveError("config_names_unknown", path=str(path), names=", ".join(unknown))
    try:
        return _defaults(group, content, {})
    except _WrongValue as problem:
        raise ArchiveError(
            "config_value_wrong",
            path=str(path),
            name=problem.name,
            value=json.dumps(problem.value, default=str),
        ) from problem


def _defaults(
    command: click.Command, table: Mapping[str, Any], common: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values for a command and those below it; its own table wins over what is common."""
    values = {**common, **table}
    scrapy = {**common.get(_SCRAPY, {}), **table.get(_SCRAPY, {})}
    values[_SCRAPY] = scrapy
    found: dict[str, Any] = {}
    for name, parameter in _parameters(command).items():
        if name == _SCRAPY_OPTION:
            found[parameter.name or name] = [
                f"{key}={_scrapy_text(value)}" for key, value in scrapy.items()
            ]
        elif name in values and not isinstance(values[name], dict):
            found[parameter.name or name] = _as_given(name, parameter, values[name])
    for child in _children(command):
        # `snapshots` is a command and, as a plain value, the option --snapshots
        own = table.get(child.name or "", {})
        found[child.name or ""] = _defaults(child, own if isinstance(own, dict) else {}, values)
    return found


class _WrongValue(Exception):
    """Raised for a value of a kind that an option cannot have."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(name)
        self.name = name
        self.value = value


def _as_given(name: str, parameter: click.Parameter, value: object) -> object:
    """Return a value of the file as the command line would have it: a switch, or text.

    Raises:
        _WrongValue: It is of another kind.
    """
    if isinstance(parameter, click.Option) and (parameter.is_flag or parameter.count):
        if not isinstance(value, bool if parameter.is_flag else int):
            raise _WrongValue(name, value)
        return value
    if isinstance(parameter, click.Option) and parameter.multiple:
        each = value if isinstance(value, list) else [value]
        return [_text(name, one) for one in each]
    return _text(name, value)


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _WrongValue(name, value)
    return str(value)


def _scrapy_text(value: object) -> str:
    """Return a value as Scrapy reads it from NAME=VALUE: a list with commas, a table as JSON."""
    if isinstance(value, list):
        return ",".join(map(str, value))
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _parameters(command: click.Command) -> dict[str, click.Parameter]:
    """Return the options by the names that they have in a file.

    An option --at-once is `at_once`; -s is itself.
    """
    found = {}
    for parameter in command.params:
        for written in (*parameter.opts, *parameter.secondary_opts):
            if written == _SCRAPY_OPTION or written.startswith("--"):
                name = written.removeprefix("--").replace("-", "_") if "--" in written else written
                found[name] = parameter
    return found


def _unknown(content: Mapping[str, Any], command: click.Command, known: set[str]) -> list[str]:
    """Return the names in a file that are neither a known option nor a command."""
    children = {child.name: child for child in _children(command)}
    unknown = []
    for name, value in content.items():
        if isinstance(value, dict) and name in children:
            child = children[name]
            own = {key for each in _with_commands(child) for key in _parameters(each)}
            inner = _unknown(value, child, own | {_SCRAPY})
            unknown += [f"{name}.{each}" for each in inner]
        elif name not in known:
            unknown.append(name)
    return unknown


def _children(command: click.Command) -> list[click.Command]:
    return list(command.commands.values()) if isinstance(command, click.Group) else []


def _with_commands(command: click.Command) -> Iterator[click.Command]:
    """Yield a command and all below it."""
    yield command
    for child in _children(command):
        yield from _with_commands(child)
